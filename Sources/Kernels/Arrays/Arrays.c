// The public functions of Elementwise.h, Reductions.h, Movement.h, Normalization.h, Pooling.h,
// Losses.h and Updates.h: each calls the version for the instruction set in use.
#include "ArrayTable.h"
#include "Dispatch.h"

#include <math.h>

static const residual_array_table *arrays(void) {
#if defined(__x86_64__)
    switch (residual_current_isa()) {
    case RESIDUAL_ISA_AVX512: return &residual_arrays_avx512;
    case RESIDUAL_ISA_AVX2: return &residual_arrays_avx2;
    case RESIDUAL_ISA_PORTABLE: break;
    }
#endif
    return &residual_arrays_portable;
}

#define DEFINE(name, parameters, arguments) \
    void residual_##name parameters { arrays()->name arguments; }
RESIDUAL_ARRAY_FUNCTIONS(DEFINE)

double residual_reduction_start(residual_reduction function) {
    return function == RESIDUAL_MAXIMUM ? -INFINITY : 0;
}
