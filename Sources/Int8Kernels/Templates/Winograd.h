// Winograd's F(4 x 4, 3 x 3), exact: whole numbers modulo 2^32. Why that gives the sums of a direct
// convolution, and when, is proved in docs/winograd.md.
//
// A tile is 4 x 4 output pixels from 6 x 6 input pixels. Its channels are transformed to 36 points;
// at each point the tiles' channels are multiplied with the transformed weights; the products'
// sums are transformed back.
#pragma once
#include "Store.h"
#include "Strips.h"

#define POINTS 36
/// Tiles whose sums stay in registers at the same time.
#define MOST_TILES 6
/// Bytes of transformed channels and sums that a strip of tiles may take: they should stay near.
#define STRIP_BYTES (320 * 1024)

typedef struct {
  /// Channels, rounded up to what the input transform writes.
  size_t channels;
  /// Products of words that one point of one tile takes.
  size_t steps;
  int32_t blocks, tile_rows, tile_columns, tiles, strips;
  size_t strip_tiles;
} winograd_plan;

static winograd_plan winograd_plan_of(const int8_convolution *c) {
  winograd_plan p;
  p.channels = ((size_t)c->channels + WORDS - 1) / WORDS * WORDS;
  p.steps = ((size_t)c->channels + WORD_TAPS - 1) / WORD_TAPS;
  p.blocks = (c->output_channels + LANES - 1) / LANES;
  p.tile_rows = (c->output_rows + 3) / 4;
  p.tile_columns = (c->output_columns + 3) / 4;
  p.tiles = p.tile_rows * p.tile_columns;
  const int32_t together = blocks_together(p.blocks);
  const size_t tile_bytes =
      POINTS * (p.channels * sizeof(int16_t) + (size_t)together * LANES * sizeof(int32_t));
  const size_t fitting = STRIP_BYTES / tile_bytes / MOST_TILES * MOST_TILES;
  const size_t most = fitting < MOST_TILES ? MOST_TILES : fitting;
  p.strips = (int32_t)(((size_t)p.tiles + most - 1) / most);
  // Equal strips, so that small images do not end with a strip of few tiles.
  p.strip_tiles = ((size_t)p.tiles + (size_t)p.strips - 1) / (size_t)p.strips;
  p.strip_tiles = (p.strip_tiles + MOST_TILES - 1) / MOST_TILES * MOST_TILES;
  p.strips = (int32_t)(((size_t)p.tiles + p.strip_tiles - 1) / p.strip_tiles);
  return p;
}

static bool winograd_suits(const int8_convolution *c) { return int8_winograd_is_exact(c); }

static double winograd_cycles(const int8_convolution *c) {
  const winograd_plan p = winograd_plan_of(c);
  const double products = (double)p.steps * p.blocks * POINTS;
  const double weights = products * LANES * WORD_TAPS * sizeof(int16_t);
  const double input = (double)(p.channels / WORDS) * CYCLES_OF_INPUT_TRANSFORM;
  const double output = (double)p.blocks * CYCLES_OF_OUTPUT_TRANSFORM;
  return p.tiles * (products * CYCLES_OF_DOT_WORDS + input + output) +
         weights * CYCLES_OF_WEIGHT_BYTE;
}

// Packed: bias [lane], multiplier [lane],
// weights [blocks summed together][point][step][block][lane of block][tap].
static size_t winograd_packed_bytes(const int8_convolution *c) {
  const winograd_plan p = winograd_plan_of(c);
  const size_t lanes = (size_t)p.blocks * LANES;
  return lanes * (sizeof(int32_t) + sizeof(float) + POINTS * p.steps * WORD_TAPS * 2);
}

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

