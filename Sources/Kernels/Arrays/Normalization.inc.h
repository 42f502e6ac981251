// Normalization.h. Sums over rows run in Float over `ROWS_TO_DOUBLE` rows, eight rows at a time so that
// memory is read in order and the sums themselves are touched once for eight.
#define ROWS_TO_DOUBLE 128
#define ROWS_AT_ONCE 8

INLINE void clear_pairs(float *a, float *b, long columns) {
    memset(a, 0, (size_t)columns * sizeof *a);
    memset(b, 0, (size_t)columns * sizeof *b);
}

INLINE void add_to_doubles(const float *sums, long columns, double *totals) {
    for (long c = 0; c < columns; c++) totals[c] += (double)sums[c];
}

INLINE void add_moments(
    const float *x, long rows, long columns, const float *shift, float *sums, float *squares
) {
    FOR_VECTORS(c, columns, {
        floats k = load(shift + c, left), s = splat(0), q = s;
        _Pragma("clang loop unroll(full)")
        for (long r = 0; r < rows; r++) {
            floats v = load(x + r * columns + c, left) - k;
            s += v;
            q += v * v;
        }
        store(sums + c, load(sums + c, left) + s, left);
        store(squares + c, load(squares + c, left) + q, left);
    });
}

// The mean of the first rows: near enough to the column's mean to keep the squares small.
INLINE void find_shift(const float *x, long rows, long columns, float *shift) {
    memset(shift, 0, (size_t)columns * sizeof *shift);
    long count = rows < 16 ? rows : 16;
    for (long r = 0; r < count; r++) add_run(x + r * columns, columns, shift);
    for (long c = 0; c < columns; c++) shift[c] /= (float)count;
}

static void moments(
    const float *x, long rows, long columns, double *means, double *squares, float *scratch
) {
    float *shift = scratch, *s = scratch + columns, *q = scratch + 2 * columns;
    find_shift(x, rows, columns, shift);
    for (long c = 0; c < columns; c++) means[c] = squares[c] = 0;
    for (long begin = 0; begin < rows; begin += ROWS_TO_DOUBLE) {
        long end = begin + ROWS_TO_DOUBLE < rows ? begin + ROWS_TO_DOUBLE : rows, r = begin;
        clear_pairs(s, q, columns);
        for (; r + ROWS_AT_ONCE <= end; r += ROWS_AT_ONCE) {
            add_moments(x + r * columns, ROWS_AT_ONCE, columns, shift, s, q);
        }
        for (; r < end; r++) add_moments(x + r * columns, 1, columns, shift, s, q);
        add_to_doubles(s, columns, means);
        add_to_doubles(q, columns, squares);
    }
    for (long c = 0; c < columns; c++) {
        double offset = means[c] / (double)rows, rest = squares[c] - offset * means[c];
        means[c] = (double)shift[c] + offset;
        squares[c] = rest < 0 ? 0 : rest;
    }
}

INLINE void put(float *p, floats v, bool streams, long left) {
    if (streams) __builtin_nontemporal_store(v, (floats *)p);
    else store(p, v, left);
}

