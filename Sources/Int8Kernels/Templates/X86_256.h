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
  const __m128i half =
      _mm_packs_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
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

/// Steps of one vector, not yet clamped from below: narrowing saturates there.
ALWAYS_INLINE __m256i steps_of(sums sum, reals multiplier, const requantization *q) {
  const __m256 steps = _mm256_mul_ps(_mm256_cvtepi32_ps((__m256i)sum), (__m256)multiplier);
  return _mm256_cvtps_epi32(_mm256_min_ps(steps, (__m256)q->maximum));
}

/// The bytes of four vectors, behind each other.
ALWAYS_INLINE __m256i packed_bytes(const __m256i steps[4], const requantization *q) {
  // Packing works within halves of a vector: their fours of bytes belong side by side.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  const __m256i zero = _mm256_set1_epi16((int16_t)q->zero);
  const __m256i low = _mm256_add_epi16(_mm256_packs_epi32(steps[0], steps[1]), zero);
  const __m256i high = _mm256_add_epi16(_mm256_packs_epi32(steps[2], steps[3]), zero);
  const __m256i bytes = _mm256_max_epu8(_mm256_packus_epi16(low, high),
                                        _mm256_set1_epi8((char)q->smallest));
  return _mm256_permutevar8x32_epi32(bytes, order);
}

ALWAYS_INLINE void store_vectors(uint8_t *to, const sums *sum, const int count,
                                 const reals *multipliers, const int blocks,
                                 const requantization *q) {
  UNROLL for (int i = 0; i < count; i += 4) {
    __m256i steps[4];
    UNROLL for (int k = 0; k < 4; k += 1) {
      steps[k] = i + k < count ? steps_of(sum[i + k], multipliers[(i + k) % blocks], q)
                               : _mm256_setzero_si256();
    }
    const __m256i bytes = packed_bytes(steps, q);
    memcpy(to + i * LANES, &bytes, (size_t)(count - i < 4 ? count - i : 4) * LANES);
  }
}

ALWAYS_INLINE void store_four(uint8_t *const to[4], const sums *sum, reals multiplier,
                              const requantization *q) {
  __m256i steps[4];
  UNROLL for (int i = 0; i < 4; i += 1) steps[i] = steps_of(sum[i], multiplier, q);
  const __m256i bytes = packed_bytes(steps, q);
  const __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);
  _mm_storel_epi64((__m128i *)(void *)to[0], low);
  _mm_storeh_pd((double *)(void *)to[1], _mm_castsi128_pd(low));
  _mm_storel_epi64((__m128i *)(void *)to[2], high);
  _mm_storeh_pd((double *)(void *)to[3], _mm_castsi128_pd(high));
}
