"""Numbers that this folder's scripts and the Swift tests compute alike (Formula.swift).

Element e of array k is a hash of both, so that weights and images need no files. Every step is
exact in float32 or rounds once.
"""

import numpy as np

GOLDEN = 0x9E3779B9


def hashes(k, count):
    """MurmurHash3's finaliser of e + k * GOLDEN, for e in 0..<count."""
    h = (np.arange(count, dtype=np.uint64) + k * GOLDEN).astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


def uniform(k, count):
    """Multiples of 2**-23 in [-1, 1)."""
    fractions = (hashes(k, count) >> np.uint32(8)).astype(np.float32)
    return fractions * np.float32(2**-23) - np.float32(1)


SAMPLE_COUNT = 64
PROJECTION_COUNT = 8


def samples(p, values):
    """What is kept of array p: 64 of its elements, 8 sums with random signs, and the norm.

    A wrong element anywhere changes the norm and all sums.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    if flat.size <= SAMPLE_COUNT:
        chosen = np.zeros(SAMPLE_COUNT)
        chosen[: flat.size] = flat
    else:
        chosen = flat[hashes(20_000 + p, SAMPLE_COUNT) % np.uint32(flat.size)]
    bits = hashes(30_000 + p, flat.size)
    projections = [
        np.where((bits >> np.uint32(q)) & np.uint32(1), flat, -flat).sum()
        for q in range(PROJECTION_COUNT)
    ]
    return np.concatenate([chosen, projections, [np.sqrt((flat**2).sum())]])


def philox_words(seed, purpose, epoch, index, count):
    """The first words of a stream of Philox4x32-10 with the product's key and counter layout."""
    blocks = (count + 3) // 4
    counter = [
        np.arange(blocks, dtype=np.uint64),
        np.full(blocks, purpose, dtype=np.uint64),
        np.full(blocks, epoch, dtype=np.uint64),
        np.full(blocks, index, dtype=np.uint64),
    ]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        a = counter[0] * np.uint64(0xD2511F53)
        b = counter[2] * np.uint64(0xCD9E8D57)
        high = np.uint64(32)
        counter = [
            (b >> high) ^ counter[1] ^ np.uint64(key[0]), b & low,
            (a >> high) ^ counter[3] ^ np.uint64(key[1]), a & low,
        ]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(counter, axis=1).reshape(-1)[:count]
