// The public functions of Gemm.h and Convolution.h: each calls the version for the instruction set
// in use.
#include "Dispatch.h"
#include "ProductTable.h"

static const residual_product_table *products(void) {
#if defined(__x86_64__)
    switch (residual_current_isa()) {
    case RESIDUAL_ISA_AVX512: return &residual_products_avx512;
    case RESIDUAL_ISA_AVX2: return &residual_products_avx2;
    case RESIDUAL_ISA_PORTABLE: break;
    }
#endif
    return &residual_products_portable;
}

#define DEFINE_void(name, parameters, arguments) \
    void residual_##name parameters { products()->name arguments; }
#define DEFINE_long(name, parameters, arguments) \
    long residual_##name parameters { return products()->name arguments; }
#define DEFINE(result, name, parameters, arguments) DEFINE_##result(name, parameters, arguments)
RESIDUAL_PRODUCT_FUNCTIONS(DEFINE)
