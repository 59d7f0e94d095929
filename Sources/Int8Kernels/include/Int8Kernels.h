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

/// Softmax over the channels of every pixel, in bytes: `exponentials` as in `int8_softmax`.
typedef struct {
  const float *exponentials;
  int8_quantization to;
} int8_channel_softmax;

/// A convolution, or a matrix product seen as a 1 x 1 convolution over its rows, and what is done
/// with its output before it is stored: softmax over channels, then pooling.
typedef struct {
  /// The input as it is stored; more of it may be stored than is read.
  int32_t rows, columns, channels;
  int32_t groups;
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  /// The pixels to compute, before pooling.
  int32_t output_rows, output_columns, output_channels;
  /// Bytes from a stored pixel to the next; more than `output_channels` where the output is some
  /// channels of a wider image.
  int32_t output_pixel_bytes;
  /// Of every 2 x 2 pixels only the largest byte is stored; rows and columns are even then.
  bool pools;
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
  /// Null where none follows.
  const int8_channel_softmax *softmax;
} int8_convolution;

/// One way to run convolutions. Weights are packed once, in a layout of the way's own.
///
/// A run is: `prepare` the image unless `image_bytes` is 0, then `run` all parts, in any order, on
/// one thread or on several that have a scratch each. All memory is aligned to 64 bytes.
typedef struct {
  const char *name;
  /// Whether this way can compute the convolution, exactly.
  bool (*suits)(const int8_convolution *);
  /// How long a run takes, in processor cycles, roughly: to compare the ways that suit.
  double (*cycles)(const int8_convolution *);
  size_t (*packed_bytes)(const int8_convolution *);
  void (*pack)(const int8_convolution *, void *packed);
  /// Bytes of the image in the form that `run` reads; 0 where that is the input itself.
  size_t (*image_bytes)(const int8_convolution *);
  void (*prepare)(const int8_convolution *, const uint8_t *input, void *image);
  /// How many parts the work divides into.
  int32_t (*parts)(const int8_convolution *);
  /// Working memory of each thread.
  size_t (*scratch_bytes)(const int8_convolution *);
  void (*run)(const int8_convolution *, const void *packed, const void *image, uint8_t *output,
              int32_t first_part, int32_t end_part, void *scratch);
} int8_convolution_kernel;

typedef enum {
  INT8_PORTABLE = 0,
  INT8_NEON = 1,
  INT8_NEON_DOT_PRODUCT = 2,
  INT8_AVX2 = 3,
  INT8_AVX_VNNI = 4,
  INT8_AVX512_VNNI = 5,
} int8_instruction_set;

enum { INT8_DIRECT = 0, INT8_WINOGRAD = 1, INT8_DEPTHWISE = 2, INT8_CONVOLUTION_KERNELS = 3 };

/// What one instruction set computes with.
typedef struct {
  const char *name;
  /// `INT8_DIRECT` suits every convolution.
  const int8_convolution_kernel *convolutions[INT8_CONVOLUTION_KERNELS];
  /// Softmax over the channels of `pixels` pixels, in place; the definition is `int8_softmax`.
  void (*softmax)(size_t pixels, size_t channels, const int8_channel_softmax *, uint8_t *bytes);
  /// Reals [plane][pixel] to bytes [pixel][plane].
  void (*quantize)(size_t planes, size_t pixels, int8_quantization to, const float *input,
                   uint8_t *output);
} int8_instructions;

/// The functions of an instruction set, or null where this processor or build lacks it.
const int8_instructions *int8_instructions_of(int8_instruction_set set);

/// Whether Winograd's F(4 x 4, 3 x 3) modulo 2^32 gives this convolution's sums: docs/winograd.md.
bool int8_winograd_is_exact(const int8_convolution *);

/// The sums of a convolution as real numbers: output[channel][row][column] = sum * scales[channel].
///
/// `scratch` is as large as the padded image.
void int8_convolve_to_float(const int8_convolution *, const float *scales, bool relu,
                            const uint8_t *input, float *output, void *scratch);

/// A window that slides over each channel; rows and columns are those of the image as it is stored.
typedef struct {
  int32_t rows, columns, channels;
  int32_t kernel_rows, kernel_columns;
  int32_t stride_rows, stride_columns;
  int32_t pad_top, pad_left;
  int32_t output_rows, output_columns;
  /// Bytes from a stored pixel of the output to the next.
  int32_t output_pixel_bytes;
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

/// The definition of every `quantize`.
void int8_quantize(size_t planes, size_t pixels, int8_quantization to, const float *input,
                   uint8_t *output);
/// Bytes [pixel][plane] to reals [plane][pixel].
void int8_dequantize(size_t planes, size_t pixels, int8_quantization from, const uint8_t *input,
                     float *output);
