// The register tile: up to TILE_ROWS × 2 vectors of C stay in registers while k runs.
//
//   for each k:  load 2 vectors of B; for each row: broadcast one element of A, 2 multiply-adds
//
// AVX-512 has 32 registers: 14 rows × 2 vectors of 16 = 28 sums, 2 of B and a broadcast, and one
// 32-wide panel of B feeds it directly. AVX2 and SSE have 16: 6 × 2 sums, and a panel is walked in
// steps of 2 vectors. 6 rows and more hide the latency of the multiply-adds (12 sums against 4 to 5
// cycles × 2 units).
//
// B is fetched PREFETCH_TERMS ahead, from one panel into the next: filters of Winograd's classes come
// from the third level of cache once for each few panels of A.
//
// What will be read from memory after this panel is fetched into the second level meanwhile, where the
// caller knows it: 16 stretches of A or B (`ahead`), or a line of each row of A or B (`line`).
//
// A is addressed from one base pointer with constant distances:
//   blocked     A(m, k) = a[(k/16)·block_stride + 16·m + k%16]        (see Gemm.h)
//   transposed  A(m, k) = a[k·block_stride + m]

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int vector_mask __attribute__((vector_size(4 * LANES)));
typedef float vector_memory __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define LOAD(p) (*(const vector_memory *)(p))
#define STORE(p, value) (*(vector_memory *)(p) = (value))

// Where a tile puts its sums, and what happens to them before: they are added to what is there if
// `accumulate`, else to `bias` if any; then `residual`, laid out as c, is added and `relu` cuts. Whole
// tiles go past the caches if `streams`.
typedef struct {
    float *c;
    long row_stride, columns;
    const float *bias;
    bool accumulate;
    const float *residual;
    bool relu, streams;
    // 16 stretches that will be read from memory next, to be fetched as A is walked through, in steps of
    // `ahead_step` bytes for each 16 terms; or null.
    const char *const *ahead;
    long ahead_step;
    // The same for products of transposed tiles: an address for the first term, `line_step` further for
    // each other one.
    const char *line;
    long line_step;
} tile_target;

// 0 where v < 0.
INLINE vector cut(vector v) { return (vector)((vector_mask)v & ~(v < 0.0f)); }

// Runs a statement for each vector of a tile.
#define EACH_VECTOR(statement) \
    do { \
        UNROLL_ALL for (int m = 0; m < rows; m++) { \
            UNROLL_ALL for (int v = 0; v < vectors; v++) statement; \
        } \
    } while (0)

// One branch for each step of the epilogue, not for each vector.
INLINE void store_whole_tile(
    const int rows, const int vectors, vector sums[TILE_ROWS][2], const tile_target *target
) {
    float *c = target->c;
    const float *residual = target->residual;
    const long stride = target->row_stride;
    if (target->accumulate) EACH_VECTOR(sums[m][v] += LOAD(c + m * stride + v * LANES));
    else if (target->bias) EACH_VECTOR(sums[m][v] += LOAD(target->bias + v * LANES));
    if (residual) EACH_VECTOR(sums[m][v] += LOAD(residual + m * stride + v * LANES));
    if (target->relu) EACH_VECTOR(sums[m][v] = cut(sums[m][v]));
    if (target->streams) {
        EACH_VECTOR(
            __builtin_nontemporal_store(sums[m][v], (vector *)(c + m * stride + v * LANES)));
    } else {
        EACH_VECTOR(STORE(c + m * stride + v * LANES, sums[m][v]));
    }
}

