// Gathered products: forward passes, and input gradients phase by phase.

// The rows of a block that are gathered and multiplied at a time: a panel, which stays in the first
// level of cache while the filter is read from the second; all of them where the filter is larger, so
// that each of its panels is used for many rows.
#define RESIDENT_FILTER (256 * 1024)

INLINE long piece_rows(const residual_gather *g, long columns, long rows) {
    bool is_resident = g->tap_count * g->depth * columns <= RESIDENT_FILTER;
    return is_resident ? smaller(rows, RESIDUAL_PANEL_ROWS) : rows;
}

static long gather_scratch(
    residual_element element, const residual_gather *g, long rows, long columns
) {
    long width = rounded_up(g->tap_count * g->depth, 16);
    if (uses_bands(g)) return band_scratch(g, columns);
    rows = piece_rows(g, columns, rows);
    return (rows + RESIDUAL_PANEL_ROWS) * width + (is_direct(g, element) ? 0 : rows * columns);
}

// Whether a row of A is a pixel of the source, always inside of the image: a 1×1 kernel.
INLINE bool is_pointwise(const residual_gather *g) {
    return g->tap_count == 1 && g->tap_x == 0 && g->tap_y == 0 && g->depth % 16 == 0;
}

// The source pixels of grid pixels `first_row` ..< `first_row` + `rows`.
INLINE void find_pixels(
    const residual_gather *g, const VALUE *source, long first_row, long rows, const VALUE **pixels
) {
    const long across = g->step_x * g->source_channels;
    const long down = g->source_width * g->source_channels;
    grid_position p = position_of(g, first_row);
    for (long m = 0; m < rows;) {
        const VALUE *pixel =
            source + (p.image * g->source_height + p.y * g->step_y) * down + p.x * across;
        for (; p.x < g->grid_width && m < rows; m++, p.x++, pixel += across) pixels[m] = pixel;
        p.x--;
        advance(g, &p);
    }
}

INLINE void pack_pixels(const VALUE *const *pixels, long rows, long k, float *packed) {
    for (long m = 0; m < rows; m++) {
        for (long i = 0; i < k; i += 16) STORE16(packed + i * rows + m * 16, LOAD16(pixels[m] + i));
    }
}

// Rows `first_row` ..< `first_row` + `rows`, gathered together. A panel of pixels fetches the next one
// while it is multiplied.
INLINE void gather_piece(
    const residual_gather *g, const VALUE *source, const float *packed_filter, long panel_stride,
    const residual_epilogue *epilogue, long columns, long first_row, long rows, VALUE *destination,
    float *scratch
) {
    const long k = g->tap_count * g->depth, width = rounded_up(k, 16);
    float *lines = scratch + rows * width, *results = lines + RESIDUAL_PANEL_ROWS * width;
    const VALUE *pixels[RESIDUAL_PANEL_ROWS], *const *next = NULL;
    if (is_pointwise(g) && rows <= RESIDUAL_PANEL_ROWS) {
        find_pixels(g, source, first_row, rows, pixels);
        pack_pixels(pixels, rows, k, scratch);
        find_pixels(g, source, first_row + rows, RESIDUAL_PANEL_ROWS, pixels);
        next = pixels;
    } else {
        gather_rows(g, source, first_row, rows, scratch, lines);
    }
#if !defined(PRODUCT_TABLE_BFLOAT16)
    if (is_direct(g, RESIDUAL_FLOAT32)) {
        long corner = first_row * g->destination_channels;
        residual_epilogue shifted = *epilogue;
        if (shifted.residual.data) shifted.residual.data = (float *)shifted.residual.data + corner;
        product_with_epilogue(
            scratch, rows, k, packed_filter, panel_stride, columns, &shifted, false,
            destination + corner, g->destination_channels, next);
        return;
    }
#endif
    // A phase that no tap hits is zeros.
    if (k == 0) zero_floats(results, rows * columns);
    const residual_epilogue bias = {.bias = epilogue->bias};
    product_with_epilogue(
        scratch, rows, k, packed_filter, panel_stride, columns, &bias, false, results, columns,
        next);
    put_rows(g, epilogue, columns, first_row, rows, results, destination);
}

static void gather_product(
    const residual_gather *g, const VALUE *source, const float *packed_filter, long panel_stride,
    const residual_epilogue *epilogue, long columns, long first_row, long rows, VALUE *destination,
    float *scratch
) {
    if (uses_bands(g)) {
        band_product(
            g, source, packed_filter, panel_stride, epilogue, columns, first_row, rows, destination,
            scratch);
    } else {
        long most = piece_rows(g, columns, rows), pieces = (rows + most - 1) / most;
        for (long piece = 0; piece < pieces; piece++) {
            long first = rows * piece / pieces, last = rows * (piece + 1) / pieces;
            gather_piece(
                g, source, packed_filter, panel_stride, epilogue, columns, first_row + first,
                last - first, destination, scratch);
        }
    }
    // Streamed stores are not ordered by the atomics with which a thread says that it is done.
    if (epilogue->streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
