// Vectors of one instruction set, in the compiler's own vector arithmetic.
//
// A file of an instruction set defines, and then includes the templates:
//   LANES         32-bit lanes of a vector
//   TAPS          elements of the image that one product of the direct convolution adds to a lane
//   WORD_TAPS     16-bit elements that one product of words adds to a lane
//   MOST_BLOCKS   vectors of output channels that are summed at the same time: 1, 2 or 4
//   ACCUMULATORS  vectors of sums that stay in registers
//   element       how a byte of the image is kept for the direct convolution
//   weight        how a weight is kept beside it
//   ELEMENTS_DIFFER  whether elements are other than the bytes themselves
//   ELEMENT_OFFSET   by how much a byte is larger than its element
//   CYCLES_OF_..  what the parts of a convolution take, for the planner to choose by; measured on
//                 Zen 5 unless the file says otherwise
// and the functions `element_of_byte`, `broadcast`, `dot`, `broadcast_words`, `dot_words`,
// `clamped`, `smaller_reals`, `larger_reals`, `is_any_above`, `narrowed`, `nearest`, `look_up` in
// a `table_of_16` that `load_table` loads, and `sum_of_lanes`.
#pragma once
#include "../Internal.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
/// Keeps the compiler from carrying a pointer for each address that it sees `index` in: there are
/// more of them than registers.
#define KEEP_INDEX(index) __asm__("" : "+r"(index))
/// Elements of 16 bits in a vector.
#define WORDS (2 * LANES)

typedef int32_t sums __attribute__((vector_size(4 * LANES)));
typedef uint32_t wrapping_sums __attribute__((vector_size(4 * LANES)));
typedef float reals __attribute__((vector_size(4 * LANES)));
typedef int16_t words __attribute__((vector_size(2 * WORDS)));
typedef uint8_t lane_bytes __attribute__((vector_size(LANES)));
typedef uint8_t word_bytes __attribute__((vector_size(WORDS)));
/// Weights of one block of output channels, for one product.
typedef weight packed_weights __attribute__((vector_size(sizeof(weight) * TAPS * LANES)));
typedef int16_t packed_words __attribute__((vector_size(2 * WORD_TAPS * LANES)));

ALWAYS_INLINE sums load_sums(const int32_t *from) {
  sums value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE reals load_reals(const float *from) {
  reals value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE lane_bytes load_bytes(const uint8_t *from) {
  lane_bytes value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE sums larger(sums a, sums b) { return __builtin_elementwise_max(a, b); }
ALWAYS_INLINE sums smaller(sums a, sums b) { return __builtin_elementwise_min(a, b); }

/// How many vectors of output channels are summed together when so many are left.
ALWAYS_INLINE int32_t blocks_together(int32_t left) {
  if (MOST_BLOCKS >= 4 && left >= 4) return 4;
  if (MOST_BLOCKS >= 2 && left >= 2) return 2;
  return 1;
}

/// How often `blocks_together` is asked until none of `blocks` is left.
ALWAYS_INLINE int32_t block_groups(int32_t blocks) {
  int32_t count = 0;
  for (int32_t left = blocks; left > 0; left -= blocks_together(left)) count += 1;
  return count;
}

/// The first block of group `index` of those.
ALWAYS_INLINE int32_t first_block(int32_t blocks, int32_t index) {
  int32_t block = 0;
  for (; index > 0; index -= 1) block += blocks_together(blocks - block);
  return block;
}
