// Winograd's transforms of whole tiles, for the three kinds of convolutions that have them:
//
//   kind                    source tile   positions   classes   result tile
//   stride 1                6×6           36          36        4×4
//   stride 2                9×9           81          36        4×4
//   stride 2, transposed    5×5           81          36        8×8   (its input gradient)
//
// Channels that are no multiple of 16 end in a block whose other lanes are zeros in the transformed
// tiles, and are not touched in the images.
//
// A class is the positions that share a transformed filter: one for stride 1; 16, 4 or 1 for stride 2
// (see ParityTransforms.inc.h). The rows of a class's product are its positions' tiles, position by
// position.

#define SOURCE_SIDE(kind) \
    ((kind) == RESIDUAL_STRIDE_1 ? 6 : (kind) == RESIDUAL_STRIDE_2 ? 9 : 5)
#define POSITIONS_SIDE(kind) ((kind) == RESIDUAL_STRIDE_1 ? 6 : 9)
#define RESULT_SIDE(kind) ((kind) == RESIDUAL_STRIDE_2_TRANSPOSED ? 8 : 4)
#define CLASSES 36

// The number of positions of all classes before class `c`, and of the class itself. Of a row of six
// classes in two dimensions the first has 16 and the others 4 positions, of the next rows 4 and 1.
INLINE long class_start(const int kind, long c) {
    if (kind == RESIDUAL_STRIDE_1) return c;
    long i = c / 6, j = c % 6;
    long in_row = (i == 0 ? 4 : 1) * (j == 0 ? 0 : 3 + j);
    return (i == 0 ? 0 : 27 + 9 * i) + in_row;
}

INLINE long class_size(const int kind, long c) {
    if (kind == RESIDUAL_STRIDE_1) return 1;
    return (c / 6 == 0 ? 4 : 1) * (c % 6 == 0 ? 4 : 1);
}

INLINE long positions_of(const int kind) { return POSITIONS_SIDE(kind) * POSITIONS_SIDE(kind); }

// Class of position (i, j), and its place in the class.
INLINE long class_of(const int kind, int i, int j) {
    if (kind == RESIDUAL_STRIDE_1) return i * 6 + j;
    return (i < 4 ? 0 : i - 3) * 6 + (j < 4 ? 0 : j - 3);
}

INLINE long place_in_class(const int kind, int i, int j) {
    if (kind == RESIDUAL_STRIDE_1) return 0;
    return (i < 4 ? i : 0) * (j < 4 ? 4 : 1) + (j < 4 ? j : 0);
}

// Where the transformed values of the first tile go: position s, 16-channel block c at
// offset[s] + c·step[s]. Classes are CLASS_GAP floats further apart than needed, to fall into
// different cache sets.
#define CLASS_GAP 16
typedef struct {
    long offset[81], step[81];
} tile_places;

// Channels in whole blocks.
INLINE long whole_blocks(long channels) { return rounded_up(channels, 16); }

// The packed A of the products: blocks of 16 channels of all rows of a class.
INLINE void packed_places(const int kind, long tiles, long depth, tile_places *places) {
    depth = whole_blocks(depth);
    UNROLL_ALL for (int i = 0; i < POSITIONS_SIDE(kind); i++) {
        UNROLL_ALL for (int j = 0; j < POSITIONS_SIDE(kind); j++) {
            long c = class_of(kind, i, j), s = i * POSITIONS_SIDE(kind) + j;
            places->offset[s] = class_start(kind, c) * tiles * depth + c * CLASS_GAP
                + place_in_class(kind, i, j) * tiles * 16;
            places->step[s] = class_size(kind, c) * tiles * 16;
        }
    }
}

// Rows of `row` floats, for products of transposed tiles.
INLINE void row_places(const int kind, long tiles, long row, tile_places *places) {
    UNROLL_ALL for (int i = 0; i < POSITIONS_SIDE(kind); i++) {
        UNROLL_ALL for (int j = 0; j < POSITIONS_SIDE(kind); j++) {
            long c = class_of(kind, i, j), s = i * POSITIONS_SIDE(kind) + j;
            places->offset[s] =
                (class_start(kind, c) + place_in_class(kind, i, j)) * tiles * row + c * CLASS_GAP;
            places->step[s] = 16;
        }
    }
}

// A tile of results: its image and its first pixel.
typedef struct {
    long image, y, x;
} tile_position;

