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

/// Where the kernel lies, in elements of the padded image, pixel after pixel; pixels that are
/// pooled come by fours.
typedef struct {
  size_t at;
  size_t corners[4];
  int32_t corner_count, corner;
  int32_t column, columns;
  size_t column_step, row_step;
} pixel_cursor;

static inline pixel_cursor cursor_at(const int8_convolution *c, const int8_runs *r, size_t pixel) {
  pixel_cursor k;
  const size_t column = (size_t)c->stride_columns * (size_t)c->channels;
  const size_t row = (size_t)c->stride_rows * (size_t)r->padded_columns * (size_t)c->channels;
  const size_t side = c->pools ? 2 : 1;
  const size_t position = pixel / (side * side);
  k.corners[0] = 0;
  k.corners[1] = column;
  k.corners[2] = row;
  k.corners[3] = row + column;
  k.corner_count = (int32_t)(side * side);
  k.corner = 0;
  k.columns = c->output_columns / (int32_t)side;
  k.column = (int32_t)(position % (size_t)k.columns);
  k.column_step = side * column;
  k.row_step = side * row - (size_t)k.columns * k.column_step;
  k.at = position / (size_t)k.columns * side * row + (size_t)k.column * k.column_step;
  return k;
}

ALWAYS_INLINE size_t next_pixel(pixel_cursor *k) {
  const size_t pixel = k->at + k->corners[k->corner];
  k->corner += 1;
  if (k->corner == k->corner_count) {
    k->corner = 0;
    k->at += k->column_step;
    k->column += 1;
    if (k->column == k->columns) {
      k->column = 0;
      k->at += k->row_step;
    }
  }
  return pixel;
}

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
