// Optimiser steps, in place and in one pass.
#pragma once

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// g ← gradient_scale · g + weight_decay · p; v ← momentum · v + kept · g (or g if `is_first`);
/// p ← p − learning_rate · (nesterov ? g + momentum · v : v).
typedef struct {
    float learning_rate, gradient_scale, weight_decay, momentum, kept;
    bool nesterov, is_first;
} residual_sgd;

/// One step; `momentum` is null without it.
void residual_sgd_step(
    const residual_sgd *step, const float *gradient, long count, float *parameter, float *momentum);

/// g ← gradient_scale · g; m ← β₁ m + rest1 g; v ← β₂ v + rest2 g²;
/// p ← p · decay − rate · m / (√v · root_scale + ε).
typedef struct {
    float gradient_scale, beta1, rest1, beta2, rest2, decay, rate, root_scale, epsilon;
} residual_adamw;

/// One step.
void residual_adamw_step(
    const residual_adamw *step, const float *gradient, long count, float *parameter, float *first,
    float *second);

/// sum = x_weight · x + y_weight · y, the products rounded before they are added. `sum` may be x or y.
void residual_weighted_sum(
    const float *x, float x_weight, const float *y, float y_weight, long count, float *sum);

#ifdef __cplusplus
}
#endif
