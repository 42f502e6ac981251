// Everything but products for AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ARRAYS_HAVE_AVX2
#define ARRAY_TABLE residual_arrays_avx2
#define ARRAY_TABLE_FLOAT32 residual_float32_arrays_avx2
#include "Arrays.inc.h"
#pragma clang attribute pop
#endif
