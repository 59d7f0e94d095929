// The definition of every convolution kernel, in plain C.
#include "Internal.h"

static size_t packed_bytes(const int8_convolution *c) {
  (void)c;
  return 0;
}

static void pack(const int8_convolution *c, void *packed) {
  (void)c;
  (void)packed;
}

static size_t scratch_bytes(const int8_convolution *c) {
  int8_runs r = int8_runs_of(c);
  return int8_padded_bytes(c, &r);
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

static void run(const int8_convolution *c, const void *packed, const uint8_t *input,
                uint8_t *output, void *scratch) {
  (void)packed;
  int8_runs r = int8_runs_of(c);
  const uint8_t *image = int8_padded_image(c, &r, input, scratch);
  const float minimum = (float)((int32_t)c->output_minimum - (int32_t)c->output_zero);
  const float maximum = (float)(255 - (int32_t)c->output_zero);
  const size_t pixels = (size_t)c->output_rows * (size_t)c->output_columns;
  for (size_t pixel = 0; pixel < pixels; pixel += 1) {
    const uint8_t *values = image + int8_pixel_offset(c, &r, pixel);
    for (int32_t channel = 0; channel < c->output_channels; channel += 1) {
      float real = (float)sum_of_products(c, &r, values, channel) * c->multipliers[channel];
      int32_t byte = int8_round(int8_clamp(real, minimum, maximum)) + (int32_t)c->output_zero;
      *output++ = (uint8_t)byte;
    }
  }
}

const int8_convolution_kernel int8_portable_kernel = {
    .name = "portable",
    .packed_bytes = packed_bytes,
    .pack = pack,
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
