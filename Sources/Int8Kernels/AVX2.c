// Convolutions with AVX2: bytes widened to 16 bits, so that no product or pair of products
// saturates.
//
// Six pixels by sixteen output channels are summed in twelve registers: a step of the inner loop
// loads two vectors of weights and, for each pixel, one pair of values for all lanes.
#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TILE_PIXELS 6
#define BLOCK 16

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef struct {
  int8_runs runs;
  int32_t pairs, blocks;
} plan;

static plan plan_of(const int8_convolution *c) {
  plan p;
  p.runs = int8_runs_of(c);
  p.pairs = (p.runs.length + 1) / 2;
  p.blocks = (p.runs.group_outputs + BLOCK - 1) / BLOCK;
  return p;
}

static size_t block_weights(const plan *p) {
  return (size_t)p->runs.count * (size_t)p->pairs * BLOCK * 2;
}

static size_t lanes(const int8_convolution *c, const plan *p) {
  return (size_t)c->groups * (size_t)p->blocks * BLOCK;
}

// Packed: bias [lane], multiplier [lane], weights [group][block][run][pair][lane of block][2].
static size_t packed_bytes(const int8_convolution *c) {
  plan p = plan_of(c);
  return lanes(c, &p) * (sizeof(int32_t) + sizeof(float)) +
         (size_t)c->groups * (size_t)p.blocks * block_weights(&p) * sizeof(int16_t);
}

static void pack(const int8_convolution *c, void *packed) {
  plan p = plan_of(c);
  const size_t lane_count = lanes(c, &p);
  memset(packed, 0, packed_bytes(c));
  int32_t *bias = packed;
  float *multipliers = (float *)(bias + lane_count);
  int16_t *weights = (int16_t *)(multipliers + lane_count);
  for (int32_t output = 0; output < c->output_channels; output += 1) {
    const int32_t group = output / p.runs.group_outputs, within = output % p.runs.group_outputs;
    const size_t block = (size_t)(group * p.blocks + within / BLOCK);
    const size_t lane = (size_t)(within % BLOCK);
    bias[block * BLOCK + lane] = c->bias[output];
    multipliers[block * BLOCK + lane] = c->multipliers[output];
    const int8_t *from =
        c->weights + (size_t)output * (size_t)p.runs.count * (size_t)p.runs.length;
    for (size_t run = 0; run < (size_t)p.runs.count; run += 1) {
      int16_t *to = weights + block * block_weights(&p) + run * (size_t)p.pairs * BLOCK * 2;
      for (size_t i = 0; i < (size_t)p.runs.length; i += 1) {
        to[(i / 2 * BLOCK + lane) * 2 + i % 2] = *from++;
      }
    }
  }
}

static size_t scratch_bytes(const int8_convolution *c) {
  int8_runs r = int8_runs_of(c);
  return (size_t)r.padded_rows * (size_t)r.padded_columns * (size_t)c->channels *
             sizeof(int16_t) +
         INT8_SLACK_BYTES;
}

static void widen(size_t count, const uint8_t *from, int16_t *to) {
  for (size_t i = 0; i < count; i += 1) to[i] = from[i];
}

static const int16_t *wide_image(const int8_convolution *c, const int8_runs *r,
                                 const uint8_t *input, int16_t *image) {
  const size_t channels = (size_t)c->channels;
  const size_t row_length = (size_t)r->padded_columns * channels;
  const size_t input_row_length = (size_t)c->columns * channels;
  if (!r->needs_padding) {
    widen((size_t)c->rows * input_row_length, input, image);
    return image;
  }
  for (size_t i = 0; i < (size_t)r->padded_rows * row_length; i += 1) image[i] = c->input_zero;
  int16_t *start = image + (size_t)c->pad_top * row_length + (size_t)c->pad_left * channels;
  for (size_t row = 0; row < (size_t)c->rows; row += 1) {
    widen(input_row_length, input + row * input_row_length, start + row * row_length);
  }
  return image;
}

typedef struct {
  __m256 minimum, maximum;
  __m256i zero;
} requantization;

static inline __attribute__((always_inline)) __m256i requantize(__m256i sum, __m256 multiplier,
                                                                const requantization *q) {
  __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), multiplier);
  real = _mm256_min_ps(_mm256_max_ps(real, q->minimum), q->maximum);
  return _mm256_add_epi32(_mm256_cvtps_epi32(real), q->zero);
}

