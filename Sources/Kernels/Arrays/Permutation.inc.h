// Movement.h: transpositions and rows picked by index.

// One step of a transposition by halves: exchanges the blocks off the diagonal of every 2s × 2s
// block.
#define EXCHANGE(s, low, high) \
    _Pragma("clang loop unroll(full)") \
    for (int i = 0; i < 16; i++) { \
        if (i & s) continue; \
        floats a = r[i], b = r[i + s]; \
        r[i] = __builtin_shufflevector(a, b, LANES##low); \
        r[i + s] = __builtin_shufflevector(a, b, LANES##high); \
    }
#define LANES1L 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define LANES1H 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LANES2L 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define LANES2H 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LANES4L 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define LANES4H 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LANES8L 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define LANES8H 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

INLINE void transpose_square(floats r[16]) {
    EXCHANGE(1, 1L, 1H)
    EXCHANGE(2, 2L, 2H)
    EXCHANGE(4, 4L, 4H)
    EXCHANGE(8, 8L, 8H)
}

INLINE void transpose_block(
    const float *x, long x_step, long rows, long columns, float *y, long y_step
) {
    floats r[16];
    _Pragma("clang loop unroll(full)")
    for (long i = 0; i < 16; i++) r[i] = i < rows ? load(x + i * x_step, columns) : splat(0);
    transpose_square(r);
    _Pragma("clang loop unroll(full)")
    for (long i = 0; i < 16; i++) {
        if (i < columns) store(y + i * y_step, r[i], rows);
    }
}

static void transpose(
    const float *x, long x_step, long rows, long columns, float *y, long y_step
) {
    for (long r = 0; r < rows; r += 16) {
        for (long c = 0; c < columns; c += 16) {
            const float *from = x + r * x_step + c;
            float *to = y + c * y_step + r;
            if (rows - r >= 16 && columns - c >= 16) {
                transpose_block(from, x_step, 16, 16, to, y_step);
            } else {
                transpose_block(from, x_step, rows - r, columns - c, to, y_step);
            }
        }
    }
}

static void gather_rows(
    const float *x, const int32_t *indices, long count, long row_length, float *y
) {
    for (long i = 0; i < count; i++) {
        copy_run(x + indices[i] * row_length, row_length, y + i * row_length);
    }
}

static void gather_rows_gradient(
    const float *dy, const int32_t *indices, long count, long row_length, long begin, long end,
    float *dx
) {
    memset(dx + begin * row_length, 0, (size_t)((end - begin) * row_length) * sizeof *dx);
    for (long i = 0; i < count; i++) {
        if (indices[i] < begin || indices[i] >= end) continue;
        ADD_RUN(dy + i * row_length, row_length, dx + indices[i] * row_length);
    }
}
