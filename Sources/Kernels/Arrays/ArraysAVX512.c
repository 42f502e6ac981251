// Everything but products for AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define ARRAYS_HAVE_AVX512
#define ARRAY_TABLE residual_arrays_avx512
#define ARRAY_TABLE_FLOAT32 residual_float32_arrays_avx512
#include "Arrays.inc.h"
#pragma clang attribute pop
#endif