/// Sums `count` pixels by one block of output channels; `count` is a constant where it is called.
static inline __attribute__((always_inline)) void tile(
    const int count, const int8_convolution *c, const plan *p, const int16_t *const *pixels,
    const int16_t *weights, const int32_t *bias, const float *multipliers,
    const requantization *q, uint8_t *output, int32_t outputs) {
  __m256i sums[TILE_PIXELS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i += 1) {
    sums[i][0] = _mm256_load_si256((const __m256i *)bias);
    sums[i][1] = _mm256_load_si256((const __m256i *)(bias + 8));
  }
  for (int32_t run = 0; run < p->runs.count; run += 1) {
    const size_t offset = int8_run_offset(c, &p->runs, run);
    for (int32_t pair = 0; pair < p->pairs; pair += 1) {
      const __m256i low = _mm256_load_si256((const __m256i *)weights);
      const __m256i high = _mm256_load_si256((const __m256i *)(weights + BLOCK));
      weights += 2 * BLOCK;
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i += 1) {
        int32_t values;
        memcpy(&values, pixels[i] + offset + 2 * pair, sizeof values);
        const __m256i wide = _mm256_set1_epi32(values);
        sums[i][0] = _mm256_add_epi32(sums[i][0], _mm256_madd_epi16(wide, low));
        sums[i][1] = _mm256_add_epi32(sums[i][1], _mm256_madd_epi16(wide, high));
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i += 1) {
    const __m256i low = requantize(sums[i][0], _mm256_load_ps(multipliers), q);
    const __m256i high = requantize(sums[i][1], _mm256_load_ps(multipliers + 8), q);
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
    const __m128i bytes =
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    uint8_t *to = output + (size_t)i * (size_t)c->output_channels;
    if (outputs >= BLOCK) {
      _mm_storeu_si128((__m128i *)to, bytes);
    } else {
      uint8_t block[BLOCK];
      _mm_storeu_si128((__m128i *)block, bytes);
      memcpy(to, block, (size_t)outputs);
    }
  }
}

static void run(const int8_convolution *c, const void *packed, const uint8_t *input,
                uint8_t *output, void *scratch) {
  const plan p = plan_of(c);
  const size_t lane_count = lanes(c, &p);
  const int32_t *bias = packed;
  const float *multipliers = (const float *)(bias + lane_count);
  const int16_t *weights = (const int16_t *)(multipliers + lane_count);
  const int16_t *image = wide_image(c, &p.runs, input, scratch);
  const requantization q = {
      _mm256_set1_ps((float)((int32_t)c->output_minimum - (int32_t)c->output_zero)),
      _mm256_set1_ps((float)(255 - (int32_t)c->output_zero)),
      _mm256_set1_epi32(c->output_zero),
  };
  const size_t pixel_count = (size_t)c->output_rows * (size_t)c->output_columns;
  for (size_t first = 0; first < pixel_count; first += TILE_PIXELS) {
    const size_t left = pixel_count - first;
    const size_t count = left < TILE_PIXELS ? left : TILE_PIXELS;
    for (int32_t group = 0; group < c->groups; group += 1) {
      const int16_t *pixels[TILE_PIXELS];
      for (size_t i = 0; i < count; i += 1) {
        pixels[i] = image + int8_pixel_offset(c, &p.runs, first + i) +
                    (size_t)group * (size_t)p.runs.group_channels;
      }
      for (int32_t b = 0; b < p.blocks; b += 1) {
        const size_t block = (size_t)(group * p.blocks + b);
        const int16_t *w = weights + block * block_weights(&p);
        const int32_t *bs = bias + block * BLOCK;
        const float *m = multipliers + block * BLOCK;
        uint8_t *to = output + first * (size_t)c->output_channels +
                      (size_t)(group * p.runs.group_outputs + b * BLOCK);
        const int32_t outputs = p.runs.group_outputs - b * BLOCK;
        switch (count) {
          case 6: tile(6, c, &p, pixels, w, bs, m, &q, to, outputs); break;
          case 5: tile(5, c, &p, pixels, w, bs, m, &q, to, outputs); break;
          case 4: tile(4, c, &p, pixels, w, bs, m, &q, to, outputs); break;
          case 3: tile(3, c, &p, pixels, w, bs, m, &q, to, outputs); break;
          case 2: tile(2, c, &p, pixels, w, bs, m, &q, to, outputs); break;
          default: tile(1, c, &p, pixels, w, bs, m, &q, to, outputs); break;
        }
      }
    }
  }
}

const int8_convolution_kernel int8_avx2_kernel = {
    .name = "avx2",
    .packed_bytes = packed_bytes,
    .pack = pack,
    .scratch_bytes = scratch_bytes,
    .run = run,
};

#pragma clang attribute pop
#endif
