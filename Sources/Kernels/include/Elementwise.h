// Functions of single elements, over runs of elements.
#pragma once

#include <stdint.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    RESIDUAL_RELU,
    RESIDUAL_GELU,
    RESIDUAL_SILU,
    RESIDUAL_SIGMOID,
    RESIDUAL_TANH,
    RESIDUAL_EXP,
    RESIDUAL_LOG,
} residual_unary_function;

/// y = f(x). Within five units in the last place, most functions within two; right at infinities,
/// NaN and denormal numbers.
void residual_unary(residual_unary_function function, residual_values x, long count, residual_values y);

/// dx = f′ · dy, f′ from the value for relu, sigmoid, tanh and exp, from the argument for the
/// others.
void residual_unary_gradient(
    residual_unary_function function, residual_values saved, residual_values dy, long count, residual_values dx);

typedef enum {
    RESIDUAL_ADD,
    RESIDUAL_SUBTRACT,
    RESIDUAL_MULTIPLY,
    RESIDUAL_DIVIDE,
    /// 1 where x = y, else 0.
    RESIDUAL_EQUAL,
    /// y where x ≠ 0, else 0.
    RESIDUAL_WHERE,
} residual_binary_function;

/// Where the elements of one operand of a two-axis operation lie; a step of 0 repeats.
typedef struct {
    residual_values values;
    long row_step;
    /// 0 or 1.
    long column_step;
} residual_operand;

/// z = x ∘ y on [rows, columns] whose rows in z are `z_step` apart.
void residual_binary(
    residual_binary_function function, residual_operand x, residual_operand y, long rows,
    long columns, residual_values z, long z_step);

/// y = scale · x + offset.
void residual_scale(residual_values x, float scale, float offset, long count, residual_values y);

/// sum += x.
void residual_accumulate(residual_values x, long count, residual_values sum);

/// y = min(max(x, lower), upper); NaN stays. y may be x.
void residual_clamp(residual_values x, float lower, float upper, long count, residual_values y);

/// y = value.
void residual_fill(float value, long count, residual_values y);

/// A Philox4x32-10 stream: the counter's words 1 to 3 and the key. Word 0 counts blocks.
typedef struct {
    uint32_t counter1, counter2, counter3, key0, key1;
} residual_philox;

/// y = x · scale where word i % 4 of the stream's block i / 4 is at least `threshold`, else 0.
/// Element 0 is the stream's `first`, a multiple of 4.
void residual_dropout(
    residual_values x, residual_philox stream, long first, uint32_t threshold, float scale, long count,
    residual_values y);

#ifdef __cplusplus
}
#endif
