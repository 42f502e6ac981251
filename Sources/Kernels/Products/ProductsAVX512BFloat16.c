// Convolutions of bfloat16 for AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define LANES 16
#define TILE_ROWS 14
#define PRODUCT_TABLE_BFLOAT16 residual_bfloat16_products_avx512
#include "Products.inc.h"
#pragma clang attribute pop
#endif
