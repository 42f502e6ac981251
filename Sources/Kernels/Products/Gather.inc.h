// Convolutions as products whose left factor is gathered from the images block by block: the
// "implicit GEMM" that never writes out the whole matrix of image patches.
//
// A row of A is a pixel's patch: for each tap its channels, in runs of taps that lie side by side
// in the source. Where a run leaves the image it is zeros, so no product needs to know of borders.
// Copying costs 2/columns of the arithmetic.

// Where a grid pixel is.
typedef struct {
    long image, y, x;
} grid_position;

INLINE grid_position position_of(const residual_gather *g, long row) {
    grid_position p;
    p.x = row % g->grid_width;
    row /= g->grid_width;
    p.y = row % g->grid_height;
    p.image = row / g->grid_height;
    return p;
}

INLINE void advance(const residual_gather *g, grid_position *p) {
    if (++p->x < g->grid_width) return;
    p->x = 0;
    if (++p->y < g->grid_height) return;
    p->y = 0;
    p->image++;
}

// What a run sees from a pixel: floats `first` ..< `last` of it are in the image, and float i is
// `data[i]`; the others are zeros.
typedef struct {
    const VALUE *data;
    long first, last;
} run_view;

INLINE run_view view_run(
    const residual_gather *g, const VALUE *source, grid_position p, const residual_tap_run *run
) {
    long y = p.y * g->step_y + run->y, x = p.x * g->step_x + run->x;
    run_view view = {source, 0, 0};
    if (y < 0 || y >= g->source_height) return view;
    long first = larger(0, -x), last = smaller(run->count, g->source_width - x);
    if (last <= first) return view;
    view.data = source
        + ((p.image * g->source_height + y) * g->source_width + x) * g->source_channels;
    view.first = first * g->depth;
    view.last = last * g->depth;
    return view;
}

// Floats `begin` ..< `end` of a run as a plain line.
INLINE void copy_run(float *to, run_view view, long begin, long end) {
    long first = larger(begin, smaller(view.first, end));
    long last = larger(first, smaller(view.last, end));
    zero_floats(to, first - begin);
    copy_floats(to + (first - begin), view.data + first, last - first);
    zero_floats(to + (last - begin), end - last);
}

// A whole run of 16-channel blocks straight into a packed panel; returns the next place.
INLINE float *place_run(float *to, run_view view, long length, long distance) {
    const channels16 zero = {0};
    long i = 0;
    for (; i < view.first; i += 16, to += distance) STORE16(to, zero);
    for (; i < view.last; i += 16, to += distance) STORE16(to, LOAD16(view.data + i));
    for (; i < length; i += 16, to += distance) STORE16(to, zero);
    return to;
}

// Channels in blocks of 16 go straight to their places. Others are first put together as plain
// lines, all rows of a panel before the first is placed: reading a line right after it was written
// in pieces would wait for the pieces to leave the store queue.
static void gather_rows(
    const residual_gather *g, const VALUE *source, long first_row, long rows, float *packed,
    float *lines
) {
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    long width = rounded_up(g->tap_count * g->depth, 16);
    bool in_blocks = g->depth % 16 == 0;
    grid_position p = position_of(g, first_row);
    for (long panel = 0; panel < panels; panel++) {
        long first = rows * panel / panels, count = rows * (panel + 1) / panels - first;
        float *start = packed + first * width;
        for (long m = 0; m < count; m++, advance(g, &p)) {
            float *place = in_blocks ? start + m * 16 : lines + m * width;
            for (long r = 0; r < g->run_count; r++) {
                const residual_tap_run *run = g->runs + r;
                run_view view = view_run(g, source, p, run);
                long length = run->count * g->depth;
                if (in_blocks) {
                    place = place_run(place, view, length, count * 16);
                } else {
                    copy_run(place, view, 0, length);
                    place += length;
                }
            }
        }
        // Whole vectors: what lies behind a line's end goes to places that nobody reads.
        for (long m = 0; m < count && !in_blocks; m++) {
            for (long i = 0; i < width; i += 16) {
                STORE16(start + m * 16 + i * count, LOAD16(lines + m * width + i));
            }
        }
    }
}

// Whether the rows of the product lie side by side in the destination.
INLINE bool covers_destination(const residual_gather *g) {
    return g->spacing_y == 1 && g->spacing_x == 1 && g->grid_height == g->destination_height
        && g->grid_width == g->destination_width;
}

// Whether products are written to their places at once: sums of bfloat16 would be rounded between
// chunks.
INLINE bool is_direct(const residual_gather *g, residual_element element) {
    return element == RESIDUAL_FLOAT32 && covers_destination(g);
}

static long gather_scratch(
    residual_element element, const residual_gather *g, long rows, long columns
) {
    long width = rounded_up(g->tap_count * g->depth, 16);
    return (rows + RESIDUAL_PANEL_ROWS) * width + (is_direct(g, element) ? 0 : rows * columns);
}

// A row of results to its place, after what is left of the epilogue.
INLINE void put_row(
    VALUE *to, const float *from, const VALUE *residual, bool relu, long count
) {
    long i = 0;
    for (; i + 16 <= count; i += 16) {
        channels16 sum = LOAD16(from + i);
        if (residual) sum += LOAD16(residual + i);
        STORE16(to + i, relu ? CUT16(sum) : sum);
    }
    for (; i < count; i++) {
        float sum = from[i];
        if (residual) sum += LOAD1(residual + i);
        STORE1(to + i, relu && sum < 0 ? 0 : sum);
    }
}

