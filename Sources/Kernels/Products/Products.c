// The public functions of Gemm.h and Convolution.h: each calls the version for the instruction set
// in use and, where tensors of either type are taken, for the type.
#include "ProductTable.h"

#define DEFINE_void(name, parameters, arguments) \
    void residual_##name parameters { RESIDUAL_SELECTED(residual_products)->name arguments; }
#define DEFINE_long(name, parameters, arguments) \
    long residual_##name parameters { return RESIDUAL_SELECTED(residual_products)->name arguments; }
#define DEFINE(result, name, parameters, arguments) DEFINE_##result(name, parameters, arguments)
RESIDUAL_PRODUCT_FUNCTIONS(DEFINE)

#define IN(x) residual_values x
#define OUT(x) residual_values x
#define AT(x) x.data
#define DEFINE_VALUES(name, values, parameters, arguments) \
    void residual_##name parameters { \
        RESIDUAL_CALL_BY_TYPE(products, values, name, arguments); \
    }
RESIDUAL_PRODUCT_VALUE_FUNCTIONS(DEFINE_VALUES)
