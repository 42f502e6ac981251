// Packing of plain matrices into the panels of Gemm.h, and the product of a packed block.

// Copies `count` floats.
INLINE OVERLOADED void copy_floats(float *to, const float *from, long count) {
    long i = 0;
    for (; i + 16 <= count; i += 16) STORE16(to + i, LOAD16(from + i));
    for (; i + 4 <= count; i += 4) memcpy(to + i, from + i, 16);
    for (; i < count; i++) to[i] = from[i];
}

INLINE OVERLOADED void copy_floats(float *to, const residual_bfloat16 *from, long count) {
    long i = 0;
    for (; i + 16 <= count; i += 16) STORE16(to + i, LOAD16(from + i));
    for (; i < count; i++) to[i] = LOAD1(from + i);
}

INLINE void zero_floats(float *to, long count) {
    for (long i = 0; i < count; i++) to[i] = 0;
}

// Lanes of two rows `step` apart: those whose place has the bit `step` change sides.
#define EXCHANGE(step, low, high) \
    UNROLL_ALL for (int i = 0; i < 16; i++) { \
        if (i & (step)) continue; \
        const channels16 a = r[i], b = r[i + (step)]; \
        r[i] = __builtin_shufflevector(a, b, low); \
        r[i + (step)] = __builtin_shufflevector(a, b, high); \
    }
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

// to[i · to_stride + n] = element i of row n, for 16 rows of 16, which it takes apart.
INLINE void transpose_square(channels16 *r, float *to, long to_stride) {
    EXCHANGE(8, LOW_8, HIGH_8)
    EXCHANGE(4, LOW_4, HIGH_4)
    EXCHANGE(2, LOW_2, HIGH_2)
    EXCHANGE(1, LOW_1, HIGH_1)
    UNROLL_ALL for (int i = 0; i < 16; i++) STORE16(to + i * to_stride, r[i]);
}

// to[i · to_stride + n] = from[n · from_stride + i] for i < terms, n < columns, both at most 16; of
// elements of either type.
#define TRANSPOSE_BLOCK(TYPE) \
    INLINE OVERLOADED void transpose_block( \
        const TYPE *from, long from_stride, long terms, long columns, float *to, long to_stride \
    ) { \
        if (terms == 16 && columns == 16) { \
            channels16 rows[16]; \
            UNROLL_ALL for (int n = 0; n < 16; n++) rows[n] = LOAD16(from + n * from_stride); \
            transpose_square(rows, to, to_stride); \
            return; \
        } \
        for (long n = 0; n < columns; n++) { \
            for (long i = 0; i < terms; i++) { \
                to[i * to_stride + n] = LOAD1(from + n * from_stride + i); \
            } \
        } \
    }
TRANSPOSE_BLOCK(float)
TRANSPOSE_BLOCK(residual_bfloat16)

static void pack_panel(
    const VALUE *b, long row_stride, bool transposed, long k, long columns, float *panel
) {
    if (!transposed) {
        for (long i = 0; i < k; i++, b += row_stride, panel += 32) {
            copy_floats(panel, b, columns);
            if (columns < 32) zero_floats(panel + columns, 32 - columns);
        }
        return;
    }
    // Blocks of 16 terms: the reads of a column are one cache line, the writes stay in the first
    // level.
    for (long first = 0; first < k; first += 16) {
        long last = smaller(first + 16, k);
        for (long n = 0; n < columns; n += 16) {
            transpose_block(
                b + n * row_stride + first, row_stride, last - first, smaller(16, columns - n),
                panel + first * 32 + n, 32);
        }
        for (long i = first; i < last && columns < 32; i++) {
            zero_floats(panel + i * 32 + columns, 32 - columns);
        }
    }
}

// Puts one row, `k` floats side by side, to its places in a panel of `panel_rows` rows.
INLINE void place_row(const float *row, long k, long panel_rows, float *place) {
    long i = 0;
    for (; i + 16 <= k; i += 16, place += panel_rows * 16) STORE16(place, LOAD16(row + i));
    for (long rest = 0; i < k; i++, rest++) place[rest] = row[i];
}

