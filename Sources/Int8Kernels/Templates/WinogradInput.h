// Channels of a tile at the points at which they are multiplied.
#pragma once
#include "WinogradPlan.h"

/// One dimension of the input transform.
ALWAYS_INLINE void winograd_input(const words *d, const int step, words *v, const int to) {
  const words d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
  const words even = d4 - (d2 << 2), odd = d3 - (d1 << 2);
  const words even_2 = d4 - d2, odd_2 = (d3 - d1) << 1;
  v[0] = (d[0] << 2) - d2 + even;
  v[to] = even + odd;
  v[2 * to] = even - odd;
  v[3 * to] = even_2 + odd_2;
  v[4 * to] = even_2 - odd_2;
  v[5 * to] = d[5 * step] - (d3 << 2) - odd;
}

typedef struct {
  const int8_convolution *c;
  const winograd_plan *p;
  const uint8_t *image;
  size_t row_bytes;
  int32_t rows, columns;
} winograd_image;

/// Transforms the channels of one tile; point k is written `point_step` elements behind k - 1.
static __attribute__((noinline)) void winograd_transform_tile(const winograd_image *m,
                                                              int32_t tile, int16_t *v,
                                                              size_t point_step) {
  const int32_t top = tile / m->p->tile_columns * 4, left = tile % m->p->tile_columns * 4;
  const size_t channels = (size_t)m->c->channels;
  // A tile may reach over the image's edge, where its pixels do not matter but must exist.
  const uint8_t *rows[6];
  size_t columns[6];
  UNROLL for (int i = 0; i < 6; i += 1) {
    const int32_t y = top + i < m->rows ? top + i : m->rows - 1;
    const int32_t x = left + i < m->columns ? left + i : m->columns - 1;
    rows[i] = m->image + (size_t)y * m->row_bytes;
    columns[i] = (size_t)x * channels;
  }
  for (size_t channel = 0; channel < channels; channel += WORDS) {
    words d[POINTS], w[POINTS];
    UNROLL for (int y = 0; y < 6; y += 1) {
      UNROLL for (int x = 0; x < 6; x += 1) {
        word_bytes bytes;
        memcpy(&bytes, rows[y] + columns[x] + channel, sizeof bytes);
        d[6 * y + x] = __builtin_convertvector(bytes, words);
      }
      winograd_input(d + 6 * y, 1, w + 6 * y, 1);
    }
    UNROLL for (int x = 0; x < 6; x += 1) winograd_input(w + x, 6, d + x, 6);
    UNROLL for (int k = 0; k < POINTS; k += 1) {
      memcpy(v + (size_t)k * point_step + channel, &d[k], sizeof d[k]);
    }
  }
}
