// The one-dimensional transforms of Winograd's F(4, 3), 16 channels at a time.
//
//   y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A        36 products for 16 results instead of 144
//
// Interpolation points 0, ±√½, ±√2, ∞. The textbook's 0, ±1, ±2, ∞ cost as much, but their powers
// spread wider: 2 times the root mean square error and 3 to 6 times the largest. With these points
// the relative error of a result is about 6e-7 (64 channels) to 2e-6 (512 channels).
//
// With a = √½, b = √2 (a² = ½, b² = 2, a²b² = 1, a² + b² = 2½):
//   Bᵀ = | 1   0  −2½   0    1  0 |    G = |  1     0     0   |   Aᵀ = | 1  1  1   1   1   0 |
//        | 0 −2a  −2    a    1  0 |        | −⅔   −⅔a   −⅓  |        | 0  a −a   b  −b   0 |
//        | 0  2a  −2   −a    1  0 |        | −⅔    ⅔a   −⅓  |        | 0  ½  ½   2   2   0 |
//        | 0 −½b  −½    b    1  0 |        |  ⅙    ⅙b    ⅓  |        | 0  a³ −a³ b³ −b³  1 |
//        | 0  ½b  −½   −b    1  0 |        |  ⅙   −⅙b    ⅓  |
//        | 0   1   0   −2½   0  1 |        |  0     0     1   |
// Rows of ±p share their even and their odd half.

#define POINT_A 0.70710678118654752440f
#define POINT_B 1.41421356237309504880f
#define CUBE_A 0.35355339059327376220f
#define CUBE_B 2.82842712474619009760f

// Bᵀ d: a tile's 6 values.
INLINE void transform_source(const channels16 *d, channels16 *t) {
    channels16 even = d[4] - 2.0f * d[2], odd = POINT_A * (d[3] - 2.0f * d[1]);
    channels16 even_b = d[4] - 0.5f * d[2], odd_b = POINT_B * (d[3] - 0.5f * d[1]);
    t[0] = d[0] + d[4] - 2.5f * d[2];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even_b + odd_b;
    t[4] = even_b - odd_b;
    t[5] = d[1] + d[5] - 2.5f * d[3];
}

// Aᵀ m: 4 results from 6 products.
INLINE void transform_result(const channels16 *m, channels16 *y) {
    channels16 sum_a = m[1] + m[2], difference_a = m[1] - m[2];
    channels16 sum_b = m[3] + m[4], difference_b = m[3] - m[4];
    y[0] = m[0] + (sum_a + sum_b);
    y[1] = POINT_A * difference_a + POINT_B * difference_b;
    y[2] = 0.5f * sum_a + 2.0f * sum_b;
    y[3] = CUBE_A * difference_a + (CUBE_B * difference_b + m[5]);
}

// A dy: the transpose of the above.
INLINE void transform_gradient(const channels16 *dy, channels16 *t) {
    channels16 even_a = dy[0] + 0.5f * dy[2], odd_a = POINT_A * dy[1] + CUBE_A * dy[3];
    channels16 even_b = dy[0] + 2.0f * dy[2], odd_b = POINT_B * dy[1] + CUBE_B * dy[3];
    t[0] = dy[0];
    t[1] = even_a + odd_a;
    t[2] = even_a - odd_a;
    t[3] = even_b + odd_b;
    t[4] = even_b - odd_b;
    t[5] = dy[3];
}

// G g: 6 values of a filter's 3.
INLINE void transform_filter(const channels16 *g, channels16 *t) {
    channels16 even_a = g[0] + 0.5f * g[2], odd_a = POINT_A * g[1];
    channels16 even_b = g[0] + 2.0f * g[2], odd_b = POINT_B * g[1];
    t[0] = g[0];
    t[1] = (-2.0f / 3) * (even_a + odd_a);
    t[2] = (-2.0f / 3) * (even_a - odd_a);
    t[3] = (1.0f / 6) * (even_b + odd_b);
    t[4] = (1.0f / 6) * (even_b - odd_b);
    t[5] = g[2];
}

// Gᵀ d: the transpose of the above.
INLINE void transform_filter_gradient(const channels16 *d, channels16 *g) {
    channels16 sum_a = (-2.0f / 3) * (d[1] + d[2]), difference_a = (-2.0f / 3) * (d[1] - d[2]);
    channels16 sum_b = (1.0f / 6) * (d[3] + d[4]), difference_b = (1.0f / 6) * (d[3] - d[4]);
    g[0] = d[0] + (sum_a + sum_b);
    g[1] = POINT_A * difference_a + POINT_B * difference_b;
    g[2] = 0.5f * sum_a + (2.0f * sum_b + d[5]);
}
