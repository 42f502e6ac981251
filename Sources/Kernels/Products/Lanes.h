// Vectors of the instruction set that the including file is compiled for, and of 16 channels.
//
// Everything in this folder that ends in `.inc.h` is a template: Products<ISA>.c include it with
// `LANES`, `TILE_ROWS` and the target attribute set, so that one text serves all instruction sets.
// Plain C with vector types: the compiler contracts a·b + c where the target has FMA.
#pragma once

#include <stdbool.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#define UNROLL_BY_4 _Pragma("clang loop unroll_count(4)")

// 16 channels: one AVX-512 register, two of AVX2, four of SSE or NEON. The `_memory` types are the
// same values at any address.
typedef float channels16 __attribute__((vector_size(64)));
typedef int channels16_mask __attribute__((vector_size(64)));
typedef float channels16_memory __attribute__((vector_size(64), aligned(4), may_alias));

#define LOAD16(p) (*(const channels16_memory *)(p))
#define STORE16(p, value) (*(channels16_memory *)(p) = (value))

// Writes whole lines past the caches; the address is a multiple of 64 bytes.
#define STREAM16(p, value) __builtin_nontemporal_store((value), (channels16 *)(p))

// 0 where v < 0.
#define CUT16(v) ((channels16)((channels16_mask)(v) & ~((v) < 0.0f)))

static inline long smaller(long a, long b) { return a < b ? a : b; }
static inline long larger(long a, long b) { return a > b ? a : b; }
static inline long rounded_up(long value, long step) { return (value + step - 1) / step * step; }
