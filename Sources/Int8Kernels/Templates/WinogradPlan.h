// The sizes of a Winograd convolution: tiles, strips of them, and what they cost.
#pragma once
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
