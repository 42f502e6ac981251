// The filter's gradient by Winograd's algorithm, as the exact transpose of the forward pass:
//
//   dU[s] = Σ_tiles (Bᵀ d B)[s] ⊗ (A dy Aᵀ)[s]       dw = Gᵀ dU G
//
// The transforms of a block of tiles and the products of a position are separate functions: the
// caller either gives each position to one owner (large filters) or each slab of tiles its own dU
// (small ones). Both orders follow from the shape.

static void winograd_source_tiles(
    const residual_winograd *g, const float *source, long first_tile, long tiles,
    long position_stride, long tile_stride, float *transformed
) {
    for (long i = 0; i < tiles; i++) {
        source_tile(
            g, source, tile_at(g, first_tile + i), transformed + i * tile_stride, position_stride,
            16);
    }
}

static void winograd_gradient_tiles(
    const residual_winograd *g, const float *dy, long first_tile, long tiles, long position_stride,
    long tile_stride, float *transformed
) {
    for (long i = 0; i < tiles; i++) {
        gradient_tile(
            g, dy, tile_at(g, first_tile + i), transformed + i * tile_stride, position_stride, 16);
    }
}

static void winograd_gradient_product(
    const residual_winograd *g, const float *source_tiles, long source_stride,
    const float *gradient_tiles, long gradient_stride, long tiles, bool accumulate, float *result
) {
    long panels = (g->depth + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long n = 0; n < g->columns; n += 32) {
        for (long panel = 0; panel < panels; panel++) {
            long first = g->depth * panel / panels, count = g->depth * (panel + 1) / panels - first;
            tile_target target = {
                result + first * g->columns + n, g->columns, smaller(g->columns - n, 32), NULL,
                accumulate, NULL, false};
            transposed_panel(
                count, tiles, source_tiles + first, source_stride, gradient_tiles + n,
                gradient_stride, &target);
        }
    }
}

static void winograd_gradient_filter(
    const residual_winograd *g, const float *gradients, long part_count, long first_row, long rows,
    float *dw
) {
    const long position = g->depth * g->columns;
    for (long k = first_row; k < first_row + rows; k++) {
        for (long n = 0; n < g->columns; n += 16) {
            const float *place = gradients + k * g->columns + n;
            channels16 half[3][6];
            UNROLL_ALL for (int j = 0; j < 6; j++) {
                channels16 d[6], t[3];
                UNROLL_ALL for (int i = 0; i < 6; i++) {
                    d[i] = LOAD16(place + (i * 6 + j) * position);
                    for (long s = 1; s < part_count; s++) {
                        d[i] += LOAD16(place + (s * 36 + i * 6 + j) * position);
                    }
                }
                transform_filter_gradient(d, t);
                UNROLL_ALL for (int i = 0; i < 3; i++) half[i][j] = t[i];
            }
            UNROLL_ALL for (int i = 0; i < 3; i++) {
                channels16 t[3];
                transform_filter_gradient(half[i], t);
                UNROLL_ALL for (int j = 0; j < 3; j++) {
                    STORE16(dw + ((i * 3 + j) * g->depth + k) * g->columns + n, t[j]);
                }
            }
        }
    }
}
