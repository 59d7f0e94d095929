// Bytes to where they belong.
//
// An instruction set that packs vectors better than one by one defines HAS_OWN_STORE and the first
// two functions itself.
#pragma once
#include "Requantize.h"

#ifndef HAS_OWN_STORE
/// Stores the bytes of `count` vectors of sums behind each other; multipliers repeat after
/// `blocks`.
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

/// Stores the bytes of the first `count` lanes.
ALWAYS_INLINE void store_lanes(uint8_t *to, lane_bytes bytes, int32_t count) {
  if (count >= LANES) {
    memcpy(to, &bytes, LANES);
    return;
  }
  // Piece by piece: a call of memcpy for so few bytes takes longer.
  uint64_t pieces[2] = {0};
  memcpy(pieces, &bytes, LANES);
  uint64_t left = pieces[0];
  if ((count & 8) != 0) {
    memcpy(to, &left, 8);
    to += 8;
    left = pieces[1];
  }
  if ((count & 4) != 0) {
    memcpy(to, &left, 4);
    to += 4;
    left >>= 32;
  }
  if ((count & 2) != 0) {
    memcpy(to, &left, 2);
    to += 2;
    left >>= 16;
  }
  if ((count & 1) != 0) *to = (uint8_t)left;
}

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
    store_lanes(to + b * LANES, bytes, left);
  }
}
