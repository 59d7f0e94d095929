// What the instruction sets with vectors of 256 bits and sixteen registers share.
#pragma once
#include <immintrin.h>

#define LANES 8
#define WORD_TAPS 2
// Twelve sums, the weights of two blocks, one broadcast value and one product fill the registers.
#define MOST_BLOCKS 2
#define ACCUMULATORS 12

#include "Vectors.h"

ALWAYS_INLINE packed_words broadcast_words(const int16_t *values) {
  int32_t two;
  memcpy(&two, values, sizeof two);
  return (packed_words)_mm256_set1_epi32(two);
}

ALWAYS_INLINE reals clamped(reals value, reals minimum, reals maximum) {
  return (reals)_mm256_min_ps(_mm256_max_ps((__m256)value, (__m256)minimum), (__m256)maximum);
}

ALWAYS_INLINE reals smaller_reals(reals a, reals b) {
  return (reals)_mm256_min_ps((__m256)a, (__m256)b);
}

ALWAYS_INLINE reals larger_reals(reals a, reals b) {
  return (reals)_mm256_max_ps((__m256)a, (__m256)b);
}

ALWAYS_INLINE bool is_any_above(reals a, float limit) {
  return _mm256_movemask_ps(_mm256_cmp_ps((__m256)a, _mm256_set1_ps(limit), _CMP_GT_OQ)) != 0;
}

ALWAYS_INLINE lane_bytes narrowed(sums bytes) {
  const __m256i all = (__m256i)bytes;
  const __m128i half = _mm_packs_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  const long long low = _mm_cvtsi128_si64(_mm_packus_epi16(half, half));
  return (lane_bytes)low;
}

ALWAYS_INLINE sums nearest(reals value) { return (sums)_mm256_cvtps_epi32((__m256)value); }

typedef struct {
  __m256 low, high;
} table_of_16;

ALWAYS_INLINE table_of_16 load_table(const float *from) {
  return (table_of_16){_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)};
}

ALWAYS_INLINE reals look_up(table_of_16 table, sums indices) {
  const __m256i i = (__m256i)indices;
  const __m256 low = _mm256_permutevar8x32_ps(table.low, i);
  const __m256 high = _mm256_permutevar8x32_ps(table.high, i);
  // The index's bit 3, moved to where a blend reads it.
  const __m256 choice = _mm256_castsi256_ps(_mm256_slli_epi32(i, 28));
  return (reals)_mm256_blendv_ps(low, high, choice);
}

ALWAYS_INLINE float sum_of_lanes(reals value) {
  const __m256 all = (__m256)value;
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#define HAS_OWN_STORE
#include "Requantize.h"

ALWAYS_INLINE void store_pixel(uint8_t *to, const sums *sum, const int blocks,
                               const reals *multipliers, const requantization *q,
                               int32_t channels) {
  if (blocks == 2 && channels >= 2 * LANES) {
    // Packing works within halves of a vector: their fours of bytes belong side by side.
    const __m256i pair = _mm256_packs_epi32((__m256i)bytes_of(sum[0], multipliers[0], q),
                                            (__m256i)bytes_of(sum[1], multipliers[1], q));
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(pair),
                                           _mm256_extracti128_si256(pair, 1));
    _mm_storeu_si128((__m128i *)(void *)to, _mm_shuffle_epi32(bytes, _MM_SHUFFLE(3, 1, 2, 0)));
    return;
  }
  UNROLL for (int b = 0; b < blocks; b += 1) {
    const lane_bytes bytes = narrowed(bytes_of(sum[b], multipliers[b], q));
    store_lanes(to + b * LANES, bytes, channels - b * LANES);
  }
}
