// Winograd in the compiler's own vector arithmetic, for a processor with no instruction set of its
// own here.
#include "Internal.h"

#define LANES 4
#define TAPS 1
#define WORD_TAPS 1
#define MOST_BLOCKS 2
#define ACCUMULATORS 8
typedef uint8_t element;
typedef int8_t weight;

#define CYCLES_OF_DOT_WORDS 1.5
#define CYCLES_OF_INPUT_TRANSFORM 190
#define CYCLES_OF_OUTPUT_TRANSFORM 350
#define CYCLES_OF_WEIGHT_BYTE 0.04

#include "Templates/Vectors.h"

ALWAYS_INLINE packed_words broadcast_words(const int16_t *value) {
  return (packed_words){} + *value;
}

ALWAYS_INLINE sums dot_words(sums sum, packed_words values, packed_words weights) {
  const sums products =
      __builtin_convertvector(values, sums) * __builtin_convertvector(weights, sums);
  return (sums)((wrapping_sums)sum + (wrapping_sums)products);
}

/// Lane by lane one of the two.
ALWAYS_INLINE reals chosen(sums chooses_a, reals a, reals b) {
  return (reals)((chooses_a & (sums)a) | (~chooses_a & (sums)b));
}

ALWAYS_INLINE reals smaller_reals(reals a, reals b) { return chosen(a < b, a, b); }
ALWAYS_INLINE reals larger_reals(reals a, reals b) { return chosen(a > b, a, b); }

ALWAYS_INLINE reals clamped(reals value, reals minimum, reals maximum) {
  return smaller_reals(larger_reals(value, minimum), maximum);
}

ALWAYS_INLINE bool is_any_above(reals a, float limit) {
  return __builtin_reduce_or(a > limit) != 0;
}

/// As int8_round does.
ALWAYS_INLINE sums nearest(reals value) {
  const float magic = 12582912.0f;
  return __builtin_convertvector((value + magic) - magic, sums);
}

ALWAYS_INLINE lane_bytes narrowed(sums bytes) {
  return __builtin_convertvector(smaller(bytes, (sums){} + 255), lane_bytes);
}

typedef struct {
  float entries[16];
} table_of_16;

ALWAYS_INLINE table_of_16 load_table(const float *from) {
  table_of_16 table;
  memcpy(table.entries, from, sizeof table.entries);
  return table;
}

ALWAYS_INLINE reals look_up(table_of_16 table, sums indices) {
  reals found;
  for (int lane = 0; lane < LANES; lane += 1) found[lane] = table.entries[indices[lane] & 15];
  return found;
}

ALWAYS_INLINE float sum_of_lanes(reals value) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane += 1) sum += value[lane];
  return sum;
}

#include "Templates/Softmax.h"
#include "Templates/Winograd.h"

const int8_instructions int8_portable_instructions = {
    .name = "portable",
    .convolutions = {&int8_portable_direct, &winograd, NULL},
    .softmax = softmax,
    .quantize = int8_quantize,
};
