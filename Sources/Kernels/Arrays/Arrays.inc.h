// All templates in order, and the tables of their functions: what Arrays<ISA>.c compile for Float32 and
// Arrays<ISA>BFloat16.c for bfloat16. The including file says which tables: ARRAY_TABLE_BFLOAT16, or
// ARRAY_TABLE and ARRAY_TABLE_FLOAT32.
#include "ArrayTable.h"

#include "Vectors.inc.h"

// The type of tensors' elements in templates that are compiled for both.
#if defined(ARRAY_TABLE_BFLOAT16)
typedef residual_bfloat16 VALUE;
#else
typedef float VALUE;
#endif

#include "Functions.inc.h"

#include "Elementwise.inc.h"
#include "Dropout.inc.h"
#include "Movement.inc.h"
#include "ColumnPairs.inc.h"
#include "Normalization.inc.h"
#include "Windows.inc.h"

#define IN(x) const VALUE *x
#define OUT(x) VALUE *x
#define VALUE_TABLE_ENTRY(name, values, parameters, arguments) .name = name,
#if defined(ARRAY_TABLE_BFLOAT16)
const residual_bfloat16_array_table ARRAY_TABLE_BFLOAT16 = {
    RESIDUAL_ARRAY_VALUE_FUNCTIONS(VALUE_TABLE_ENTRY)};
#else
const residual_float32_array_table ARRAY_TABLE_FLOAT32 = {
    RESIDUAL_ARRAY_VALUE_FUNCTIONS(VALUE_TABLE_ENTRY)};

#include "Conversion.inc.h"
#include "Permutation.inc.h"
#include "Reductions.inc.h"
#include "Softmax.inc.h"
#include "Losses.inc.h"
#include "Updates.inc.h"

#define TABLE_ENTRY(name, parameters, arguments) .name = name,
const residual_array_table ARRAY_TABLE = {RESIDUAL_ARRAY_FUNCTIONS(TABLE_ENTRY)};
#endif
