// The one-dimensional transforms of convolutions with 3 taps of stride 2, 16 channels at a time.
//
//   y[i] = g[0]·d[2i] + g[1]·d[2i + 1] + g[2]·d[2i + 2]
//
// is a sum of two convolutions of stride 1, of the values at even places with (g[0], g[2]) and of
// those at odd places with g[1] alone. The first is Winograd's F(4, 2) with 5 products for 4 results,
// the second needs 4: 9 in place of 12, and in two dimensions 81 in place of 144.
//
// The products of the second all use g[1] itself, so filters are transformed to 6 values a line, not
// 9: class 0 (g[1], four positions) and classes 1 to 5 (one position each).
//
// F(4, 2) has the points ±√½, ±√2, ∞: those of WinogradTransforms.inc.h without 0.
//
// The input gradient, per line
//
//   dx[2i] = g[1]·dy[i],   dx[2i + 1] = g[2]·dy[i] + g[0]·dy[i + 1]
//
// (places counted so that padding 1 begins at dx[0]) has the same form with the taps turned.

#define THIRD_A 0.47140452079103168293f  // 1 / 3a
#define THIRD_B 0.23570226039551584147f  // 1 / 3b

// Bᵀ of F(4, 2): 5 values of 5, `step` apart.
INLINE void transform_pairs(const channels16 *d, const int step, channels16 *t) {
    const channels16 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    channels16 even = d3 - 2.0f * d1, odd = POINT_A * (d2 - 2.0f * d0);
    channels16 even_b = d3 - 0.5f * d1, odd_b = POINT_B * (d2 - 0.5f * d0);
    t[0] = even + odd;
    t[1] = even - odd;
    t[2] = even_b + odd_b;
    t[3] = even_b - odd_b;
    t[4] = d0 + d4 - 2.5f * d2;
}

// Aᵀ of F(4, 2): 4 results from 5 products.
INLINE void transform_pair_result(const channels16 *m, channels16 *y) {
    channels16 sum_a = m[0] + m[1], difference_a = m[0] - m[1];
    channels16 sum_b = m[2] + m[3], difference_b = m[2] - m[3];
    y[0] = sum_a + sum_b;
    y[1] = POINT_A * difference_a + POINT_B * difference_b;
    y[2] = 0.5f * sum_a + 2.0f * sum_b;
    y[3] = CUBE_A * difference_a + (CUBE_B * difference_b + m[4]);
}

// Forward: 9 values of the source to 9.
INLINE void transform_parity_source(const channels16 *d, channels16 *t) {
    UNROLL_ALL for (int i = 0; i < 4; i++) t[i] = d[2 * i + 1];
    transform_pairs(d, 2, t + 4);
}

// Forward: 9 products to 4 results.
INLINE void transform_parity_result(const channels16 *m, channels16 *y) {
    transform_pair_result(m + 4, y);
    UNROLL_ALL for (int i = 0; i < 4; i++) y[i] += m[i];
}

// Input gradient: 5 values of dy to 9.
INLINE void transform_parity_gradient_source(const channels16 *d, channels16 *t) {
    UNROLL_ALL for (int i = 0; i < 4; i++) t[i] = d[i];
    transform_pairs(d, 1, t + 4);
}

// Input gradient: 9 products to 8 results.
INLINE void transform_parity_gradient_result(const channels16 *m, channels16 *y) {
    channels16 odd[4];
    transform_pair_result(m + 4, odd);
    UNROLL_ALL for (int i = 0; i < 4; i++) {
        y[2 * i] = m[i];
        y[2 * i + 1] = odd[i];
    }
}

// The transpose of `transform_parity_result`: 4 values of dy to 9.
INLINE void transform_parity_gradient(const channels16 *dy, channels16 *t) {
    channels16 spread[6];
    transform_gradient(dy, spread);
    UNROLL_ALL for (int i = 0; i < 4; i++) t[i] = dy[i];
    UNROLL_ALL for (int i = 0; i < 5; i++) t[i + 4] = spread[i + 1];
}

// 6 values of a filter's 3.
INLINE void transform_parity_filter(const channels16 *g, channels16 *t) {
    channels16 third = (1.0f / 3) * g[2];
    t[0] = g[1];
    t[1] = -THIRD_A * g[0] - third;
    t[2] = THIRD_A * g[0] - third;
    t[3] = THIRD_B * g[0] + third;
    t[4] = third - THIRD_B * g[0];
    t[5] = g[2];
}

// The transpose of the above.
INLINE void transform_parity_filter_gradient(const channels16 *d, channels16 *g) {
    g[0] = THIRD_A * (d[2] - d[1]) + THIRD_B * (d[3] - d[4]);
    g[1] = d[0];
    g[2] = (1.0f / 3) * ((d[3] + d[4]) - (d[1] + d[2])) + d[5];
}
