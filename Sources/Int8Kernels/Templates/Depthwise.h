// Convolutions in which every channel is by itself: channels lie in lanes, and taps of the kernel
// are multiplied by twos where the processor adds two products at once.
#pragma once
#include "Store.h"
#include "Strips.h"

/// Taps of the largest kernel.
#define MOST_TAPS 64
/// Pixels whose sums stay in registers together.
#define DEPTHWISE_PIXELS 4

typedef struct {
  int8_runs runs;
  int32_t taps, steps, blocks;
  size_t offsets[MOST_TAPS + 1];
} depthwise_plan;

static bool depthwise_suits(const int8_convolution *c) {
  return c->groups == c->channels && c->output_channels == c->channels && c->groups > 1 &&
         c->kernel_rows <= MOST_TAPS && c->kernel_columns <= MOST_TAPS &&
         c->kernel_rows * c->kernel_columns <= MOST_TAPS;
}

static depthwise_plan depthwise_plan_of(const int8_convolution *c) {
  depthwise_plan p;
  p.runs = int8_runs_of(c);
  p.taps = c->kernel_rows * c->kernel_columns;
  p.steps = (p.taps + WORD_TAPS - 1) / WORD_TAPS;
  p.blocks = (c->channels + LANES - 1) / LANES;
  for (int32_t tap = 0; tap < p.taps; tap += 1) {
    p.offsets[tap] = int8_run_offset(c, &p.runs, tap);
  }
  // The partner of a last odd tap has no weight.
  p.offsets[p.taps] = p.offsets[p.taps - 1];
  return p;
}

static double depthwise_cycles(const int8_convolution *c) {
  const depthwise_plan p = depthwise_plan_of(c);
  const double vectors = (double)c->output_rows * c->output_columns * p.blocks;
  return vectors * (p.steps * 3 + CYCLES_OF_REQUANTIZATION);
}

// Packed: bias [lane], multiplier [lane], weights [block][step][lane of block][tap of step].
static size_t depthwise_packed_bytes(const int8_convolution *c) {
  const depthwise_plan p = depthwise_plan_of(c);
  return (size_t)p.blocks * LANES *
         (sizeof(int32_t) + sizeof(float) + (size_t)p.steps * WORD_TAPS * sizeof(int16_t));
}

static void depthwise_pack(const int8_convolution *c, void *packed) {
  const depthwise_plan p = depthwise_plan_of(c);
  memset(packed, 0, depthwise_packed_bytes(c));
  int32_t *bias = packed;
  float *multipliers = (float *)(bias + p.blocks * LANES);
  int16_t *weights = (int16_t *)(multipliers + p.blocks * LANES);
  memcpy(bias, c->bias, (size_t)c->channels * sizeof *bias);
  memcpy(multipliers, c->multipliers, (size_t)c->channels * sizeof *multipliers);
  for (int32_t channel = 0; channel < c->channels; channel += 1) {
    const int32_t block = channel / LANES, lane = channel % LANES;
    for (int32_t tap = 0; tap < p.taps; tap += 1) {
      const size_t step = (size_t)(block * p.steps + tap / WORD_TAPS);
      weights[(step * LANES + (size_t)lane) * WORD_TAPS + (size_t)(tap % WORD_TAPS)] =
          c->weights[(size_t)channel * (size_t)p.taps + (size_t)tap];
    }
  }
}

/// One or two taps of one block, side by side in each lane.
ALWAYS_INLINE packed_words tap_words(const uint8_t *first, const uint8_t *second) {
  lane_bytes a;
  memcpy(&a, first, sizeof a);
#if WORD_TAPS == 2
  lane_bytes b;
  memcpy(&b, second, sizeof b);
  return (packed_words)(__builtin_convertvector(a, wrapping_sums) |
                        __builtin_convertvector(b, wrapping_sums) << 16);
#else
  (void)second;
  return __builtin_convertvector(a, packed_words);
#endif
}

typedef struct {
  const int8_convolution *c;
  const depthwise_plan *p;
  const uint8_t *image;
  const int32_t *bias;
  const float *multipliers;
  const int16_t *weights;
  requantization q;
  size_t pixel_bytes;
  bool pools;
} depthwise_job;

