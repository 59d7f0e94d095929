// Winograd's F(4 x 4, 3 x 3), exact: whole numbers modulo 2^32. Why that gives the sums of a direct
// convolution, and when, is proved in docs/winograd.md.
//
// A tile is 4 x 4 output pixels from 6 x 6 input pixels. Its channels are transformed to 36 points;
// at each point the tiles' channels are multiplied with the transformed weights; the products'
// sums are transformed back.
#pragma once
#include "WinogradInput.h"
#include "WinogradOutput.h"
#include "WinogradProducts.h"
#include "WinogradWeights.h"

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

static const int8_convolution_kernel winograd = {
    .name = "winograd 4x4",
    .suits = winograd_suits,
    .cycles = winograd_cycles,
    .packed_bytes = winograd_packed_bytes,
    .pack = winograd_pack,
    .image_bytes = int8_image_bytes,
    .prepare = int8_prepare,
    .parts = winograd_parts,
    .scratch_bytes = winograd_scratch_bytes,
    .run = winograd_run,
};
