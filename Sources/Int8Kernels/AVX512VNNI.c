// Convolutions with AVX-512 VNNI: one instruction multiplies four bytes by four weights in each
// of sixteen lanes and adds them in 32 bits, exactly.
#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define BLOCK 16
#define TILE_PIXELS 12

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))), \
    apply_to = function)

typedef struct {
  int8_runs runs;
  int32_t quads, blocks;
  size_t block_weights, lanes;
} plan;

static plan plan_of(const int8_convolution *c) {
  plan p;
  p.runs = int8_runs_of(c);
  p.quads = (p.runs.length + 3) / 4;
  p.blocks = (p.runs.group_outputs + BLOCK - 1) / BLOCK;
  p.block_weights = (size_t)p.runs.count * (size_t)p.quads * BLOCK * 4;
  p.lanes = (size_t)c->groups * (size_t)p.blocks * BLOCK;
  return p;
}

// Packed: bias [lane], multiplier [lane], weights [group][block][run][quad][lane of block][4].
static size_t packed_bytes(const int8_convolution *c) {
  plan p = plan_of(c);
  return p.lanes * (sizeof(int32_t) + sizeof(float)) + p.lanes / BLOCK * p.block_weights;
}

static void pack(const int8_convolution *c, void *packed) {
  plan p = plan_of(c);
  memset(packed, 0, packed_bytes(c));
  int32_t *bias = packed;
  float *multipliers = (float *)(bias + p.lanes);
  int8_t *weights = (int8_t *)(multipliers + p.lanes);
  for (int32_t output = 0; output < c->output_channels; output += 1) {
    const int32_t group = output / p.runs.group_outputs, within = output % p.runs.group_outputs;
    const size_t block = (size_t)(group * p.blocks + within / BLOCK);
    const size_t lane = (size_t)(within % BLOCK);
    bias[block * BLOCK + lane] = c->bias[output];
    multipliers[block * BLOCK + lane] = c->multipliers[output];
    const int8_t *from =
        c->weights + (size_t)output * (size_t)p.runs.count * (size_t)p.runs.length;
    for (size_t run = 0; run < (size_t)p.runs.count; run += 1) {
      int8_t *to = weights + block * p.block_weights + run * (size_t)p.quads * BLOCK * 4;
      for (size_t i = 0; i < (size_t)p.runs.length; i += 1) {
        to[(i / 4 * BLOCK + lane) * 4 + i % 4] = *from++;
      }
    }
  }
}

static size_t scratch_bytes(const int8_convolution *c) {
  int8_runs r = int8_runs_of(c);
  return int8_padded_bytes(c, &r);
}

typedef struct {
  const int8_convolution *c;
  const plan *p;
  const uint8_t *image;
  const int32_t *bias;
  const float *multipliers;
  const int8_t *weights;
  __m512 minimum, maximum;
  __m512i zero;
  uint8_t *output;
} job;

/// Sums `count` pixels by `blocks` blocks of output channels, both constants where it is called.
static inline __attribute__((always_inline)) void tile(const int count, const int blocks,
                                                       const job *j, size_t first_pixel,
                                                       int32_t group, int32_t first_block) {
  const int8_runs *r = &j->p->runs;
  const size_t block = (size_t)(group * j->p->blocks + first_block);
  const uint8_t *pixels[TILE_PIXELS];
  __m512i sums[TILE_PIXELS][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i += 1) {
    pixels[i] = j->image + int8_pixel_offset(j->c, r, first_pixel + (size_t)i) +
                (size_t)group * (size_t)r->group_channels;
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; b += 1) {
      sums[i][b] = _mm512_loadu_si512(j->bias + (block + (size_t)b) * BLOCK);
    }
  }
  const int8_t *weights = j->weights + block * j->p->block_weights;
  for (int32_t run = 0; run < r->count; run += 1) {
    const size_t offset = int8_run_offset(j->c, r, run);
    for (size_t quad = 0; quad < (size_t)j->p->quads; quad += 1) {
      __m512i w[4];
#pragma clang loop unroll(full)
      for (int b = 0; b < blocks; b += 1) {
        w[b] = _mm512_loadu_si512(weights + (size_t)b * j->p->block_weights);
      }
      weights += BLOCK * 4;
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i += 1) {
        int32_t values;
        memcpy(&values, pixels[i] + offset + 4 * quad, sizeof values);
        const __m512i wide = _mm512_set1_epi32(values);
#pragma clang loop unroll(full)
        for (int b = 0; b < blocks; b += 1) {
          sums[i][b] = _mm512_dpbusd_epi32(sums[i][b], wide, w[b]);
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int b = 0; b < blocks; b += 1) {
    const int32_t outputs = r->group_outputs - (first_block + b) * BLOCK;
    const __mmask16 lanes = outputs >= BLOCK ? 0xFFFF : (__mmask16)((1u << outputs) - 1);
    const __m512 multiplier = _mm512_loadu_ps(j->multipliers + (block + (size_t)b) * BLOCK);
    uint8_t *to = j->output + first_pixel * (size_t)j->c->output_channels +
                  (size_t)(group * r->group_outputs + (first_block + b) * BLOCK);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i += 1) {
      __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[i][b]), multiplier);
      real = _mm512_min_ps(_mm512_max_ps(real, j->minimum), j->maximum);
      const __m512i bytes = _mm512_add_epi32(_mm512_cvtps_epi32(real), j->zero);
      _mm512_mask_cvtepi32_storeu_epi8(to, lanes, bytes);
      to += j->c->output_channels;
    }
  }
}

