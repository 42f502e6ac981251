// Movement.h: copies and borders.

INLINE void copy_run(const VALUE *x, long length, VALUE *y) {
    if (length <= 16) store(y, load(x, length), length);
    else memcpy(y, x, (size_t)length * sizeof *y);
}

static void copy_runs(
    const VALUE *x, long x_step, long count, long length, VALUE *y, long y_step
) {
    if (x_step == length && y_step == length) {
        memcpy(y, x, (size_t)(count * length) * sizeof *y);
        return;
    }
    for (long i = 0; i < count; i++) copy_run(x + i * x_step, length, y + i * y_step);
}

static void pad_row(
    const VALUE *x, long width, long channels, long left, long right, bool reflects, VALUE *y
) {
    if (!reflects) {
        memset(y, 0, (size_t)(left * channels) * sizeof *y);
        memset(y + (left + width) * channels, 0, (size_t)(right * channels) * sizeof *y);
    } else {
        for (long i = 0; i < left; i++) {
            copy_run(x + (left - i) * channels, channels, y + i * channels);
        }
        for (long i = 0; i < right; i++) {
            copy_run(x + (width - 2 - i) * channels, channels, y + (left + width + i) * channels);
        }
    }
    memcpy(y + left * channels, x, (size_t)(width * channels) * sizeof *y);
}

static void pad_row_gradient(
    const VALUE *dy, long width, long channels, long left, long right, bool reflects, VALUE *dx
) {
    ADD_RUN(dy + left * channels, width * channels, dx);
    if (!reflects) return;
    for (long i = 0; i < left; i++) {
        ADD_RUN(dy + i * channels, channels, dx + (left - i) * channels);
    }
    for (long i = 0; i < right; i++) {
        ADD_RUN(dy + (left + width + i) * channels, channels, dx + (width - 2 - i) * channels);
    }
}
