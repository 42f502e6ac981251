// Blocks of convolutions of channels-last images. Three ways, chosen by the caller from the shape:
// gathered products (any kernel, stride, dilation, group), Winograd's algorithm for 3×3 kernels, and
// depthwise.
//
// Relative L2 error of a result on random data: at most 5e-7 for gathered and depthwise, 2e-6 for
// Winograd (5e-7 at 16 channels, 8e-7 at 64, 1.5e-6 at 256 and more). Sums run in an order that
// depends on the shape alone.
#pragma once

#include <stdbool.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What is done to the sums before they are stored: + bias (of each channel), + residual (laid out as
/// the destination, which it must not overlap), then negative values cut. Pointers may be null; they
/// are those of the first wanted channel, as the destination's. `streams` says that the destination
/// is too large to be found in the caches later, and is written past them: it has to lie at a multiple
/// of 64 bytes and have channels in multiples of 16.
typedef struct {
    const float *bias;
    residual_values residual;
    bool relu, streams;
} residual_epilogue;

// MARK: Gathered products

/// A convolution seen as a product: row m of A holds what the taps of pixel m of a grid see in the
/// source, and row m of the product goes to that pixel's place in the destination.
///
/// A forward pass is one such product (grid = output). An input gradient is one for each remainder
/// of the input position modulo the stride (source = output gradient), with the taps that hit it.
typedef struct {
    /// The source, [N, height, width, channels], of which `depth` channels are read.
    long source_height, source_width, source_channels, depth;
    /// The pixels of an image that are computed, and the distance of their positions in the source.
    long grid_height, grid_width, step_y, step_x;
    /// The taps, in the order of the packed filter's rows: a grid, whose first tap is at (`tap_y`, `tap_x`)
    /// from a pixel's position in the source.
    long tap_rows, tap_columns, tap_y, tap_x, tap_step_y, tap_step_x;
    /// The number of taps, and how many one after another lie side by side in memory: a line of the
    /// grid, or 1.
    long tap_count, run_length;
    /// The destination, and where the grid lies in it.
    long destination_height, destination_width, destination_channels;
    long origin_y, origin_x, spacing_y, spacing_x;
    /// Whether the pixels of the destination between those of the grid, as far as they come after each,
    /// are to become zeros.
    bool fills_cells;
} residual_gather;

/// Floats of scratch that `residual_gather_product` needs for `rows` rows and `columns` columns of
/// images of `element`.
long residual_gather_scratch(
    residual_element element, const residual_gather *g, long rows, long columns);

/// Computes grid pixels `first_row` ..< `first_row` + `rows` (images one after another) of
/// destination = A · packed filter, then the epilogue (bias only where the grid does not cover the
/// destination). Pointers are those of the first wanted channel.
void residual_gather_product(
    const residual_gather *g, residual_values source, const float *packed_filter,
    long panel_stride, const residual_epilogue *epilogue, long columns, long first_row, long rows,
    residual_values destination, float *scratch);

/// Floats of scratch that `residual_gather_gradient` needs.
long residual_gather_gradient_scratch(const residual_gather *g, long rows);

/// Rows `first_row` ..< `first_row` + `rows` of the filter's gradient Aᵀ · dy, summed over grid
/// pixels `first_pixel` ..< `first_pixel` + `pixels` in order. `dy` has `dy_channels` channels of
/// which `columns` count; `dw` points to row `first_row`.
void residual_gather_gradient(
    const residual_gather *g, residual_values source, residual_values dy, long dy_channels, long columns,
    long first_row, long rows, long first_pixel, long pixels, float *dw, long row_stride,
    float *scratch);

/// Floats `first_row` ..< `first_row` + `rows` of the patches of `pixels` grid pixels as plain
/// lines, `stride` apart.
void residual_gather_lines(
    const residual_gather *g, residual_values source, long first_row, long rows, long first_pixel,
    long pixels, float *lines, long stride);

/// dw[rows, columns] (+)= Σ_pixel line ⊗ dy, with dy packed in panels like B of a product.
void residual_lines_product(
    const float *lines, long line_stride, long rows, const float *packed_dy, long panel_stride,
    long columns, long pixels, bool accumulate, float *dw, long row_stride);

// MARK: Winograd

