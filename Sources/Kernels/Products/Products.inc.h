// All templates in order, and the tables of their functions: what Products<ISA>.c compile for Float32
// and Products<ISA>BFloat16.c for bfloat16. The including file says which tables:
// PRODUCT_TABLE_BFLOAT16, or PRODUCT_TABLE and PRODUCT_TABLE_FLOAT32.
#include "Lanes.h"
#include "ProductTable.h"

// The type of images' elements in templates that are compiled for both.
#if defined(PRODUCT_TABLE_BFLOAT16)
typedef residual_bfloat16 VALUE;
#else
typedef float VALUE;
#endif

#include "MicroKernel.inc.h"
#include "Packing.inc.h"
#include "Gather.inc.h"
#include "Bands.inc.h"
#include "GatherProduct.inc.h"
#include "GatherGradient.inc.h"
#include "WinogradTransforms.inc.h"
#include "ParityTransforms.inc.h"
#include "WinogradTiles.inc.h"
#include "WinogradProduct.inc.h"
#include "WinogradGradient.inc.h"

#define IN(x) const VALUE *x
#define OUT(x) VALUE *x
#define VALUE_TABLE_ENTRY(name, values, parameters, arguments) .name = name,
#if defined(PRODUCT_TABLE_BFLOAT16)
const residual_bfloat16_product_table PRODUCT_TABLE_BFLOAT16 = {
    RESIDUAL_PRODUCT_VALUE_FUNCTIONS(VALUE_TABLE_ENTRY)};
#else
const residual_float32_product_table PRODUCT_TABLE_FLOAT32 = {
    RESIDUAL_PRODUCT_VALUE_FUNCTIONS(VALUE_TABLE_ENTRY)};

#include "Depthwise.inc.h"

#define TABLE_ENTRY(result, name, parameters, arguments) .name = name,
const residual_product_table PRODUCT_TABLE = {RESIDUAL_PRODUCT_FUNCTIONS(TABLE_ENTRY)};
#endif
