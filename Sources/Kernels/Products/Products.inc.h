// All templates in order, and the table of their functions: what Products<ISA>.c compile.
#include "Lanes.h"
#include "ProductTable.h"

#include "MicroKernel.inc.h"
#include "Packing.inc.h"
#include "Gather.inc.h"
#include "WinogradTransforms.inc.h"
#include "ParityTransforms.inc.h"
#include "WinogradTiles.inc.h"
#include "WinogradProduct.inc.h"
#include "WinogradGradient.inc.h"
#include "Depthwise.inc.h"

#define TABLE_ENTRY(result, name, parameters, arguments) .name = name,
const residual_product_table PRODUCT_TABLE = {RESIDUAL_PRODUCT_FUNCTIONS(TABLE_ENTRY)};
