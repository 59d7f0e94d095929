#!/usr/bin/env python3
"""Prints the first words and normal deviates of the synthesis's random streams, for the tests.

An independent statement of SplitMix64 and of the seeding; run with python3 from anywhere.
"""

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mixed(bits):
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB & MASK
    return bits ^ (bits >> 31)


def words(seed, stream):
    state = mixed((seed + mixed((stream + GAMMA) & MASK)) & MASK)
    while True:
        state = (state + GAMMA) & MASK
        yield mixed(state)


def normal(source):
    three = [next(source) for _ in range(3)]
    parts = [word >> shift & 0xFFFF for word in three for shift in (0, 16, 32, 48)]
    return (sum(parts) + 6) / 65536 - 6


for seed, stream in ((0, 0), (7, 0), (7, 1), (MASK, MASK)):
    source = words(seed, stream)
    print(seed, stream, hex(next(source)), hex(next(source)), repr(normal(source)))
