// The most multiply-adds a core can do: what kernels are measured against.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Runs `rounds` rounds of independent fused multiply-adds on registers alone and returns the number
/// of floating-point operations done (a multiply-add counts two). `sink` keeps the compiler from
/// leaving the work out.
double residual_peak_rounds(long rounds, float *sink);

#ifdef __cplusplus
}
#endif
