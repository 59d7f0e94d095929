// Pooling, addition, softmax and movement. The order of every float operation is part of the
// definition: it is the reference's own, so that the bytes are too.
#include "Internal.h"
#include <math.h>

static float dequantized(int8_quantization q, uint8_t byte) {
  return q.scale * (float)((int32_t)byte - q.zero);
}

void int8_max_pool(const int8_window *w, const uint8_t *input, uint8_t *output) {
  const size_t channels = (size_t)w->channels;
  for (int32_t row = 0; row < w->output_rows; row += 1) {
    for (int32_t column = 0; column < w->output_columns; column += 1) {
      int32_t top = row * w->stride_rows - w->pad_top;
      int32_t left = column * w->stride_columns - w->pad_left;
      memset(output, 0, channels);
      for (int32_t y = top < 0 ? 0 : top; y < top + w->kernel_rows && y < w->rows; y += 1) {
        for (int32_t x = left < 0 ? 0 : left; x < left + w->kernel_columns && x < w->columns;
             x += 1) {
          const uint8_t *pixel = input + ((size_t)y * (size_t)w->columns + (size_t)x) * channels;
          for (size_t c = 0; c < channels; c += 1) {
            output[c] = output[c] > pixel[c] ? output[c] : pixel[c];
          }
        }
      }
      output += w->output_pixel_bytes;
    }
  }
}

void int8_average_pool(const int8_window *w, int8_quantization from, int8_quantization to,
                       const uint8_t *input, uint8_t *output, float *sums) {
  const size_t channels = (size_t)w->channels;
  for (int32_t row = 0; row < w->output_rows; row += 1) {
    for (int32_t column = 0; column < w->output_columns; column += 1) {
      int32_t top = row * w->stride_rows - w->pad_top;
      int32_t left = column * w->stride_columns - w->pad_left;
      int32_t bottom = top + w->kernel_rows < w->rows ? top + w->kernel_rows : w->rows;
      int32_t right = left + w->kernel_columns < w->columns ? left + w->kernel_columns : w->columns;
      top = top < 0 ? 0 : top;
      left = left < 0 ? 0 : left;
      memset(sums, 0, channels * sizeof *sums);
      for (int32_t y = top; y < bottom; y += 1) {
        for (int32_t x = left; x < right; x += 1) {
          const uint8_t *pixel = input + ((size_t)y * (size_t)w->columns + (size_t)x) * channels;
          for (size_t c = 0; c < channels; c += 1) sums[c] += dequantized(from, pixel[c]);
        }
      }
      const int32_t count = w->count_padding ? w->kernel_rows * w->kernel_columns
                                             : (bottom - top) * (right - left);
      for (size_t c = 0; c < channels; c += 1) {
        // Here the zero point is added before rounding.
        float steps = sums[c] / (float)count / to.scale + (float)to.zero;
        output[c] = (uint8_t)int8_round(int8_clamp(steps, 0, 255));
      }
      output += w->output_pixel_bytes;
    }
  }
}

void int8_global_average_pool(size_t pixels, size_t channels, int8_quantization from,
                              int8_quantization to, const uint8_t *input, uint8_t *output,
                              int32_t *sums) {
  const float scale = from.scale / (to.scale * (float)pixels);
  for (size_t c = 0; c < channels; c += 1) {
    sums[c] = -(int32_t)pixels * from.zero;
  }
  for (size_t pixel = 0; pixel < pixels; pixel += 1) {
    for (size_t c = 0; c < channels; c += 1) sums[c] += input[c];
    input += channels;
  }
  for (size_t c = 0; c < channels; c += 1) {
    float steps = int8_clamp((float)sums[c] * scale, (float)-to.zero, (float)(255 - to.zero));
    output[c] = (uint8_t)(int8_round(steps) + to.zero);
  }
}

