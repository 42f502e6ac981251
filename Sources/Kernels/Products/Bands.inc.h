// Gathered products of few channels (the first layers of networks), without gathering.
//
// The pixels of a grid's line see lines of the source. Copied with zeros for what lies outside of the
// image, a band of them is a matrix A in which neighbouring rows overlap: term j of run r of pixel m is
// at band[r · stride + m · step + j], constant distances again. A patch of 27 or 147 floats is never
// put together.

// Where the terms of a row of A are.
typedef struct {
    const float *band;
    long runs, length, stride, step;
} band_view;

INLINE void band_tile(
    const int rows, const int vectors, const long step, const band_view *a, const float *b,
    const tile_target *target
) {
    vector sums[TILE_ROWS][2];
    UNROLL_ALL for (int m = 0; m < rows; m++) sums[m][0] = sums[m][1] = (vector){0};
    for (long r = 0; r < a->runs; r++) {
        const float *terms = a->band + r * a->stride;
        for (long j = 0; j < a->length; j++, terms++, b += 32) TILE_STEP(step);
    }
    store_tile(rows, vectors, sums, target);
}

// Distances that are known when compiled cost no registers: pixels of 3 channels, or every second one.
#define DEFINE_BAND_TILE(rows, vectors) \
    static void band_tile_##rows##_##vectors( \
        const band_view *a, const float *b, const tile_target *target \
    ) { \
        if (a->step == 3) band_tile(rows, vectors, 3, a, b, target); \
        else if (a->step == 6) band_tile(rows, vectors, 6, a, b, target); \
        else band_tile(rows, vectors, a->step, a, b, target); \
    }
#define DEFINE_BAND_TILES(rows) DEFINE_BAND_TILE(rows, 1) DEFINE_BAND_TILE(rows, 2)
EACH_ROWS(DEFINE_BAND_TILES)
#define BAND_TILES(rows) {band_tile_##rows##_1, band_tile_##rows##_2},
static void (*const band_tiles[TILE_ROWS][2])(
    const band_view *, const float *, const tile_target *) = {EACH_ROWS(BAND_TILES)};

// Whether A is read from bands: channels that do not fill vectors, all of the source's, and sums of one
// chunk.
INLINE bool uses_bands(const residual_gather *g) {
    return g->tap_count > 0 && g->depth % 16 != 0 && g->depth == g->source_channels
        && g->tap_count * g->depth <= RESIDUAL_PRODUCT_CHUNK;
}

// Floats of a line of a band: as many pixels as a grid's line sees, in whole vectors and one more.
INLINE long band_stride(const residual_gather *g) {
    return rounded_up(((g->grid_width - 1) * g->step_x + g->run_length) * g->depth, 16) + 16;
}

// What `count` grid pixels from p on see, which lie in one line.
INLINE void copy_band(
    const residual_gather *g, const VALUE *source, grid_position p, long count, float *band
) {
    for (long r = 0; r < run_count(g); r++) {
        tap_run line = run_at(g, r);
        line.count += (count - 1) * g->step_x;
        copy_run(
            band + r * band_stride(g), view_run(g, source, p, line), 0, line.count * g->depth);
    }
}

// The products of `count` pixels of a line with a panel of up to 32 columns.
INLINE void band_panel(band_view a, long count, const float *b, const tile_target *whole) {
    long parts = (count + TILE_ROWS - 1) / TILE_ROWS;
    for (long n = 0; n < whole->columns; n += 2 * LANES) {
        long columns = smaller(whole->columns - n, 2 * LANES);
        for (long part = 0; part < parts; part++) {
            long first = count * part / parts, rows = count * (part + 1) / parts - first;
            tile_target target = *whole;
            band_view rest = a;
            rest.band += first * a.step;
            target.c += first * whole->row_stride + n;
            target.columns = columns;
            if (whole->bias) target.bias += n;
            if (whole->residual) target.residual += first * whole->row_stride + n;
            band_tiles[rows - 1][columns > LANES](&rest, b + n, &target);
        }
    }
}

// The patches of `pixels` pixels as lines, for gradients of filters: each run in whole vectors, of which
// the next run overwrites what is too much.
INLINE void band_lines(
    const residual_gather *g, const VALUE *source, long first_pixel, long pixels, float *lines,
    long stride, float *band
) {
    const long length = g->run_length * g->depth, step = g->step_x * g->depth;
    grid_position p = position_of(g, first_pixel);
    for (long count; pixels > 0; pixels -= count) {
        count = smaller(pixels, g->grid_width - p.x);
        copy_band(g, source, p, count, band);
        for (long m = 0; m < count; m++, lines += stride) {
            for (long r = 0; r < run_count(g); r++) {
                const float *from = band + r * band_stride(g) + m * step;
                for (long i = 0; i < length; i += 16) {
                    STORE16(lines + r * length + i, LOAD16(from + i));
                }
            }
        }
        p.x += count - 1;
        advance(g, &p);
    }
}

// Floats for a band, and for the results of a line.
static long band_scratch(const residual_gather *g, long columns) {
    return run_count(g) * band_stride(g) + g->grid_width * columns;
}

static void band_product(
    const residual_gather *g, const VALUE *source, const float *packed_filter, long panel_stride,
    const residual_epilogue *epilogue, long columns, long first_row, long rows, VALUE *destination,
    float *scratch
) {
    const band_view a = {
        scratch, run_count(g), g->run_length * g->depth, band_stride(g), g->step_x * g->depth};
    const bool is_bfloat16 = sizeof *destination != sizeof *scratch;
    const bool direct = is_direct(g, is_bfloat16 ? RESIDUAL_BFLOAT16 : RESIDUAL_FLOAT32);
    float *results = scratch + run_count(g) * band_stride(g);
    grid_position p = position_of(g, first_row);
    for (long row = first_row, count; row < first_row + rows; row += count) {
        count = smaller(first_row + rows - row, g->grid_width - p.x);
        copy_band(g, source, p, count, scratch);
        for (long n = 0; n < columns; n += 32) {
            tile_target target = {
                results + n, columns, smaller(columns - n, 32),
                epilogue->bias ? epilogue->bias + n : NULL};
#if !defined(PRODUCT_TABLE_BFLOAT16)
            if (direct) {
                const long corner = row * g->destination_channels;
                const float *residual = epilogue->residual.data;
                target.c = destination + corner + n;
                target.row_stride = g->destination_channels;
                if (residual) target.residual = residual + corner + n;
                target.relu = epilogue->relu;
                target.streams = epilogue->streams;
            }
#endif
            band_panel(a, count, packed_filter + n / 32 * panel_stride, &target);
        }
        if (!direct) put_rows(g, epilogue, columns, row, count, results, destination);
        p.x += count - 1;
        advance(g, &p);
    }
}
