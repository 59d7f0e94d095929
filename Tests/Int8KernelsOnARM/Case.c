#include "Case.h"
#include <math.h>

enum { GUARD_BYTES = 128, UNWRITTEN = 0xA5 };

uint64_t next_number(generator *g) {
  g->state += 0x9E3779B97F4A7C15u;
  uint64_t mixed = g->state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

int32_t pick(generator *g, int32_t from, int32_t to) {
  return from + (int32_t)(next_number(g) % (uint64_t)(to - from + 1));
}

float pick_real(generator *g, float from, float to) {
  return from + (to - from) * (float)(next_number(g) >> 40) * 0x1p-24f;
}

guarded guarded_bytes(size_t count) {
  // Behind what is asked for lie the bytes that may be read; they hold the guard too.
  const size_t all = (GUARD_BYTES + count + INT8_SLACK_BYTES + GUARD_BYTES + 63) / 64 * 64;
  uint8_t *memory = aligned_alloc(64, all);
  REQUIRE(memory != NULL, "out of memory");
  memset(memory, UNWRITTEN, all);
  return (guarded){memory + GUARD_BYTES, count};
}

bool is_unharmed(const guarded *g) {
  const uint8_t *front = g->bytes - GUARD_BYTES, *back = g->bytes + g->count;
  for (size_t i = 0; i < GUARD_BYTES; i += 1) {
    if (front[i] != UNWRITTEN || back[i] != UNWRITTEN) return false;
  }
  return true;
}

void free_guarded(guarded *g) { free(g->bytes - GUARD_BYTES); }

void make_exponentials(float exponentials[256], double scale, size_t length) {
  const double room = log(3.4028234e38 / (double)length) - 5;
  for (int i = 0; i < 256; i += 1) exponentials[i] = (float)exp((i - 255) * scale + room);
}

static void make_shape(int8_convolution *c, generator *g, case_kind kind) {
  const bool is_bound = kind == WINOGRAD_AT_ITS_BOUND, is_depthwise = kind == DEPTHWISE;
  const bool is_winograd = kind == FOR_WINOGRAD || is_bound;
  c->groups = is_winograd ? 1 : is_depthwise ? pick(g, 2, 70) : pick(g, -2, 5);
  if (c->groups < 1) c->groups = 1;
  c->channels = is_depthwise ? c->groups : c->groups * pick(g, 1, is_winograd ? 50 : 19);
  if (is_bound) c->channels = pick(g, 120, 140);
  c->output_channels = is_depthwise ? c->groups : c->groups * pick(g, 1, 70);
  c->kernel_rows = is_winograd ? 3 : pick(g, 1, 4);
  c->kernel_columns = is_winograd ? 3 : pick(g, 1, 4);
  c->stride_rows = is_winograd ? 1 : pick(g, 1, 3);
  c->stride_columns = is_winograd ? 1 : pick(g, 1, 3);
  c->pad_top = pick(g, 0, 2);
  c->pad_left = pick(g, 0, 2);
  c->pad_bottom = pick(g, 0, 2);
  c->pad_right = pick(g, 0, 2);
  c->output_rows = pick(g, 1, 14);
  c->output_columns = pick(g, 1, 14);
  c->pools = pick(g, 0, 2) == 0;
  if (c->pools) {
    c->output_rows += c->output_rows % 2;
    c->output_columns += c->output_columns % 2;
  }
  // As many rows and columns as are read, and now and then some more.
  const int32_t more = pick(g, -2, 2) > 0 ? pick(g, 1, 3) : 0;
  c->rows = (c->output_rows - 1) * c->stride_rows + c->kernel_rows - c->pad_top - c->pad_bottom;
  c->columns = (c->output_columns - 1) * c->stride_columns + c->kernel_columns - c->pad_left -
               c->pad_right;
  c->rows = (c->rows < 1 ? 1 : c->rows) + more;
  c->columns = (c->columns < 1 ? 1 : c->columns) + more;
  c->output_pixel_bytes = c->output_channels + (pick(g, 0, 2) == 0 ? pick(g, 1, 40) : 0);
}

/// Weights of one sign for each output channel, whose sum is the largest that Winograd can take.
static void make_bound_weights(int8_t *weights, int32_t outputs, int32_t taps) {
  for (int32_t output = 0; output < outputs; output += 1) {
    int32_t left = 131586;
    for (int32_t tap = 0; tap < taps; tap += 1) {
      const int32_t weight = left < 127 ? left : 127;
      *weights++ = (int8_t)(output % 2 == 0 ? weight : -weight);
      left -= weight;
    }
  }
}

void make_case(test_case *t, uint64_t seed, case_kind kind) {
  generator g = {seed};
  int8_convolution *c = &t->c;
  *c = (int8_convolution){0};
  make_shape(c, &g, kind);
  const int32_t taps = c->kernel_rows * c->kernel_columns * (c->channels / c->groups);
  const size_t weight_count = (size_t)c->output_channels * (size_t)taps;
  const size_t outputs = (size_t)c->output_channels;
  t->input_bytes = (size_t)c->rows * (size_t)c->columns * (size_t)c->channels;
  const int32_t side = c->pools ? 2 : 1;
  t->output_bytes = (size_t)(c->output_rows / side) * (size_t)(c->output_columns / side) *
                    (size_t)c->output_pixel_bytes;
  int8_t *weights = malloc(weight_count);
  int32_t *bias = malloc(outputs * sizeof *bias);
  float *multipliers = malloc(outputs * sizeof *multipliers);
  t->input = aligned_alloc(64, (t->input_bytes + INT8_SLACK_BYTES + 63) / 64 * 64);
  REQUIRE(weights && bias && multipliers && t->input, "out of memory");
  memset(t->input, 0xFF, t->input_bytes + INT8_SLACK_BYTES);

  c->input_zero = (uint8_t)pick(&g, 0, 255);
  c->output_zero = (uint8_t)pick(&g, 0, 255);
  c->output_minimum = pick(&g, 0, 1) == 0 ? 0 : c->output_zero;
  const bool is_bound = kind == WINOGRAD_AT_ITS_BOUND, is_extreme = kind == EXTREME;
  for (size_t i = 0; i < weight_count; i += 1) {
    weights[i] = (int8_t)(is_extreme ? (pick(&g, 0, 1) == 0 ? -128 : 127) : pick(&g, -128, 127));
  }
  if (is_bound) make_bound_weights(weights, c->output_channels, taps);
  for (size_t i = 0; i < t->input_bytes; i += 1) {
    const int32_t end = pick(&g, 0, is_bound ? 20 : 1) == 0 ? 0 : 255;
    t->input[i] = (uint8_t)(is_extreme || is_bound ? end : pick(&g, 0, 255));
  }
  const float spread = 1 / (128 * sqrtf((float)taps));
  for (size_t i = 0; i < outputs; i += 1) {
    bias[i] = pick(&g, -100000, 100000);
    // Halves are ties: powers of two give them often.
    multipliers[i] = is_extreme && i % 2 == 0 ? 0x1p-10f : pick_real(&g, spread / 4, spread * 4);
    if (is_extreme && i % 5 == 0) multipliers[i] = 1e30f;
    if (is_bound) multipliers[i] = 0x1p-18f;
  }
  c->weights = weights;
  c->bias = bias;
  c->multipliers = multipliers;
  if (pick(&g, 0, 2) == 0) {
    make_exponentials(t->exponentials, pick_real(&g, 0.001f, 0.3f), outputs);
    t->softmax = (int8_channel_softmax){t->exponentials, {1.0f / 256, pick(&g, 0, 1) * 128}};
    c->softmax = &t->softmax;
  }
}

void free_case(test_case *t) {
  free((void *)(uintptr_t)t->c.weights);
  free((void *)(uintptr_t)t->c.bias);
  free((void *)(uintptr_t)t->c.multipliers);
  free(t->input);
}

guarded run_case(const test_case *t, const int8_convolution_kernel *kernel, const char *what) {
  const int8_convolution *c = &t->c;
  guarded packed = guarded_bytes(kernel->packed_bytes(c));
  guarded image = guarded_bytes(kernel->image_bytes(c));
  guarded output = guarded_bytes(t->output_bytes);
  kernel->pack(c, packed.bytes);
  const void *read = t->input;
  if (image.count > 0) {
    kernel->prepare(c, t->input, image.bytes);
    read = image.bytes;
  }
  for (int32_t part = kernel->parts(c) - 1; part >= 0; part -= 1) {
    guarded scratch = guarded_bytes(kernel->scratch_bytes(c));
    kernel->run(c, packed.bytes, read, output.bytes, part, part + 1, scratch.bytes);
    REQUIRE(is_unharmed(&scratch), "%s: bytes beside the scratch were written", what);
    free_guarded(&scratch);
  }
  REQUIRE(is_unharmed(&packed), "%s: bytes beside the packed weights were written", what);
  REQUIRE(is_unharmed(&image), "%s: bytes beside the image were written", what);
  REQUIRE(is_unharmed(&output), "%s: bytes beside the output were written", what);
  free_guarded(&packed);
  free_guarded(&image);
  return output;
}
