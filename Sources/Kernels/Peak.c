#include "Peak.h"

#include "Dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Ten independent chains cover the latency of two units (4 cycles each) with room to spare.
__attribute__((target("avx512f"))) static double peak_avx512(long rounds, float *sink) {
    __m512 sums[10];
    for (int i = 0; i < 10; i++) sums[i] = _mm512_set1_ps(sink[i % 4]);
    const __m512 factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(0.001f);
    for (long round = 0; round < rounds; round++) {
#pragma GCC unroll 10
        for (int i = 0; i < 10; i++) sums[i] = _mm512_fmadd_ps(sums[i], factor, term);
    }
    for (int i = 0; i < 10; i++) sink[i % 4] += _mm512_reduce_add_ps(sums[i]);
    return 2.0 * 16 * 10 * (double)rounds;
}

__attribute__((target("avx2,fma"))) static double peak_avx2(long rounds, float *sink) {
    __m256 sums[10];
    for (int i = 0; i < 10; i++) sums[i] = _mm256_set1_ps(sink[i % 4]);
    const __m256 factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(0.001f);
    for (long round = 0; round < rounds; round++) {
#pragma GCC unroll 10
        for (int i = 0; i < 10; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, term);
    }
    float lanes[8];
    for (int i = 0; i < 10; i++) {
        _mm256_storeu_ps(lanes, sums[i]);
        sink[i % 4] += lanes[0];
    }
    return 2.0 * 8 * 10 * (double)rounds;
}
#endif

static double peak_portable(long rounds, float *sink) {
    typedef float vector __attribute__((vector_size(16)));
    vector sums[10];
    for (int i = 0; i < 10; i++) sums[i] = (vector){sink[0], sink[1], sink[2], sink[3]};
    const vector factor = {0.999f, 0.999f, 0.999f, 0.999f};
    const vector term = {0.001f, 0.001f, 0.001f, 0.001f};
    for (long round = 0; round < rounds; round++) {
#pragma GCC unroll 10
        for (int i = 0; i < 10; i++) sums[i] = sums[i] * factor + term;
    }
    for (int i = 0; i < 10; i++) sink[i % 4] += sums[i][0];
    return 2.0 * 4 * 10 * (double)rounds;
}

double residual_peak_rounds(long rounds, float *sink) {
#if defined(__x86_64__)
    if (residual_current_isa() == RESIDUAL_ISA_AVX512) return peak_avx512(rounds, sink);
    if (residual_current_isa() == RESIDUAL_ISA_AVX2) return peak_avx2(rounds, sink);
#endif
    return peak_portable(rounds, sink);
}

// Four floats are what every processor has in a register. A core needs far fewer of them than it can
// load in order to wait for memory alone.
typedef float four_floats __attribute__((vector_size(16)));

float residual_read_floats(const float *x, long count) {
    const four_floats *v = (const four_floats *)x;
    four_floats sums[4] = {0};
    for (long i = 0; i < count / 4; i += 4) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) sums[j] += v[i + j];
    }
    const four_floats sum = sums[0] + sums[1] + sums[2] + sums[3];
    return sum[0] + sum[1] + sum[2] + sum[3];
}

void residual_stream_floats(const float *x, long count, float *y) {
    const four_floats *from = (const four_floats *)x;
    four_floats *to = (four_floats *)y;
    for (long i = 0; i < count / 4; i += 4) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
#if defined(__has_builtin) && __has_builtin(__builtin_nontemporal_store)
            __builtin_nontemporal_store(from[i + j], to + i + j);
#else
            to[i + j] = from[i + j];
#endif
        }
    }
}
