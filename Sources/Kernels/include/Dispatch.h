// Which instruction set runs: found once from the processor, or forced for tests.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    RESIDUAL_ISA_PORTABLE = 0, // plain C: whatever the compiler's baseline has
    RESIDUAL_ISA_AVX2 = 1,     // AVX2 + FMA
    RESIDUAL_ISA_AVX512 = 2,   // AVX-512 F, BW, VL, DQ
} residual_isa;

/// The instruction set in use. The environment variable RESIDUAL_ISA (portable, avx2, avx512) lowers
/// it; it never raises it above what the processor has.
residual_isa residual_current_isa(void);

/// "portable", "avx2" or "avx512".
const char *residual_isa_name(void);

/// Tells the processor that this is a spinning loop.
static inline void residual_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif
