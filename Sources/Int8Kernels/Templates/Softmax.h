// Softmax over the channels of a pixel, fast and yet the bytes of its definition.
//
// The definition (`int8_softmax`) looks up 256 exponentials and adds them one after another. Here
// an exponential is the product of two from tables of sixteen, sums are taken lane by lane, and a
// division becomes a multiplication: results differ by a little, and nearly always round to the
// same byte. A pixel with a result so near to a half that it might not is computed again, as the
// definition says.
#pragma once
#include "Vectors.h"
#include <float.h>

/// Channels that are computed like this; more are left to the definition.
#define SOFTMAX_CHANNELS 512
/// Pixels that are computed at the same time.
#define SOFTMAX_BATCH 8

typedef struct {
  /// exp of minus 0 to 15, and of minus 0, 16 .. 240 steps.
  float small[16], large[16];
  float steps_per_one;
  /// How far a result may be from the definition's, as a fraction of itself, and more:
  /// docs/softmax.md counts the roundings of both.
  float relative_error;
} softmax_tables;

static softmax_tables softmax_tables_of(size_t channels, const int8_channel_softmax *s) {
  softmax_tables t;
  for (int i = 0; i < 16; i += 1) {
    t.small[i] = s->exponentials[255 - i] / s->exponentials[255];
    t.large[i] = s->exponentials[255 - 16 * i] / s->exponentials[255];
  }
  t.steps_per_one = __builtin_floorf(1.0f / s->to.scale);
  t.relative_error = ((float)channels + 32) * 0x1p-23f;
  return t;
}

/// Some pixels of `vectors` vectors of channels; those with a byte in doubt stay as they are.
///
/// Each step is done for all pixels before the next: what one pixel waits for, another computes.
ALWAYS_INLINE uint32_t softmax_batch(const softmax_tables *t, const size_t pixels,
                                     const size_t vectors, int32_t zero, uint8_t *bytes) {
  int32_t largest[SOFTMAX_BATCH];
  float totals[SOFTMAX_BATCH];
  float exponentials[SOFTMAX_BATCH * SOFTMAX_CHANNELS];
  for (size_t p = 0; p < pixels; p += 1) {
    lane_bytes most = {0};
    for (size_t i = 0; i < vectors; i += 1) {
      most = __builtin_elementwise_max(most, load_bytes(bytes + (p * vectors + i) * LANES));
    }
    largest[p] = __builtin_reduce_max(most);
  }
  const table_of_16 small = load_table(t->small), large = load_table(t->large);
  for (size_t p = 0; p < pixels; p += 1) {
    reals total = {0};
    for (size_t i = 0; i < vectors; i += 1) {
      const size_t at = (p * vectors + i) * LANES;
      const sums steps = largest[p] - __builtin_convertvector(load_bytes(bytes + at), sums);
      const reals value = look_up(large, steps >> 4) * look_up(small, steps);
      total += value;
      memcpy(exponentials + at, &value, sizeof value);
    }
    totals[p] = sum_of_lanes(total);
  }
  uint32_t certain = 0;
  for (size_t p = 0; p < pixels; p += 1) {
    const float factor = t->steps_per_one / totals[p];
    lane_bytes results[SOFTMAX_CHANNELS / LANES];
    reals doubt = {0};
    for (size_t i = 0; i < vectors; i += 1) {
      const reals value = load_reals(exponentials + (p * vectors + i) * LANES) * factor;
      const reals steps = smaller_reals(value, (reals){0} + 512.0f);
      const sums whole = nearest(steps);
      const reals rest = steps - __builtin_convertvector(whole, reals);
      const reals distance = __builtin_elementwise_abs(rest) + steps * t->relative_error;
      doubt = larger_reals(doubt, distance);
      results[i] = narrowed(whole + zero);
    }
    // 10^-6: the roundings of the distance itself.
    if (is_any_above(doubt, 0.499999f)) continue;
    memcpy(bytes + p * vectors * LANES, results, vectors * LANES);
    certain |= 1u << p;
  }
  return certain;
}

#define SOFTMAX_PIXELS(name, vectors)                                                          \
  static __attribute__((noinline)) void name(const softmax_tables *t, size_t pixels,           \
                                             size_t channels, const int8_channel_softmax *s,   \
                                             uint8_t *bytes) {                                 \
    for (size_t first = 0; first < pixels; first += SOFTMAX_BATCH) {                           \
      const size_t left = pixels - first;                                                      \
      const size_t count = left < SOFTMAX_BATCH ? left : SOFTMAX_BATCH;                        \
      const uint32_t certain = softmax_batch(t, count, vectors, s->to.zero, bytes);            \
      for (size_t p = 0; p < count; p += 1, bytes += channels) {                               \
        if ((certain >> p & 1) != 0) continue;                                                 \
        int8_softmax(1, channels, 1, s->exponentials, s->to, bytes, bytes);                    \
      }                                                                                        \
    }                                                                                          \
  }
SOFTMAX_PIXELS(softmax_pixels_64, 64 / LANES)
SOFTMAX_PIXELS(softmax_pixels_128, 128 / LANES)
SOFTMAX_PIXELS(softmax_pixels, channels / LANES)

static void softmax(size_t pixels, size_t channels, const int8_channel_softmax *s,
                    uint8_t *bytes) {
  const softmax_tables tables = softmax_tables_of(channels, s);
  // What overflows in the definition does not here.
  const bool overflows = !(tables.steps_per_one * s->exponentials[255] <= FLT_MAX);
  if (channels % LANES != 0 || channels > SOFTMAX_CHANNELS || overflows) {
    int8_softmax(pixels, channels, 1, s->exponentials, s->to, bytes, bytes);
    return;
  }
  switch (channels) {
    case 64: softmax_pixels_64(&tables, pixels, channels, s, bytes); break;
    case 128: softmax_pixels_128(&tables, pixels, channels, s, bytes); break;
    default: softmax_pixels(&tables, pixels, channels, s, bytes); break;
  }
}
