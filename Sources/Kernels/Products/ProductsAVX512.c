// Matrix products and convolutions for AVX-512: 14×32 register tiles.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define LANES 16
#define TILE_ROWS 14
#define PRODUCT_TABLE residual_products_avx512
#define PRODUCT_TABLE_FLOAT32 residual_float32_products_avx512
#include "Products.inc.h"
#pragma clang attribute pop
#endif