/// The convolutions that Winograd's algorithm computes, all with 3×3 kernels.
typedef enum {
    /// Stride 1, by tiles of 4×4 results.
    RESIDUAL_STRIDE_1,
    /// Stride 2 and padding 1, by tiles of 4×4 results.
    RESIDUAL_STRIDE_2,
    /// The input gradient of the former, by tiles of 8×8 results.
    RESIDUAL_STRIDE_2_TRANSPOSED,
} residual_winograd_kind;

/// A convolution by tiles. Tile t covers results side·(t % tilesX), ….
typedef struct {
    residual_winograd_kind kind;
    /// The source, [N, height, width, depth]; depth is at most 4096.
    long source_height, source_width, depth;
    /// The destination, [N, height, width, columns]; columns is at most 4096.
    long destination_height, destination_width, columns;
    /// Result (i, j) sees source pixels (i·stride − padding_y) ..< (i·stride − padding_y + 3), ….
    long padding_y, padding_x;
} residual_winograd;

/// The classes of positions of a transformed tile that share a transformed filter: 6×6.
#define RESIDUAL_WINOGRAD_CLASSES 36

/// Transforms filters for input channels `first_input` ..< +16 (fewer at the end) and output
/// channels `first_output` ..< +32 (at the end fewer, then zeros). `w` is [3, 3, depth, columns], or if `rotated`
/// [3, 3, columns, depth], whose taps are then turned by 180° (input gradients). Element
/// (class, k, n) of the result is at ((class·⌈columns/32⌉ + n/32)·depth + k)·32 + n%32.
void residual_winograd_filter(
    const residual_winograd *g, const float *w, bool rotated, long first_input, long first_output,
    float *transformed);

/// Floats of scratch that `residual_winograd_product` needs.
long residual_winograd_scratch(const residual_winograd *g, long tiles);

/// Computes output channels `first_column` (a multiple of 64) ..< `first_column` + `columns` of tiles
/// `first_tile` ..< `first_tile` + `tiles` of y = source ∗ filter, then the epilogue.
void residual_winograd_product(
    const residual_winograd *g, residual_values source, const float *transformed,
    const residual_epilogue *epilogue, long first_tile, long tiles, long first_column, long columns,
    residual_values destination, float *scratch);

/// Floats of a buffer of `tiles` transformed tiles with rows of `row` floats.
long residual_winograd_buffer(const residual_winograd *g, long tiles, long row);

/// Transforms tiles `first` ..< `first` + `count` of the `tiles` source tiles from `first_tile` on
/// into their places in a buffer with rows of `row` floats.
void residual_winograd_source_tiles(
    const residual_winograd *g, residual_values source, long first_tile, long first, long count,
    long tiles, long row, float *transformed);

/// The same for the destination's gradient, by the transpose of the output transform.
void residual_winograd_gradient_tiles(
    const residual_winograd *g, residual_values dy, long first_tile, long first, long count,
    long tiles, long row, float *transformed);

/// One class's gradient (+)= Σ source tiles ⊗ gradient tiles of two such buffers, for `inputs` input
/// channels from `first_input` on; `result` is [36, depth, columns rounded up to 16]. With `streams`, sums
/// of few enough tiles go past the caches.
void residual_winograd_gradient_product(
    const residual_winograd *g, long c, const float *source_tiles, long source_row,
    const float *gradient_tiles, long gradient_row, long tiles, long first_input, long inputs,
    bool accumulate, bool streams, float *result);

/// dw[3, 3, k, columns] for rows k in `first_row` ..< `first_row` + `rows` from `part_count`
/// such gradients that are added in order.
void residual_winograd_gradient_filter(
    const residual_winograd *g, const float *gradients, long part_count, long first_row, long rows,
    float *dw);

// MARK: Depthwise

/// A convolution of each channel with its own filter: x is [N, H, W, C], w is [R, S, 1, C].
typedef struct {
    long height, width, channels, output_height, output_width;
    long kernel_y, kernel_x, stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x;
} residual_depthwise;

/// Computes rows `first_row` ..< `first_row` + `rows` of y, counted over all images.
void residual_depthwise_product(
    const residual_depthwise *g, const float *x, const float *w, const residual_epilogue *epilogue,
    long first_row, long rows, float *y);

/// Computes rows of dx, counted over all images.
void residual_depthwise_input_gradient(
    const residual_depthwise *g, const float *dy, const float *w, long first_row, long rows,
    float *dx);

/// dw summed over rows of dy, counted over all images.
void residual_depthwise_filter_gradient(
    const residual_depthwise *g, const float *dy, const float *x, long first_row, long rows,
    float *dw);

#ifdef __cplusplus
}
#endif
