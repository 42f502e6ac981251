// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), sixteen
// blocks at a time.

INLINE void multiply_full(words a, uint32_t b, words *high, words *low) {
    longs product = __builtin_convertvector(a, longs) * (uint64_t)b;
    *high = __builtin_convertvector(product >> 32, words);
    *low = a * b;
}

// Words 0 to 3 of sixteen consecutive blocks from block `first` on.
INLINE void philox(residual_philox stream, uint32_t first, words w[4]) {
    const words places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const words zero = {0};
    w[0] = places + first;
    w[1] = zero + stream.counter1;
    w[2] = zero + stream.counter2;
    w[3] = zero + stream.counter3;
    uint32_t key0 = stream.key0, key1 = stream.key1;
    for (int round = 0; round < 10; round++) {
        words high0, low0, high2, low2;
        multiply_full(w[0], 0xD2511F53u, &high0, &low0);
        multiply_full(w[2], 0xCD9E8D57u, &high2, &low2);
        w[0] = high2 ^ w[1] ^ key0;
        w[1] = low2;
        w[2] = high0 ^ w[3] ^ key1;
        w[3] = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

#define INTERLEAVE_LOW(a, b) \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH(a, b) \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// From word by word to block by block.
INLINE void interleave(words w[4]) {
    words even[2] = {INTERLEAVE_LOW(w[0], w[2]), INTERLEAVE_HIGH(w[0], w[2])};
    words odd[2] = {INTERLEAVE_LOW(w[1], w[3]), INTERLEAVE_HIGH(w[1], w[3])};
    w[0] = INTERLEAVE_LOW(even[0], odd[0]);
    w[1] = INTERLEAVE_HIGH(even[0], odd[0]);
    w[2] = INTERLEAVE_LOW(even[1], odd[1]);
    w[3] = INTERLEAVE_HIGH(even[1], odd[1]);
}

static void dropout(
    const VALUE *x, residual_philox stream, long first, uint32_t threshold, float scale, long count,
    VALUE *y
) {
    for (long i = 0; i < count; i += 64) {
        words w[4];
        philox(stream, (uint32_t)((first + i) / 4), w);
        interleave(w);
        for (long j = 0; j < 4 && i + j * 16 < count; j++) {
            long at = i + j * 16, left = count - at;
            store(y + at, keep((ints)(w[j] >= threshold), load(x + at, left) * scale), left);
        }
    }
}
