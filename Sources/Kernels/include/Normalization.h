// Batch normalisation of [rows, columns]. Columns are the channels, or several rows' channels side
// by side where that fills vectors; the per-channel arrays are then repeated as often.
#pragma once

#include <stdbool.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The scratch memory of the functions that sum up, in floats.
static inline long residual_moments_scratch(long columns) { return 3 * columns + 256; }

/// means = the mean of each column, squares = Σ (x − mean)². Shifted by the mean of the first rows,
/// so that columns whose mean is far greater than their deviation lose nothing. `scratch` holds
/// `residual_moments_scratch` floats.
void residual_moments(
    residual_values x, long rows, long columns, double *means, double *squares, float *scratch);

/// Per column: what x is turned into.
typedef struct {
    const float *mean, *factor, *shift;
} residual_normalization;

/// y = (x − mean) · factor + shift (+ residual), cut at 0 if `relu`. `streams` writes past the
/// caches; y must then be aligned to 64 bytes and columns a multiple of 16.
void residual_normalize(
    residual_values x, residual_values residual, residual_normalization n, bool relu, bool streams,
    long rows, long columns, residual_values y);

/// sums = Σ g and products = Σ g · (x − mean), with g = dy where y > 0, or dy if y is null.
/// `scratch` holds `residual_moments_scratch` floats.
void residual_normalization_sums(
    residual_values dy, residual_values x, residual_values y, const float *mean, long rows, long columns,
    double *sums, double *products, float *scratch);

/// Per column: dx = factor · (g − offset − slope · (x − mean)).
typedef struct {
    const float *mean, *factor, *slope, *offset;
} residual_normalization_slope;

/// dx as above (without offset and slope if x is null) and d_residual = g; either may be null.
void residual_normalization_gradient(
    residual_values dy, residual_values x, residual_values y, residual_normalization_slope n, bool streams,
    long rows, long columns, residual_values dx, residual_values d_residual);

#ifdef __cplusplus
}
#endif
