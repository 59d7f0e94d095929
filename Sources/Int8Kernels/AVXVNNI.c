// AVX-VNNI: products of four bytes, or of two words, in each of eight lanes, added in 32 bits,
// exactly.
#include "Internal.h"

#if defined(__x86_64__)
// Tuned as AVX512VNNI.c is: the compiler leaves vpdpwssd whole.
#pragma clang attribute push(__attribute__((target("avx2,avxvnni,tune=znver4"))), \
                             apply_to = function)

#define TAPS 4
#define ELEMENTS_DIFFER 0
#define ELEMENT_OFFSET 0
typedef uint8_t element;
typedef int8_t weight;

#define CYCLES_OF_DOT 0.56
#define CYCLES_OF_DOT_WORDS 0.51
#define CYCLES_OF_REQUANTIZATION 3.5
#define CYCLES_OF_INPUT_TRANSFORM 170
#define CYCLES_OF_OUTPUT_TRANSFORM 150
#define CYCLES_OF_WEIGHT_BYTE 0.04

#include "Templates/X86_256.h"

ALWAYS_INLINE element element_of_byte(uint8_t byte) { return byte; }

ALWAYS_INLINE packed_weights broadcast(const element *values) {
  int32_t four;
  memcpy(&four, values, sizeof four);
  return (packed_weights)_mm256_set1_epi32(four);
}

ALWAYS_INLINE sums dot(sums sum, packed_weights values, packed_weights weights) {
  return (sums)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)values, (__m256i)weights);
}

ALWAYS_INLINE sums dot_words(sums sum, packed_words values, packed_words weights) {
  return (sums)_mm256_dpwssd_avx_epi32((__m256i)sum, (__m256i)values, (__m256i)weights);
}

#include "Templates/Softmax.h"
#include "Templates/Direct.h"
#include "Templates/Depthwise.h"
#include "Templates/Quantize.h"
#include "Templates/Winograd.h"

const int8_instructions int8_avx_vnni_instructions = {
    .name = "avxvnni",
    .convolutions = {&direct, &winograd, &depthwise},
    .softmax = softmax,
    .quantize = quantize,
};

#pragma clang attribute pop
#endif
