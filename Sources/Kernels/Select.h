// The table of functions for the instruction set in use, among tables named by it.
#pragma once

#include "Dispatch.h"

#if defined(__x86_64__)
#define RESIDUAL_SELECTED(table) \
    (residual_current_isa() == RESIDUAL_ISA_AVX512 ? &table##_avx512 \
     : residual_current_isa() == RESIDUAL_ISA_AVX2 ? &table##_avx2 \
                                                    : &table##_portable)
#define RESIDUAL_DECLARE_TABLES(type, table) \
    extern const type table##_portable, table##_avx2, table##_avx512;
#else
#define RESIDUAL_SELECTED(table) (&table##_portable)
#define RESIDUAL_DECLARE_TABLES(type, table) extern const type table##_portable;
#endif

// The body of a public function: the call of `name` in the tables of the elements of `values`.
#define RESIDUAL_CALL_BY_TYPE(tables, values, name, arguments) \
    do { \
        if (values.element == RESIDUAL_BFLOAT16) { \
            RESIDUAL_SELECTED(residual_bfloat16_##tables)->name arguments; \
        } else { \
            RESIDUAL_SELECTED(residual_float32_##tables)->name arguments; \
        } \
    } while (0)

// Lists of functions name the elements of tensors IN(x) and OUT(x) among the parameters and AT(x)
// among the arguments. Before a list is expanded, these are defined for the public functions, or for
// those of one type:
//
//   #define IN(x) residual_values x          #define IN(x) const VALUE *x
//   #define OUT(x) residual_values x         #define OUT(x) VALUE *x
//   #define AT(x) x.data                     (arguments are not used)
