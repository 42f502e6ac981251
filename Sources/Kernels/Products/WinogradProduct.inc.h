// Winograd convolution of a block of tiles: forward, and as a convolution with turned filters the
// input gradient.
//
//   V[class][⌈depth/16⌉][rows][16] ← source tiles        (the packed A of the classes' products)
//   for each 64 output channels:
//       M[class][rows][64] ← V · U, one product a class; U[36][columns/32][depth][32]
//       results ← M
//
// A block of tiles is chosen so that V and M fit the second level of cache (Swift side:
// `tilesPerBlock`); U streams from the third, a panel ahead of the products where it is large.

#define WINOGRAD_COLUMNS 64
// The channels that are summed in registers: more would add to the transforms' rounding errors.
#define WINOGRAD_CHUNK 256

// G g Gᵀ of `inputs` ≤ 16 lines of 9 taps for a panel of 32 output channels.
INLINE void filter_tile(
    const int kind, const float taps[9][16][32], long inputs, long position_stride, float *panel
) {
    for (long k = 0; k < inputs; k++) {
        for (long n = 0; n < 32; n += 16) {
            channels16 half[3][6];
            UNROLL_ALL for (int j = 0; j < 3; j++) {
                channels16 g[3];
                UNROLL_ALL for (int i = 0; i < 3; i++) g[i] = LOAD16(&taps[i * 3 + j][k][n]);
                transform_filter_line(kind, g, half[j]);
            }
            UNROLL_ALL for (int i = 0; i < 6; i++) {
                channels16 g[3] = {half[0][i], half[1][i], half[2][i]}, t[6];
                transform_filter_line(kind, g, t);
                UNROLL_ALL for (int j = 0; j < 6; j++) {
                    STORE16(panel + (i * 6 + j) * position_stride + k * 32 + n, t[j]);
                }
            }
        }
    }
}

static void winograd_filter(
    const residual_winograd *g, const float *w, bool rotated, long first_input, long first_output,
    float *transformed
) {
    const long depth = g->depth, columns = g->columns;
    long width = smaller(32, columns - first_output), panels = (columns + 31) / 32;
    long inputs = smaller(16, depth - first_input);
    float taps[9][16][32];
    if (width < 32) memset(taps, 0, sizeof taps);
    for (long tap = 0; tap < 9; tap++) {
        if (!rotated) {
            for (long k = 0; k < inputs; k++) {
                const float *row = w + (tap * depth + first_input + k) * columns + first_output;
                copy_floats(taps[tap][k], row, width);
            }
            continue;
        }
        for (long n = 0; n < width; n += 16) {
            transpose_block(
                w + ((8 - tap) * columns + first_output + n) * depth + first_input, depth, inputs,
                smaller(16, width - n), &taps[tap][0][n], 32);
        }
    }
    float *panel = transformed + (first_output / 32 * depth + first_input) * 32;
    const long stride = panels * depth * 32;
    if (g->kind == RESIDUAL_STRIDE_1) filter_tile(RESIDUAL_STRIDE_1, taps, inputs, stride, panel);
    else filter_tile(RESIDUAL_STRIDE_2, taps, inputs, stride, panel);
}

static long winograd_scratch(const residual_winograd *g, long tiles) {
    const long rows = positions_of(g->kind) * tiles;
    return rows * whole_blocks(g->depth) + rows * WINOGRAD_COLUMNS + 2 * CLASSES * CLASS_GAP;
}

// A part of a stretch of memory in 16 pieces, for tiles of `terms` terms to fetch: as much as they can.
INLINE void share_stretch(
    const float *start, long floats, long part, long parts, long terms, tile_target *target,
    const char *ahead[16]
) {
    long share = smaller(floats * 4 / parts, terms * 64);
    for (long i = 0; i < 16; i++) ahead[i] = (const char *)start + share * part + share / 16 * i;
    target->ahead = ahead;
    target->ahead_step = share / terms;
}

