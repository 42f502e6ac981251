#include "Dispatch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static residual_isa detect(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        return RESIDUAL_ISA_AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return RESIDUAL_ISA_AVX2;
    }
#endif
    return RESIDUAL_ISA_PORTABLE;
}

static residual_isa choose(void) {
    residual_isa best = detect();
    const char *wanted = getenv("RESIDUAL_ISA");
    if (!wanted) return best;
    residual_isa asked = best;
    if (!strcmp(wanted, "portable")) asked = RESIDUAL_ISA_PORTABLE;
    if (!strcmp(wanted, "avx2")) asked = RESIDUAL_ISA_AVX2;
    return asked < best ? asked : best;
}

residual_isa residual_current_isa(void) {
    static _Atomic int chosen = -1;
    int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (isa < 0) {
        isa = choose();
        atomic_store_explicit(&chosen, isa, memory_order_relaxed);
    }
    return isa;
}

const char *residual_isa_name(void) {
    static const char *const names[] = {"portable", "avx2", "avx512"};
    return names[residual_current_isa()];
}
