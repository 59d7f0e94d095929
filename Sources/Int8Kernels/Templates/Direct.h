// Direct convolution: tiles of some pixels by some vectors of output channels stay in registers
// while all products are added to them.
#pragma once
#include "DirectPacking.h"
#include "Store.h"
#include "Strips.h"

/// Strips, all of them for some vectors of output channels before the next: so these weights stay
/// near. A softmax needs all channels of its strip.
static int32_t direct_parts(const int8_convolution *c) {
  const direct_plan p = direct_plan_of(c);
  return strips_of(c) * (c->softmax == NULL ? c->groups * p.block_groups : 1);
}

typedef struct {
  const int8_convolution *c;
  const direct_plan *p;
  const element *image;
  const int32_t *bias;
  const float *multipliers;
  const weight *weights;
  requantization q;
  /// The output's channels of these blocks, and bytes from a pixel to the next.
  int32_t channels;
  size_t pixel_bytes;
} direct_job;

/// Sums `count` pixels by `blocks` vectors and stores their bytes, or with `pools` the largest byte
/// of every four pixels. With `pairs` two pixels share a pointer, of which there are few.
///
/// What is const is a constant where it is called.
ALWAYS_INLINE void direct_tile(const int count, const int blocks, const bool pools,
                               const bool pairs, const direct_job *j, pixel_cursor *cursor,
                               uint8_t **output) {
  const int8_convolution *c = j->c;
  const element *places[ACCUMULATORS];
  sums sum[ACCUMULATORS];
  UNROLL for (int i = 0; i < count; i += pairs ? 2 : 1) {
    places[i] = j->image + next_place(cursor);
  }
  UNROLL for (int i = 0; i < count; i += 1) {
    UNROLL for (int b = 0; b < blocks; b += 1) {
      sum[i * blocks + b] = load_sums(j->bias + b * LANES);
    }
  }
  const weight *w = j->weights;
  const int32_t steps = j->p->steps, per_row = j->p->runs.per_row;
  const size_t row_step = (size_t)j->p->runs.padded_columns * (size_t)c->channels;
  const size_t column_step = column_step_of(c);
  for (int32_t y = 0; y < c->kernel_rows; y += 1) {
    for (int32_t x = 0; x < per_row; x += 1) {
      size_t offset = (size_t)y * row_step + (size_t)x * (size_t)c->channels;
      size_t second = offset + column_step;
      for (int32_t step = 0; step < steps; step += 1) {
        KEEP_INDEX(offset);
        KEEP_INDEX(second);
        packed_weights v[MOST_BLOCKS];
        UNROLL for (int b = 0; b < blocks; b += 1) {
          memcpy(&v[b], w + b * LANES * TAPS, sizeof v[b]);
        }
        UNROLL for (int i = 0; i < count; i += 1) {
          const packed_weights values = pairs && i % 2 == 1
                                            ? broadcast(places[i - 1] + second)
                                            : broadcast(places[i] + offset);
          UNROLL for (int b = 0; b < blocks; b += 1) {
            sum[i * blocks + b] = dot(sum[i * blocks + b], values, v[b]);
          }
        }
        w += blocks * LANES * TAPS;
        offset += TAPS;
        second += TAPS;
      }
    }
  }
  reals multipliers[MOST_BLOCKS];
  UNROLL for (int b = 0; b < blocks; b += 1) {
    multipliers[b] = load_reals(j->multipliers + b * LANES);
  }
  const int stored = pools ? count / 4 : count;
  if (pools) {
    // The multipliers are positive: the largest sum has the largest byte.
    UNROLL for (int i = 0; i < stored; i += 1) {
      UNROLL for (int b = 0; b < blocks; b += 1) {
        const sums *s = sum + 4 * i * blocks + b;
        sum[i * blocks + b] =
            larger(larger(s[0], s[blocks]), larger(s[2 * blocks], s[3 * blocks]));
      }
    }
  }
  if (j->channels == blocks * LANES && j->pixel_bytes == (size_t)(blocks * LANES)) {
    store_vectors(*output, sum, stored * blocks, multipliers, blocks, &j->q);
  } else {
    UNROLL for (int i = 0; i < stored; i += 1) {
      store_pixel(*output + (size_t)i * j->pixel_bytes, sum + i * blocks, blocks, multipliers,
                  &j->q, j->channels);
    }
  }
  *output += (size_t)stored * j->pixel_bytes;
}

/// All pixels of a strip in tiles as large as the registers hold, then in smaller ones.
ALWAYS_INLINE void direct_strip(const int blocks, const bool pools, const bool pairs,
                                const direct_job *j, pixel_cursor cursor, uint8_t *output,
                                int32_t left) {
  const int most = pools ? ACCUMULATORS / blocks / 4 * 4 : ACCUMULATORS / blocks;
  for (; left >= most; left -= most) {
    direct_tile(most, blocks, pools, pairs, j, &cursor, &output);
  }
  if (most > 12 && left >= 12) {
    direct_tile(12, blocks, pools, pairs, j, &cursor, &output);
    left -= 12;
  }
  if (most > 8 && left >= 8) {
    direct_tile(8, blocks, pools, pairs, j, &cursor, &output);
    left -= 8;
  }
  if (most > 4 && left >= 4) {
    direct_tile(4, blocks, pools, pairs, j, &cursor, &output);
    left -= 4;
  }
  if (pools) return;
  if (most > 2 && left >= 2) {
    direct_tile(2, blocks, pools, pairs, j, &cursor, &output);
    left -= 2;
  }
  if (!pairs && left >= 1) direct_tile(1, blocks, pools, pairs, j, &cursor, &output);
}

