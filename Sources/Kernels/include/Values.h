// The elements of tensors: Float32, or bfloat16 in memory and Float32 in registers.
//
// A kernel that takes `residual_values` reads either type and writes the type that it reads; all of
// one call are of one type. What takes `float *` is Float32 alone: parameters, statistics, sums,
// packed and transformed operands.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    RESIDUAL_FLOAT32,
    RESIDUAL_BFLOAT16,
} residual_element;

/// The upper half of a Float32: its sign, its exponent and 7 bits of its fraction.
typedef struct {
    uint16_t bits;
} residual_bfloat16;

/// A run of elements. `data` may be null where a function says so.
typedef struct {
    void *data;
    residual_element element;
} residual_values;

/// y = x in another type: exact to Float32, to nearest (ties to even) to bfloat16. NaN stays NaN.
void residual_widen(const residual_bfloat16 *x, long count, float *y);
void residual_narrow(const float *x, long count, residual_bfloat16 *y);

#ifdef __cplusplus
}
#endif
