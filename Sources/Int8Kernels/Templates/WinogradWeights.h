// Weights at the points at which channels are multiplied.
#pragma once
#include "WinogradPlan.h"

/// The rows of the filter transform, scaled to whole numbers: all by 24 but the last, by 8, which
/// the output transform makes up for.
ALWAYS_INLINE void winograd_filter(const words w[3], words u[6]) {
  const words ends = (w[0] + w[2]) << 2, inner = w[1] << 2;
  const words outer = w[0] + (w[2] << 2), middle = w[1] << 1;
  u[0] = (w[0] << 2) + (w[0] << 1);
  u[1] = -(ends + inner);
  u[2] = inner - ends;
  u[3] = outer + middle;
  u[4] = outer - middle;
  u[5] = w[2] << 3;
}

static void winograd_pack(const int8_convolution *c, void *packed) {
  const winograd_plan p = winograd_plan_of(c);
  memset(packed, 0, winograd_packed_bytes(c));
  int32_t *bias = packed;
  float *multipliers = (float *)(bias + (size_t)p.blocks * LANES);
  int16_t *weights = (int16_t *)(multipliers + (size_t)p.blocks * LANES);
  memcpy(bias, c->bias, (size_t)c->output_channels * sizeof *bias);
  memcpy(multipliers, c->multipliers, (size_t)c->output_channels * sizeof *multipliers);
  const size_t channels = (size_t)c->channels;
  for (int32_t output = 0; output < c->output_channels; output += 1) {
    const int32_t block = output / LANES;
    int32_t first = 0;
    while (first + blocks_together(p.blocks - first) <= block) {
      first += blocks_together(p.blocks - first);
    }
    const size_t together = (size_t)blocks_together(p.blocks - first);
    const size_t step = together * LANES * WORD_TAPS, point = p.steps * step;
    int16_t *to = weights + (size_t)first * LANES * WORD_TAPS * p.steps * POINTS +
                  (size_t)(output - first * LANES) * WORD_TAPS;
    const int8_t *from = c->weights + (size_t)output * 9 * channels;
    for (size_t channel = 0; channel < channels; channel += WORDS) {
      const size_t count = channels - channel < WORDS ? channels - channel : WORDS;
      words w[9], rows[18], u[POINTS];
      UNROLL for (int i = 0; i < 9; i += 1) {
        int16_t wide[WORDS] = {0};
        const int8_t *narrow = from + (size_t)i * channels + channel;
        for (size_t k = 0; k < count; k += 1) wide[k] = narrow[k];
        memcpy(&w[i], wide, sizeof wide);
      }
      UNROLL for (int y = 0; y < 3; y += 1) winograd_filter(w + 3 * y, rows + 6 * y);
      UNROLL for (int x = 0; x < 6; x += 1) {
        const words column[3] = {rows[x], rows[6 + x], rows[12 + x]};
        words points[6];
        winograd_filter(column, points);
        UNROLL for (int y = 0; y < 6; y += 1) u[6 * y + x] = points[y];
      }
      for (size_t k = 0; k < POINTS; k += 1) {
        int16_t numbers[WORDS];
        memcpy(numbers, &u[k], sizeof numbers);
        int16_t *at = to + k * point + channel / WORD_TAPS * step;
        for (size_t i = 0; i < count; i += WORD_TAPS) {
          memcpy(at, numbers + i, WORD_TAPS * sizeof *at);
          at += step;
        }
      }
    }
  }
}
