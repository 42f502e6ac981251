// Copies that change the order of elements or add borders.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

/// y[c · y_step + r] = x[r · x_step + c] for r < rows, c < columns.
void residual_transpose(
    const float *x, long x_step, long rows, long columns, float *y, long y_step);

/// Copies `count` runs of `length` elements, `x_step` apart in x and `y_step` in y.
void residual_copy_runs(
    residual_values x, long x_step, long count, long length, residual_values y, long y_step);

/// Row i of y = row indices[i] of x.
void residual_gather_rows(
    const float *x, const int32_t *indices, long count, long row_length, float *y);

/// Sets rows `begin` ..< `end` of dx to 0, then adds to them every row i of dy whose indices[i] is
/// one of them, in the order of i.
void residual_gather_rows_gradient(
    const float *dy, const int32_t *indices, long count, long row_length, long begin, long end,
    float *dx);

/// A row of pixels with a border on the left and the right, zero or mirrored.
void residual_pad_row(
    residual_values x, long width, long channels, long left, long right, bool reflects, residual_values y);

/// dx += the transpose of `residual_pad_row`.
void residual_pad_row_gradient(
    residual_values dy, long width, long channels, long left, long right, bool reflects, residual_values dx);

#ifdef __cplusplus
}
#endif
