// Softmax of Losses.h, and what the losses need of it.
#include <math.h>

// Terms of a Float sum before it goes to double: 64 a lane.
#define COLUMNS_TO_DOUBLE 1024

// Adds up `value` over 0 ..< columns; in it `i` and `left` are as in FOR_VECTORS.
#define SUM_VECTORS(total, columns, value) \
    for (long from = 0; from < (columns); from += COLUMNS_TO_DOUBLE) { \
        long to = (columns) - from < COLUMNS_TO_DOUBLE ? (columns) - from : COLUMNS_TO_DOUBLE; \
        floats sum = splat(0); \
        FOR_VECTORS(offset, to, { \
            long i = from + offset; \
            sum += keep(places_below(left), value); \
        }); \
        total += (double)sum_of(sum); \
    }

INLINE float row_maximum(const float *x, long columns) {
    floats top = splat(-__builtin_inff());
    FOR_VECTORS(i, columns, { top = greater(load_neutral(RESIDUAL_MAXIMUM, x + i, left), top); });
    return greatest_of(top);
}

INLINE floats store_through(float *p, floats v, long left) {
    store(p, v, left);
    return v;
}

// Σ e^(x − top).
INLINE double sum_of_exponentials(const float *x, float top, long columns) {
    double total = 0;
    SUM_VECTORS(total, columns, exp_of(load(x + i, left) - top));
    return total;
}

// The same, and the terms into y.
INLINE double store_exponentials(const float *x, float top, long columns, float *y) {
    double total = 0;
    SUM_VECTORS(total, columns, store_through(y + i, exp_of(load(x + i, left) - top), left));
    return total;
}

static void softmax(const float *x, long rows, long columns, bool logarithmic, float *y) {
    for (long row = 0; row < rows; row++, x += columns, y += columns) {
        float top = row_maximum(x, columns);
        if (logarithmic) {
            float logarithm = (float)log(sum_of_exponentials(x, top, columns));
            FOR_VECTORS(i, columns, {
                store(y + i, (load(x + i, left) - top) - logarithm, left);
            });
        } else {
            float factor = (float)(1 / store_exponentials(x, top, columns, y));
            FOR_VECTORS(i, columns, { store(y + i, load(y + i, left) * factor, left); });
        }
    }
}

static void softmax_gradient(
    const float *y, const float *dy, long rows, long columns, bool logarithmic, float *dx
) {
    for (long row = 0; row < rows; row++, y += columns, dy += columns, dx += columns) {
        double total = 0;
        if (logarithmic) {
            SUM_VECTORS(total, columns, load(dy + i, left));
            float sum = (float)total;
            FOR_VECTORS(i, columns, {
                store(dx + i, load(dy + i, left) - exp_of(load(y + i, left)) * sum, left);
            });
        } else {
            SUM_VECTORS(total, columns, load(dy + i, left) * load(y + i, left));
            float dot = (float)total;
            FOR_VECTORS(i, columns, {
                store(dx + i, load(y + i, left) * (load(dy + i, left) - dot), left);
            });
        }
    }
}
