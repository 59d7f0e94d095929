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

ALWAYS_INLINE void store_lanes(uint8_t *to, sums bytes, int32_t channels) {
  const lane_bytes narrow = __builtin_convertvector(bytes, lane_bytes);
  if (channels >= LANES) {
    memcpy(to, &narrow, LANES);
  } else {
    memcpy(to, &narrow, (size_t)channels);
  }
}

#ifndef HAS_OWN_STORE
/// Stores the bytes of one pixel: `channels` of them, of `blocks` vectors of sums.
ALWAYS_INLINE void store_pixel(uint8_t *to, const sums *sum, const int blocks,
                               const reals *multipliers, const requantization *q,
                               int32_t channels) {
  UNROLL for (int b = 0; b < blocks; b += 1) {
    const int32_t left = channels - b * LANES;
    store_lanes(to + b * LANES, bytes_of(sum[b], multipliers[b], q), left);
  }
}
#endif
