// Reals to bytes: the network's inputs.
#pragma once
#include "Vectors.h"

/// The bytes of one vector of reals, as whole numbers: divided, clamped, rounded, then shifted.
ALWAYS_INLINE sums quantized_lanes(const float *from, int8_quantization to) {
  const float zero = (float)to.zero;
  const reals steps = load_reals(from) / to.scale;
  return nearest(clamped(steps, (reals){0} - zero, (reals){0} + (255 - zero))) + to.zero;
}

static void quantize(size_t planes, size_t pixels, int8_quantization to, const float *input,
                     uint8_t *output) {
  size_t pixel = 0;
  if (planes <= 4) {
    for (; pixel + LANES <= pixels; pixel += LANES) {
      // A lane holds the bytes of one pixel.
      wrapping_sums lanes = {0};
      for (size_t plane = 0; plane < planes; plane += 1) {
        const sums bytes = quantized_lanes(input + plane * pixels + pixel, to);
        lanes |= (wrapping_sums)bytes << (uint32_t)(8 * plane);
      }
      uint8_t bytes[4 * LANES];
      memcpy(bytes, &lanes, sizeof bytes);
      for (size_t lane = 0; lane < LANES; lane += 1) {
        for (size_t plane = 0; plane < planes; plane += 1) {
          *output++ = bytes[4 * lane + plane];
        }
      }
    }
  }
  for (; pixel < pixels; pixel += 1) {
    for (size_t plane = 0; plane < planes; plane += 1) {
      *output++ = int8_quantized(to, input[plane * pixels + pixel]);
    }
  }
}
