// NEON as every 64-bit ARM processor has it: smlal adds the product of two words in each of four
// lanes. Bytes are widened to words first.
#include "Internal.h"

#if defined(__aarch64__)

#define TAPS 1
#define ELEMENTS_DIFFER 1
#define ELEMENT_OFFSET 0
typedef int16_t element;
typedef int16_t weight;

// Estimated for a processor that begins one smlal in a cycle, and one other operation of vectors
// beside it, as Cortex-A72 does; not measured.
#define CYCLES_OF_DOT 1
#define CYCLES_OF_DOT_WORDS 1
#define CYCLES_OF_REQUANTIZATION 4
#define CYCLES_OF_INPUT_TRANSFORM 150
#define CYCLES_OF_OUTPUT_TRANSFORM 200
#define CYCLES_OF_WEIGHT_BYTE 0.04

#include "Templates/Neon.h"

ALWAYS_INLINE element element_of_byte(uint8_t byte) { return byte; }

ALWAYS_INLINE packed_weights broadcast(const element *value) { return broadcast_words(value); }

ALWAYS_INLINE sums dot(sums sum, packed_weights values, packed_weights weights) {
  return dot_words(sum, values, weights);
}

#include "Templates/Softmax.h"
#include "Templates/Direct.h"
#include "Templates/Depthwise.h"
#include "Templates/Quantize.h"
#include "Templates/Winograd.h"

const int8_instructions int8_neon_instructions = {
    .name = "neon",
    .convolutions = {&direct, &winograd, &depthwise},
    .softmax = softmax,
    .quantize = quantize,
};

#endif
