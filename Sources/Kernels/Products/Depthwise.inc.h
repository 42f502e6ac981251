// Depthwise convolutions: one multiply-add for each value read, so memory decides and no packing
// pays. 16 channels at a time stay in a register over all taps; the rest one by one.

// Taps t of 0 ..< count for which start + t·step lies in 0 ..< size: `first` ..< `last`.
INLINE void clip_taps(
    long start, long step, long size, long count, long *first, long *last
) {
    *first = start >= 0 ? 0 : (-start + step - 1) / step;
    *last = start >= size ? 0 : smaller(count, (size - 1 - start) / step + 1);
}

// Σ over taps of one pixel for `lanes` channels (16 or 1) from channel c on.
#define DEPTHWISE_PIXEL(type, LOAD_VALUE, STORE_VALUE, CUT) \
    do { \
        type sum = bias ? LOAD_VALUE(bias + c) : (type){0}; \
        for (long r = r0; r < r1; r++) { \
            const float *line = x + ((image * g->height + y0 + r * g->dilation_y) * g->width + x0) \
                * channels + c; \
            const float *tap = w + r * g->kernel_x * channels + c; \
            for (long s = s0; s < s1; s++) { \
                sum += LOAD_VALUE(line + s * g->dilation_x * channels) \
                    * LOAD_VALUE(tap + s * channels); \
            } \
        } \
        if (residual) sum += LOAD_VALUE(residual + (to - y) + c); \
        if (epilogue->relu) sum = CUT(sum); \
        STORE_VALUE(to + c, sum); \
    } while (0)
#define CUT1(value) ((value) < 0 ? 0 : (value))

static void depthwise_product(
    const residual_depthwise *g, const float *x, const float *w, const residual_epilogue *epilogue,
    long first_row, long rows, float *y
) {
    const float *bias = epilogue->bias, *residual = epilogue->residual.data;
    const long channels = g->channels;
    for (long row = first_row; row < first_row + rows; row++) {
        long image = row / g->output_height;
        long y0 = row % g->output_height * g->stride_y - g->padding_y, r0, r1;
        clip_taps(y0, g->dilation_y, g->height, g->kernel_y, &r0, &r1);
        for (long column = 0; column < g->output_width; column++) {
            long x0 = column * g->stride_x - g->padding_x, s0, s1;
            clip_taps(x0, g->dilation_x, g->width, g->kernel_x, &s0, &s1);
            float *to = y + (row * g->output_width + column) * channels;
            long c = 0;
            for (; c + 16 <= channels; c += 16) DEPTHWISE_PIXEL(channels16, LOAD16, STORE16, CUT16);
            for (; c < channels; c++) DEPTHWISE_PIXEL(float, LOAD1, STORE1, CUT1);
        }
    }
}

// The output position that sees input position `p` through tap t, or −1.
INLINE long seeing(long p, long t, long stride, long dilation, long count) {
    long at = p - t * dilation;
    return at >= 0 && at % stride == 0 && at / stride < count ? at / stride : -1;
}

// to[0 ..< n] += a · b
INLINE void add_products(float *to, const float *a, const float *b, long n) {
    long c = 0;
    for (; c + 16 <= n; c += 16) STORE16(to + c, LOAD16(to + c) + LOAD16(a + c) * LOAD16(b + c));
    for (; c < n; c++) to[c] += a[c] * b[c];
}

static void depthwise_input_gradient(
    const residual_depthwise *g, const float *dy, const float *w, long first_row, long rows,
    float *dx
) {
    const long channels = g->channels;
    for (long row = first_row; row < first_row + rows; row++) {
        long image = row / g->height, y = row % g->height + g->padding_y;
        float *line = dx + row * g->width * channels;
        zero_floats(line, g->width * channels);
        for (long r = 0; r < g->kernel_y; r++) {
            long i = seeing(y, r, g->stride_y, g->dilation_y, g->output_height);
            if (i < 0) continue;
            const float *dy_line = dy + (image * g->output_height + i) * g->output_width * channels;
            for (long s = 0; s < g->kernel_x; s++) {
                const float *tap = w + (r * g->kernel_x + s) * channels;
                for (long x = 0; x < g->width; x++) {
                    long j = seeing(
                        x + g->padding_x, s, g->stride_x, g->dilation_x, g->output_width);
                    if (j < 0) continue;
                    add_products(line + x * channels, dy_line + j * channels, tap, channels);
                }
            }
        }
    }
}

static void depthwise_filter_gradient(
    const residual_depthwise *g, const float *dy, const float *x, long first_row, long rows,
    float *dw
) {
    const long channels = g->channels;
    zero_floats(dw, g->kernel_y * g->kernel_x * channels);
    for (long row = first_row; row < first_row + rows; row++) {
        long image = row / g->output_height;
        long y0 = row % g->output_height * g->stride_y - g->padding_y, r0, r1;
        clip_taps(y0, g->dilation_y, g->height, g->kernel_y, &r0, &r1);
        const float *dy_line = dy + row * g->output_width * channels;
        for (long r = r0; r < r1; r++) {
            const float *line
                = x + (image * g->height + y0 + r * g->dilation_y) * g->width * channels;
            for (long s = 0; s < g->kernel_x; s++) {
                float *tap = dw + (r * g->kernel_x + s) * channels;
                for (long j = 0; j < g->output_width; j++) {
                    long at = j * g->stride_x - g->padding_x + s * g->dilation_x;
                    if (at < 0 || at >= g->width) continue;
                    add_products(tap, line + at * channels, dy_line + j * channels, channels);
                }
            }
        }
    }
}