INLINE tile_position tile_at(const residual_winograd *g, long tile) {
    const long side = RESULT_SIDE(g->kind);
    long across = (g->destination_width + side - 1) / side;
    long down = (g->destination_height + side - 1) / side;
    tile_position p;
    p.x = tile % across * side;
    tile /= across;
    p.y = tile % down * side;
    p.image = tile / down;
    return p;
}

#define WINOGRAD_MOST_CHANNELS 4096
static const VALUE zero_pixel[WINOGRAD_MOST_CHANNELS] __attribute__((aligned(64)));

// The addresses of a square of pixels; those outside the image are zeros.
INLINE void tile_pixels(
    const int side, const VALUE *images, long height, long width, long channels, long image,
    long first_y, long first_x, const VALUE **pixels
) {
    UNROLL_ALL for (int i = 0; i < side; i++) {
        long y = first_y + i;
        bool row_is_inside = y >= 0 && y < height;
        const VALUE *row = images + (image * height + y) * width * channels;
        UNROLL_ALL for (int j = 0; j < side; j++) {
            long x = first_x + j;
            bool is_inside = row_is_inside && x >= 0 && x < width;
            pixels[i * side + j] = is_inside ? row + x * channels : zero_pixel;
        }
    }
}

INLINE void transform_source_line(const int kind, const channels16 *d, channels16 *t) {
    if (kind == RESIDUAL_STRIDE_1) transform_source(d, t);
    else if (kind == RESIDUAL_STRIDE_2) transform_parity_source(d, t);
    else transform_parity_gradient_source(d, t);
}

INLINE void transform_result_line(const int kind, const channels16 *m, channels16 *y) {
    if (kind == RESIDUAL_STRIDE_1) transform_result(m, y);
    else if (kind == RESIDUAL_STRIDE_2) transform_parity_result(m, y);
    else transform_parity_gradient_result(m, y);
}

INLINE void transform_gradient_line(const int kind, const channels16 *dy, channels16 *t) {
    if (kind == RESIDUAL_STRIDE_1) transform_gradient(dy, t);
    else transform_parity_gradient(dy, t);
}

INLINE void transform_filter_line(const int kind, const channels16 *g, channels16 *t) {
    if (kind == RESIDUAL_STRIDE_1) transform_filter(g, t);
    else transform_parity_filter(g, t);
}

INLINE void transform_filter_gradient_line(const int kind, const channels16 *d, channels16 *g) {
    if (kind == RESIDUAL_STRIDE_1) transform_filter_gradient(d, g);
    else transform_parity_filter_gradient(d, g);
}

// Runs `block(…, c, count)` for each block of 16 channels and for the `count` left over.
#define EACH_CHANNEL_BLOCK(channels, block, ...) \
    do { \
        long c = 0; \
        for (; c + 16 <= (channels); c += 16) block(__VA_ARGS__, c, 16); \
        if (c < (channels)) block(__VA_ARGS__, c, (channels) - c); \
    } while (0)

// Bᵀ d B of `count` channels from c on, to their places.
INLINE void source_block(
    const int kind, const VALUE *const *pixels, const tile_places *places, float *transformed,
    long c, long count
) {
    enum { most = 9 };
    const int side = SOURCE_SIDE(kind), points = POSITIONS_SIDE(kind);
    channels16 half[most][most];
    UNROLL_ALL for (int j = 0; j < side; j++) {
        channels16 d[most], t[most];
        UNROLL_ALL for (int i = 0; i < side; i++) {
            load_channels(pixels[i * side + j] + c, count, &d[i]);
        }
        transform_source_line(kind, d, t);
        UNROLL_ALL for (int i = 0; i < points; i++) half[i][j] = t[i];
    }
    UNROLL_ALL for (int i = 0; i < points; i++) {
        channels16 t[most];
        transform_source_line(kind, half[i], t);
        UNROLL_ALL for (int j = 0; j < points; j++) {
            const int s = i * points + j;
            STORE16(transformed + places->offset[s] + c / 16 * places->step[s], t[j]);
        }
    }
}

// Bᵀ d B of one tile, to its places from `transformed` on.
INLINE void source_tile(
    const int kind, const residual_winograd *g, const VALUE *source, tile_position p,
    const tile_places *places, float *transformed
) {
    enum { most = 9 };
    // The first source pixel of the tile.
    long y = p.y - g->padding_y, x = p.x - g->padding_x;
    if (kind == RESIDUAL_STRIDE_2) y += p.y, x += p.x;
    if (kind == RESIDUAL_STRIDE_2_TRANSPOSED) y = p.y / 2, x = p.x / 2;
    const VALUE *pixels[most * most];
    tile_pixels(
        SOURCE_SIDE(kind), source, g->source_height, g->source_width, g->depth, p.image, y, x,
        pixels);
    EACH_CHANNEL_BLOCK(g->depth, source_block, kind, pixels, places, transformed);
}