static void gather_product(
    const residual_gather *g, const VALUE *source, const float *packed_filter, long panel_stride,
    const residual_epilogue *epilogue, long columns, long first_row, long rows, VALUE *destination,
    float *scratch
) {
    long k = g->tap_count * g->depth, width = rounded_up(k, 16);
    float *lines = scratch + rows * width, *results = lines + RESIDUAL_PANEL_ROWS * width;
    gather_rows(g, source, first_row, rows, scratch, lines);
    const VALUE *residual = epilogue->residual.data;
#if !defined(PRODUCT_TABLE_BFLOAT16)
    if (is_direct(g, RESIDUAL_FLOAT32)) {
        long corner = first_row * g->destination_channels;
        residual_epilogue shifted = *epilogue;
        if (residual) shifted.residual.data = (float *)residual + corner;
        product_with_epilogue(
            scratch, rows, k, packed_filter, panel_stride, columns, &shifted, false,
            destination + corner, g->destination_channels);
        return;
    }
#endif
    // A phase that no tap hits is zeros.
    if (k == 0) zero_floats(results, rows * columns);
    packed_product(
        scratch, rows, k, packed_filter, panel_stride, columns, epilogue->bias, false, results,
        columns);
    grid_position p = position_of(g, first_row);
    for (long m = 0; m < rows; m++, advance(g, &p)) {
        long y = g->origin_y + p.y * g->spacing_y, x = g->origin_x + p.x * g->spacing_x;
        long place = ((p.image * g->destination_height + y) * g->destination_width + x)
            * g->destination_channels;
        const float *row = results + m * columns;
        put_row(
            destination + place, row, residual ? residual + place : NULL, epilogue->relu, columns);
    }
}

// The pixels whose patches are gathered before they are multiplied: with 16 to 130 rows they stay
// in the second level together with a panel of dy.
#define GRADIENT_PIXELS 256

static long gather_gradient_scratch(long rows) {
    return GRADIENT_PIXELS * (rounded_up(rows, 16) + 16 + 32) + 16;
}

// Rows `first_row` ..< `first_row` + `rows` of the patches of `pixels` pixels, `stride` apart.
static void gather_lines(
    const residual_gather *g, const VALUE *source, long first_row, long rows, long first_pixel,
    long pixels, float *lines, long stride
) {
    grid_position p = position_of(g, first_pixel);
    long last_row = first_row + rows;
    for (long i = 0; i < pixels; i++, advance(g, &p)) {
        float *to = lines + i * stride;
        long start = 0;
        for (long r = 0; r < g->run_count && start < last_row; r++) {
            long end = start + g->runs[r].count * g->depth;
            if (end > first_row) {
                long from = larger(first_row - start, 0), until = smaller(last_row, end) - start;
                copy_run(to, view_run(g, source, p, g->runs + r), from, until);
                to += until - from;
            }
            start = end;
        }
    }
}

// All rows of the lines against up to 32 columns of dy.
INLINE void lines_panel(
    const float *lines, long line_stride, long rows, const float *b, long b_stride, long columns,
    long pixels, bool accumulate, float *dw, long row_stride
) {
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long panel = 0; panel < panels; panel++) {
        long first = rows * panel / panels, size = rows * (panel + 1) / panels - first;
        tile_target target = {
            dw + first * row_stride, row_stride, columns, NULL, accumulate, NULL, false};
        transposed_panel(size, pixels, lines + first, line_stride, b, b_stride, &target);
    }
}

// In steps of GRADIENT_PIXELS: a panel of dy (32 KiB) is read again for each 14 rows.
static void lines_product(
    const float *lines, long line_stride, long rows, const float *packed_dy, long panel_stride,
    long columns, long pixels, bool accumulate, float *dw, long row_stride
) {
    for (long start = 0; start < pixels; start += GRADIENT_PIXELS) {
        long count = smaller(pixels - start, GRADIENT_PIXELS);
        for (long n = 0; n < columns; n += 32) {
            lines_panel(
                lines + start * line_stride, line_stride, rows,
                packed_dy + n / 32 * panel_stride + start * 32, 32, smaller(columns - n, 32), count,
                accumulate || start > 0, dw + n, row_stride);
        }
    }
}

static void gather_gradient(
    const residual_gather *g, const VALUE *source, const VALUE *dy, long dy_channels, long columns,
    long first_row, long rows, long first_pixel, long pixels, float *dw, long row_stride,
    float *scratch
) {
    // A distance that is no power of two: neighbouring lines fall into different cache sets.
    long line_stride = rounded_up(rows, 16) + 16;
    float *panel = scratch + GRADIENT_PIXELS * line_stride;
    // Packing dy pays if it is read more than a few times; bfloat16 is widened by it.
    bool packs_dy
        = sizeof *dy != sizeof *panel || columns % 16 != 0 || rows > 3 * RESIDUAL_PANEL_ROWS;
    for (long m = 0; m < rows && pixels == 0; m++) zero_floats(dw + m * row_stride, columns);
    for (long start = 0; start < pixels; start += GRADIENT_PIXELS) {
        long count = smaller(pixels - start, GRADIENT_PIXELS);
        gather_lines(
            g, source, first_row, rows, first_pixel + start, count, scratch, line_stride);
        for (long n = 0; n < columns; n += 32) {
            long width = smaller(columns - n, 32);
            const VALUE *b = dy + (first_pixel + start) * dy_channels + n;
            if (packs_dy) pack_panel(b, dy_channels, false, count, width, panel);
            lines_panel(
                scratch, line_stride, rows, packs_dy ? panel : (const float *)b,
                packs_dy ? 32 : dy_channels, width, count, start > 0, dw + n, row_stride);
        }
    }
}