// M of one class for `columns` channels. `next` is where the filter goes on afterwards, or null if it
// need not be fetched; a single panel has no time for it.
INLINE void class_product(
    const residual_winograd *g, const float *v, long rows, const float *u, long columns, float *m,
    const float *next
) {
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long k0 = 0; k0 < g->depth; k0 += WINOGRAD_CHUNK) {
        long terms = smaller(g->depth - k0, WINOGRAD_CHUNK);
        for (long n = 0; n < columns; n += 32) {
            const float *b = u + n * g->depth + k0 * 32;
            const float *following = next;
            if (k0 + WINOGRAD_CHUNK < g->depth) following = u + (k0 + WINOGRAD_CHUNK) * 32;
            if (n + 32 < columns) following = b + 32 * g->depth;
            for (long panel = 0; panel < panels; panel++) {
                long first = rows * panel / panels, count = rows * (panel + 1) / panels - first;
                tile_target target = {
                    m + first * WINOGRAD_COLUMNS + n, WINOGRAD_COLUMNS, smaller(columns - n, 32),
                    NULL, k0 > 0, NULL, false};
                const char *ahead[16];
                if (next && panels > 1) {
                    share_stretch(following, terms * 32, panel, panels, terms, &target, ahead);
                }
                blocked_panel(count, terms, v + k0 * rows + first * 16, rows * 16, b, 32, &target);
            }
        }
    }
}

INLINE void tiles_product(
    const int kind, const residual_winograd *g, const VALUE *source, const float *transformed,
    const residual_epilogue *epilogue, long first_tile, long tiles, long first_column,
    long column_count, VALUE *destination, float *scratch
) {
    const long u_stride = (g->columns + 31) / 32 * g->depth * 32;
    float *v = scratch;
    const long depth = whole_blocks(g->depth);
    float *m = v + positions_of(kind) * tiles * depth + CLASSES * CLASS_GAP;
    tile_places places;
    packed_places(kind, tiles, g->depth, &places);
    for (long i = 0; i < tiles; i++) {
        source_tile(kind, g, source, tile_at(g, first_tile + i), &places, v + i * 16);
    }
    row_places(kind, tiles, WINOGRAD_COLUMNS, &places);
    const long last = first_column + column_count;
    const bool is_large = CLASSES * u_stride * 4 > 1 << 20;
    for (long first = first_column; first < last; first += WINOGRAD_COLUMNS) {
        long columns = smaller(last - first, WINOGRAD_COLUMNS);
        for (long c = 0; c < CLASSES; c++) {
            const float *u = transformed + c * u_stride + first * g->depth;
            const float *next = c + 1 < CLASSES ? u + u_stride
                : transformed + (first + columns < last ? first + columns : first_column) * g->depth;
            const long start = class_start(kind, c) * tiles, gap = c * CLASS_GAP;
            class_product(
                g, v + start * depth + gap, class_size(kind, c) * tiles,
                u, whole_blocks(columns), m + start * WINOGRAD_COLUMNS + gap,
                is_large ? next : NULL);
        }
        for (long i = 0; i < tiles; i++) {
            result_tile(
                kind, g, m + i * WINOGRAD_COLUMNS, &places, epilogue, tile_at(g, first_tile + i),
                first, columns, destination);
        }
    }
}

static void winograd_product(
    const residual_winograd *g, const VALUE *source, const float *transformed,
    const residual_epilogue *epilogue, long first_tile, long tiles, long first_column, long columns,
    VALUE *destination, float *scratch
) {
#define TILES_PRODUCT(kind) \
    tiles_product( \
        kind, g, source, transformed, epilogue, first_tile, tiles, first_column, columns, \
        destination, scratch)
    switch (g->kind) {
    case RESIDUAL_STRIDE_1: TILES_PRODUCT(RESIDUAL_STRIDE_1); break;
    case RESIDUAL_STRIDE_2: TILES_PRODUCT(RESIDUAL_STRIDE_2); break;
    case RESIDUAL_STRIDE_2_TRANSPOSED: TILES_PRODUCT(RESIDUAL_STRIDE_2_TRANSPOSED); break;
    }
    // Streamed stores are not ordered by the atomics with which a thread says that it is done.
    if (epilogue->streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