// A dy Aᵀ of `count` channels from c on, to their places.
INLINE void gradient_block(
    const int kind, const VALUE *const *pixels, const tile_places *places, float *transformed,
    long c, long count
) {
    enum { most = 9 };
    const int points = POSITIONS_SIDE(kind);
    channels16 half[most][4];
    UNROLL_ALL for (int j = 0; j < 4; j++) {
        channels16 d[4], t[most];
        UNROLL_ALL for (int i = 0; i < 4; i++) {
            load_channels(pixels[i * 4 + j] + c, count, &d[i]);
        }
        transform_gradient_line(kind, d, t);
        UNROLL_ALL for (int i = 0; i < points; i++) half[i][j] = t[i];
    }
    UNROLL_ALL for (int i = 0; i < points; i++) {
        channels16 t[most];
        transform_gradient_line(kind, half[i], t);
        UNROLL_ALL for (int j = 0; j < points; j++) {
            const int s = i * points + j;
            STORE16(transformed + places->offset[s] + c / 16 * places->step[s], t[j]);
        }
    }
}

// A dy Aᵀ of one tile of 4×4 gradients, stored likewise.
INLINE void gradient_tile(
    const int kind, const residual_winograd *g, const VALUE *dy, tile_position p,
    const tile_places *places, float *transformed
) {
    const VALUE *pixels[16];
    tile_pixels(
        4, dy, g->destination_height, g->destination_width, g->columns, p.image, p.y, p.x, pixels);
    EACH_CHANNEL_BLOCK(g->columns, gradient_block, kind, pixels, places, transformed);
}

// What a tile of results needs besides its products: its place in the destination, cut at the
// border, and the epilogue from there on.
typedef struct {
    const residual_epilogue *epilogue;
    const float *bias;
    const VALUE *residual;
    VALUE *corner;
    long row_stride, pixel_stride, rows, across;
} result_place;

// Aᵀ m A and the epilogue of `count` channels from c on.
INLINE void result_block(
    const int kind, const float *products, const tile_places *places, const result_place *to,
    long c, long count
) {
    enum { most = 9 };
    const int side = RESULT_SIDE(kind), points = POSITIONS_SIDE(kind);
    channels16 half[8][most], y[8];
    UNROLL_ALL for (int j = 0; j < points; j++) {
        channels16 m[most], t[8];
        UNROLL_ALL for (int i = 0; i < points; i++) {
            m[i] = LOAD16(products + places->offset[i * points + j] + c);
        }
        transform_result_line(kind, m, t);
        UNROLL_ALL for (int i = 0; i < side; i++) half[i][j] = t[i];
    }
    channels16 start = {0}, residual;
    if (to->bias) load_channels(to->bias + c, count, &start);
    UNROLL_ALL for (int i = 0; i < side; i++) {
        if (i >= to->rows) break;
        transform_result_line(kind, half[i], y);
        UNROLL_ALL for (int j = 0; j < side; j++) {
            if (j >= to->across) break;
            long place = i * to->row_stride + j * to->pixel_stride + c;
            channels16 sum = y[j] + start;
            if (to->residual) {
                load_channels(to->residual + place, count, &residual);
                sum += residual;
            }
            if (to->epilogue->relu) sum = CUT16(sum);
            if (count == 16 && to->epilogue->streams) STREAM16(to->corner + place, sum);
            else store_channels(to->corner + place, &sum, count);
        }
    }
}

// Aᵀ m A and the epilogue of one tile for `columns` channels from `first_column` on; products of
// position s are at products[places->offset[s]]. Tiles at the border are cut.
INLINE void result_tile(
    const int kind, const residual_winograd *g, const float *products, const tile_places *places,
    const residual_epilogue *epilogue, tile_position p, long first_column, long columns,
    VALUE *destination
) {
    const long width = g->destination_width, side = RESULT_SIDE(kind);
    long offset = first_column
        + ((p.image * g->destination_height + p.y) * width + p.x) * g->columns;
    const VALUE *residual = epilogue->residual.data;
    const result_place to = {
        epilogue,
        epilogue->bias ? epilogue->bias + first_column : NULL,
        residual ? residual + offset : NULL,
        destination + offset,
        width * g->columns,
        g->columns,
        smaller(side, g->destination_height - p.y),
        smaller(side, width - p.x)};
    EACH_CHANNEL_BLOCK(columns, result_block, kind, products, places, &to);
}
