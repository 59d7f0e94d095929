// The definition of every convolution kernel, in plain C.
#include "Internal.h"

static bool suits(const int8_convolution *c) {
  (void)c;
  return true;
}

static double cycles(const int8_convolution *c) {
  int8_runs r = int8_runs_of(c);
  const double outputs = (double)c->output_rows * c->output_columns * c->output_channels;
  return outputs * (20 + r.count * (8 + 0.6 * r.length));
}

static size_t packed_bytes(const int8_convolution *c) {
  (void)c;
  return 0;
}

static void pack(const int8_convolution *c, void *packed) {
  (void)c;
  (void)packed;
}

/// A part is one row of the stored output.
static int32_t parts(const int8_convolution *c) {
  return c->pools ? c->output_rows / 2 : c->output_rows;
}

/// The rows that one stored row comes from.
static size_t scratch_bytes(const int8_convolution *c) {
  return (size_t)c->output_columns * (size_t)c->output_channels * (c->pools ? 2 : 1);
}

static int32_t sum_of_products(const int8_convolution *c, const int8_runs *r,
                               const uint8_t *pixel, int32_t output_channel) {
  // Wraps where the exact sum minus the zero point's share would; the planner proves that the
  // exact sum fits, so the wrapped one is it.
  uint32_t sum = (uint32_t)c->bias[output_channel];
  const uint8_t *group = pixel + (output_channel / r->group_outputs) * r->group_channels;
  const int8_t *weights =
      c->weights + (size_t)output_channel * (size_t)r->count * (size_t)r->length;
  for (int32_t run = 0; run < r->count; run += 1) {
    const uint8_t *values = group + int8_run_offset(c, r, run);
    for (int32_t i = 0; i < r->length; i += 1) {
      sum += (uint32_t)((int32_t)weights[i] * (int32_t)values[i]);
    }
    weights += r->length;
  }
  return (int32_t)sum;
}

/// One row of the output before pooling.
static void convolve_row(const int8_convolution *c, const uint8_t *image, int32_t row,
                         uint8_t *bytes) {
  const int8_runs r = int8_runs_of(c);
  const float minimum = (float)((int32_t)c->output_minimum - (int32_t)c->output_zero);
  const float maximum = (float)(255 - (int32_t)c->output_zero);
  for (int32_t column = 0; column < c->output_columns; column += 1) {
    const uint8_t *values =
        image + int8_pixel_offset(c, &r, (size_t)row * (size_t)c->output_columns + (size_t)column);
    uint8_t *pixel = bytes + (size_t)column * (size_t)c->output_channels;
    for (int32_t channel = 0; channel < c->output_channels; channel += 1) {
      float real = (float)sum_of_products(c, &r, values, channel) * c->multipliers[channel];
      int32_t byte = int8_round(int8_clamp(real, minimum, maximum)) + (int32_t)c->output_zero;
      pixel[channel] = (uint8_t)byte;
    }
    if (c->softmax != NULL) {
      int8_softmax(1, (size_t)c->output_channels, 1, c->softmax->exponentials, c->softmax->to,
                   pixel, pixel);
    }
  }
}

static void run(const int8_convolution *c, const void *packed, const void *image,
                uint8_t *output, int32_t first_part, int32_t end_part, void *scratch) {
  (void)packed;
  const size_t channels = (size_t)c->output_channels;
  const size_t columns = (size_t)(c->pools ? c->output_columns / 2 : c->output_columns);
  const size_t row_bytes = (size_t)c->output_columns * channels;
  uint8_t *bytes = scratch;
  for (int32_t part = first_part; part < end_part; part += 1) {
    uint8_t *row = output + (size_t)part * columns * (size_t)c->output_pixel_bytes;
    convolve_row(c, image, c->pools ? 2 * part : part, bytes);
    if (c->pools) convolve_row(c, image, 2 * part + 1, bytes + row_bytes);
    for (size_t column = 0; column < columns; column += 1) {
      uint8_t *to = row + column * (size_t)c->output_pixel_bytes;
      if (c->pools) {
        int8_largest_of_four(bytes + 2 * column * channels, channels, row_bytes, channels, to);
      } else {
        memcpy(to, bytes + column * channels, channels);
      }
    }
  }
}

const int8_convolution_kernel int8_portable_direct = {
    .name = "direct",
    .suits = suits,
    .cycles = cycles,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .image_bytes = int8_image_bytes,
    .prepare = int8_prepare,
    .parts = parts,
    .scratch_bytes = scratch_bytes,
    .run = run,
};

void int8_convolve_to_float(const int8_convolution *c, const float *scales, bool relu,
                            const uint8_t *input, float *output, void *scratch) {
  int8_runs r = int8_runs_of(c);
  const uint8_t *image = int8_padded_image(c, &r, input, scratch);
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  for (size_t pixel = 0; pixel < pixels; pixel += 1) {
    const uint8_t *values = image + int8_pixel_offset(c, &r, pixel);
    for (int32_t channel = 0; channel < c->output_channels; channel += 1) {
      float real = (float)sum_of_products(c, &r, values, channel) * scales[channel];
      output[(size_t)channel * pixels + pixel] = relu && real < 0 ? 0 : real;
    }
  }
}
