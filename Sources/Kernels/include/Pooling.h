// Windows over channels-last images, one row of results at a time.
#pragma once

#include <stdint.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

/// For each position along an axis of the result, the positions along the source's that it is made
/// of and their weights: taps starts[i] ..< starts[i + 1].
typedef struct {
    const int32_t *starts, *positions;
    const float *weights;
} residual_taps;

/// One row of a separable linear map of an image: y[j] = Σ over the row's `row_count` source rows
/// and the taps of j of row weight · tap weight · x[row, position]. Interpolation, mean pooling and
/// the transposes of both are such maps.
void residual_resample_row(
    residual_values image, long image_width, long channels, const int32_t *rows,
    const float *row_weights, long row_count, residual_taps columns, long width, residual_values y);

/// Windows of maxima.
typedef struct {
    long height, width, channels, output_height, output_width;
    long kernel_y, kernel_x, stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x;
} residual_windows;

/// Row `row` of an image's results: each window's maximum (NaN is greater than any number) and, unless
/// `indices` is null, its place h · width + w. A window outside of the image gives −∞ and −1.
void residual_max_pool_row(
    const residual_windows *g, residual_values image, long row, residual_values y, int32_t *indices);

/// Row `row` of an image's dx from the whole image's dy and indices.
void residual_max_pool_gradient_row(
    const residual_windows *g, residual_values dy, const int32_t *indices, long row, residual_values dx);

#ifdef __cplusplus
}
#endif
