// Normalization.h: two sums of each column in one pass over the data, which memory alone should
// limit.
//
// Sums run in Float over `ROWS_TO_DOUBLE` rows and in double beyond. Up to 64 columns they stay in
// registers and rows are read one by one. Wider rows are taken eight at a time, so that the sums,
// then in memory, are touched once for eight.
#define ROWS_TO_DOUBLE 128
#define ROWS_AT_ONCE 8
// Between arrays in scratch memory: at distances of a multiple of 4096 bytes, stores to one would
// look to the processor like stores to the other.
#define SCRATCH_GAP 112

// The values of 16 columns of a normalisation.
typedef struct {
    floats mean, factor, shift;
} column_values;

INLINE column_values values_of_columns(
    residual_normalization n, residual_cut cut, long c, long left
) {
    column_values v = {load(n.mean + c, left), splat(0), splat(0)};
    if (cut == RESIDUAL_CUT_BY_INPUT) {
        v.factor = load(n.factor + c, left);
        v.shift = load(n.shift + c, left);
    }
    return v;
}

// The gradient that passes at i, where x − mean is `centred`. The normalised value is computed as
// `normalize_rows` does, so that its sign is that of the result.
INLINE floats gated_gradient(
    const VALUE *dy, const VALUE *y, residual_cut cut, column_values n, floats centred, long i,
    long left
) {
    floats g = load(dy + i, left);
    if (cut == RESIDUAL_CUT_BY_RESULT) return keep(load(y + i, left) > 0.0f, g);
    if (cut == RESIDUAL_CUT_BY_INPUT) return keep(centred * n.factor + n.shift > 0.0f, g);
    return g;
}

// What is summed up: x − mean and its square, or g and g · (x − mean). The flags are constants.
typedef struct {
    const VALUE *x, *dy, *y;
    residual_normalization normalization;
    bool is_gradient;
    residual_cut cut;
} pair_terms;

INLINE void add_pair(
    pair_terms t, long i, column_values n, long left, floats *first, floats *second
) {
    floats v = load(t.x + i, left) - n.mean;
    if (t.is_gradient) {
        floats g = gated_gradient(t.dy, t.y, t.cut, n, v, i, left);
        *first += g;
        *second += g * v;
    } else {
        *first += v;
        *second += v * v;
    }
}

INLINE void add_to_doubles(floats v, long left, double *totals) {
    if (left >= 16) {
        *(doubles_anywhere *)totals += __builtin_convertvector(v, doubles);
    } else {
        for (long i = 0; i < 16 && i < left; i++) totals[i] += (double)v[i];
    }
}

// Rows of `vectors` vectors, the last of them perhaps partial.
INLINE void add_narrow_rows(
    pair_terms t, long rows, long columns, const int vectors, double *firsts, double *seconds
) {
    const long last = columns - 16 * (vectors - 1);
    for (long begin = 0; begin < rows; begin += ROWS_TO_DOUBLE) {
        long end = begin + ROWS_TO_DOUBLE < rows ? begin + ROWS_TO_DOUBLE : rows;
        column_values values[4];
        floats a[4] = {{0}}, b[4] = {{0}};
#define FOR_PARTS(...) \
    _Pragma("clang loop unroll(full)") \
    for (int v = 0; v < vectors; v++) { \
        const long left = v + 1 < vectors ? 16 : last; \
        __VA_ARGS__ \
    }
        FOR_PARTS(values[v] = values_of_columns(t.normalization, t.cut, 16 * v, left);)
        for (long r = begin; r < end; r++) {
            FOR_PARTS(add_pair(t, r * columns + 16 * v, values[v], left, a + v, b + v);)
        }
        FOR_PARTS(add_to_doubles(a[v], left, firsts + 16 * v);)
        FOR_PARTS(add_to_doubles(b[v], left, seconds + 16 * v);)
    }
}

// Fetches what comes next in memory: eight lines, while eight lines of these rows are worked on.
INLINE void prefetch_rows(pair_terms t, long i) {
    _Pragma("clang loop unroll(full)")
    for (long line = 0; line < ROWS_AT_ONCE; line++) {
        __builtin_prefetch(t.x + i + 16 * line);
        if (t.is_gradient) __builtin_prefetch(t.dy + i + 16 * line);
        if (t.cut == RESIDUAL_CUT_BY_RESULT) __builtin_prefetch(t.y + i + 16 * line);
    }
}

