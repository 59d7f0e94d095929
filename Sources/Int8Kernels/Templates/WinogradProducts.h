// Products of tiles and weights at one point: where nearly all the time goes.
#pragma once
#include "WinogradPlan.h"

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
