// Everything but products of bfloat16 for AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define ARRAYS_HAVE_AVX512
#define ARRAY_TABLE_BFLOAT16 residual_bfloat16_arrays_avx512
#include "Arrays.inc.h"
#pragma clang attribute pop
#endif
