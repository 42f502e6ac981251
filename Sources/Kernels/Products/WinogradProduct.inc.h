// Winograd convolution of a block of tiles: forward, and as a convolution with turned filters the
// input gradient.
//
//   V[36][depth/16][tiles][16] ← source tiles        (the packed A of the tile products)
//   for each 64 output channels:
//       M[36][tiles][64] ← V · U, one product a position; U[36][columns/32][depth][32]
//       results ← M
//
// A block of tiles is chosen so that V and M fit the second level of cache (Swift side:
// `tilesPerBlock`); U streams from the third. Positions are 16 floats further apart than needed, to
// fall into different cache sets.

#define WINOGRAD_COLUMNS 64
// The channels that are summed in registers: more would add to the transforms' rounding errors.
#define WINOGRAD_CHUNK 256

static void winograd_filter(
    const float *w, long depth, long columns, bool rotated, long first_input, long first_output,
    float *transformed
) {
    long width = smaller(32, columns - first_output), panels = (columns + 31) / 32;
    float taps[9][16][32];
    for (long tap = 0; tap < 9; tap++) {
        if (!rotated) {
            for (long k = 0; k < 16; k++) {
                const float *row = w + (tap * depth + first_input + k) * columns + first_output;
                for (long n = 0; n < width; n += 16) STORE16(&taps[tap][k][n], LOAD16(row + n));
            }
            continue;
        }
        for (long n = 0; n < width; n++) {
            const float *row = w + ((8 - tap) * columns + first_output + n) * depth + first_input;
            for (long k = 0; k < 16; k++) taps[tap][k][n] = row[k];
        }
    }
    float *panel = transformed + (first_output / 32 * depth + first_input) * 32;
    for (long k = 0; k < 16; k++) {
        for (long n = 0; n < width; n += 16) {
            channels16 half[3][6];
            UNROLL_ALL for (int j = 0; j < 3; j++) {
                channels16 g[3];
                UNROLL_ALL for (int i = 0; i < 3; i++) g[i] = LOAD16(&taps[i * 3 + j][k][n]);
                transform_filter(g, half[j]);
            }
            UNROLL_ALL for (int i = 0; i < 6; i++) {
                channels16 g[3] = {half[0][i], half[1][i], half[2][i]}, t[6];
                transform_filter(g, t);
                UNROLL_ALL for (int j = 0; j < 6; j++) {
                    STORE16(panel + (i * 6 + j) * panels * depth * 32 + k * 32 + n, t[j]);
                }
            }
        }
    }
}

static long winograd_scratch(const residual_winograd *g, long tiles) {
    return 36 * (tiles * g->depth + 16 + tiles * WINOGRAD_COLUMNS + 16);
}

// M of one position for `columns` channels.
INLINE void position_product(
    const residual_winograd *g, const float *v, long tiles, const float *u, long columns, float *m
) {
    long panels = (tiles + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long k0 = 0; k0 < g->depth; k0 += WINOGRAD_CHUNK) {
        long terms = smaller(g->depth - k0, WINOGRAD_CHUNK);
        for (long n = 0; n < columns; n += 32) {
            const float *b = u + n * g->depth + k0 * 32;
            for (long panel = 0; panel < panels; panel++) {
                long first = tiles * panel / panels, count = tiles * (panel + 1) / panels - first;
                tile_target target = {
                    m + first * WINOGRAD_COLUMNS + n, WINOGRAD_COLUMNS, smaller(columns - n, 32),
                    NULL, k0 > 0, NULL, false};
                blocked_panel(
                    count, terms, v + k0 * tiles + first * 16, tiles * 16, b, 32, &target);
            }
        }
    }
}

static void winograd_product(
    const residual_winograd *g, const float *source, const float *transformed,
    const residual_epilogue *epilogue, long first_tile, long tiles, float *destination,
    float *scratch
) {
    const long v_stride = tiles * g->depth + 16, m_stride = tiles * WINOGRAD_COLUMNS + 16;
    const long u_stride = (g->columns + 31) / 32 * g->depth * 32;
    float *v = scratch, *m = scratch + 36 * v_stride;
    for (long i = 0; i < tiles; i++) {
        source_tile(
            g, source, tile_at(g, first_tile + i), v + i * 16, v_stride, tiles * 16);
    }
    for (long first = 0; first < g->columns; first += WINOGRAD_COLUMNS) {
        long columns = smaller(g->columns - first, WINOGRAD_COLUMNS);
        for (long s = 0; s < 36; s++) {
            position_product(
                g, v + s * v_stride, tiles, transformed + s * u_stride + first * g->depth, columns,
                m + s * m_stride);
        }
        for (long i = 0; i < tiles; i++) {
            result_tile(
                g, m + i * WINOGRAD_COLUMNS, m_stride, epilogue, tile_at(g, first_tile + i), first,
                columns, destination);
        }
    }
}
