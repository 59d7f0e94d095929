// What the two instruction sets of 64-bit ARM share: vectors of 128 bits, 32 registers.
#pragma once
#include <arm_neon.h>

#define LANES 4
#define WORD_TAPS 1
#define MOST_BLOCKS 4
#define ACCUMULATORS 24

#include "Vectors.h"

ALWAYS_INLINE packed_words broadcast_words(const int16_t *value) {
  return (packed_words)vld1_dup_s16(value);
}

ALWAYS_INLINE sums dot_words(sums sum, packed_words values, packed_words weights) {
  return (sums)vmlal_s16((int32x4_t)sum, (int16x4_t)values, (int16x4_t)weights);
}

/// NaN becomes the minimum.
ALWAYS_INLINE reals clamped(reals value, reals minimum, reals maximum) {
  return (reals)vminnmq_f32(vmaxnmq_f32((float32x4_t)value, (float32x4_t)minimum),
                            (float32x4_t)maximum);
}

ALWAYS_INLINE reals smaller_reals(reals a, reals b) {
  return (reals)vminnmq_f32((float32x4_t)a, (float32x4_t)b);
}

ALWAYS_INLINE reals larger_reals(reals a, reals b) {
  return (reals)vmaxnmq_f32((float32x4_t)a, (float32x4_t)b);
}

ALWAYS_INLINE bool is_any_above(reals a, float limit) {
  return vmaxvq_u32(vcgtq_f32((float32x4_t)a, vdupq_n_f32(limit))) != 0;
}

ALWAYS_INLINE lane_bytes narrowed(sums bytes) {
  const uint16x4_t half = vqmovun_s32((int32x4_t)bytes);
  const uint32x2_t all = vreinterpret_u32_u8(vqmovn_u16(vcombine_u16(half, half)));
  return (lane_bytes)vget_lane_u32(all, 0);
}

ALWAYS_INLINE sums nearest(reals value) { return (sums)vcvtnq_s32_f32((float32x4_t)value); }

typedef uint8x16x4_t table_of_16;

ALWAYS_INLINE table_of_16 load_table(const float *from) {
  return vld1q_u8_x4((const uint8_t *)from);
}

ALWAYS_INLINE reals look_up(table_of_16 table, sums indices) {
  // The places of an entry's four bytes.
  const uint32x4_t entry = vandq_u32((uint32x4_t)indices, vdupq_n_u32(15));
  const uint32x4_t places = vmlaq_n_u32(vdupq_n_u32(0x03020100), entry, 0x04040404);
  return (reals)vqtbl4q_u8(table, vreinterpretq_u8_u32(places));
}

ALWAYS_INLINE float sum_of_lanes(reals value) { return vaddvq_f32((float32x4_t)value); }

#define HAS_OWN_STORE
#include "Requantize.h"

ALWAYS_INLINE void store_vectors(uint8_t *to, const sums *sum, const int count,
                                 const reals *multipliers, const int blocks,
                                 const requantization *q) {
  UNROLL for (int i = 0; i + 4 <= count; i += 4) {
    uint16x4_t words[4];
    UNROLL for (int k = 0; k < 4; k += 1) {
      words[k] = vqmovun_s32((int32x4_t)bytes_of(sum[i + k], multipliers[(i + k) % blocks], q));
    }
    vst1q_u8(to + i * LANES, vcombine_u8(vmovn_u16(vcombine_u16(words[0], words[1])),
                                         vmovn_u16(vcombine_u16(words[2], words[3]))));
  }
  UNROLL for (int i = count / 4 * 4; i < count; i += 1) {
    const lane_bytes bytes = narrowed(bytes_of(sum[i], multipliers[i % blocks], q));
    memcpy(to + i * LANES, &bytes, sizeof bytes);
  }
}

ALWAYS_INLINE void store_four(uint8_t *const to[4], const sums *sum, reals multiplier,
                              const requantization *q) {
  UNROLL for (int i = 0; i < 4; i += 1) store_vectors(to[i], &sum[i], 1, &multiplier, 1, q);
}
