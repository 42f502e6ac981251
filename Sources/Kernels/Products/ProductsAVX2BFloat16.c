// Convolutions of bfloat16 for AVX2 and FMA.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#define PRODUCT_TABLE_BFLOAT16 residual_bfloat16_products_avx2
#include "Products.inc.h"
#pragma clang attribute pop
#endif
