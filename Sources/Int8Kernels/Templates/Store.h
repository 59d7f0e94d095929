// Bytes to where they belong.
//
// An instruction set that packs vectors better than one by one defines HAS_OWN_STORE and the first
// two functions itself.
#pragma once
#include "Requantize.h"

#ifndef HAS_OWN_STORE
/// Stores the bytes of `count` vectors of sums behind each other; multipliers repeat after `blocks`.
ALWAYS_INLINE void store_vectors(uint8_t *to, const sums *sum, const int count,
                                 const reals *multipliers, const int blocks,
                                 const requantization *q) {
  UNROLL for (int i = 0; i < count; i += 1) {
    const lane_bytes bytes = narrowed(bytes_of(sum[i], multipliers[i % blocks], q));
    memcpy(to + i * LANES, &bytes, sizeof bytes);
  }
}

/// Stores the bytes of one vector of sums for each of four pixels.
ALWAYS_INLINE void store_four(uint8_t *const to[4], const sums *sum, reals multiplier,
                              const requantization *q) {
  UNROLL for (int i = 0; i < 4; i += 1) store_vectors(to[i], &sum[i], 1, &multiplier, 1, q);
}
#endif

/// Stores the bytes of one pixel: `channels` of them, of `blocks` vectors of sums.
ALWAYS_INLINE void store_pixel(uint8_t *to, const sums *sum, const int blocks,
                               const reals *multipliers, const requantization *q,
                               int32_t channels) {
  if (channels == blocks * LANES) {
    store_vectors(to, sum, blocks, multipliers, blocks, q);
    return;
  }
  UNROLL for (int b = 0; b < blocks; b += 1) {
    const int32_t left = channels - b * LANES;
    if (left <= 0) return;
    const lane_bytes bytes = narrowed(bytes_of(sum[b], multipliers[b], q));
    memcpy(to + b * LANES, &bytes, left < LANES ? (size_t)left : LANES);
  }
}
