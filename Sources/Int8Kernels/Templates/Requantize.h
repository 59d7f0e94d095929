// From sums of products to bytes.
#pragma once
#include "Vectors.h"

/// What all channels of a convolution's output share.
typedef struct {
  /// The smallest and largest number of steps, before the zero point is added.
  reals minimum, maximum;
  int32_t zero;
  uint8_t smallest;
} requantization;

ALWAYS_INLINE requantization requantization_of(const int8_convolution *c) {
  requantization q;
  const float minimum = (float)((int32_t)c->output_minimum - (int32_t)c->output_zero);
  const float maximum = (float)(255 - (int32_t)c->output_zero);
  q.minimum = (reals){} + minimum;
  q.maximum = (reals){} + maximum;
  q.zero = c->output_zero;
  q.smallest = c->output_minimum;
  return q;
}

/// Bytes of one block, as whole numbers.
ALWAYS_INLINE sums bytes_of(sums sum, reals multiplier, const requantization *q) {
  reals steps = __builtin_convertvector(sum, reals) * multiplier;
  return nearest(clamped(steps, q->minimum, q->maximum)) + q->zero;
}

#if LANES <= 8
/// Stores the bytes of the first `channels` lanes, or of all.
ALWAYS_INLINE void store_lanes(uint8_t *to, lane_bytes bytes, int32_t channels) {
  if (channels >= LANES) {
    memcpy(to, &bytes, LANES);
    return;
  }
  // By halves: a call of memcpy for few bytes takes longer than all the rest.
  uint64_t left = 0;
  memcpy(&left, &bytes, LANES < 8 ? LANES : 8);
  if ((channels & 4) != 0) {
    memcpy(to, &left, 4);
    to += 4;
    left >>= 32;
  }
  if ((channels & 2) != 0) {
    memcpy(to, &left, 2);
    to += 2;
    left >>= 16;
  }
  if ((channels & 1) != 0) *to = (uint8_t)left;
}
#endif

#ifndef HAS_OWN_STORE
/// Stores the bytes of one pixel: `channels` of them, of `blocks` vectors of sums.
ALWAYS_INLINE void store_pixel(uint8_t *to, const sums *sum, const int blocks,
                               const reals *multipliers, const requantization *q,
                               int32_t channels) {
  UNROLL for (int b = 0; b < blocks; b += 1) {
    const int32_t left = channels - b * LANES;
    store_lanes(to + b * LANES, narrowed(bytes_of(sum[b], multipliers[b], q)), left);
  }
}
#endif
