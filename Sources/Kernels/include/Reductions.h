// Sums and maxima. Sums run in Float over at most some hundred terms and in double beyond.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    RESIDUAL_SUM,
    RESIDUAL_SUM_OF_SQUARES,
    /// NaN is greater than any number.
    RESIDUAL_MAXIMUM,
} residual_reduction;

/// What a reduction of nothing gives: 0 or −∞.
double residual_reduction_start(residual_reduction function);

/// Folds a run of elements into *total.
void residual_reduce_run(
    residual_reduction function, const float *x, long count, double *total);

/// Folds rows, `row_step` apart, into totals[0 ..< columns].
void residual_reduce_rows(
    residual_reduction function, const float *x, long rows, long row_step, long columns,
    double *totals);

/// Folds `part_count` lines of totals, `step` apart, in order: y = scale · result.
void residual_reduce_parts(
    residual_reduction function, const double *parts, long part_count, long step, long columns,
    double scale, float *y);

/// indices[i] = the position of the first maximum of column i of [count, inner] whose columns
/// `begin` ..< `end` are done; NaN never wins, except at position 0.
void residual_argmax_columns(
    const float *x, long count, long inner, long begin, long end, int32_t *indices);

/// The same for `rows` rows of `count` elements each.
void residual_argmax_rows(const float *x, long rows, long count, int32_t *indices);

#ifdef __cplusplus
}
#endif