static __attribute__((noinline)) void four_blocks(const job *j, size_t pixels, int32_t group,
                                                  int32_t block) {
  size_t pixel = 0;
  for (; pixel + 6 <= pixels; pixel += 6) tile(6, 4, j, pixel, group, block);
  for (; pixel + 3 <= pixels; pixel += 3) tile(3, 4, j, pixel, group, block);
  for (; pixel < pixels; pixel += 1) tile(1, 4, j, pixel, group, block);
}

static __attribute__((noinline)) void two_blocks(const job *j, size_t pixels, int32_t group,
                                                 int32_t block) {
  size_t pixel = 0;
  for (; pixel + 9 <= pixels; pixel += 9) tile(9, 2, j, pixel, group, block);
  for (; pixel + 3 <= pixels; pixel += 3) tile(3, 2, j, pixel, group, block);
  for (; pixel < pixels; pixel += 1) tile(1, 2, j, pixel, group, block);
}

static __attribute__((noinline)) void one_block(const job *j, size_t pixels, int32_t group,
                                                int32_t block) {
  size_t pixel = 0;
  for (; pixel + 12 <= pixels; pixel += 12) tile(12, 1, j, pixel, group, block);
  for (; pixel + 4 <= pixels; pixel += 4) tile(4, 1, j, pixel, group, block);
  for (; pixel < pixels; pixel += 1) tile(1, 1, j, pixel, group, block);
}

static void run(const int8_convolution *c, const void *packed, const uint8_t *input,
                uint8_t *output, void *scratch) {
  const plan p = plan_of(c);
  const int32_t *bias = packed;
  const float *multipliers = (const float *)(bias + p.lanes);
  const job j = {
      .c = c,
      .p = &p,
      .image = int8_padded_image(c, &p.runs, input, scratch),
      .bias = bias,
      .multipliers = multipliers,
      .weights = (const int8_t *)(multipliers + p.lanes),
      .minimum = _mm512_set1_ps((float)((int32_t)c->output_minimum - (int32_t)c->output_zero)),
      .maximum = _mm512_set1_ps((float)(255 - (int32_t)c->output_zero)),
      .zero = _mm512_set1_epi32(c->output_zero),
      .output = output,
  };
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  for (int32_t group = 0; group < c->groups; group += 1) {
    int32_t block = 0;
    for (; block + 4 <= p.blocks; block += 4) four_blocks(&j, pixels, group, block);
    for (; block + 2 <= p.blocks; block += 2) two_blocks(&j, pixels, group, block);
    for (; block < p.blocks; block += 1) one_block(&j, pixels, group, block);
  }
}

const int8_convolution_kernel int8_avx512_vnni_kernel = {
    .name = "avx512vnni",
    .packed_bytes = packed_bytes,
    .pack = pack,
    .scratch_bytes = scratch_bytes,
    .run = run,
};

#pragma clang attribute pop
#endif