typedef void direct_strip_function(const direct_job *, pixel_cursor, uint8_t *, int32_t);

#define DIRECT_STRIP(name, blocks, pools, pairs)                                            \
  static __attribute__((noinline)) void name(const direct_job *j, pixel_cursor cursor,      \
                                             uint8_t *output, int32_t count) {              \
    direct_strip(blocks, pools, pairs, j, cursor, output, count);                           \
  }
#define DIRECT_STRIPS(blocks)                                    \
  DIRECT_STRIP(direct_strip_##blocks, blocks, false, false)      \
  DIRECT_STRIP(direct_strip_##blocks##_paired, blocks, false, true) \
  DIRECT_STRIP(direct_strip_##blocks##_pooled, blocks, true, true)
DIRECT_STRIPS(1)
#if MOST_BLOCKS >= 2
DIRECT_STRIPS(2)
#endif
#if MOST_BLOCKS >= 4
DIRECT_STRIPS(4)
#endif

static direct_strip_function *direct_strip_of(int32_t blocks, bool pools, bool pairs) {
#define DIRECT_CHOICE(blocks)                      \
  (pools ? direct_strip_##blocks##_pooled          \
         : (pairs ? direct_strip_##blocks##_paired : direct_strip_##blocks))
#if MOST_BLOCKS >= 4
  if (blocks == 4) return DIRECT_CHOICE(4);
#endif
#if MOST_BLOCKS >= 2
  if (blocks == 2) return DIRECT_CHOICE(2);
#endif
  return DIRECT_CHOICE(1);
}

/// Convolves one strip for some blocks of a group; `output` is the strip's first pixel.
static void direct_blocks(direct_job *j, const void *packed, const element *image, int32_t group,
                          int32_t block, size_t first_pixel, int32_t count, uint8_t *output) {
  const direct_plan *p = j->p;
  const size_t lane = (size_t)(group * p->blocks + block) * LANES;
  const int32_t together = blocks_together(p->blocks - block);
  const int32_t channel = group * p->runs.group_outputs + block * LANES;
  const int32_t left = p->runs.group_outputs - block * LANES;
  const bool pools = j->c->pools && j->c->softmax == NULL;
  const int32_t *bias = packed;
  const float *multipliers = (const float *)(bias + p->lanes);
  const weight *weights = (const weight *)(multipliers + p->lanes);
  j->bias = bias + lane;
  j->multipliers = multipliers + lane;
  j->weights = weights + (size_t)(group * p->blocks + block) * p->block_weights;
  j->channels = left < together * LANES ? left : together * LANES;
  j->image = image + (size_t)group * (size_t)p->runs.group_channels;
  const bool pairs = has_pairs(j->c);
  const pixel_cursor cursor = cursor_at(j->c, &p->runs, first_pixel, pairs);
  direct_strip_of(together, pools, pairs)(j, cursor, output + channel, count);
}

static void direct_run(const int8_convolution *c, const void *packed, const void *image,
                       uint8_t *output, int32_t first_part, int32_t end_part, void *scratch) {
  const direct_plan p = direct_plan_of(c);
  const int32_t strips = strips_of(c);
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  const size_t channels = (size_t)c->output_channels;
  const size_t pooled = c->pools ? 4 : 1;
  direct_job j = {.c = c, .p = &p, .q = requantization_of(c)};
  for (int32_t part = first_part; part < end_part; part += 1) {
    const size_t first = (size_t)(part % strips) * STRIP_PIXELS;
    const size_t left = pixels - first;
    const int32_t count = (int32_t)(left < STRIP_PIXELS ? left : STRIP_PIXELS);
    uint8_t *to = output + first / pooled * (size_t)c->output_pixel_bytes;
    if (c->softmax == NULL) {
      const int32_t index = part / strips;
      const int32_t block = first_block(p.blocks, index % p.block_groups);
      j.pixel_bytes = (size_t)c->output_pixel_bytes;
      direct_blocks(&j, packed, image, index / p.block_groups, block, first, count, to);
      continue;
    }
    j.pixel_bytes = channels;
    for (int32_t group = 0; group < c->groups; group += 1) {
      for (int32_t block = 0; block < p.blocks; block += blocks_together(p.blocks - block)) {
        direct_blocks(&j, packed, image, group, block, first, count, scratch);
      }
    }
    finish_strip(c, scratch, count, to);
  }
}

static const int8_convolution_kernel direct = {
    .name = "direct",
    .suits = direct_suits,
    .cycles = direct_cycles,
    .packed_bytes = direct_packed_bytes,
    .pack = direct_pack,
    .image_bytes = direct_image_bytes,
    .prepare = direct_prepare,
    .parts = direct_parts,
    .scratch_bytes = strip_bytes,
    .run = direct_run,
};