#if LANES == 16
// The last vector by masks.
INLINE void store_part_tile(
    const int rows, const int vectors, vector sums[TILE_ROWS][2], const tile_target *target
) {
    const long stride = target->row_stride, left = target->columns - (vectors - 1) * LANES;
    const __mmask16 masks[2] = {
        (__mmask16)(vectors > 1 ? 0xFFFF : (1u << left) - 1), (__mmask16)((1u << left) - 1)};
    UNROLL_ALL for (int m = 0; m < rows; m++) {
        UNROLL_ALL for (int v = 0; v < vectors; v++) {
            float *place = target->c + m * stride + v * LANES;
            const float *start = target->accumulate ? place
                : target->bias                      ? target->bias + v * LANES
                                                    : NULL;
            const float *residual = target->residual;
            vector sum = sums[m][v];
            if (start) sum += (vector)_mm512_maskz_loadu_ps(masks[v], start);
            if (residual) {
                residual += m * stride + v * LANES;
                sum += (vector)_mm512_maskz_loadu_ps(masks[v], residual);
            }
            if (target->relu) sum = cut(sum);
            _mm512_mask_storeu_ps(place, masks[v], (__m512)sum);
        }
    }
}
#else
// By way of memory.
INLINE void store_part_tile(
    const int rows, const int vectors, vector sums[TILE_ROWS][2], const tile_target *target
) {
    float *c = target->c;
    const float *bias = target->bias, *residual = target->residual;
    float lines[TILE_ROWS][2 * LANES];
    UNROLL_ALL for (int m = 0; m < rows; m++) {
        UNROLL_ALL for (int v = 0; v < vectors; v++) STORE(lines[m] + v * LANES, sums[m][v]);
    }
    for (int m = 0; m < rows; m++) {
        float *place = c + m * target->row_stride;
        for (long n = 0; n < target->columns; n++) {
            float sum = lines[m][n] + (target->accumulate ? place[n] : bias ? bias[n] : 0);
            if (residual) sum += residual[m * target->row_stride + n];
            place[n] = target->relu && sum < 0 ? 0 : sum;
        }
    }
}
#endif

INLINE void store_tile(
    const int rows, const int vectors, vector sums[TILE_ROWS][2], const tile_target *target
) {
    if (target->columns == vectors * LANES) store_whole_tile(rows, vectors, sums, target);
    else store_part_tile(rows, vectors, sums, target);
}

#define PREFETCH_TERMS 32
#define TILE_STEP(row_distance) \
    do { \
        vector b0 = LOAD(b), b1 = vectors > 1 ? LOAD(b + LANES) : b0; \
        UNROLL_ALL for (int m = 0; m < rows; m++) { \
            float element = terms[m * (row_distance)]; \
            sums[m][0] += element * b0; \
            if (vectors > 1) sums[m][1] += element * b1; \
        } \
    } while (0)

INLINE void blocked_sums(
    const bool looks_ahead, const int rows, const int vectors, long k, const float *a,
    long block_stride, const float *b, long b_stride, const tile_target *target
) {
    vector sums[TILE_ROWS][2];
    UNROLL_ALL for (int m = 0; m < rows; m++) sums[m][0] = sums[m][1] = (vector){0};
    const long step = looks_ahead ? target->ahead_step : 0;
    for (long offset = 0; k >= 16; k -= 16, a += block_stride, offset += step) {
        UNROLL_BY_4 for (int i = 0; i < 16; i++, b += b_stride) {
            const float *terms = a + i;
            __builtin_prefetch(b + PREFETCH_TERMS * b_stride);
            if (vectors > 1) __builtin_prefetch(b + PREFETCH_TERMS * b_stride + LANES);
            if (looks_ahead) __builtin_prefetch(target->ahead[i] + offset, 0, 2);
            TILE_STEP(16);
        }
    }
    for (const float *terms = a; k > 0; k--, terms++, b += b_stride) TILE_STEP(16);
    store_tile(rows, vectors, sums, target);
}

INLINE void blocked_tile(
    const int rows, const int vectors, long k, const float *a, long block_stride, const float *b,
    long b_stride, const tile_target *target
) {
    blocked_sums(false, rows, vectors, k, a, block_stride, b, b_stride, target);
}

INLINE void ahead_tile(
    const int rows, const int vectors, long k, const float *a, long block_stride, const float *b,
    long b_stride, const tile_target *target
) {
    blocked_sums(true, rows, vectors, k, a, block_stride, b, b_stride, target);
}

INLINE void transposed_tile(
    const int rows, const int vectors, long k, const float *a, long block_stride, const float *b,
    long b_stride, const tile_target *target
) {
    vector sums[TILE_ROWS][2];
    UNROLL_ALL for (int m = 0; m < rows; m++) sums[m][0] = sums[m][1] = (vector){0};
    UNROLL_BY_4 for (long i = 0; i < k; i++, b += b_stride) {
        const float *terms = a + i * block_stride;
        TILE_STEP(1);
    }
    store_tile(rows, vectors, sums, target);
}

