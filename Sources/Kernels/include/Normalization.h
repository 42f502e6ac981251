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

/// What follows the normalisation, as its gradient needs to know it.
typedef enum {
    RESIDUAL_NO_CUT,
    /// ReLU of what a residual was added to: gradients pass where y > 0.
    RESIDUAL_CUT_BY_RESULT,
    /// ReLU of the normalised values alone: gradients pass where these, computed again, are > 0.
    RESIDUAL_CUT_BY_INPUT,
} residual_cut;

/// Which gradients pass: g = dy there, else 0.
typedef struct {
    residual_cut cut;
    residual_normalization normalization;
} residual_gate;

/// sums = Σ g and products = Σ g · (x − mean). y may be null unless its signs decide. `scratch` holds
/// `residual_moments_scratch` floats.
void residual_normalization_sums(
    residual_values dy, residual_values x, residual_values y, residual_gate gate, long rows,
    long columns, double *sums, double *products, float *scratch);

/// Per column: dx = factor · (g − offset − slope · (x − mean)), mean and factor being those of the
/// normalisation, or factor · g where slope and offset are null.
typedef struct {
    const float *slope, *offset;
} residual_normalization_slope;

/// dx as above and d_residual = g; either may be null, and y as before.
void residual_normalization_gradient(
    residual_values dy, residual_values x, residual_values y, residual_gate gate,
    residual_normalization_slope n, bool streams, long rows, long columns, residual_values dx,
    residual_values d_residual);

#ifdef __cplusplus
}
#endif