void int8_add(size_t count, int8_quantization from_a, int8_quantization from_b,
              int8_quantization to, bool relu, const uint8_t *a, const uint8_t *b,
              uint8_t *output) {
  const float ratio_a = from_a.scale / to.scale, ratio_b = from_b.scale / to.scale;
  const float fixed =
      (float)to.zero - fmaf(ratio_a, (float)from_a.zero, ratio_b * (float)from_b.zero);
  const float minimum = relu ? (float)to.zero : 0;
  // The second operand's share takes one of 256 values.
  float shares[256];
  for (int32_t byte = 0; byte < 256; byte += 1) shares[byte] = fmaf((float)byte, ratio_b, fixed);
  for (size_t i = 0; i < count; i += 1) {
    float sum = fmaf((float)a[i], ratio_a, shares[b[i]]);
    output[i] = (uint8_t)int8_round(int8_clamp(sum, minimum, 255));
  }
}

void int8_softmax(size_t outer, size_t length, size_t inner, const float *exponentials,
                  int8_quantization to, const uint8_t *input, uint8_t *output) {
  const float steps_per_one = floorf(1.0f / to.scale);
  for (size_t vector = 0; vector < outer * inner; vector += 1) {
    const size_t start = vector / inner * length * inner + vector % inner;
    const uint8_t *x = input + start;
    uint8_t *y = output + start;
    uint8_t largest = 0;
    for (size_t i = 0; i < length; i += 1) {
      largest = x[i * inner] > largest ? x[i * inner] : largest;
    }
    const float *shifted = exponentials + (255 - largest);
    float sum = 0;
    for (size_t i = 0; i < length; i += 1) sum += shifted[x[i * inner]];
    for (size_t i = 0; i < length; i += 1) {
      float steps = shifted[x[i * inner]] * steps_per_one / sum;
      // What overflows 32 bits, because the product before the quotient did, is nothing: as the
      // reference's conversion to a whole number has it.
      steps = steps < 0x1p31f ? int8_clamp(steps, 0, 512) : 0;
      int32_t byte = int8_round(steps) + to.zero;
      y[i * inner] = (uint8_t)(byte > 255 ? 255 : byte);
    }
  }
}

void int8_softmax_float(size_t outer, size_t length, size_t inner, const float *input,
                        float *output) {
  for (size_t vector = 0; vector < outer * inner; vector += 1) {
    const size_t start = vector / inner * length * inner + vector % inner;
    const float *x = input + start;
    float *y = output + start;
    float largest = x[0];
    for (size_t i = 1; i < length; i += 1) {
      largest = x[i * inner] > largest ? x[i * inner] : largest;
    }
    float sum = 0;
    for (size_t i = 0; i < length; i += 1) {
      y[i * inner] = expf(x[i * inner] - largest);
      sum += y[i * inner];
    }
    for (size_t i = 0; i < length; i += 1) y[i * inner] /= sum;
  }
}

void int8_look_up(size_t count, const uint8_t *table, const uint8_t *input, uint8_t *output) {
  for (size_t i = 0; i < count; i += 1) output[i] = table[input[i]];
}

void int8_gather(size_t count, const int32_t *indices, const uint8_t *input, uint8_t *output) {
  for (size_t i = 0; i < count; i += 1) output[i] = input[indices[i]];
}

void int8_copy_pieces(size_t outer, size_t length, size_t pitch, const uint8_t *table,
                      const uint8_t *input, uint8_t *output) {
  for (size_t piece = 0; piece < outer; piece += 1) {
    int8_look_up(length, table, input + piece * length, output + piece * pitch);
  }
}

void int8_quantize(size_t planes, size_t pixels, int8_quantization to, const float *input,
                   uint8_t *output) {
  for (size_t pixel = 0; pixel < pixels; pixel += 1) {
    for (size_t plane = 0; plane < planes; plane += 1) {
      *output++ = int8_quantized(to, input[plane * pixels + pixel]);
    }
  }
}

void int8_dequantize(size_t planes, size_t pixels, int8_quantization from, const uint8_t *input,
                     float *output) {
  for (size_t pixel = 0; pixel < pixels; pixel += 1) {
    for (size_t plane = 0; plane < planes; plane += 1) {
      output[plane * pixels + pixel] = dequantized(from, *input++);
    }
  }
}
