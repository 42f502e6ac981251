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

// Taps whose channels lie side by side: the first of them relative to a pixel's position in the source,
// and their number.
typedef struct {
    long y, x, count;
} tap_run;

INLINE long run_count(const residual_gather *g) {
    return g->run_length > 1 ? g->tap_rows : g->tap_count;
}

INLINE tap_run run_at(const residual_gather *g, long index) {
    long row = index, column = 0;
    if (g->run_length < g->tap_columns) {
        row = index / g->tap_columns;
        column = index - row * g->tap_columns;
    }
    return (tap_run){
        g->tap_y + row * g->tap_step_y, g->tap_x + column * g->tap_step_x, g->run_length};
}

// What a run sees from a pixel: floats `first` ..< `last` of it are in the image, and float i is
// `data[i]`; the others are zeros.
typedef struct {
    const VALUE *data;
    long first, last;
} run_view;

INLINE run_view view_run(
    const residual_gather *g, const VALUE *source, grid_position p, tap_run run
) {
    long y = p.y * g->step_y + run.y, x = p.x * g->step_x + run.x;
    run_view view = {source, 0, 0};
    if (y < 0 || y >= g->source_height) return view;
    long first = larger(0, -x), last = smaller(run.count, g->source_width - x);
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
    const long runs = run_count(g), length = g->run_length * g->depth;
    bool in_blocks = g->depth % 16 == 0;
    grid_position p = position_of(g, first_row);
    for (long panel = 0; panel < panels; panel++) {
        long first = rows * panel / panels, count = rows * (panel + 1) / panels - first;
        float *start = packed + first * width;
        for (long m = 0; m < count; m++, advance(g, &p)) {
            float *place = in_blocks ? start + m * 16 : lines + m * width;
            for (long r = 0; r < runs; r++) {
                run_view view = view_run(g, source, p, run_at(g, r));
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

// A row of results to its place, after what is left of the epilogue.
INLINE void put_row(
    VALUE *to, const float *from, const VALUE *residual, bool relu, bool streams, long count
) {
    long i = 0;
    for (; i + 16 <= count; i += 16) {
        channels16 sum = LOAD16(from + i);
        if (residual) sum += LOAD16(residual + i);
        if (relu) sum = CUT16(sum);
        if (streams) STREAM16(to + i, sum);
        else STORE16(to + i, sum);
    }
    for (; i < count; i++) {
        float sum = from[i];
        if (residual) sum += LOAD1(residual + i);
        STORE1(to + i, relu && sum < 0 ? 0 : sum);
    }
}

INLINE void put_zeros(VALUE *to, bool streams, long count) {
    const channels16 zero = {0};
    long i = 0;
    for (; i + 16 <= count; i += 16) {
        if (streams) STREAM16(to + i, zero);
        else STORE16(to + i, zero);
    }
    for (; i < count; i++) STORE1(to + i, 0);
}

// Rows of results to their places in the destination.
INLINE void put_rows(
    const residual_gather *g, const residual_epilogue *epilogue, long columns, long first_row,
    long rows, const float *results, VALUE *destination
) {
    const VALUE *residual = epilogue->residual.data;
    const long pixel = g->destination_channels, line = g->destination_width * pixel;
    grid_position p = position_of(g, first_row);
    for (long m = 0; m < rows; m++, advance(g, &p)) {
        long y = g->origin_y + p.y * g->spacing_y, x = g->origin_x + p.x * g->spacing_x;
        long place = (p.image * g->destination_height + y) * line + x * pixel;
        put_row(
            destination + place, results + m * columns, residual ? residual + place : NULL,
            epilogue->relu, epilogue->streams, columns);
        if (!g->fills_cells) continue;
        long down = smaller(g->spacing_y, g->destination_height - y);
        long across = smaller(g->spacing_x, g->destination_width - x);
        for (long i = 0; i < down; i++) {
            for (long j = i == 0; j < across; j++) {
                put_zeros(
                    destination + place + i * line + j * pixel, epilogue->streams, columns);
            }
        }
    }
}