/// Sums `count` pixels, a constant where it is called, of one block.
ALWAYS_INLINE void depthwise_tile(const int count, const depthwise_job *j, int32_t block,
                                  pixel_cursor *cursor, uint8_t **output) {
  const depthwise_plan *p = j->p;
  const uint8_t *pixels[DEPTHWISE_PIXELS];
  sums sum[DEPTHWISE_PIXELS];
  UNROLL for (int i = 0; i < count; i += 1) {
    pixels[i] = j->image + next_place(cursor) + block * LANES;
    sum[i] = load_sums(j->bias + block * LANES);
  }
  const int16_t *w = j->weights + (size_t)(block * p->steps) * LANES * WORD_TAPS;
  for (int32_t step = 0; step < p->steps; step += 1) {
    packed_words v;
    memcpy(&v, w, sizeof v);
    w += LANES * WORD_TAPS;
    const size_t first = p->offsets[step * WORD_TAPS];
    const size_t second = p->offsets[step * WORD_TAPS + WORD_TAPS - 1];
    UNROLL for (int i = 0; i < count; i += 1) {
      sum[i] = dot_words(sum[i], tap_words(pixels[i] + first, pixels[i] + second), v);
    }
  }
  const reals multiplier = load_reals(j->multipliers + block * LANES);
  const int32_t left = j->c->channels - block * LANES;
  const int32_t channels = left < LANES ? left : LANES;
  if (count == 4 && j->pools) {
    const sums largest = larger(larger(sum[0], sum[1]), larger(sum[2], sum[3]));
    store_pixel(*output, &largest, 1, &multiplier, &j->q, channels);
    *output += j->pixel_bytes;
    return;
  }
  UNROLL for (int i = 0; i < count; i += 1) {
    store_pixel(*output, &sum[i], 1, &multiplier, &j->q, channels);
    *output += j->pixel_bytes;
  }
}

static void depthwise_block(const depthwise_job *j, int32_t block, pixel_cursor cursor,
                            int32_t count, uint8_t *output) {
  for (; count >= 4; count -= 4) depthwise_tile(4, j, block, &cursor, &output);
  for (; count >= 1; count -= 1) depthwise_tile(1, j, block, &cursor, &output);
}

static void depthwise_run(const int8_convolution *c, const void *packed, const void *image,
                          uint8_t *output, int32_t first_part, int32_t end_part, void *scratch) {
  const depthwise_plan p = depthwise_plan_of(c);
  const int32_t *bias = packed;
  const float *multipliers = (const float *)(bias + p.blocks * LANES);
  const bool in_strip = c->softmax != NULL;
  const depthwise_job j = {
      .c = c,
      .p = &p,
      .image = image,
      .bias = bias,
      .multipliers = multipliers,
      .weights = (const int16_t *)(multipliers + p.blocks * LANES),
      .q = requantization_of(c),
      .pixel_bytes = (size_t)(in_strip ? c->output_channels : c->output_pixel_bytes),
      .pools = c->pools && !in_strip,
  };
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  for (int32_t part = first_part; part < end_part; part += 1) {
    const size_t first = (size_t)part * STRIP_PIXELS, left = pixels - first;
    const int32_t count = (int32_t)(left < STRIP_PIXELS ? left : STRIP_PIXELS);
    uint8_t *to = output + first / (c->pools ? 4 : 1) * (size_t)c->output_pixel_bytes;
    const pixel_cursor cursor = cursor_at(c, &p.runs, first, false);
    for (int32_t block = 0; block < p.blocks; block += 1) {
      depthwise_block(&j, block, cursor, count,
                      (in_strip ? (uint8_t *)scratch : to) + block * LANES);
    }
    if (in_strip) finish_strip(c, scratch, count, to);
  }
}

static const int8_convolution_kernel depthwise = {
    .name = "depthwise",
    .suits = depthwise_suits,
    .cycles = depthwise_cycles,
    .packed_bytes = depthwise_packed_bytes,
    .pack = depthwise_pack,
    .image_bytes = int8_image_bytes,
    .prepare = int8_prepare,
    .parts = strips_of,
    .scratch_bytes = strip_bytes,
    .run = depthwise_run,
};
