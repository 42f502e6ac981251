// Reductions.h. Float sums have at most 32 terms a lane before they go to double.

INLINE floats reduction_start(residual_reduction function) {
    return splat(function == RESIDUAL_MAXIMUM ? -__builtin_inff() : 0);
}

INLINE floats fold(residual_reduction function, floats total, floats v) {
    switch (function) {
    case RESIDUAL_SUM: return total + v;
    case RESIDUAL_SUM_OF_SQUARES: return total + v * v;
    case RESIDUAL_MAXIMUM: return greater(v, total);
    }
}

INLINE void fold_total(residual_reduction function, double *total, double v) {
    if (function != RESIDUAL_MAXIMUM) *total += v;
    else if (v > *total || v != v) *total = v;
}

// As `load`, with what changes nothing in the place of missing elements.
INLINE floats load_neutral(residual_reduction function, const float *p, long left) {
    return choose(places_below(left), load(p, left), reduction_start(function));
}

INLINE void fold_run(residual_reduction function, const float *x, long count, double *total) {
    const residual_reduction merge = function == RESIDUAL_MAXIMUM ? function : RESIDUAL_SUM;
    for (long begin = 0; begin < count; begin += 2048) {
        long end = begin + 2048 < count ? begin + 2048 : count, i = begin;
        floats t0 = reduction_start(function), t1 = t0, t2 = t0, t3 = t0;
        for (; i + 64 <= end; i += 64) {
            t0 = fold(function, t0, load(x + i, 16));
            t1 = fold(function, t1, load(x + i + 16, 16));
            t2 = fold(function, t2, load(x + i + 32, 16));
            t3 = fold(function, t3, load(x + i + 48, 16));
        }
        for (; i < end; i += 16) t0 = fold(function, t0, load_neutral(function, x + i, end - i));
        floats t = fold(merge, fold(merge, t0, t1), fold(merge, t2, t3));
        fold_total(
            function, total,
            function == RESIDUAL_MAXIMUM ? (double)greatest_of(t) : sum_of_doubles(t));
    }
}

static void reduce_run(
    residual_reduction function, const float *x, long count, double *total
) {
    switch (function) {
    case RESIDUAL_SUM: fold_run(RESIDUAL_SUM, x, count, total); break;
    case RESIDUAL_SUM_OF_SQUARES: fold_run(RESIDUAL_SUM_OF_SQUARES, x, count, total); break;
    case RESIDUAL_MAXIMUM: fold_run(RESIDUAL_MAXIMUM, x, count, total); break;
    }
}

INLINE void fold_totals(residual_reduction function, double *totals, floats t, long left) {
    if (left >= 16 && function != RESIDUAL_MAXIMUM) {
        *(doubles_anywhere *)totals += __builtin_convertvector(t, doubles);
    } else {
        for (long i = 0; i < 16 && i < left; i++) fold_total(function, totals + i, (double)t[i]);
    }
}

INLINE void fold_rows(
    residual_reduction function, const float *x, long rows, long row_step, long columns,
    double *totals
) {
    for (long begin = 0; begin < rows; begin += 16) {
        const float *from = x + begin * row_step;
        if (rows - begin >= 16) {
            FOR_VECTORS(i, columns, {
                floats t = reduction_start(function);
                _Pragma("clang loop unroll(full)")
                for (long r = 0; r < 16; r++) {
                    // The rows after these, in the order of memory.
                    __builtin_prefetch(from + 16 * (row_step + i + r));
                    t = fold(function, t, load(from + r * row_step + i, left));
                }
                fold_totals(function, totals + i, t, left);
            });
        } else {
            FOR_VECTORS(i, columns, {
                floats t = reduction_start(function);
                for (long r = 0; r < rows - begin; r++) {
                    t = fold(function, t, load(from + r * row_step + i, left));
                }
                fold_totals(function, totals + i, t, left);
            });
        }
    }
}

// Short rows without gaps: 16 of them side by side fill whole vectors.
INLINE void fold_all_rows(
    residual_reduction function, const float *x, long rows, long row_step, long columns,
    double *totals
) {
    if (columns < 16 && row_step == columns && rows >= 64) {
        double wide[16 * 16];
        for (long i = 0; i < 16 * columns; i++) {
            wide[i] = function == RESIDUAL_MAXIMUM ? -__builtin_inf() : 0;
        }
        long groups = rows / 16;
        fold_rows(function, x, groups, 16 * columns, 16 * columns, wide);
        for (long i = 0; i < 16 * columns; i++) {
            fold_total(function, totals + i % columns, wide[i]);
        }
        x += groups * 16 * columns;
        rows -= groups * 16;
    }
    fold_rows(function, x, rows, row_step, columns, totals);
}

static void reduce_rows(
    residual_reduction function, const float *x, long rows, long row_step, long columns,
    double *totals
) {
    switch (function) {
    case RESIDUAL_SUM: fold_all_rows(RESIDUAL_SUM, x, rows, row_step, columns, totals); break;
    case RESIDUAL_SUM_OF_SQUARES:
        fold_all_rows(RESIDUAL_SUM_OF_SQUARES, x, rows, row_step, columns, totals);
        break;
    case RESIDUAL_MAXIMUM:
        fold_all_rows(RESIDUAL_MAXIMUM, x, rows, row_step, columns, totals);
        break;
    }
}

static void reduce_parts(
    residual_reduction function, const double *parts, long part_count, long step, long columns,
    double scale, float *y
) {
    for (long c = 0; c < columns; c++) {
        double total = parts[c];
        for (long p = 1; p < part_count; p++) {
            fold_total(function, &total, parts[p * step + c]);
        }
        y[c] = (float)(scale * total);
    }
}

static void argmax_columns(
    const float *x, long count, long inner, long begin, long end, int32_t *indices
) {
    FOR_VECTORS(i, end - begin, {
        const float *column = x + begin + i;
        floats best = load(column, left);
        ints place = splat_int(0);
        for (long k = 1; k < count; k++) {
            floats v = load(column + k * inner, left);
            ints wins = v > best;
            best = choose(wins, v, best);
            place = choose_ints(wins, splat_int((int32_t)k), place);
        }
        store_ints(indices + begin + i, place, left);
    });
}

INLINE int32_t first_maximum(const float *x, long count) {
    if (x[0] != x[0]) return 0;
    floats best = splat(-__builtin_inff());
    ints place = splat_int(INT32_MAX);
    const ints places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    FOR_VECTORS(i, count, {
        floats v = load_neutral(RESIDUAL_MAXIMUM, x + i, left);
        ints wins = v > best;
        best = choose(wins, v, best);
        place = choose_ints(wins, places + (int32_t)i, place);
    });
    float top = greatest_of(best);
    int32_t first = INT32_MAX;
    for (int lane = 0; lane < 16; lane++) {
        if (best[lane] == top && place[lane] < first) first = place[lane];
    }
    return first == INT32_MAX ? 0 : first;
}

static void argmax_rows(const float *x, long rows, long count, int32_t *indices) {
    for (long row = 0; row < rows; row++) indices[row] = first_maximum(x + row * count, count);
}
