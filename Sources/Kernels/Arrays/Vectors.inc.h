// Sixteen numbers at a time, whatever the instruction set: one register of AVX-512, two of AVX2,
// four of SSE or NEON. So one text serves all, and all add in the same order.
//
// Every `.inc.h` of this folder is a template that Arrays<ISA>.c include under a target attribute.
// Those that name the elements of tensors VALUE are compiled for Float32 and for bfloat16: `load`
// and `store` are the only places where the two differ.
// The compiler contracts a·b + c where the target has FMA: that is all that differs in results.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// No vector crosses a call that is not inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define OVERLOADED __attribute__((overloadable))

typedef float floats __attribute__((vector_size(64)));
typedef int32_t ints __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef uint64_t longs __attribute__((vector_size(128)));
typedef double doubles __attribute__((vector_size(128)));
typedef uint16_t halves __attribute__((vector_size(32)));
typedef float floats_anywhere __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t ints_anywhere __attribute__((vector_size(64), aligned(4), may_alias));
typedef double doubles_anywhere __attribute__((vector_size(128), aligned(8), may_alias));
typedef uint16_t halves_anywhere __attribute__((vector_size(32), aligned(2), may_alias));

INLINE floats widened(halves h) { return (floats)(__builtin_convertvector(h, words) << 16); }

// To nearest, ties to even; NaN stays NaN, with its quiet bit set.
INLINE halves narrowed(floats v) {
    words bits = (words)v;
    words rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16, cut = (bits >> 16) | 0x40;
    words is_nan = (words)(v != v);
    return __builtin_convertvector((is_nan & cut) | (~is_nan & rounded), halves);
}

// The first `count` of 16 elements, the others 0.
INLINE OVERLOADED floats load_first(const float *p, long count) {
#if defined(ARRAYS_HAVE_AVX512)
    return (floats)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif defined(ARRAYS_HAVE_AVX2)
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i wanted = _mm256_set1_epi32((int)count);
    __m256 parts[2] = {
        _mm256_maskload_ps(p, _mm256_cmpgt_epi32(wanted, places)),
        _mm256_maskload_ps(
            p + 8, _mm256_cmpgt_epi32(wanted, _mm256_add_epi32(places, _mm256_set1_epi32(8)))),
    };
    floats v;
    memcpy(&v, parts, sizeof v);
    return v;
#else
    floats v = {0};
    memcpy(&v, p, (size_t)count * sizeof *p);
    return v;
#endif
}

INLINE OVERLOADED floats load_first(const residual_bfloat16 *p, long count) {
#if defined(ARRAYS_HAVE_AVX512)
    return widened((halves)_mm256_maskz_loadu_epi16((__mmask16)((1u << count) - 1), p));
#else
    halves h = {0};
    memcpy(&h, p, (size_t)count * sizeof *p);
    return widened(h);
#endif
}

INLINE OVERLOADED void store_first(float *p, floats v, long count) {
#if defined(ARRAYS_HAVE_AVX512)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif defined(ARRAYS_HAVE_AVX2)
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i wanted = _mm256_set1_epi32((int)count);
    __m256 parts[2];
    memcpy(parts, &v, sizeof v);
    _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(wanted, places), parts[0]);
    _mm256_maskstore_ps(
        p + 8, _mm256_cmpgt_epi32(wanted, _mm256_add_epi32(places, _mm256_set1_epi32(8))),
        parts[1]);
#else
    memcpy(p, &v, (size_t)count * sizeof *p);
#endif
}

INLINE OVERLOADED void store_first(residual_bfloat16 *p, floats v, long count) {
    halves h = narrowed(v);
#if defined(ARRAYS_HAVE_AVX512)
    _mm256_mask_storeu_epi16(p, (__mmask16)((1u << count) - 1), (__m256i)h);
#else
    memcpy(p, &h, (size_t)count * sizeof *p);
#endif
}

// `left` elements or 16, whichever is less. Inlined into `FOR_VECTORS`, the choice costs nothing.
INLINE OVERLOADED floats load(const float *p, long left) {
    return left >= 16 ? *(const floats_anywhere *)p : load_first(p, left);
}

