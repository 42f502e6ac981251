// Pooling.h.

// `vectors` × 16 channels (or the `left` ones of a single vector) of one result.
INLINE void resample_channels(
    const VALUE *image, long image_width, long channels, const int32_t *rows,
    const float *row_weights, long row_count, residual_taps columns, long begin, long end,
    const int vectors, long left, VALUE *y
) {
    floats total[4] = {{0}};
    for (long r = 0; r < row_count; r++) {
        const VALUE *line = image + rows[r] * image_width * channels;
        floats sum[4] = {{0}};
        for (long t = begin; t < end; t++) {
            const VALUE *pixel = line + columns.positions[t] * channels;
            _Pragma("clang loop unroll(full)")
            for (int v = 0; v < vectors; v++) {
                sum[v] += load(pixel + 16 * v, left) * columns.weights[t];
            }
        }
        _Pragma("clang loop unroll(full)")
        for (int v = 0; v < vectors; v++) total[v] += sum[v] * row_weights[r];
    }
    _Pragma("clang loop unroll(full)")
    for (int v = 0; v < vectors; v++) store(y + 16 * v, total[v], left);
}

static void resample_row(
    const VALUE *image, long image_width, long channels, const int32_t *rows,
    const float *row_weights, long row_count, residual_taps columns, long width, VALUE *y
) {
    for (long j = 0; j < width; j++) {
        long begin = columns.starts[j], end = columns.starts[j + 1], c = 0;
#define RESAMPLE(vectors, left) \
    resample_channels( \
        image + c, image_width, channels, rows, row_weights, row_count, columns, begin, end, \
        vectors, left, y + j * channels + c)
        for (; c + 64 <= channels; c += 64) RESAMPLE(4, 16);
        for (; c + 16 <= channels; c += 16) RESAMPLE(1, 16);
        if (c < channels) RESAMPLE(1, channels - c);
    }
}

// Taps t of 0 ..< count for which start + t · step lies in 0 ..< size.
typedef struct {
    long first, end;
} tap_range;

INLINE tap_range taps_inside(long start, long step, long size, long count) {
    tap_range range = {start >= 0 ? 0 : (step - 1 - start) / step, 0};
    if (start < size) range.end = (size - 1 - start) / step + 1;
    if (range.end > count) range.end = count;
    return range;
}

INLINE void max_pool_windows(
    const residual_windows *g, const VALUE *image, long row, const bool wants_places, VALUE *y,
    int32_t *indices
) {
    const long channels = g->channels, top = row * g->stride_y - g->padding_y;
    const tap_range vertical = taps_inside(top, g->dilation_y, g->height, g->kernel_y);
    for (long j = 0; j < g->output_width; j++) {
        const long side = j * g->stride_x - g->padding_x;
        const tap_range across = taps_inside(side, g->dilation_x, g->width, g->kernel_x);
        FOR_VECTORS(c, channels, {
            floats best = splat(-__builtin_inff());
            ints place = splat_int(-1);
            for (long r = vertical.first; r < vertical.end; r++) {
                for (long s = across.first; s < across.end; s++) {
                    long at = (top + r * g->dilation_y) * g->width + side + s * g->dilation_x;
                    floats v = load(image + at * channels + c, left);
                    ints wins = (v > best) | (v != v);
                    if (wants_places) wins |= place < 0;
                    best = choose(wins, v, best);
                    if (wants_places) place = choose_ints(wins, splat_int((int32_t)at), place);
                }
            }
            store(y + j * channels + c, best, left);
            if (wants_places) store_ints(indices + j * channels + c, place, left);
        });
    }
}

static void max_pool_row(
    const residual_windows *g, const VALUE *image, long row, VALUE *y, int32_t *indices
) {
    if (indices) max_pool_windows(g, image, row, true, y, indices);
    else max_pool_windows(g, image, row, false, y, NULL);
}

// The windows that may hold position `at`.
INLINE tap_range windows_over(
    long at, long kernel, long stride, long padding, long dilation, long count
) {
    long low = at + padding - (kernel - 1) * dilation;
    tap_range range = {low <= 0 ? 0 : (low + stride - 1) / stride, (at + padding) / stride + 1};
    if (range.end > count) range.end = count;
    return range;
}

static void max_pool_gradient_row(
    const residual_windows *g, const VALUE *dy, const int32_t *indices, long row, VALUE *dx
) {
    const long channels = g->channels;
    const tap_range rows = windows_over(
        row, g->kernel_y, g->stride_y, g->padding_y, g->dilation_y, g->output_height);
    for (long w = 0; w < g->width; w++) {
        const tap_range columns = windows_over(
            w, g->kernel_x, g->stride_x, g->padding_x, g->dilation_x, g->output_width);
        const int32_t place = (int32_t)(row * g->width + w);
        FOR_VECTORS(c, channels, {
            floats sum = splat(0);
            for (long i = rows.first; i < rows.end; i++) {
                for (long j = columns.first; j < columns.end; j++) {
                    long at = (i * g->output_width + j) * channels + c;
                    sum += keep(load_ints(indices + at, left) == place, load(dy + at, left));
                }
            }
            store(dx + w * channels + c, sum, left);
        });
    }
}
