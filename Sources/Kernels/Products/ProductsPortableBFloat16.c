// Convolutions of bfloat16 for the compiler's baseline (SSE2, NEON).
#define LANES 4
#define TILE_ROWS 6
#define PRODUCT_TABLE_BFLOAT16 residual_bfloat16_products_portable
#include "Products.inc.h"
