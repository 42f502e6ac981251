// Vectors of the instruction set that the including file is compiled for, and of 16 channels.
//
// Everything in this folder that ends in `.inc.h` is a template: Products<ISA>.c include it with
// `LANES`, `TILE_ROWS` and the target attribute set, so that one text serves all instruction sets.
// Those that name the elements of images VALUE are compiled for Float32 and for bfloat16: LOAD16,
// STORE16 and their like are the only places where the two differ. All arithmetic is in Float32.
// Plain C with vector types: the compiler contracts a·b + c where the target has FMA.
#pragma once

#include <stdbool.h>
#include <string.h>

#include "Values.h"

// No vector crosses a call that is not inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define OVERLOADED __attribute__((overloadable))
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#define UNROLL_BY_4 _Pragma("clang loop unroll_count(4)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

// 16 channels: one AVX-512 register, two of AVX2, four of SSE or NEON. The `_memory` types are the
// same values at any address.
typedef float channels16 __attribute__((vector_size(64)));
typedef int channels16_mask __attribute__((vector_size(64)));
typedef float channels16_memory __attribute__((vector_size(64), aligned(4), may_alias));

// 16 elements of bfloat16 in memory.
typedef uint16_t halves16 __attribute__((vector_size(32)));
typedef uint16_t halves16_memory __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint32_t words16 __attribute__((vector_size(64)));

INLINE channels16 widened16(halves16 h) {
    return (channels16)(__builtin_convertvector(h, words16) << 16);
}

// To nearest, ties to even; NaN stays NaN, with its quiet bit set.
INLINE halves16 narrowed16(channels16 v) {
    words16 bits = (words16)v;
    words16 rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16, cut = (bits >> 16) | 0x40;
    words16 is_nan = (words16)(v != v);
    return __builtin_convertvector((is_nan & cut) | (~is_nan & rounded), halves16);
}

INLINE OVERLOADED channels16 LOAD16(const float *p) { return *(const channels16_memory *)p; }
INLINE OVERLOADED channels16 LOAD16(const residual_bfloat16 *p) {
    return widened16(*(const halves16_memory *)p);
}
INLINE OVERLOADED void STORE16(float *p, channels16 v) { *(channels16_memory *)p = v; }
INLINE OVERLOADED void STORE16(residual_bfloat16 *p, channels16 v) {
    *(halves16_memory *)p = narrowed16(v);
}

// Past the caches; the address is a multiple of the bytes that are written.
INLINE OVERLOADED void STREAM16(float *p, channels16 v) {
    __builtin_nontemporal_store(v, (channels16 *)p);
}
INLINE OVERLOADED void STREAM16(residual_bfloat16 *p, channels16 v) {
    __builtin_nontemporal_store(narrowed16(v), (halves16 *)p);
}

// One element; widening and narrowing as above.
INLINE OVERLOADED float LOAD1(const float *p) { return *p; }
INLINE OVERLOADED float LOAD1(const residual_bfloat16 *p) {
    union { uint32_t bits; float value; } one = {(uint32_t)p->bits << 16};
    return one.value;
}
INLINE OVERLOADED void STORE1(float *p, float v) { *p = v; }
INLINE OVERLOADED void STORE1(residual_bfloat16 *p, float v) {
    p->bits = narrowed16((channels16){v})[0];
}

// 0 where v < 0.
#define CUT16(v) ((channels16)((channels16_mask)(v) & ~((v) < 0.0f)))

#if LANES > 4 && defined(__x86_64__)
#include <immintrin.h>
#endif

// `count` ≤ 16 channels, the others 0; nothing behind them is touched. Where the compiler knows that
// they are 16, one load. (By address: vectors of 64 bytes cannot be passed below AVX-512.)
INLINE OVERLOADED void load_channels(const float *p, long count, channels16 *values) {
    if (count == 16) {
        *values = LOAD16(p);
        return;
    }
#if LANES == 16
    *values = (channels16)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif LANES == 8
    const __m256i first = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (int half = 0; half < 2; half++) {
        const __m256i left = _mm256_set1_epi32((int)count - 8 * half);
        _mm256_storeu_ps(
            (float *)values + 8 * half,
            _mm256_maskload_ps(p + 8 * half, _mm256_cmpgt_epi32(left, first)));
    }
#else
    *values = (channels16){0};
    for (long i = 0; i < count; i++) (*values)[i] = p[i];
#endif
}

INLINE OVERLOADED void load_channels(const residual_bfloat16 *p, long count, channels16 *values) {
    if (count == 16) {
        *values = LOAD16(p);
        return;
    }
    residual_bfloat16 first[16] = {0};
    memcpy(first, p, (size_t)count * sizeof *p);
    *values = LOAD16(first);
}

// Stores `count` ≤ 16 channels.
INLINE OVERLOADED void store_channels(float *p, const channels16 *values, long count) {
    if (count == 16) {
        STORE16(p, *values);
        return;
    }
#if LANES == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)*values);
#else
    for (long i = 0; i < count; i++) p[i] = (*values)[i];
#endif
}

INLINE OVERLOADED void store_channels(
    residual_bfloat16 *p, const channels16 *values, long count
) {
    if (count == 16) {
        STORE16(p, *values);
        return;
    }
    halves16 narrow = narrowed16(*values);
    memcpy(p, &narrow, (size_t)count * sizeof *p);
}

static inline long smaller(long a, long b) { return a < b ? a : b; }
static inline long larger(long a, long b) { return a > b ? a : b; }
static inline long rounded_up(long value, long step) { return (value + step - 1) / step * step; }