INLINE void add_row_group(
    pair_terms t, long row, const long rows, long columns, float *firsts, float *seconds
) {
    FOR_VECTORS(c, columns, {
        column_values values = values_of_columns(t.normalization, t.cut, c, left);
        floats a = splat(0), b = a;
        if (rows == ROWS_AT_ONCE) prefetch_rows(t, (row + rows) * columns + c * rows);
        _Pragma("clang loop unroll(full)")
        for (long r = 0; r < rows; r++) {
            add_pair(t, (row + r) * columns + c, values, left, &a, &b);
        }
        store(firsts + c, load(firsts + c, left) + a, left);
        store(seconds + c, load(seconds + c, left) + b, left);
    });
}

INLINE void add_wide_rows(
    pair_terms t, long rows, long columns, double *firsts, double *seconds, float *scratch
) {
    float *a = scratch, *b = scratch + columns + SCRATCH_GAP;
    for (long begin = 0; begin < rows; begin += ROWS_TO_DOUBLE) {
        long end = begin + ROWS_TO_DOUBLE < rows ? begin + ROWS_TO_DOUBLE : rows, r = begin;
        memset(a, 0, (size_t)columns * sizeof *a);
        memset(b, 0, (size_t)columns * sizeof *b);
        for (; r + ROWS_AT_ONCE <= end; r += ROWS_AT_ONCE) {
            add_row_group(t, r, ROWS_AT_ONCE, columns, a, b);
        }
        for (; r < end; r++) add_row_group(t, r, 1, columns, a, b);
        FOR_VECTORS(c, columns, { add_to_doubles(load(a + c, left), left, firsts + c); });
        FOR_VECTORS(c, columns, { add_to_doubles(load(b + c, left), left, seconds + c); });
    }
}

INLINE void add_pairs(
    pair_terms t, long rows, long columns, double *firsts, double *seconds, float *scratch
) {
    for (long c = 0; c < columns; c++) firsts[c] = seconds[c] = 0;
    switch ((columns + 15) / 16) {
    case 0: break;
    case 1: add_narrow_rows(t, rows, columns, 1, firsts, seconds); break;
    case 2: add_narrow_rows(t, rows, columns, 2, firsts, seconds); break;
    case 3: add_narrow_rows(t, rows, columns, 3, firsts, seconds); break;
    case 4: add_narrow_rows(t, rows, columns, 4, firsts, seconds); break;
    default: add_wide_rows(t, rows, columns, firsts, seconds, scratch); break;
    }
}

// The mean of the first rows: near enough to the column's mean to keep the squares small.
INLINE void find_centre(const VALUE *x, long rows, long columns, float *centre) {
    memset(centre, 0, (size_t)columns * sizeof *centre);
    long count = rows < 16 ? rows : 16;
    for (long r = 0; r < count; r++) ADD_RUN(x + r * columns, columns, centre);
    for (long c = 0; c < columns; c++) centre[c] /= (float)count;
}

static void moments(
    const VALUE *x, long rows, long columns, double *means, double *squares, float *scratch
) {
    float *centre = scratch + 2 * (columns + SCRATCH_GAP);
    find_centre(x, rows, columns, centre);
    pair_terms t = {x, x, x, {centre, centre, centre}, false, RESIDUAL_NO_CUT};
    add_pairs(t, rows, columns, means, squares, scratch);
    for (long c = 0; c < columns; c++) {
        double offset = means[c] / (double)rows, rest = squares[c] - offset * means[c];
        means[c] = (double)centre[c] + offset;
        squares[c] = rest < 0 ? 0 : rest;
    }
}

static void normalization_sums(
    const VALUE *dy, const VALUE *x, const VALUE *y, residual_gate gate, long rows, long columns, double *sums,
    double *products, float *scratch
) {
#define ADD_GATED(cut) \
    add_pairs( \
        (pair_terms){x, dy, y, gate.normalization, true, cut}, rows, columns, sums, products, \
        scratch)
    switch (gate.cut) {
    case RESIDUAL_NO_CUT: ADD_GATED(RESIDUAL_NO_CUT); break;
    case RESIDUAL_CUT_BY_RESULT: ADD_GATED(RESIDUAL_CUT_BY_RESULT); break;
    case RESIDUAL_CUT_BY_INPUT: ADD_GATED(RESIDUAL_CUT_BY_INPUT); break;
    }
}
