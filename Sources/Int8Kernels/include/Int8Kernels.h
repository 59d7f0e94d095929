// The arithmetic of quantized networks: every function here is defined in plain C, and every faster
// version gives the same bytes.
//
// Activations are uint8_t in NHWC order with batch 1: a file's int8 is kept as uint8 by adding
// 128 to value and zero point, as the reference does too on x86. Nothing here allocates, and no
// function checks its arguments: the planner in QuantizedNetwork does.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes that may be read, and are ignored, behind the end of any tensor and of any scratch.
#define INT8_SLACK_BYTES 64

/// How a byte stands for a real number: (byte - zero) * scale.
typedef struct {
  float scale;
  int32_t zero;
} int8_quantization;

/// A convolution, or a matrix product seen as a 1 x 1 convolution over its rows.
typedef struct {
  int32_t rows, columns, channels;
  int32_t groups;
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  int32_t output_rows, output_columns, output_channels;
  /// The byte of zero, also that of the padding, in input and output.
  uint8_t input_zero, output_zero;
  /// The smallest output byte: output_zero where a ReLU follows, else 0.
  uint8_t output_minimum;
  /// [output channel][kernel row][kernel column][channel of its group]
  const int8_t *weights;
  /// [output channel]; minus input_zero times the sum of the channel's weights.
  const int32_t *bias;
  /// [output channel]; input scale * weight scale / output scale, in float, in this order.
  const float *multipliers;
} int8_convolution;

/// One way to run convolutions. Weights are packed once, in a layout of the way's own.
typedef struct {
  const char *name;
  size_t (*packed_bytes)(const int8_convolution *);
  /// `packed` is aligned to 64 bytes, here and in `run`.
  void (*pack)(const int8_convolution *, void *packed);
  size_t (*scratch_bytes)(const int8_convolution *);
  /// `scratch` is aligned to 64 bytes.
  void (*run)(const int8_convolution *, const void *packed, const uint8_t *input, uint8_t *output,
              void *scratch);
} int8_convolution_kernel;

typedef enum {
  INT8_PORTABLE = 0,
  INT8_AVX2 = 1,
  INT8_AVX512_VNNI = 2,
} int8_instruction_set;

/// The kernel for an instruction set, or null where this processor or build lacks it.
const int8_convolution_kernel *int8_kernel(int8_instruction_set set);

/// The sums of a convolution as real numbers: output[channel][row][column] = sum * scales[channel].
void int8_convolve_to_float(const int8_convolution *, const float *scales, bool relu,
                            const uint8_t *input, float *output, void *scratch);

/// A window that slides over each channel.
typedef struct {
  int32_t rows, columns, channels;
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t pad_top, pad_left;
  int32_t output_rows, output_columns;
  /// Averages divide by the whole window, not by the part of it that lies inside.
  bool count_padding;
} int8_window;

void int8_max_pool(const int8_window *, const uint8_t *input, uint8_t *output);
/// `sums` has one element per channel.
void int8_average_pool(const int8_window *, int8_quantization from, int8_quantization to,
                       const uint8_t *input, uint8_t *output, float *sums);
/// `sums` has one element per channel.
void int8_global_average_pool(size_t pixels, size_t channels, int8_quantization from,
                              int8_quantization to, const uint8_t *input, uint8_t *output,
                              int32_t *sums);

/// output = a + b, element by element, each with its own quantization.
void int8_add(size_t count, int8_quantization from_a, int8_quantization from_b,
              int8_quantization to, bool relu, const uint8_t *a, const uint8_t *b,
              uint8_t *output);

/// Softmax over `length` elements that lie `inner` apart, for each of `outer` * `inner` vectors.
///
/// `exponentials[i]` is exp of i steps of the input's scale, up to a common factor that keeps the
/// sum of `length` of them finite; the vector's largest element takes `exponentials[255]`.
void int8_softmax(size_t outer, size_t length, size_t inner, const float *exponentials,
                  int8_quantization to, const uint8_t *input, uint8_t *output);
void int8_softmax_float(size_t outer, size_t length, size_t inner, const float *input,
                        float *output);

/// output[i] = table[input[i]]; input and output may be the same.
void int8_look_up(size_t count, const uint8_t *table, const uint8_t *input, uint8_t *output);
/// output[i] = input[indices[i]]
void int8_gather(size_t count, const int32_t *indices, const uint8_t *input, uint8_t *output);
/// Looks up `outer` pieces of `length` bytes; the output's pieces start `pitch` bytes apart.
void int8_copy_pieces(size_t outer, size_t length, size_t pitch, const uint8_t *table,
                      const uint8_t *input, uint8_t *output);

/// Reals [plane][pixel] to bytes [pixel][plane].
void int8_quantize(size_t planes, size_t pixels, int8_quantization to, const float *input,
                   uint8_t *output);
/// Bytes [pixel][plane] to reals [plane][pixel].
void int8_dequantize(size_t planes, size_t pixels, int8_quantization from, const uint8_t *input,
                     float *output);