/// Multiplies `tiles` tiles with `blocks` vectors of output channels at one point; both are
/// constants where it is called.
ALWAYS_INLINE void winograd_products(const int tiles, const int blocks, const int16_t *v,
                                     size_t channels, const int16_t *u, size_t steps, int32_t *m) {
  sums sum[MOST_TILES * MOST_BLOCKS];
  const int16_t *at[MOST_TILES];
  UNROLL for (int t = 0; t < tiles; t += 1) {
    at[t] = v + (size_t)t * channels;
    UNROLL for (int b = 0; b < blocks; b += 1) sum[t * blocks + b] = (sums){};
  }
  for (size_t step = 0; step < steps; step += 1) {
    packed_words w[MOST_BLOCKS];
    UNROLL for (int b = 0; b < blocks; b += 1) {
      memcpy(&w[b], u + b * LANES * WORD_TAPS, sizeof w[b]);
    }
    UNROLL for (int t = 0; t < tiles; t += 1) {
      const packed_words values = broadcast_words(at[t] + step * WORD_TAPS);
      UNROLL for (int b = 0; b < blocks; b += 1) {
        sum[t * blocks + b] = dot_words(sum[t * blocks + b], values, w[b]);
      }
    }
    u += blocks * LANES * WORD_TAPS;
  }
  UNROLL for (int t = 0; t < tiles; t += 1) {
    UNROLL for (int b = 0; b < blocks; b += 1) {
      memcpy(m + ((size_t)t * POINTS * (size_t)blocks + (size_t)b) * LANES, &sum[t * blocks + b],
             sizeof(sums));
    }
  }
}

#define WINOGRAD_PRODUCTS(tiles, blocks)                                                    \
  static __attribute__((noinline)) void winograd_products_##tiles##_##blocks(               \
      const int16_t *v, size_t channels, const int16_t *u, size_t steps, int32_t *m) {      \
    winograd_products(tiles, blocks, v, channels, u, steps, m);                             \
  }
#define WINOGRAD_PRODUCTS_OF(blocks)                            \
  WINOGRAD_PRODUCTS(1, blocks) WINOGRAD_PRODUCTS(2, blocks)     \
  WINOGRAD_PRODUCTS(3, blocks) WINOGRAD_PRODUCTS(4, blocks)     \
  WINOGRAD_PRODUCTS(5, blocks) WINOGRAD_PRODUCTS(6, blocks)
#define WINOGRAD_NAMES_OF(blocks)                                                              \
  {                                                                                            \
    winograd_products_1_##blocks, winograd_products_2_##blocks, winograd_products_3_##blocks,  \
        winograd_products_4_##blocks, winograd_products_5_##blocks, winograd_products_6_##blocks \
  }
typedef void winograd_products_function(const int16_t *, size_t, const int16_t *, size_t,
                                        int32_t *);
WINOGRAD_PRODUCTS_OF(1)
#if MOST_BLOCKS >= 2
WINOGRAD_PRODUCTS_OF(2)
#endif
#if MOST_BLOCKS >= 4
WINOGRAD_PRODUCTS_OF(4)
#endif

static winograd_products_function *winograd_products_of(int32_t blocks, size_t tiles) {
  static winograd_products_function *const one[MOST_TILES] = WINOGRAD_NAMES_OF(1);
#if MOST_BLOCKS >= 2
  static winograd_products_function *const two[MOST_TILES] = WINOGRAD_NAMES_OF(2);
  if (blocks == 2) return two[tiles - 1];
#endif
#if MOST_BLOCKS >= 4
  static winograd_products_function *const four[MOST_TILES] = WINOGRAD_NAMES_OF(4);
  if (blocks == 4) return four[tiles - 1];
#endif
  return one[tiles - 1];
}

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

static size_t winograd_channels_bytes(const winograd_plan *p) {
  return p->strip_tiles * POINTS * p->channels * sizeof(int16_t);
}

static size_t winograd_sums_bytes(const winograd_plan *p) {
  return p->strip_tiles * POINTS * (size_t)blocks_together(p->blocks) * LANES * sizeof(int32_t);
}

// Scratch: transformed channels [group of tiles][point][tile of group][channel],
// sums [tile][point][lane of the blocks summed together], then the strip's bytes.
static size_t winograd_scratch_bytes(const int8_convolution *c) {
  const winograd_plan p = winograd_plan_of(c);
  const size_t strip =
      c->softmax == NULL ? 0 : p.strip_tiles * 16 * (size_t)c->output_channels;
  return winograd_channels_bytes(&p) + winograd_sums_bytes(&p) + strip + INT8_SLACK_BYTES;
}

static int32_t winograd_parts(const int8_convolution *c) { return winograd_plan_of(c).strips; }

