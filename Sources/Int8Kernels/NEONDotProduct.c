// NEON with the dot product: sdot adds four products of bytes in each of four lanes, exactly.
#include "Internal.h"

#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define TAPS 4
// Both factors of sdot are signed: the image's bytes are kept 128 smaller, which the bias makes up
// for. (usdot would take them as they are, but fewer processors have it.)
#define ELEMENTS_DIFFER 1
#define ELEMENT_OFFSET 128
typedef int8_t element;
typedef int8_t weight;

// Estimated for a processor that begins two sdot in a cycle but one smlal, as Cortex-A76 does; not
// measured. There Winograd has no advantage over sixteen products at once.
#define CYCLES_OF_DOT 0.63
#define CYCLES_OF_DOT_WORDS 1
#define CYCLES_OF_REQUANTIZATION 4
#define CYCLES_OF_INPUT_TRANSFORM 150
#define CYCLES_OF_OUTPUT_TRANSFORM 200
#define CYCLES_OF_WEIGHT_BYTE 0.04

#include "Templates/Neon.h"

ALWAYS_INLINE element element_of_byte(uint8_t byte) { return (int8_t)(byte ^ 0x80); }

ALWAYS_INLINE packed_weights broadcast(const element *values) {
  int32_t four;
  memcpy(&four, values, sizeof four);
  return (packed_weights)vdupq_n_s32(four);
}

ALWAYS_INLINE sums dot(sums sum, packed_weights values, packed_weights weights) {
  return (sums)vdotq_s32((int32x4_t)sum, (int8x16_t)values, (int8x16_t)weights);
}

#include "Templates/Softmax.h"
#include "Templates/Direct.h"
#include "Templates/Depthwise.h"
#include "Templates/Quantize.h"
#include "Templates/Winograd.h"

const int8_instructions int8_neon_dot_product_instructions = {
    .name = "neondot",
    .convolutions = {&direct, &winograd, &depthwise},
    .softmax = softmax,
    .quantize = quantize,
};

#pragma clang attribute pop
#endif
