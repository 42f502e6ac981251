// The public functions of Values.h, Elementwise.h, Reductions.h, Movement.h, Normalization.h,
// Pooling.h, Losses.h and Updates.h: each calls the version for the instruction set in use and, where
// tensors of either type are taken, for the type.
#include "ArrayTable.h"

#include <math.h>

#define DEFINE(name, parameters, arguments) \
    void residual_##name parameters { RESIDUAL_SELECTED(residual_arrays)->name arguments; }
RESIDUAL_ARRAY_FUNCTIONS(DEFINE)

#define IN(x) residual_values x
#define OUT(x) residual_values x
#define AT(x) x.data
#define DEFINE_VALUES(name, values, parameters, arguments) \
    void residual_##name parameters { \
        RESIDUAL_CALL_BY_TYPE(arrays, values, name, arguments); \
    }
RESIDUAL_ARRAY_VALUE_FUNCTIONS(DEFINE_VALUES)

double residual_reduction_start(residual_reduction function) {
    return function == RESIDUAL_MAXIMUM ? -INFINITY : 0;
}
