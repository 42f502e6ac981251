// Matrix products and convolutions in plain C for the compiler's baseline (SSE2, NEON): 6×8
// register tiles.
#define LANES 4
#define TILE_ROWS 6
#define PRODUCT_TABLE residual_products_portable
#define PRODUCT_TABLE_FLOAT32 residual_float32_products_portable
#include "Products.inc.h"
