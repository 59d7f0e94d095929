// From sums of products to bytes.
#pragma once
#include "Vectors.h"

/// What all channels of a convolution's output share.
typedef struct requantization {
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

/// Bytes of one vector of sums, as whole numbers.
ALWAYS_INLINE sums bytes_of(sums sum, reals multiplier, const requantization *q) {
  reals steps = __builtin_convertvector(sum, reals) * multiplier;
  return nearest(clamped(steps, q->minimum, q->maximum)) + q->zero;
}

#ifndef HAS_OWN_STORE
/// Stores the bytes of `count` vectors of sums behind each other; multipliers repeat after `blocks`.
ALWAYS_INLINE void store_vectors(uint8_t *to, const sums *sum, const int count,
                                 const reals *multipliers, const int blocks,
                                 const requantization *q) {
  UNROLL for (int i = 0; i < count; i += 1) {
    const lane_bytes bytes = narrowed(bytes_of(sum[i], multipliers[i % blocks], q));
    memcpy(to + i * LANES, &bytes, sizeof bytes);
  }
}
#endif

/// Stores the bytes of one pixel: `channels` of them, of `blocks` vectors of sums.
ALWAYS_INLINE void store_pixel(uint8_t *to, const sums *sum, const int blocks,
                               const reals *multipliers, const requantization *q,
                               int32_t channels) {
  if (channels == blocks * LANES) {
    store_vectors(to, sum, blocks, multipliers, blocks, q);
    return;
  }
  UNROLL for (int b = 0; b < blocks; b += 1) {
    const int32_t left = channels - b * LANES;
    if (left <= 0) return;
    const lane_bytes bytes = narrowed(bytes_of(sum[b], multipliers[b], q));
    memcpy(to + b * LANES, &bytes, left < LANES ? (size_t)left : LANES);
  }
}
