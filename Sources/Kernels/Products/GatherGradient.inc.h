// Filter gradients: the transpose of gathered patches times dy.

// The pixels whose patches are gathered before they are multiplied: with 16 to 130 rows they stay
// in the second level together with a panel of dy.
#define GRADIENT_PIXELS 256

static long gather_gradient_scratch(const residual_gather *g, long rows) {
    long band = uses_bands(g) ? run_count(g) * band_stride(g) : 0;
    return GRADIENT_PIXELS * (rounded_up(rows, 16) + 16 + 32) + 16 + band;
}

// Rows `first_row` ..< `first_row` + `rows` of the patches of `pixels` pixels, `stride` apart.
static void gather_lines(
    const residual_gather *g, const VALUE *source, long first_row, long rows, long first_pixel,
    long pixels, float *lines, long stride
) {
    grid_position p = position_of(g, first_pixel);
    const long last_row = first_row + rows, length = g->run_length * g->depth;
    for (long i = 0; i < pixels; i++, advance(g, &p)) {
        float *to = lines + i * stride;
        for (long r = first_row / length; r * length < last_row; r++) {
            long start = r * length;
            long from = larger(first_row - start, 0), until = smaller(last_row - start, length);
            copy_run(to, view_run(g, source, p, run_at(g, r)), from, until);
            to += until - from;
        }
    }
}

// What is read from memory after a panel of columns: `dy_lines` lines of its next panel, then lines of
// the next pixels of x, a tile's product fetching one line of all pixels.
typedef struct {
    const char *dy, *x;
    long dy_step, x_step, dy_lines, x_lines;
} lines_ahead;

// All rows of the lines against up to 32 columns of dy.
INLINE void lines_panel(
    const float *lines, long line_stride, long rows, const float *b, long b_stride, long columns,
    long pixels, bool accumulate, float *dw, long row_stride, lines_ahead ahead
) {
    long panels = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    for (long panel = 0; panel < panels; panel++) {
        long first = rows * panel / panels, size = rows * (panel + 1) / panels - first;
        tile_target target = {
            .c = dw + first * row_stride, .row_stride = row_stride, .columns = columns,
            .accumulate = accumulate};
        if (panel < ahead.dy_lines) {
            target.line = ahead.dy + panel * 64;
            target.line_step = ahead.dy_step;
        } else if (panel < ahead.dy_lines + ahead.x_lines) {
            target.line = ahead.x + (panel - ahead.dy_lines) * 64;
            target.line_step = ahead.x_step;
        }
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
                accumulate || start > 0, dw + n, row_stride, (lines_ahead){0});
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
    float *band = panel + GRADIENT_PIXELS * 32 + 16;
    bool is_whole = uses_bands(g) && rows == g->tap_count * g->depth;
    const long tiles = (rows + RESIDUAL_PANEL_ROWS - 1) / RESIDUAL_PANEL_ROWS;
    bool is_linear = is_pointwise(g) && g->step_x == 1 && g->step_y == 1;
    for (long m = 0; m < rows && pixels == 0; m++) zero_floats(dw + m * row_stride, columns);
    for (long start = 0; start < pixels; start += GRADIENT_PIXELS) {
        long count = smaller(pixels - start, GRADIENT_PIXELS), first = first_pixel + start;
        // Packing dy pays if it is read more than a few times; bfloat16 is widened by it; and what
        // does not fill vectors is read beyond its end, where there have to be more pixels.
        bool packs_dy = sizeof *dy != sizeof *panel || rows > 3 * RESIDUAL_PANEL_ROWS
            || (columns % 16 != 0 && (start + count == pixels || dy_channels < 16));
        if (is_whole) band_lines(g, source, first, count, scratch, line_stride, band);
        else gather_lines(g, source, first_row, rows, first, count, scratch, line_stride);
        lines_ahead ahead = {
            .dy_step = dy_channels * (long)sizeof *dy, .dy_lines = 32 * sizeof *dy / 64,
            .x = (const char *)(source + (first + count) * g->source_channels + first_row),
            .x_step = g->source_channels * (long)sizeof *source};
        long x_lines = is_linear ? rows * (long)sizeof *source / 64 : 0;
        for (long n = 0; n < columns; n += 32) {
            bool is_last = n + 32 >= columns;
            ahead.dy = (const char *)(dy + (first + (is_last ? count : 0)) * dy_channels
                + (is_last ? 0 : n + 32));
            ahead.x_lines = smaller(x_lines, larger(0, tiles - ahead.dy_lines));
            long width = smaller(columns - n, 32);
            const VALUE *b = dy + first * dy_channels + n;
            if (packs_dy) pack_panel(b, dy_channels, false, count, width, panel);
            lines_panel(
                scratch, line_stride, rows, packs_dy ? panel : (const float *)b,
                packs_dy ? 32 : dy_channels, width, count, start > 0, dw + n, row_stride, ahead);
            x_lines -= ahead.x_lines;
            ahead.x += ahead.x_lines * 64;
        }
    }
}