static void pack_rows(
    const float *a, long row_stride, bool transposed, long rows, long k, float *packed
) {
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS, width = rounded_up(k, 16);
    for (long panel = 0; panel < panels; panel++) {
        long first = rows * panel / panels, count = rows * (panel + 1) / panels - first;
        float *place = packed + first * width;
        if (!transposed) {
            for (long m = 0; m < count; m++) {
                place_row(a + (first + m) * row_stride, k, count, place + m * 16);
            }
            continue;
        }
        for (long i = 0; i < k; i++) {
            const float *column = a + i * row_stride + first;
            float *to = place + i / 16 * 16 * count + i % 16;
            for (long m = 0; m < count; m++) to[m * 16] = column[m];
        }
    }
}

// The share of the `next` panel's rows, from term `k0` on, that the columns from `n` on fetch.
INLINE void share_rows(
    const VALUE *const *next, long n, long columns, long k0, const char *ahead[16]
) {
    long first = RESIDUAL_PANEL_ROWS * n / columns;
    long last = smaller(RESIDUAL_PANEL_ROWS * (n + 32) / columns, RESIDUAL_PANEL_ROWS);
    for (long i = 0; i < 16; i++) {
        ahead[i] = (const char *)(next[first + i * (last - first) / 16] + k0);
    }
}

// With a result of Float32, which sums of several chunks pass through. Panels of B outside, panels of
// A inside: a chunk of B's panel (64 KiB) is read from the second level once for each 14 rows, and the
// block of A stays there as well. `next`, which may be null, are the 14 rows that are packed next.
INLINE void product_with_epilogue(
    const float *packed_a, long rows, long k, const float *packed_b, long panel_stride,
    long columns, const residual_epilogue *epilogue, bool accumulate, float *c, long row_stride,
    const VALUE *const *next
) {
    const float *bias = epilogue->bias, *residual = epilogue->residual.data;
    bool streams = epilogue->streams && k <= RESIDUAL_PRODUCT_CHUNK;
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS, width = rounded_up(k, 16);
    for (long k0 = 0; k0 < k; k0 += RESIDUAL_PRODUCT_CHUNK) {
        long terms = smaller(k - k0, RESIDUAL_PRODUCT_CHUNK);
        bool is_last = k0 + terms == k;
        for (long n = 0; n < columns; n += 32) {
            const float *b = packed_b + n / 32 * panel_stride + k0 * 32;
            const char *ahead[16];
            if (next) share_rows(next, n, columns, k0, ahead);
            for (long panel = 0; panel < panels; panel++) {
                long first = rows * panel / panels, count = rows * (panel + 1) / panels - first;
                long corner = first * row_stride + n;
                tile_target target = {
                    c + corner, row_stride, smaller(columns - n, 32), bias ? bias + n : NULL,
                    accumulate || k0 > 0, residual && is_last ? residual + corner : NULL,
                    epilogue->relu && is_last, streams, next ? ahead : NULL, 16 * sizeof(VALUE)};
                const float *a = packed_a + first * width + k0 * count;
                blocked_panel(count, terms, a, count * 16, b, 32, &target);
            }
        }
    }
}

static void packed_product(
    const float *packed_a, long rows, long k, const float *packed_b, long panel_stride,
    long columns, const float *bias, bool accumulate, float *c, long row_stride
) {
    const residual_epilogue epilogue = {.bias = bias};
    product_with_epilogue(
        packed_a, rows, k, packed_b, panel_stride, columns, &epilogue, accumulate, c, row_stride,
        NULL);
}

static void transposed_product(
    const float *a, long a_stride, const float *b, long b_stride, long rows, long columns, long k,
    const float *bias, bool accumulate, float *c, long row_stride
) {
    for (long k0 = 0; k0 < k; k0 += RESIDUAL_PRODUCT_CHUNK) {
        tile_target target = {c, row_stride, columns, bias, accumulate || k0 > 0, NULL, false};
        transposed_panel(
            rows, smaller(k - k0, RESIDUAL_PRODUCT_CHUNK), a + k0 * a_stride, a_stride,
            b + k0 * b_stride, b_stride, &target);
    }
}

static void sum_parts(const float *parts, long part_count, long stride, long count, float *y) {
    long i = 0;
    for (; i + 16 <= count; i += 16) {
        channels16 sum = LOAD16(parts + i);
        for (long s = 1; s < part_count; s++) sum += LOAD16(parts + s * stride + i);
        STORE16(y + i, sum);
    }
    for (; i < count; i++) {
        float sum = parts[i];
        for (long s = 1; s < part_count; s++) sum += parts[s * stride + i];
        y[i] = sum;
    }
}