// Not unrolled: with the line's address the compiler would keep sums in memory.
INLINE void lined_tile(
    const int rows, const int vectors, long k, const float *a, long block_stride, const float *b,
    long b_stride, const tile_target *target
) {
    vector sums[TILE_ROWS][2];
    UNROLL_ALL for (int m = 0; m < rows; m++) sums[m][0] = sums[m][1] = (vector){0};
    const char *line = target->line;
    const long line_step = target->line_step;
    NO_UNROLL for (; k > 0; k--, a += block_stride, b += b_stride, line += line_step) {
        const float *terms = a;
        __builtin_prefetch(line, 0, 2);
        TILE_STEP(1);
    }
    store_tile(rows, vectors, sums, target);
}

// One function for each tile size: the compiler keeps the sums of constant sizes in registers.
#if TILE_ROWS == 14
#define EACH_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#else
#define EACH_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#endif
#define TILE_ARGUMENTS \
    long k, const float *a, long block_stride, const float *b, long b_stride, \
        const tile_target *target
#define DEFINE_TILE(name, rows, vectors) \
    static void name##_##rows##_##vectors(TILE_ARGUMENTS) { \
        name(rows, vectors, k, a, block_stride, b, b_stride, target); \
    }
#define DEFINE_TILES(rows) \
    DEFINE_TILE(blocked_tile, rows, 1) \
    DEFINE_TILE(blocked_tile, rows, 2) \
    DEFINE_TILE(ahead_tile, rows, 1) \
    DEFINE_TILE(ahead_tile, rows, 2) \
    DEFINE_TILE(transposed_tile, rows, 1) \
    DEFINE_TILE(transposed_tile, rows, 2) \
    DEFINE_TILE(lined_tile, rows, 1) \
    DEFINE_TILE(lined_tile, rows, 2)
EACH_ROWS(DEFINE_TILES)

typedef void (*tile_function)(TILE_ARGUMENTS);
#define BLOCKED_TILES(rows) {blocked_tile_##rows##_1, blocked_tile_##rows##_2},
#define AHEAD_TILES(rows) {ahead_tile_##rows##_1, ahead_tile_##rows##_2},
#define TRANSPOSED_TILES(rows) {transposed_tile_##rows##_1, transposed_tile_##rows##_2},
#define LINED_TILES(rows) {lined_tile_##rows##_1, lined_tile_##rows##_2},
static const tile_function blocked_tiles[TILE_ROWS][2] = {EACH_ROWS(BLOCKED_TILES)};
static const tile_function ahead_tiles[TILE_ROWS][2] = {EACH_ROWS(AHEAD_TILES)};
static const tile_function transposed_tiles[TILE_ROWS][2] = {EACH_ROWS(TRANSPOSED_TILES)};
static const tile_function lined_tiles[TILE_ROWS][2] = {EACH_ROWS(LINED_TILES)};

// C[rows ≤ 14, target->columns ≤ 32] from tiles; `row_distance` separates rows of A.
INLINE void panel_product(
    const tile_function functions[TILE_ROWS][2], long row_distance, long rows, long k,
    const float *a, long block_stride, const float *b, long b_stride, const tile_target *whole
) {
    long parts = (rows + TILE_ROWS - 1) / TILE_ROWS;
    for (long n = 0; n < whole->columns; n += 2 * LANES) {
        long columns = smaller(whole->columns - n, 2 * LANES);
        for (long part = 0; part < parts; part++) {
            long first = rows * part / parts, count = rows * (part + 1) / parts - first;
            long corner = first * whole->row_stride + n;
            tile_target target = {
                whole->c + corner, whole->row_stride, columns,
                whole->bias ? whole->bias + n : NULL, whole->accumulate,
                whole->residual ? whole->residual + corner : NULL, whole->relu, whole->streams,
                whole->ahead, whole->ahead_step, whole->line, whole->line_step};
            functions[count - 1][columns > LANES](
                k, a + first * row_distance, block_stride, b + n, b_stride, &target);
        }
    }
}

static void blocked_panel(
    long rows, long k, const float *a, long block_stride, const float *b, long b_stride,
    const tile_target *target
) {
    panel_product(
        target->ahead ? ahead_tiles : blocked_tiles, 16, rows, k, a, block_stride, b, b_stride,
        target);
}

static void transposed_panel(
    long rows, long k, const float *a, long block_stride, const float *b, long b_stride,
    const tile_target *target
) {
    panel_product(
        target->line ? lined_tiles : transposed_tiles, 1, rows, k, a, block_stride, b, b_stride,
        target);
}
