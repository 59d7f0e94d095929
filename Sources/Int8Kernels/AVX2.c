// AVX2: products of two words in each of eight lanes, added in 32 bits.
//
// Bytes are widened to words first: the product of bytes that AVX2 has, vpmaddubsw, adds in 16
// bits, where it saturates.
#include "Internal.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define TAPS 2
#define ELEMENTS_DIFFER 1
#define ELEMENT_OFFSET 0
typedef int16_t element;
typedef int16_t weight;

#define CYCLES_OF_DOT 0.66
#define CYCLES_OF_DOT_WORDS 0.62
#define CYCLES_OF_REQUANTIZATION 3.5
#define CYCLES_OF_INPUT_TRANSFORM 170
#define CYCLES_OF_OUTPUT_TRANSFORM 170
#define CYCLES_OF_WEIGHT_BYTE 0.04

#include "Templates/X86_256.h"

ALWAYS_INLINE element element_of_byte(uint8_t byte) { return byte; }

ALWAYS_INLINE packed_weights broadcast(const element *values) { return broadcast_words(values); }

// Only of two products of -32768 by itself would vpmaddwd wrap, which neither bytes nor Winograd's
// transformed bytes are.
ALWAYS_INLINE sums dot_words(sums sum, packed_words values, packed_words weights) {
  return (sums)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)values, (__m256i)weights));
}

ALWAYS_INLINE sums dot(sums sum, packed_weights values, packed_weights weights) {
  return dot_words(sum, values, weights);
}

#include "Templates/Softmax.h"
#include "Templates/Direct.h"
#include "Templates/Depthwise.h"
#include "Templates/Quantize.h"
#include "Templates/Winograd.h"

const int8_instructions int8_avx2_instructions = {
    .name = "avx2",
    .convolutions = {&direct, &winograd, &depthwise},
    .softmax = softmax,
    .quantize = quantize,
};

#pragma clang attribute pop
#endif
