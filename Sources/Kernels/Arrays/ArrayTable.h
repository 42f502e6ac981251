// The functions of the headers other than Gemm.h and Convolution.h for one instruction set.
#pragma once

#include "Elementwise.h"
#include "Losses.h"
#include "Movement.h"
#include "Normalization.h"
#include "Pooling.h"
#include "Reductions.h"
#include "../Select.h"
#include "Updates.h"
#include "Values.h"

// Every function on tensors of either type once: name, the parameter whose type decides, parameters,
// and the names of the arguments. One list defines the tables, fills them for each instruction set
// and type, and writes the public functions.
#define RESIDUAL_ARRAY_VALUE_FUNCTIONS(X) \
    X(unary, x, (residual_unary_function function, IN(x), long count, OUT(y)), \
      (function, AT(x), count, AT(y))) \
    X(unary_gradient, dy, \
      (residual_unary_function function, IN(saved), IN(dy), long count, OUT(dx)), \
      (function, AT(saved), AT(dy), count, AT(dx))) \
    X(binary, z, \
      (residual_binary_function function, residual_operand x, residual_operand y, long rows, \
       long columns, OUT(z), long z_step), \
      (function, x, y, rows, columns, AT(z), z_step)) \
    X(scale, x, (IN(x), float scale, float offset, long count, OUT(y)), \
      (AT(x), scale, offset, count, AT(y))) \
    X(accumulate, x, (IN(x), long count, OUT(sum)), (AT(x), count, AT(sum))) \
    X(clamp, x, (IN(x), float lower, float upper, long count, OUT(y)), \
      (AT(x), lower, upper, count, AT(y))) \
    X(fill, y, (float value, long count, OUT(y)), (value, count, AT(y))) \
    X(dropout, x, \
      (IN(x), residual_philox stream, long first, uint32_t threshold, float scale, long count, \
       OUT(y)), \
      (AT(x), stream, first, threshold, scale, count, AT(y))) \
    X(copy_runs, x, (IN(x), long x_step, long count, long length, OUT(y), long y_step), \
      (AT(x), x_step, count, length, AT(y), y_step)) \
    X(pad_row, x, \
      (IN(x), long width, long channels, long left, long right, bool reflects, OUT(y)), \
      (AT(x), width, channels, left, right, reflects, AT(y))) \
    X(pad_row_gradient, dy, \
      (IN(dy), long width, long channels, long left, long right, bool reflects, OUT(dx)), \
      (AT(dy), width, channels, left, right, reflects, AT(dx))) \
    X(moments, x, \
      (IN(x), long rows, long columns, double *means, double *squares, float *scratch), \
      (AT(x), rows, columns, means, squares, scratch)) \
    X(normalize, x, \
      (IN(x), IN(residual), residual_normalization n, bool relu, bool streams, long rows, \
       long columns, OUT(y)), \
      (AT(x), AT(residual), n, relu, streams, rows, columns, AT(y))) \
    X(normalization_sums, dy, \
      (IN(dy), IN(x), IN(y), residual_gate gate, long rows, long columns, double *sums, \
       double *products, float *scratch), \
      (AT(dy), AT(x), AT(y), gate, rows, columns, sums, products, scratch)) \
    X(normalization_gradient, dy, \
      (IN(dy), IN(x), IN(y), residual_gate gate, residual_normalization_slope n, bool streams, \
       long rows, long columns, OUT(dx), OUT(d_residual)), \
      (AT(dy), AT(x), AT(y), gate, n, streams, rows, columns, AT(dx), AT(d_residual))) \
    X(resample_row, image, \
      (IN(image), long image_width, long channels, const int32_t *rows, \
       const float *row_weights, long row_count, residual_taps columns, long width, OUT(y)), \
      (AT(image), image_width, channels, rows, row_weights, row_count, columns, width, AT(y))) \
    X(max_pool_row, image, \
      (const residual_windows *g, IN(image), long row, OUT(y), int32_t *indices), \
      (g, AT(image), row, AT(y), indices)) \
    X(max_pool_gradient_row, dy, \
      (const residual_windows *g, IN(dy), const int32_t *indices, long row, OUT(dx)), \
      (g, AT(dy), indices, row, AT(dx)))

// The functions on Float32 alone: name, parameters, arguments.
#define RESIDUAL_ARRAY_FUNCTIONS(X) \
    X(widen, (const residual_bfloat16 *x, long count, float *y), (x, count, y)) \
    X(narrow, (const float *x, long count, residual_bfloat16 *y), (x, count, y)) \
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
    X(gather_rows, \
      (const float *x, const int32_t *indices, long count, long row_length, float *y), \
      (x, indices, count, row_length, y)) \
    X(gather_rows_gradient, \
      (const float *dy, const int32_t *indices, long count, long row_length, long begin, \
       long end, float *dx), \
      (dy, indices, count, row_length, begin, end, dx)) \
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
      (step, gradient, count, parameter, first, second)) \
    X(weighted_sum, \
      (const float *x, float x_weight, const float *y, float y_weight, long count, float *sum), \
      (x, x_weight, y, y_weight, count, sum))

#define RESIDUAL_MEMBER(name, parameters, arguments) void(*name) parameters;
#define RESIDUAL_VALUE_MEMBER(name, values, parameters, arguments) void(*name) parameters;
typedef struct {
    RESIDUAL_ARRAY_FUNCTIONS(RESIDUAL_MEMBER)
} residual_array_table;

#define IN(x) const float *x
#define OUT(x) float *x
typedef struct {
    RESIDUAL_ARRAY_VALUE_FUNCTIONS(RESIDUAL_VALUE_MEMBER)
} residual_float32_array_table;
#undef IN
#undef OUT

#define IN(x) const residual_bfloat16 *x
#define OUT(x) residual_bfloat16 *x
typedef struct {
    RESIDUAL_ARRAY_VALUE_FUNCTIONS(RESIDUAL_VALUE_MEMBER)
} residual_bfloat16_array_table;
#undef IN
#undef OUT
#undef RESIDUAL_MEMBER
#undef RESIDUAL_VALUE_MEMBER

RESIDUAL_DECLARE_TABLES(residual_array_table, residual_arrays)
RESIDUAL_DECLARE_TABLES(residual_float32_array_table, residual_float32_arrays)
RESIDUAL_DECLARE_TABLES(residual_bfloat16_array_table, residual_bfloat16_arrays)
