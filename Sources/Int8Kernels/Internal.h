// What the kernels' files share.
#pragma once
#include "include/Int8Kernels.h"
#include <string.h>

// A product and a sum round twice, as the reference does, unless fmaf is written.
#pragma STDC FP_CONTRACT OFF

/// The definition of every convolution kernel.
extern const int8_convolution_kernel int8_portable_direct;

extern const int8_instructions int8_portable_instructions;
#if defined(__x86_64__)
extern const int8_instructions int8_avx2_instructions;
extern const int8_instructions int8_avx_vnni_instructions;
extern const int8_instructions int8_avx512_vnni_instructions;
#elif defined(__aarch64__)
extern const int8_instructions int8_neon_instructions;
extern const int8_instructions int8_neon_dot_product_instructions;
#endif

/// The weights of one output channel are runs of bytes that lie together in the image: whole
/// kernel rows where there is one group, else the group's channels of one pixel.
typedef struct {
  int32_t count;
  int32_t length;
  int32_t per_row;
  int32_t group_channels;
  int32_t group_outputs;
  int32_t padded_columns;
  int32_t padded_rows;
  bool needs_padding;
} int8_runs;

static inline int8_runs int8_runs_of(const int8_convolution *c) {
  int8_runs r;
  r.group_channels = c->channels / c->groups;
  r.group_outputs = c->output_channels / c->groups;
  r.per_row = c->groups == 1 ? 1 : c->kernel_columns;
  r.count = c->kernel_rows * r.per_row;
  r.length = c->groups == 1 ? c->kernel_columns * c->channels : r.group_channels;
  r.padded_columns = c->columns + c->pad_left + c->pad_right;
  r.padded_rows = c->rows + c->pad_top + c->pad_bottom;
  r.needs_padding = (c->pad_top | c->pad_left | c->pad_bottom | c->pad_right) != 0;
  return r;
}

/// Where run `run` begins, in elements from the first one under the kernel.
static inline size_t int8_run_offset(const int8_convolution *c, const int8_runs *r, int32_t run) {
  size_t row = (size_t)(run / r->per_row), column = (size_t)(run % r->per_row);
  return (row * (size_t)r->padded_columns + column) * (size_t)c->channels;
}

/// Where the kernel lies for output pixel `pixel`, in elements of the padded image.
static inline size_t int8_pixel_offset(const int8_convolution *c, const int8_runs *r,
                                       size_t pixel) {
  size_t row = pixel / (size_t)c->output_columns, column = pixel % (size_t)c->output_columns;
  return (row * (size_t)c->stride_rows * (size_t)r->padded_columns +
          column * (size_t)c->stride_columns) *
         (size_t)c->channels;
}

/// The image with its padding: the input itself where there is none, else a copy in `scratch`.
static inline const uint8_t *int8_padded_image(const int8_convolution *c, const int8_runs *r,
                                               const uint8_t *input, uint8_t *scratch) {
  if (!r->needs_padding) return input;
  size_t row_bytes = (size_t)r->padded_columns * (size_t)c->channels;
  size_t input_row_bytes = (size_t)c->columns * (size_t)c->channels;
  memset(scratch, c->input_zero, row_bytes * (size_t)r->padded_rows);
  uint8_t *start = scratch + (size_t)c->pad_top * row_bytes +
                   (size_t)c->pad_left * (size_t)c->channels;
  for (size_t row = 0; row < (size_t)c->rows; row += 1) {
    memcpy(start + row * row_bytes, input + row * input_row_bytes, input_row_bytes);
  }
  return scratch;
}

/// Bytes of the padded image, 0 where there is no padding.
static inline size_t int8_padded_bytes(const int8_convolution *c, const int8_runs *r) {
  if (!r->needs_padding) return 0;
  return (size_t)r->padded_rows * (size_t)r->padded_columns * (size_t)c->channels +
         INT8_SLACK_BYTES;
}

/// `image_bytes` of kernels that read bytes: only padding needs another image.
static inline size_t int8_image_bytes(const int8_convolution *c) {
  const int8_runs r = int8_runs_of(c);
  return int8_padded_bytes(c, &r);
}

/// `prepare` of kernels that read bytes.
static inline void int8_prepare(const int8_convolution *c, const uint8_t *input, void *image) {
  const int8_runs r = int8_runs_of(c);
  int8_padded_image(c, &r, input, image);
}

/// The largest bytes of four pixels: two beside each other and the two a row further.
static inline void int8_largest_of_four(const uint8_t *first, size_t pixel_bytes,
                                        size_t row_bytes, size_t channels, uint8_t *output) {
  for (size_t c = 0; c < channels; c += 1) {
    const uint8_t *a = first + c, *b = a + row_bytes;
    uint8_t top = a[0] > a[pixel_bytes] ? a[0] : a[pixel_bytes];
    uint8_t bottom = b[0] > b[pixel_bytes] ? b[0] : b[pixel_bytes];
    output[c] = top > bottom ? top : bottom;
  }
}

/// The nearest integer, halves to the even one; `value` lies within 2^22 of zero.
///
/// Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition itself rounds, and unlike a
/// call of rintf this becomes vector code everywhere.
static inline int32_t int8_round(float value) {
  const float magic = 12582912.0f;
  return (int32_t)((value + magic) - magic);
}

static inline float int8_clamp(float value, float minimum, float maximum) {
  // In this order NaN becomes the minimum, as it does with the processor's max and min.
  value = value > minimum ? value : minimum;
  return value < maximum ? value : maximum;
}

/// Divides, clamps, rounds, then adds the zero point.
static inline uint8_t int8_quantized(int8_quantization q, float real) {
  const float zero = (float)q.zero;
  float steps = int8_clamp(real / q.scale, 0 - zero, 255 - zero);
  return (uint8_t)(int8_round(steps) + q.zero);
}
