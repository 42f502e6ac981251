// All templates in order, and the table of their functions: what Arrays<ISA>.c compile.
#include "ArrayTable.h"

#include "Vectors.inc.h"

#include "Functions.inc.h"

#include "Elementwise.inc.h"
#include "Dropout.inc.h"
#include "Reductions.inc.h"
#include "Movement.inc.h"
#include "ColumnPairs.inc.h"
#include "Normalization.inc.h"
#include "Windows.inc.h"
#include "Softmax.inc.h"
#include "Losses.inc.h"
#include "Updates.inc.h"

#define TABLE_ENTRY(name, parameters, arguments) .name = name,
const residual_array_table ARRAY_TABLE = {RESIDUAL_ARRAY_FUNCTIONS(TABLE_ENTRY)};
