// The functions of the headers other than Gemm.h and Convolution.h for one instruction set.
#pragma once

#include "Elementwise.h"
#include "Losses.h"
#include "Movement.h"
#include "Normalization.h"
#include "Pooling.h"
#include "Reductions.h"
#include "Updates.h"

// Every function once: name, parameters, and the names of the arguments. One list defines the
// table, fills it for each instruction set, and writes the public functions.
#define RESIDUAL_ARRAY_FUNCTIONS(X) \
    X(unary, (residual_unary_function function, const float *x, long count, float *y), \
      (function, x, count, y)) \
    X(unary_gradient, \
      (residual_unary_function function, const float *saved, const float *dy, long count, \
       float *dx), \
      (function, saved, dy, count, dx)) \
    X(binary, \
      (residual_binary_function function, residual_operand x, residual_operand y, long rows, \
       long columns, float *z, long z_step), \
      (function, x, y, rows, columns, z, z_step)) \
    X(scale, (const float *x, float scale, float offset, long count, float *y), \
      (x, scale, offset, count, y)) \
    X(accumulate, (const float *x, long count, float *sum), (x, count, sum)) \
    X(clamp, (const float *x, float lower, float upper, long count, float *y), \
      (x, lower, upper, count, y)) \
    X(fill, (float value, long count, float *y), (value, count, y)) \
    X(dropout, \
      (const float *x, residual_philox stream, long first, uint32_t threshold, float scale, \
       long count, float *y), \
      (x, stream, first, threshold, scale, count, y)) \
    X(reduce_run, (residual_reduction function, const float *x, long count, double *total), \
      (function, x, count, total)) \
    X(reduce_rows, \
      (residual_reduction function, const float *x, long rows, long row_step, long columns, \
       double *totals), \
      (function, x, rows, row_step, columns, totals)) \
    X(reduce_parts, \
      (residual_reduction function, const double *parts, long part_count, long step, \
       long columns, double scale, float *y), \
      (function, parts, part_count, step, columns, scale, y)) \
    X(argmax_columns, \
      (const float *x, long count, long inner, long begin, long end, int32_t *indices), \
      (x, count, inner, begin, end, indices)) \
    X(argmax_rows, (const float *x, long rows, long count, int32_t *indices), \
      (x, rows, count, indices)) \
    X(transpose, \
      (const float *x, long x_step, long rows, long columns, float *y, long y_step), \
      (x, x_step, rows, columns, y, y_step)) \
    X(copy_runs, \
      (const float *x, long x_step, long count, long length, float *y, long y_step), \
      (x, x_step, count, length, y, y_step)) \
    X(gather_rows, \
      (const float *x, const int32_t *indices, long count, long row_length, float *y), \
      (x, indices, count, row_length, y)) \
    X(gather_rows_gradient, \
      (const float *dy, const int32_t *indices, long count, long row_length, long begin, \
       long end, float *dx), \
      (dy, indices, count, row_length, begin, end, dx)) \
    X(pad_row, \
      (const float *x, long width, long channels, long left, long right, bool reflects, \
       float *y), \
      (x, width, channels, left, right, reflects, y)) \
    X(pad_row_gradient, \
      (const float *dy, long width, long channels, long left, long right, bool reflects, \
       float *dx), \
      (dy, width, channels, left, right, reflects, dx)) \
    X(moments, \
      (const float *x, long rows, long columns, double *means, double *squares, float *scratch), \
      (x, rows, columns, means, squares, scratch)) \
    X(normalize, \
      (const float *x, const float *residual, residual_normalization n, bool relu, bool streams, \
       long rows, long columns, float *y), \
      (x, residual, n, relu, streams, rows, columns, y)) \
    X(normalization_sums, \
      (const float *dy, const float *x, const float *y, const float *mean, long rows, \
       long columns, double *sums, double *products, float *scratch), \
      (dy, x, y, mean, rows, columns, sums, products, scratch)) \
    X(normalization_gradient, \
      (const float *dy, const float *x, const float *y, residual_normalization_slope n, \
       bool streams, long rows, long columns, float *dx, float *d_residual), \
      (dy, x, y, n, streams, rows, columns, dx, d_residual)) \
    X(resample_row, \
      (const float *image, long image_width, long channels, const int32_t *rows, \
       const float *row_weights, long row_count, residual_taps columns, long width, float *y), \
      (image, image_width, channels, rows, row_weights, row_count, columns, width, y)) \
    X(max_pool_row, \
      (const residual_windows *g, const float *image, long row, float *y, int32_t *indices), \
      (g, image, row, y, indices)) \
    X(max_pool_gradient_row, \
      (const residual_windows *g, const float *dy, const int32_t *indices, long row, float *dx), \
      (g, dy, indices, row, dx)) \
    X(softmax, (const float *x, long rows, long columns, bool logarithmic, float *y), \
      (x, rows, columns, logarithmic, y)) \
    X(softmax_gradient, \
      (const float *y, const float *dy, long rows, long columns, bool logarithmic, float *dx), \
      (y, dy, rows, columns, logarithmic, dx)) \
    X(cross_entropy, \
      (const float *logits, residual_targets targets, long rows, float *losses, \
       float *row_weights), \
      (logits, targets, rows, losses, row_weights)) \
    X(cross_entropy_gradient, \
      (const float *d_losses, const float *logits, residual_targets targets, long rows, \
       float *d_logits), \
      (d_losses, logits, targets, rows, d_logits)) \
    X(binary_cross_entropy, \
      (const float *logits, const float *targets, const float *weights, long rows, long columns, \
       float *losses), \
      (logits, targets, weights, rows, columns, losses)) \
    X(binary_cross_entropy_gradient, \
      (const float *d_losses, const float *logits, const float *targets, const float *weights, \
       long rows, long columns, float *d_logits), \
      (d_losses, logits, targets, weights, rows, columns, d_logits)) \
    X(sgd_step, \
      (const residual_sgd *step, const float *gradient, long count, float *parameter, \
       float *momentum), \
      (step, gradient, count, parameter, momentum)) \
    X(adamw_step, \
      (const residual_adamw *step, const float *gradient, long count, float *parameter, \
       float *first, float *second), \
      (step, gradient, count, parameter, first, second))

typedef struct {
#define RESIDUAL_MEMBER(name, parameters, arguments) void(*name) parameters;
    RESIDUAL_ARRAY_FUNCTIONS(RESIDUAL_MEMBER)
#undef RESIDUAL_MEMBER
} residual_array_table;

extern const residual_array_table residual_arrays_portable;
#if defined(__x86_64__)
extern const residual_array_table residual_arrays_avx2;
extern const residual_array_table residual_arrays_avx512;
#endif
