// Values.h.

static void widen(const residual_bfloat16 *x, long count, float *y) {
    FOR_VECTORS(i, count, { store(y + i, load(x + i, left), left); });
}

static void narrow(const float *x, long count, residual_bfloat16 *y) {
    FOR_VECTORS(i, count, { store(y + i, load(x + i, left), left); });
}
