// Strips of output pixels: the parts that a convolution's work divides into.
#pragma once
#include "Vectors.h"
#include "Softmax.h"

/// Pixels of a strip; the pixels of every tile divide it.
#define STRIP_PIXELS 96

ALWAYS_INLINE int32_t strips_of(const int8_convolution *c) {
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  return (int32_t)((pixels + STRIP_PIXELS - 1) / STRIP_PIXELS);
}

/// Memory for a strip's bytes where a softmax needs all channels of a pixel.
ALWAYS_INLINE size_t strip_bytes(const int8_convolution *c) {
  if (c->softmax == NULL) return 0;
  return STRIP_PIXELS * (size_t)c->output_channels + INT8_SLACK_BYTES;
}

/// Where the kernel lies, in elements of the padded image: for pixel after pixel, or for pairs of
/// pixels beside each other. Of pixels that are pooled the upper pair comes before the lower.
typedef struct {
  size_t at;
  int32_t column, columns;
  /// To the next pixel or pair, and from the end of a row to the next one.
  size_t step, row_step;
  /// To the lower pair, and whether that is the next.
  size_t lower;
  bool pools, is_lower;
} pixel_cursor;

/// Elements from the kernel's place to that for the next column of the output.
ALWAYS_INLINE size_t column_step_of(const int8_convolution *c) {
  return (size_t)c->stride_columns * (size_t)c->channels;
}

/// `pixel` is even for pairs, and a multiple of four where pixels are pooled.
static inline pixel_cursor cursor_at(const int8_convolution *c, const int8_runs *r, size_t pixel,
                                     bool pairs) {
  const size_t row = (size_t)c->stride_rows * (size_t)r->padded_columns * (size_t)c->channels;
  const size_t rows = c->pools ? 2 : 1;
  const size_t side = pairs ? 2 : 1;
  const size_t position = pixel / (rows * side), columns = (size_t)c->output_columns / side;
  pixel_cursor k;
  k.step = side * column_step_of(c);
  k.row_step = rows * row - columns * k.step;
  k.lower = row;
  k.pools = c->pools;
  k.is_lower = false;
  k.columns = (int32_t)columns;
  k.column = (int32_t)(position % columns);
  k.at = position / columns * rows * row + (size_t)k.column * k.step;
  return k;
}

ALWAYS_INLINE size_t next_place(pixel_cursor *k) {
  const size_t place = k->at;
  if (k->pools) {
    k->is_lower = !k->is_lower;
    if (k->is_lower) {
      k->at += k->lower;
      return place;
    }
    k->at -= k->lower;
  }
  k->at += k->step;
  k->column += 1;
  if (k->column == k->columns) {
    k->column = 0;
    k->at += k->row_step;
  }
  return place;
}

/// Whether the output's pixels can be taken in pairs that lie beside each other.
ALWAYS_INLINE bool has_pairs(const int8_convolution *c) { return c->output_columns % 2 == 0; }

/// Pooling, for a pixel whose bytes are complete; those that are pooled lie together by fours.
ALWAYS_INLINE void finish_pixel(const int8_convolution *c, const uint8_t *bytes, uint8_t *to) {
  const size_t channels = (size_t)c->output_channels;
  if (c->pools) {
    int8_largest_of_four(bytes, channels, 2 * channels, channels, to);
  } else {
    memcpy(to, bytes, channels);
  }
}

/// Softmax and pooling for a strip whose bytes are complete.
static inline void finish_strip(const int8_convolution *c, uint8_t *bytes, int32_t pixels,
                                uint8_t *to) {
  const size_t channels = (size_t)c->output_channels;
  softmax((size_t)pixels, channels, c->softmax, bytes);
  for (int32_t i = 0; i < pixels; i += c->pools ? 4 : 1) {
    finish_pixel(c, bytes + (size_t)i * channels, to);
    to += c->output_pixel_bytes;
  }
}
