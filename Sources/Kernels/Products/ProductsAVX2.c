// Matrix products and convolutions for AVX2 with FMA: 6×16 register tiles.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#define PRODUCT_TABLE residual_products_avx2
#define PRODUCT_TABLE_FLOAT32 residual_float32_products_avx2
#include "Products.inc.h"
#pragma clang attribute pop
#endif
