// Softmax and the losses over its logarithm, row by row.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Softmax, or its logarithm, of each row.
void residual_softmax(const float *x, long rows, long columns, bool logarithmic, float *y);

/// dx from y and dy.
void residual_softmax_gradient(
    const float *y, const float *dy, long rows, long columns, bool logarithmic, float *dx);

/// What rows of logits are compared with. Exactly one of `labels` and `distributions` is not null.
typedef struct {
    const int32_t *labels;
    const float *distributions;
    /// One per column, or null for ones.
    const float *class_weights;
    long columns;
    float smoothing;
    int32_t ignore_index;
} residual_targets;

/// The loss of each row and its weight in a mean.
void residual_cross_entropy(
    const float *logits, residual_targets targets, long rows, float *losses, float *row_weights);

/// The gradient with respect to the logits.
void residual_cross_entropy_gradient(
    const float *d_losses, const float *logits, residual_targets targets, long rows,
    float *d_logits);

/// loss = −(w·t·log σ(x) + (1 − t)·log(1 − σ(x))) of each of rows · columns elements; w is one per
/// column, or null for ones.
void residual_binary_cross_entropy(
    const float *logits, const float *targets, const float *weights, long rows, long columns,
    float *losses);

/// Its gradient with respect to the logits.
void residual_binary_cross_entropy_gradient(
    const float *d_losses, const float *logits, const float *targets, const float *weights,
    long rows, long columns, float *d_logits);

#ifdef __cplusplus
}
#endif
