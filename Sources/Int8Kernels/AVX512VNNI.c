// AVX-512 with VNNI: one instruction multiplies four bytes by four weights, or two words by two, in
// each of sixteen lanes and adds them in 32 bits, exactly.
#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Tuned for processors on which one vpdpwssd is better than vpmaddwd and vpaddd: otherwise the
// compiler takes it apart.
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,tune=znver4"))), \
    apply_to = function)

#define LANES 16
#define TAPS 4
#define WORD_TAPS 2
#define MOST_BLOCKS 4
#define ACCUMULATORS 24
#define ELEMENTS_DIFFER 0
#define ELEMENT_OFFSET 0
typedef uint8_t element;
typedef int8_t weight;

#define CYCLES_OF_DOT 0.52
#define CYCLES_OF_DOT_WORDS 0.53
#define CYCLES_OF_REQUANTIZATION 3
#define CYCLES_OF_INPUT_TRANSFORM 220
#define CYCLES_OF_OUTPUT_TRANSFORM 110
#define CYCLES_OF_WEIGHT_BYTE 0.02

#include "Templates/Vectors.h"

ALWAYS_INLINE element element_of_byte(uint8_t byte) { return byte; }

ALWAYS_INLINE packed_weights broadcast(const element *values) {
  int32_t four;
  memcpy(&four, values, sizeof four);
  return (packed_weights)_mm512_set1_epi32(four);
}

ALWAYS_INLINE sums dot(sums sum, packed_weights values, packed_weights weights) {
  return (sums)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)values, (__m512i)weights);
}

ALWAYS_INLINE packed_words broadcast_words(const int16_t *values) {
  int32_t two;
  memcpy(&two, values, sizeof two);
  return (packed_words)_mm512_set1_epi32(two);
}

ALWAYS_INLINE sums dot_words(sums sum, packed_words values, packed_words weights) {
  return (sums)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)values, (__m512i)weights);
}

ALWAYS_INLINE reals clamped(reals value, reals minimum, reals maximum) {
  return (reals)_mm512_min_ps(_mm512_max_ps((__m512)value, (__m512)minimum), (__m512)maximum);
}

ALWAYS_INLINE reals smaller_reals(reals a, reals b) {
  return (reals)_mm512_min_ps((__m512)a, (__m512)b);
}

ALWAYS_INLINE reals larger_reals(reals a, reals b) {
  return (reals)_mm512_max_ps((__m512)a, (__m512)b);
}

ALWAYS_INLINE bool is_any_above(reals a, float limit) {
  return _mm512_cmp_ps_mask((__m512)a, _mm512_set1_ps(limit), _CMP_GT_OQ) != 0;
}

ALWAYS_INLINE lane_bytes narrowed(sums bytes) {
  return (lane_bytes)_mm512_cvtusepi32_epi8((__m512i)bytes);
}

ALWAYS_INLINE sums nearest(reals value) { return (sums)_mm512_cvtps_epi32((__m512)value); }

typedef reals table_of_16;

ALWAYS_INLINE table_of_16 load_table(const float *from) { return load_reals(from); }

ALWAYS_INLINE reals look_up(table_of_16 table, sums indices) {
  return (reals)_mm512_permutexvar_ps((__m512i)indices, (__m512)table);
}

ALWAYS_INLINE float sum_of_lanes(reals value) { return _mm512_reduce_add_ps((__m512)value); }

#define HAS_OWN_STORE
#include "Templates/Requantize.h"

/// Steps of one vector, not yet clamped from below: narrowing saturates there.
ALWAYS_INLINE __m512i steps_of(sums sum, reals multiplier, const requantization *q) {
  const __m512 steps = _mm512_mul_ps(_mm512_cvtepi32_ps((__m512i)sum), (__m512)multiplier);
  return _mm512_cvtps_epi32(_mm512_min_ps(steps, (__m512)q->maximum));
}

/// The bytes of four vectors, behind each other.
ALWAYS_INLINE __m512i packed_bytes(const __m512i steps[4], const requantization *q) {
  // Packing works within quarters of a vector: their fours of bytes belong side by side.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i zero = _mm512_set1_epi16((int16_t)q->zero);
  const __m512i low = _mm512_add_epi16(_mm512_packs_epi32(steps[0], steps[1]), zero);
  const __m512i high = _mm512_add_epi16(_mm512_packs_epi32(steps[2], steps[3]), zero);
  const __m512i bytes = _mm512_max_epu8(_mm512_packus_epi16(low, high),
                                        _mm512_set1_epi8((char)q->smallest));
  return _mm512_permutexvar_epi32(order, bytes);
}

ALWAYS_INLINE void store_vectors(uint8_t *to, const sums *sum, const int count,
                                 const reals *multipliers, const int blocks,
                                 const requantization *q) {
  UNROLL for (int i = 0; i < count; i += 4) {
    __m512i steps[4];
    UNROLL for (int k = 0; k < 4; k += 1) {
      steps[k] = i + k < count ? steps_of(sum[i + k], multipliers[(i + k) % blocks], q)
                               : _mm512_setzero_si512();
    }
    const __m512i bytes = packed_bytes(steps, q);
    memcpy(to + i * LANES, &bytes, (size_t)(count - i < 4 ? count - i : 4) * LANES);
  }
}

ALWAYS_INLINE void store_four(uint8_t *const to[4], const sums *sum, reals multiplier,
                              const requantization *q) {
  __m512i steps[4];
  UNROLL for (int i = 0; i < 4; i += 1) steps[i] = steps_of(sum[i], multiplier, q);
  const __m512i bytes = packed_bytes(steps, q);
  _mm_storeu_si128((__m128i *)(void *)to[0], _mm512_castsi512_si128(bytes));
  _mm_storeu_si128((__m128i *)(void *)to[1], _mm512_extracti32x4_epi32(bytes, 1));
  _mm_storeu_si128((__m128i *)(void *)to[2], _mm512_extracti32x4_epi32(bytes, 2));
  _mm_storeu_si128((__m128i *)(void *)to[3], _mm512_extracti32x4_epi32(bytes, 3));
}

#include "Templates/Softmax.h"
#include "Templates/Direct.h"
#include "Templates/Depthwise.h"
#include "Templates/Quantize.h"
#include "Templates/Winograd.h"

const int8_instructions int8_avx512_vnni_instructions = {
    .name = "avx512vnni",
    .convolutions = {&direct, &winograd, &depthwise},
    .softmax = softmax,
    .quantize = quantize,
};

#pragma clang attribute pop
#endif
