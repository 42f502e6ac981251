// Everything but products of bfloat16 for AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ARRAYS_HAVE_AVX2
#define ARRAY_TABLE_BFLOAT16 residual_bfloat16_arrays_avx2
#include "Arrays.inc.h"
#pragma clang attribute pop
#endif
