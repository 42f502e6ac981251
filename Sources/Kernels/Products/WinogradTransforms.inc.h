// The one-dimensional transforms of Winograd's F(4×4, 3×3), 16 channels at a time.
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

// A tile of results: its image and its first pixel.
typedef struct {
    long image, y, x;
} tile_position;

INLINE tile_position tile_at(const residual_winograd *g, long tile) {
    long across = (g->destination_width + 3) / 4, down = (g->destination_height + 3) / 4;
    tile_position p;
    p.x = tile % across * 4;
    tile /= across;
    p.y = tile % down * 4;
    p.image = tile / down;
    return p;
}

#define WINOGRAD_MOST_CHANNELS 4096
static const float zero_pixel[WINOGRAD_MOST_CHANNELS] __attribute__((aligned(64)));

// The addresses of a square of pixels; those outside the image are zeros.
INLINE void tile_pixels(
    const int side, const float *images, long height, long width, long channels, long image,
    long first_y, long first_x, const float **pixels
) {
    UNROLL_ALL for (int i = 0; i < side; i++) {
        long y = first_y + i;
        bool row_is_inside = y >= 0 && y < height;
        const float *row = images + (image * height + y) * width * channels;
        UNROLL_ALL for (int j = 0; j < side; j++) {
            long x = first_x + j;
            bool is_inside = row_is_inside && x >= 0 && x < width;
            pixels[i * side + j] = is_inside ? row + x * channels : zero_pixel;
        }
    }
}

// Bᵀ d B of one tile. Position s of 16-channel block c goes to
// transformed[s·position_stride + c·block_stride].
INLINE void source_tile(
    const residual_winograd *g, const float *source, tile_position p, float *transformed,
    long position_stride, long block_stride
) {
    const float *pixels[36];
    tile_pixels(
        6, source, g->source_height, g->source_width, g->depth, p.image, p.y - g->padding_y,
        p.x - g->padding_x, pixels);
    for (long c = 0; c < g->depth; c += 16, transformed += block_stride) {
        channels16 half[6][6];
        UNROLL_ALL for (int j = 0; j < 6; j++) {
            channels16 d[6], t[6];
            UNROLL_ALL for (int i = 0; i < 6; i++) d[i] = LOAD16(pixels[i * 6 + j] + c);
            transform_source(d, t);
            UNROLL_ALL for (int i = 0; i < 6; i++) half[i][j] = t[i];
        }
        UNROLL_ALL for (int i = 0; i < 6; i++) {
            channels16 t[6];
            transform_source(half[i], t);
            UNROLL_ALL for (int j = 0; j < 6; j++) {
                STORE16(transformed + (i * 6 + j) * position_stride, t[j]);
            }
        }
    }
}

// A dy Aᵀ of one tile, stored likewise.
INLINE void gradient_tile(
    const residual_winograd *g, const float *dy, tile_position p, float *transformed,
    long position_stride, long block_stride
) {
    const float *pixels[16];
    tile_pixels(
        4, dy, g->destination_height, g->destination_width, g->columns, p.image, p.y, p.x, pixels);
    for (long c = 0; c < g->columns; c += 16, transformed += block_stride) {
        channels16 half[6][4];
        UNROLL_ALL for (int j = 0; j < 4; j++) {
            channels16 d[4], t[6];
            UNROLL_ALL for (int i = 0; i < 4; i++) d[i] = LOAD16(pixels[i * 4 + j] + c);
            transform_gradient(d, t);
            UNROLL_ALL for (int i = 0; i < 6; i++) half[i][j] = t[i];
        }
        UNROLL_ALL for (int i = 0; i < 6; i++) {
            channels16 t[6];
            transform_gradient(half[i], t);
            UNROLL_ALL for (int j = 0; j < 6; j++) {
                STORE16(transformed + (i * 6 + j) * position_stride, t[j]);
            }
        }
    }
}

// Aᵀ m A and the epilogue of one tile for `columns` channels from `first_column` on; products of position s
// are at products[s·position_stride]. Tiles at the border are cut.
INLINE void result_tile(
    const residual_winograd *g, const float *products, long position_stride,
    const residual_epilogue *epilogue, tile_position p, long first_column, long columns,
    float *destination
) {
    const float *bias = epilogue->bias;
    long width = g->destination_width, channels = g->columns;
    long offset = first_column
        + ((p.image * g->destination_height + p.y) * width + p.x) * channels;
    float *corner = destination + offset;
    const float *residual = epilogue->residual ? epilogue->residual + offset : NULL;
    long rows = smaller(4, g->destination_height - p.y), across = smaller(4, width - p.x);
    for (long c = 0; c < columns; c += 16) {
        channels16 half[4][6], y[4][4];
        UNROLL_ALL for (int j = 0; j < 6; j++) {
            channels16 m[6], t[4];
            UNROLL_ALL for (int i = 0; i < 6; i++) {
                m[i] = LOAD16(products + (i * 6 + j) * position_stride + c);
            }
            transform_result(m, t);
            UNROLL_ALL for (int i = 0; i < 4; i++) half[i][j] = t[i];
        }
        channels16 start = bias ? LOAD16(bias + first_column + c) : (channels16){0};
        UNROLL_ALL for (int i = 0; i < 4; i++) {
            transform_result(half[i], y[i]);
            UNROLL_ALL for (int j = 0; j < 4; j++) {
                if (i < rows && j < across) {
                    long place = (i * width + j) * channels + c;
                    channels16 sum = y[i][j] + start;
                    if (residual) sum += LOAD16(residual + place);
                    if (epilogue->relu) sum = CUT16(sum);
                    STORE16(corner + place, sum);
                }
            }
        }
    }
}