// Streamed stores are not ordered by the atomics with which a thread says that it is done.
INLINE void finish_streams(bool streams) {
    if (streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

INLINE void normalize_rows(
    const float *x, const float *residual, residual_normalization n, bool has_residual, bool relu,
    bool streams, long rows, long columns, float *y
) {
    for (long r = 0; r < rows; r++) {
        long row = r * columns;
        FOR_VECTORS(c, columns, {
            floats v = (load(x + row + c, left) - load(n.mean + c, left))
                * load(n.factor + c, left) + load(n.shift + c, left);
            if (has_residual) v += load(residual + row + c, left);
            if (relu) v = choose(v < 0.0f, splat(0), v);
            put(y + row + c, v, streams, left);
        });
    }
    finish_streams(streams);
}

static void normalize(
    const float *x, const float *residual, residual_normalization n, bool relu, bool streams,
    long rows, long columns, float *y
) {
#define NORMALIZE(has_residual, relu, streams) \
    normalize_rows(x, residual, n, has_residual, relu, streams, rows, columns, y)
#define NORMALIZE_STREAMS(has_residual, relu) \
    (streams ? NORMALIZE(has_residual, relu, true) : NORMALIZE(has_residual, relu, false))
    if (residual) relu ? NORMALIZE_STREAMS(true, true) : NORMALIZE_STREAMS(true, false);
    else relu ? NORMALIZE_STREAMS(false, true) : NORMALIZE_STREAMS(false, false);
}

INLINE floats masked_gradient(
    const float *dy, const float *y, bool has_mask, long i, long left
) {
    floats g = load(dy + i, left);
    return has_mask ? keep(load(y + i, left) > 0.0f, g) : g;
}

INLINE void add_gradient_sums(
    const float *dy, const float *x, const float *y, const float *mean, bool has_mask, long rows,
    long columns, float *sums, float *products
) {
    FOR_VECTORS(c, columns, {
        floats k = load(mean + c, left), s = splat(0), p = s;
        _Pragma("clang loop unroll(full)")
        for (long r = 0; r < rows; r++) {
            long i = r * columns + c;
            floats g = masked_gradient(dy, y, has_mask, i, left);
            s += g;
            p += g * (load(x + i, left) - k);
        }
        store(sums + c, load(sums + c, left) + s, left);
        store(products + c, load(products + c, left) + p, left);
    });
}

INLINE void all_gradient_sums(
    const float *dy, const float *x, const float *y, const float *mean, bool has_mask, long rows,
    long columns, double *sums, double *products, float *scratch
) {
    float *s = scratch, *p = scratch + columns;
    for (long c = 0; c < columns; c++) sums[c] = products[c] = 0;
    for (long begin = 0; begin < rows; begin += ROWS_TO_DOUBLE) {
        long end = begin + ROWS_TO_DOUBLE < rows ? begin + ROWS_TO_DOUBLE : rows, r = begin;
        clear_pairs(s, p, columns);
        for (; r + ROWS_AT_ONCE <= end; r += ROWS_AT_ONCE) {
            long i = r * columns;
            add_gradient_sums(
                dy + i, x + i, has_mask ? y + i : y, mean, has_mask, ROWS_AT_ONCE, columns, s, p);
        }
        for (; r < end; r++) {
            long i = r * columns;
            add_gradient_sums(
                dy + i, x + i, has_mask ? y + i : y, mean, has_mask, 1, columns, s, p);
        }
        add_to_doubles(s, columns, sums);
        add_to_doubles(p, columns, products);
    }
}

static void normalization_sums(
    const float *dy, const float *x, const float *y, const float *mean, long rows, long columns,
    double *sums, double *products, float *scratch
) {
    if (y) all_gradient_sums(dy, x, y, mean, true, rows, columns, sums, products, scratch);
    else all_gradient_sums(dy, x, y, mean, false, rows, columns, sums, products, scratch);
}

// Which of the parts of a gradient there are: constants, so that every combination is a loop without
// branches.
typedef struct {
    bool mask, centred, input, residual, streams;
} gradient_parts;

INLINE void gradient_rows(
    const float *dy, const float *x, const float *y, residual_normalization_slope n,
    gradient_parts parts, long rows, long columns, float *dx, float *d_residual
) {
    for (long r = 0; r < rows; r++) {
        long row = r * columns;
        FOR_VECTORS(c, columns, {
            floats g = masked_gradient(dy + row, y ? y + row : y, parts.mask, c, left);
            if (parts.residual) put(d_residual + row + c, g, parts.streams, left);
            if (parts.input) {
                floats v = load(n.factor + c, left) * g;
                if (parts.centred) {
                    floats centred = load(x + row + c, left) - load(n.mean + c, left);
                    v = v - load(n.slope + c, left) * centred - load(n.offset + c, left);
                }
                put(dx + row + c, v, parts.streams, left);
            }
        });
    }
    finish_streams(parts.streams);
}

static void normalization_gradient(
    const float *dy, const float *x, const float *y, residual_normalization_slope n, bool streams,
    long rows, long columns, float *dx, float *d_residual
) {
    const gradient_parts p = {y != NULL, dx && x, dx != NULL, d_residual != NULL, streams};
#define GRADIENT(mask, centred, input, residual, streams) \
    gradient_rows( \
        dy, x, y, n, (gradient_parts){mask, centred, input, residual, streams}, rows, columns, dx, \
        d_residual)
#define GRADIENT_STREAMS(...) \
    (p.streams ? GRADIENT(__VA_ARGS__, true) : GRADIENT(__VA_ARGS__, false))
#define GRADIENT_RESIDUAL(...) \
    (p.residual ? GRADIENT_STREAMS(__VA_ARGS__, true) : GRADIENT_STREAMS(__VA_ARGS__, false))
#define GRADIENT_INPUT(mask) \
    (p.centred ? GRADIENT_RESIDUAL(mask, true, true) \
               : p.input ? GRADIENT_RESIDUAL(mask, false, true) \
                         : GRADIENT_RESIDUAL(mask, false, false))
    p.mask ? GRADIENT_INPUT(true) : GRADIENT_INPUT(false);
}
