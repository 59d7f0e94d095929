// Reals to bytes: the network's inputs.
#pragma once
#include "Vectors.h"

/// The bytes of one vector of reals, as whole numbers: divided, clamped, rounded, then shifted.
ALWAYS_INLINE sums quantized_lanes(const float *from, int8_quantization to) {
  const float zero = (float)to.zero;
  const reals steps = load_reals(from) / to.scale;
  return nearest(clamped(steps, (reals){0} - zero, (reals){0} + (255 - zero))) + to.zero;
}

/// Bytes of a quarter of the widest vector: four pixels of four bytes each.
typedef uint8_t four_pixels __attribute__((vector_size(16)));

/// Vectors of pixels of three planes, such as an image's; returns how many pixels are written.
static size_t quantize_three(size_t pixels, int8_quantization to, const float *input,
                             uint8_t *output) {
  size_t pixel = 0;
  // What is stored reaches four bytes over, which later pixels write again.
  for (; pixel + LANES + 2 <= pixels; pixel += LANES) {
    // A lane holds the bytes of one pixel.
    wrapping_sums lanes = (wrapping_sums)quantized_lanes(input + pixel, to);
    lanes |= (wrapping_sums)quantized_lanes(input + pixels + pixel, to) << 8;
    lanes |= (wrapping_sums)quantized_lanes(input + 2 * pixels + pixel, to) << 16;
    UNROLL for (int i = 0; i < LANES / 4; i += 1) {
      four_pixels four;
      memcpy(&four, (const uint8_t *)&lanes + 16 * i, sizeof four);
      four = __builtin_shufflevector(four, four, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1,
                                     -1, -1);
      memcpy(output + 12 * i, &four, sizeof four);
    }
    output += 3 * LANES;
  }
  return pixel;
}

static void quantize(size_t planes, size_t pixels, int8_quantization to, const float *input,
                     uint8_t *output) {
  size_t pixel = planes == 3 ? quantize_three(pixels, to, input, output) : 0;
  output += planes * pixel;
  for (; pixel < pixels; pixel += 1) {
    for (size_t plane = 0; plane < planes; plane += 1) {
      *output++ = int8_quantized(to, input[plane * pixels + pixel]);
    }
  }
}
