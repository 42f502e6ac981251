// The most that a core can do, in arithmetic and in memory: what kernels are measured against.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Runs `rounds` rounds of independent fused multiply-adds on registers alone and returns the number
/// of floating-point operations done (a multiply-add counts two). `sink` keeps the compiler from
/// leaving the work out.
double residual_peak_rounds(long rounds, float *sink);

/// Reads `count` floats and returns their sum, so that the reading is not left out. `x` starts at a
/// multiple of 16 bytes; `count` is a multiple of 16.
float residual_read_floats(const float *x, long count);

/// y = x for `count` floats, with stores that pass the caches by where the processor has them.
/// Alignment and count as above.
void residual_stream_floats(const float *x, long count, float *y);

#ifdef __cplusplus
}
#endif
