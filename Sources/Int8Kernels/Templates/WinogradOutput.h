// From the sums at all points to a tile's bytes.
#pragma once
#include "Store.h"
#include "WinogradPlan.h"

/// One dimension of the output transform.
ALWAYS_INLINE void winograd_output(const wrapping_sums *m, const int step, wrapping_sums *y,
                                   const int to) {
  const wrapping_sums p = m[step] + m[2 * step], q = m[step] - m[2 * step];
  const wrapping_sums r = m[3 * step] + m[4 * step], s = m[3 * step] - m[4 * step];
  const wrapping_sums last = m[5 * step];
  y[0] = m[0] + p + r;
  y[to] = q + (s << 1);
  y[2 * to] = p + (r << 2);
  y[3 * to] = (q + (s << 3)) + (last + (last << 1));
}

/// 576 times a sum, modulo 2^32, times the inverse of 9: 64 times the sum, which as a signed number
/// is ordered as the sums are.
ALWAYS_INLINE sums winograd_ninth(wrapping_sums y) { return (sums)(y * 0x38E38E39u); }

typedef struct {
  const int8_convolution *c;
  const winograd_plan *p;
  requantization q;
  const int32_t *bias;
  const float *multipliers;
  /// Bytes of the strip's pixels where a softmax follows, [tile][quarter][pixel][channel].
  uint8_t *strip;
  uint8_t *output;
} winograd_job;

/// Where the stored pixels of a tile begin, or null over the output's edge: quarter by quarter by
/// fours, or of each quarter the one that its four are pooled to.
ALWAYS_INLINE void winograd_pixels(const winograd_job *j, int32_t tile, uint8_t *pixels[16]) {
  const int8_convolution *c = j->c;
  const int32_t pools = c->pools ? 1 : 0, side = 4 >> pools;
  const int32_t rows = c->output_rows >> pools, columns = c->output_columns >> pools;
  const int32_t top = tile / j->p->tile_columns * side, left = tile % j->p->tile_columns * side;
  const size_t pixel = (size_t)c->output_pixel_bytes;
  uint8_t *const first = j->output + ((size_t)top * (size_t)columns + (size_t)left) * pixel;
  for (int32_t i = 0; i < side * side; i += 1) {
    const int32_t row = c->pools ? i / 2 : i / 8 * 2 + i / 2 % 2;
    const int32_t column = c->pools ? i % 2 : i / 4 % 2 * 2 + i % 2;
    const bool is_inside = top + row < rows && left + column < columns;
    pixels[i] = is_inside ? first + (size_t)(row * columns + column) * pixel : NULL;
  }
}

/// Stores the bytes of one block of four pixels.
ALWAYS_INLINE void winograd_store(const winograd_job *j, uint8_t *const pixels[4], int32_t block,
                                  const sums *sum, reals multiplier) {
  const int32_t left = j->c->output_channels - block * LANES;
  uint8_t nowhere[LANES];
  uint8_t *to[4];
  UNROLL for (int i = 0; i < 4; i += 1) {
    to[i] = pixels[i] == NULL ? nowhere : pixels[i] + block * LANES;
  }
  if (left >= LANES) {
    store_four(to, sum, multiplier, &j->q);
    return;
  }
  UNROLL for (int i = 0; i < 4; i += 1) store_pixel(to[i], &sum[i], 1, &multiplier, &j->q, left);
}

/// Transforms one block of output channels of one tile back, and stores its bytes.
ALWAYS_INLINE void winograd_finish_block(const winograd_job *j, uint8_t *const pixels[16],
                                         int32_t block, const int32_t *from, int32_t blocks,
                                         const bool pooled) {
  wrapping_sums m[POINTS], w[24], y[16];
  UNROLL for (int k = 0; k < POINTS; k += 1) {
    memcpy(&m[k], from + (size_t)k * (size_t)blocks * LANES, sizeof m[k]);
  }
  UNROLL for (int x = 0; x < 6; x += 1) winograd_output(m + x, 6, w + x, 6);
  UNROLL for (int row = 0; row < 4; row += 1) winograd_output(w + 6 * row, 1, y + 4 * row, 1);
  const wrapping_sums bias = (wrapping_sums)load_sums(j->bias + block * LANES);
  const reals multiplier = load_reals(j->multipliers + block * LANES);
  sums largest[4];
  UNROLL for (int quarter = 0; quarter < 4; quarter += 1) {
    const int first = quarter / 2 * 8 + quarter % 2 * 2;
    sums s[4];
    UNROLL for (int i = 0; i < 4; i += 1) s[i] = winograd_ninth(y[first + i / 2 * 4 + i % 2]);
    if (pooled) {
      const sums most = larger(larger(s[0], s[1]), larger(s[2], s[3]));
      largest[quarter] = (sums)((wrapping_sums)(most >> 6) + bias);
      continue;
    }
    UNROLL for (int i = 0; i < 4; i += 1) s[i] = (sums)((wrapping_sums)(s[i] >> 6) + bias);
    winograd_store(j, pixels + 4 * quarter, block, s, multiplier);
  }
  if (pooled) winograd_store(j, pixels, block, largest, multiplier);
}

static __attribute__((noinline)) void winograd_finish_tile(const winograd_job *j, int32_t tile,
                                                           size_t tile_of_strip, int32_t block,
                                                           const int32_t *from, int32_t blocks) {
  uint8_t *pixels[16];
  if (j->strip == NULL) {
    winograd_pixels(j, tile, pixels);
  } else {
    const size_t channels = (size_t)j->c->output_channels;
    for (size_t i = 0; i < 16; i += 1) pixels[i] = j->strip + (tile_of_strip * 16 + i) * channels;
  }
  const bool pooled = j->c->pools && j->strip == NULL;
  for (int32_t b = 0; b < blocks; b += 1) {
    const int32_t *sums_of_block = from + b * LANES;
    if (pooled) {
      winograd_finish_block(j, pixels, block + b, sums_of_block, blocks, true);
    } else {
      winograd_finish_block(j, pixels, block + b, sums_of_block, blocks, false);
    }
  }
}

/// Softmax over the strip's pixels, pooling, and where they belong.
static void winograd_finish_strip(const winograd_job *j, int32_t first_tile, size_t tiles) {
  const int8_convolution *c = j->c;
  const size_t channels = (size_t)c->output_channels;
  const size_t pooled = c->pools ? 4 : 1;
  softmax(tiles * 16, channels, c->softmax, j->strip);
  for (size_t t = 0; t < tiles; t += 1) {
    uint8_t *pixels[16];
    winograd_pixels(j, first_tile + (int32_t)t, pixels);
    for (size_t i = 0; i < 16 / pooled; i += 1) {
      if (pixels[i] == NULL) continue;
      finish_pixel(c, j->strip + (t * 16 + i * pooled) * channels, pixels[i]);
    }
  }
}