/// How many tiles group `index` of `tiles` has, and where it begins, in groups as equal as can be.
ALWAYS_INLINE size_t tile_group(size_t tiles, size_t groups, size_t index, size_t *first) {
  const size_t small = tiles / groups, larger_ones = tiles % groups;
  *first = index * small + (index < larger_ones ? index : larger_ones);
  return small + (index < larger_ones ? 1 : 0);
}

static void winograd_strip(winograd_job *j, const winograd_image *image, const int16_t *weights,
                           int32_t first_tile, size_t tiles, uint8_t *scratch) {
  const winograd_plan *p = j->p;
  const size_t groups = (tiles + MOST_TILES - 1) / MOST_TILES;
  int16_t *v = (int16_t *)(void *)scratch;
  int32_t *m = (int32_t *)(void *)(scratch + winograd_channels_bytes(p));
  for (size_t group = 0; group < groups; group += 1) {
    size_t first;
    const size_t count = tile_group(tiles, groups, group, &first);
    for (size_t t = 0; t < count; t += 1) {
      winograd_transform_tile(image, first_tile + (int32_t)(first + t),
                              v + first * POINTS * p->channels + t * p->channels,
                              count * p->channels);
    }
  }
  int32_t block = 0;
  while (block < p->blocks) {
    const int32_t together = blocks_together(p->blocks - block);
    const size_t point_weights = p->steps * (size_t)together * LANES * WORD_TAPS;
    for (size_t k = 0; k < POINTS; k += 1) {
      for (size_t group = 0; group < groups; group += 1) {
        size_t first;
        const size_t count = tile_group(tiles, groups, group, &first);
        winograd_products_of(together, count)(
            v + first * POINTS * p->channels + k * count * p->channels, p->channels,
            weights + k * point_weights, p->steps,
            m + (first * POINTS + k) * (size_t)together * LANES);
      }
    }
    for (size_t t = 0; t < tiles; t += 1) {
      winograd_finish_tile(j, first_tile + (int32_t)t, t, block,
                           m + t * POINTS * (size_t)together * LANES, together);
    }
    weights += POINTS * point_weights;
    block += together;
  }
  if (j->strip != NULL) winograd_finish_strip(j, first_tile, tiles);
}

static void winograd_run(const int8_convolution *c, const void *packed, const void *image,
                         uint8_t *output, int32_t first_part, int32_t end_part, void *scratch) {
  const winograd_plan p = winograd_plan_of(c);
  const int8_runs r = int8_runs_of(c);
  const size_t lanes = (size_t)p.blocks * LANES;
  const int32_t *bias = packed;
  const float *multipliers = (const float *)(bias + lanes);
  const winograd_image m = {
      .c = c,
      .p = &p,
      .image = image,
      .row_bytes = (size_t)r.padded_columns * (size_t)c->channels,
      .rows = r.padded_rows,
      .columns = r.padded_columns,
  };
  winograd_job j = {.c = c, .p = &p, .q = requantization_of(c), .bias = bias,
                    .multipliers = multipliers, .output = output};
  if (c->softmax != NULL) {
    j.strip = (uint8_t *)scratch + winograd_channels_bytes(&p) + winograd_sums_bytes(&p);
  }
  for (int32_t part = first_part; part < end_part; part += 1) {
    const size_t first = (size_t)part * p.strip_tiles;
    const size_t left = (size_t)p.tiles - first;
    winograd_strip(&j, &m, (const int16_t *)(multipliers + lanes), (int32_t)first,
                   left < p.strip_tiles ? left : p.strip_tiles, scratch);
  }
}

static size_t winograd_image_bytes(const int8_convolution *c) {
  const int8_runs r = int8_runs_of(c);
  return int8_padded_bytes(c, &r);
}

static void winograd_prepare(const int8_convolution *c, const uint8_t *input, void *image) {
  const int8_runs r = int8_runs_of(c);
  int8_padded_image(c, &r, input, image);
}

static const int8_convolution_kernel winograd = {
    .name = "winograd 4x4",
    .suits = winograd_suits,
    .cycles = winograd_cycles,
    .packed_bytes = winograd_packed_bytes,
    .pack = winograd_pack,
    .image_bytes = winograd_image_bytes,
    .prepare = winograd_prepare,
    .parts = winograd_parts,
    .scratch_bytes = winograd_scratch_bytes,
    .run = winograd_run,
};
