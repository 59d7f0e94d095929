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

/// Bytes of one vector of sums, as whole numbers.
ALWAYS_INLINE sums bytes_of(sums sum, reals multiplier, const requantization *q) {
  reals steps = __builtin_convertvector(sum, reals) * multiplier;
  return nearest(clamped(steps, q->minimum, q->maximum)) + q->zero;
}
