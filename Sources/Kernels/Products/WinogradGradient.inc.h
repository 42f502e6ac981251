// The filter's gradient by Winograd's algorithm, as the exact transpose of the forward pass:
//
//   dU[class] = Σ_rows (Bᵀ d B) ⊗ (A dy Aᵀ)       dw = Gᵀ dU G
//
// The transforms of a block of tiles and the products of a class are separate functions: the caller
// either gives each class to one owner (large filters) or each slab of tiles its own dU (small ones).
// Both orders follow from the shape.
//
// Transformed tiles are rows of [class][position][tile], `row` floats apart.

static long winograd_buffer(const residual_winograd *g, long tiles, long row) {
    return positions_of(g->kind) * tiles * row + CLASSES * CLASS_GAP;
}

#define TRANSFORM_TILES(kind, transform_tile) \
    do { \
        tile_places places; \
        row_places(kind, tiles, row, &places); \
        for (long i = first; i < first + count; i++) { \
            tile_position p = tile_at(g, first_tile + i); \
            transform_tile(kind, g, images, p, &places, transformed + i * row); \
        } \
    } while (0)

static void winograd_source_tiles(
    const residual_winograd *g, const VALUE *images, long first_tile, long first, long count,
    long tiles, long row, float *transformed
) {
    if (g->kind == RESIDUAL_STRIDE_1) TRANSFORM_TILES(RESIDUAL_STRIDE_1, source_tile);
    else TRANSFORM_TILES(RESIDUAL_STRIDE_2, source_tile);
}

static void winograd_gradient_tiles(
    const residual_winograd *g, const VALUE *images, long first_tile, long first, long count,
    long tiles, long row, float *transformed
) {
    if (g->kind == RESIDUAL_STRIDE_1) TRANSFORM_TILES(RESIDUAL_STRIDE_1, gradient_tile);
    else TRANSFORM_TILES(RESIDUAL_STRIDE_2, gradient_tile);
}

static void winograd_gradient_product(
    const residual_winograd *g, long c, const float *source_tiles, long source_row,
    const float *gradient_tiles, long gradient_row, long tiles, long first_input, long inputs,
    bool accumulate, bool streams, float *result
) {
    const long start = class_start(g->kind, c) * tiles, terms = class_size(g->kind, c) * tiles;
    source_tiles += start * source_row + c * CLASS_GAP + first_input;
    gradient_tiles += start * gradient_row + c * CLASS_GAP;
    const long columns = whole_blocks(g->columns);
    result += (c * g->depth + first_input) * columns;
    long panels = (inputs + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long t0 = 0; t0 < terms; t0 += WINOGRAD_CHUNK) {
        long count = smaller(terms - t0, WINOGRAD_CHUNK);
        for (long n = 0; n < columns; n += 32) {
            for (long panel = 0; panel < panels; panel++) {
                long first = inputs * panel / panels;
                long rows = inputs * (panel + 1) / panels - first;
                tile_target target = {
                    result + first * columns + n, columns, smaller(columns - n, 32), NULL,
                    accumulate || t0 > 0, NULL, false, streams && terms <= WINOGRAD_CHUNK};
                transposed_panel(
                    rows, count, source_tiles + t0 * source_row + first, source_row,
                    gradient_tiles + t0 * gradient_row + n, gradient_row, &target);
            }
        }
    }
    // As in `winograd_product`.
    if (streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// Gᵀ dU G of `count` output channels from n on of one input channel k, whose parts begin at `place`.
INLINE void gradient_filter_block(
    const int kind, const residual_winograd *g, const float *place, long part_count, long position,
    float *dw, long n, long count
) {
    channels16 half[3][6];
    UNROLL_ALL for (int j = 0; j < 6; j++) {
        channels16 d[6], t[3];
        UNROLL_ALL for (int i = 0; i < 6; i++) {
            d[i] = LOAD16(place + (i * 6 + j) * position + n);
            for (long s = 1; s < part_count; s++) {
                d[i] += LOAD16(place + (s * 36 + i * 6 + j) * position + n);
            }
        }
        transform_filter_gradient_line(kind, d, t);
        UNROLL_ALL for (int i = 0; i < 3; i++) half[i][j] = t[i];
    }
    UNROLL_ALL for (int i = 0; i < 3; i++) {
        channels16 t[3];
        transform_filter_gradient_line(kind, half[i], t);
        UNROLL_ALL for (int j = 0; j < 3; j++) {
            store_channels(dw + (i * 3 + j) * g->depth * g->columns + n, &t[j], count);
        }
    }
}

INLINE void gradient_filter_rows(
    const int kind, const residual_winograd *g, const float *gradients, long part_count,
    long first_row, long rows, float *dw
) {
    const long columns = whole_blocks(g->columns), position = g->depth * columns;
    for (long k = first_row; k < first_row + rows; k++) {
        EACH_CHANNEL_BLOCK(
            g->columns, gradient_filter_block, kind, g, gradients + k * columns, part_count,
            position, dw + k * g->columns);
    }
}

static void winograd_gradient_filter(
    const residual_winograd *g, const float *gradients, long part_count, long first_row, long rows,
    float *dw
) {
    if (g->kind == RESIDUAL_STRIDE_1) {
        gradient_filter_rows(RESIDUAL_STRIDE_1, g, gradients, part_count, first_row, rows, dw);
    } else {
        gradient_filter_rows(RESIDUAL_STRIDE_2, g, gradients, part_count, first_row, rows, dw);
    }
}