INLINE OVERLOADED floats load(const residual_bfloat16 *p, long left) {
    return left >= 16 ? widened(*(const halves_anywhere *)p) : load_first(p, left);
}

INLINE OVERLOADED void store(float *p, floats v, long left) {
    if (left >= 16) *(floats_anywhere *)p = v;
    else store_first(p, v, left);
}

INLINE OVERLOADED void store(residual_bfloat16 *p, floats v, long left) {
    if (left >= 16) *(halves_anywhere *)p = narrowed(v);
    else store_first(p, v, left);
}

INLINE OVERLOADED float element(const float *p) { return *p; }
INLINE OVERLOADED float element(const residual_bfloat16 *p) { return load_first(p, 1)[0]; }

// Past the caches; the address is a multiple of the bytes that are written.
INLINE OVERLOADED void stream(float *p, floats v) { __builtin_nontemporal_store(v, (floats *)p); }

INLINE OVERLOADED void stream(residual_bfloat16 *p, floats v) {
    __builtin_nontemporal_store(narrowed(v), (halves *)p);
}

INLINE ints load_ints(const int32_t *p, long left) {
    return left >= 16 ? *(const ints_anywhere *)p : (ints)load_first((const float *)p, left);
}

INLINE void store_ints(int32_t *p, ints v, long left) {
    if (left >= 16) *(ints_anywhere *)p = v;
    else store_first((float *)p, (floats)v, left);
}

// Runs the statements for i = 0, 16, … below count. In them `left` is the number of elements from i
// on, a constant 16 in all but the last, partial round.
#define FOR_VECTORS(i, count, ...) \
    do { \
        long i = 0; \
        for (; i + 16 <= (count); i += 16) { \
            const long left = 16; \
            (void)left; \
            __VA_ARGS__ \
        } \
        if (i < (count)) { \
            const long left = (count) - i; \
            __VA_ARGS__ \
        } \
    } while (0)

// sum[0 ..< count] += x, each of either type.
#define ADD_RUN(x, count, sum) \
    do { \
        const __typeof__(*(x)) *terms = (x); \
        __typeof__(*(sum)) *sums = (sum); \
        const long run_length = (count); \
        FOR_VECTORS(at, run_length, { \
            store(sums + at, load(sums + at, left) + load(terms + at, left), left); \
        }); \
    } while (0)

INLINE floats splat(float x) { return x - (floats){0}; }
INLINE ints splat_int(int32_t x) { return x - (ints){0}; }
INLINE floats minus(floats x) { return (floats)((ints)x ^ INT32_MIN); }
INLINE floats magnitude(floats x) { return (floats)((ints)x & INT32_MAX); }

// a where the mask is set, else b.
INLINE floats choose(ints mask, floats a, floats b) {
    return (floats)((mask & (ints)a) | (~mask & (ints)b));
}

INLINE ints choose_ints(ints mask, ints a, ints b) { return (mask & a) | (~mask & b); }

// a where the mask is set, else 0.
INLINE floats keep(ints mask, floats a) { return (floats)(mask & (ints)a); }

// The greater; NaN in x wins, and NaN in y stays.
INLINE floats greater(floats x, floats y) { return choose((x > y) | (x != x), x, y); }

INLINE ints places_below(long left) {
    const ints places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return places < (int32_t)(left < 16 ? left : 16);
}

// Folds halves together until one is left, always in the same order.
#define FOLD(combine, v) \
    do { \
        v = combine( \
            v, __builtin_shufflevector( \
                   v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)); \
        v = combine( \
            v, __builtin_shufflevector( \
                   v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)); \
        v = combine( \
            v, __builtin_shufflevector( \
                   v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)); \
        v = combine( \
            v, __builtin_shufflevector( \
                   v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)); \
    } while (0)

INLINE floats plus(floats a, floats b) { return a + b; }
INLINE doubles plus_double(doubles a, doubles b) { return a + b; }

INLINE float sum_of(floats v) {
    FOLD(plus, v);
    return v[0];
}

INLINE float greatest_of(floats v) {
    FOLD(greater, v);
    return v[0];
}

INLINE double sum_of_doubles(floats x) {
    doubles v = __builtin_convertvector(x, doubles);
    FOLD(plus_double, v);
    return v[0];
}
