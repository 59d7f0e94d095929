// Compares every kernel that this processor can run with the portable definition, byte for byte.
// usage: kernels NAME...   the instruction sets that must be chosen, as they name themselves
#include "Case.h"
#include <math.h>

static const char *const names[] = {
    [ORDINARY] = "ordinary",
    [EXTREME] = "extreme",
    [FOR_WINOGRAD] = "for Winograd",
    [WINOGRAD_AT_ITS_BOUND] = "at Winograd's bound",
    [DEPTHWISE] = "depthwise",
};

static void compare_convolutions(const int8_instructions *set, case_kind kind, uint64_t seeds) {
  const int8_convolution_kernel *definition =
      int8_instructions_of(INT8_PORTABLE)->convolutions[INT8_DIRECT];
  int compared[INT8_CONVOLUTION_KERNELS] = {0};
  for (uint64_t seed = 1; seed <= seeds; seed += 1) {
    test_case t;
    make_case(&t, seed, kind);
    char what[96];
    guarded expected = run_case(&t, definition, "definition");
    for (int way = 0; way < INT8_CONVOLUTION_KERNELS; way += 1) {
      const int8_convolution_kernel *kernel = set->convolutions[way];
      if (kernel == NULL || !kernel->suits(&t.c)) continue;
      snprintf(what, sizeof what, "%s %s, %s, seed %llu", set->name, kernel->name, names[kind],
               (unsigned long long)seed);
      guarded found = run_case(&t, kernel, what);
      for (size_t i = 0; i < found.count; i += 1) {
        REQUIRE(found.bytes[i] == expected.bytes[i], "%s: byte %zu is %d, not %d", what, i,
                found.bytes[i], expected.bytes[i]);
      }
      free_guarded(&found);
      compared[way] += 1;
    }
    free_guarded(&expected);
    free_case(&t);
  }
  REQUIRE(kind != WINOGRAD_AT_ITS_BOUND || compared[INT8_WINOGRAD] == (int)seeds ||
              set->convolutions[INT8_WINOGRAD] == NULL,
          "%s: Winograd refuses what it can compute", set->name);
  printf("  %-20s direct %3d, Winograd %3d, depthwise %2d\n", names[kind],
         compared[INT8_DIRECT], compared[INT8_WINOGRAD], compared[INT8_DEPTHWISE]);
}

static void fill_for_softmax(generator *g, int pattern, uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i += 1) {
    switch (pattern) {
      case 0: bytes[i] = (uint8_t)pick(g, 0, 255); break;
      case 1: bytes[i] = (uint8_t)pick(g, 90, 110); break;
      case 2: bytes[i] = 0; break;
      case 3: bytes[i] = 255; break;
      default: bytes[i] = pick(g, 0, (int32_t)count / 2) == 0 ? 255 : 0; break;
    }
  }
}

/// Compares `bytes` with what the definition makes of them, and frees them.
static void compare_pixels(const int8_instructions *set, size_t channels,
                           const int8_channel_softmax *s, guarded bytes, uint64_t seed) {
  const size_t pixels = bytes.count / channels;
  guarded expected = guarded_bytes(bytes.count);
  int8_softmax(pixels, channels, 1, s->exponentials, s->to, bytes.bytes, expected.bytes);
  set->softmax(pixels, channels, s, bytes.bytes);
  REQUIRE(memcmp(expected.bytes, bytes.bytes, bytes.count) == 0, "%s softmax, seed %llu",
          set->name, (unsigned long long)seed);
  REQUIRE(is_unharmed(&bytes), "%s softmax, seed %llu: guard", set->name,
          (unsigned long long)seed);
  free_guarded(&expected);
  free_guarded(&bytes);
}

/// The output scale of which a pixel's largest byte comes nearest to some steps and a half.
static float scale_near_half(const float *exponentials, const guarded *bytes) {
  double sum = 0, largest = 0, nearest = 1;
  for (size_t i = 0; i < bytes->count; i += 1) {
    sum += exponentials[bytes->bytes[i]];
    largest = fmax(largest, exponentials[bytes->bytes[i]]);
  }
  int best = 1;
  for (int steps_per_one = 1; steps_per_one < 140 * (int)bytes->count; steps_per_one += 1) {
    const double steps = steps_per_one * largest / sum, distance = fabs(steps - floor(steps) - 0.5);
    if (steps > 254) break;
    if (distance > nearest) continue;
    nearest = distance;
    best = steps_per_one;
  }
  return 1 / ((float)best + 0.25f);
}

static void compare_softmax(const int8_instructions *set) {
  // Of 1/4096 the definition's products overflow for few channels.
  static const float scales[] = {1.0f / 256, 1.0f / 255, 1.0f / 100, 1.0f / 1000, 1.0f / 4096};
  float exponentials[256];
  for (uint64_t seed = 1; seed <= 600; seed += 1) {
    generator g = {seed};
    const size_t channels = seed % 3 == 0   ? (size_t)pick(&g, 1, 520)
                            : seed % 3 == 1 ? 4 * (size_t)pick(&g, 1, 8)
                                            : 16 * (size_t)pick(&g, 1, 32);
    make_exponentials(exponentials, pow(10, pick_real(&g, -3, 1)), channels);
    const int8_channel_softmax s = {exponentials, {scales[pick(&g, 0, 4)], pick(&g, 0, 255)}};
    guarded bytes = guarded_bytes((size_t)pick(&g, 1, 20) * channels);
    fill_for_softmax(&g, pick(&g, 0, 4), bytes.bytes, bytes.count);
    compare_pixels(set, channels, &s, bytes, seed);
  }
  for (uint64_t seed = 1; seed <= 1000; seed += 1) {
    generator g = {seed};
    const size_t channels = 16 * (size_t)pick(&g, 1, 32);
    make_exponentials(exponentials, pick_real(&g, 0, 0.05f), channels);
    guarded bytes = guarded_bytes(channels);
    fill_for_softmax(&g, pick(&g, 0, 4), bytes.bytes, bytes.count);
    const int8_channel_softmax s = {exponentials, {scale_near_half(exponentials, &bytes), 0}};
    compare_pixels(set, channels, &s, bytes, seed);
  }
}

static void compare_quantize(const int8_instructions *set) {
  static const float odd[] = {NAN, -NAN, INFINITY, -INFINITY, -0.0f, 0.5f, 1.5f, -0.5f,
                              1e38f, -1e38f, 1e-45f, 254.5f, 255.5f, 126.5f, -127.5f};
  for (uint64_t seed = 1; seed <= 300; seed += 1) {
    generator g = {seed};
    const size_t planes = (size_t)pick(&g, 1, 6), pixels = (size_t)pick(&g, 1, 90);
    const int8_quantization to = {pick(&g, 0, 1) == 0 ? 1 : pick_real(&g, 0.001f, 3),
                                  pick(&g, 0, 255)};
    float reals[6 * 90];
    for (size_t i = 0; i < planes * pixels; i += 1) {
      reals[i] = pick(&g, 0, 3) == 0 ? odd[pick(&g, 0, 14)] : (float)pick(&g, -600, 600) / 2;
    }
    guarded expected = guarded_bytes(planes * pixels), found = guarded_bytes(planes * pixels);
    int8_quantize(planes, pixels, to, reals, expected.bytes);
    set->quantize(planes, pixels, to, reals, found.bytes);
    REQUIRE(memcmp(expected.bytes, found.bytes, found.count) == 0, "%s quantize, seed %llu",
            set->name, (unsigned long long)seed);
    REQUIRE(is_unharmed(&found), "%s quantize, seed %llu: guard", set->name,
            (unsigned long long)seed);
    free_guarded(&expected);
    free_guarded(&found);
  }
}

int main(int count, char **arguments) {
  static const int8_instruction_set all[] = {INT8_PORTABLE, INT8_NEON, INT8_NEON_DOT_PRODUCT,
                                             INT8_AVX2, INT8_AVX_VNNI, INT8_AVX512_VNNI};
  const int8_instructions *sets[sizeof all / sizeof *all];
  int set_count = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i += 1) {
    sets[set_count] = int8_instructions_of(all[i]);
    set_count += sets[set_count] != NULL;
  }
  REQUIRE(set_count == count - 1, "%d instruction sets, not those asked for", set_count);
  for (int i = 0; i < set_count; i += 1) {
    REQUIRE(strcmp(sets[i]->name, arguments[i + 1]) == 0, "%s is not %s", sets[i]->name,
            arguments[i + 1]);
  }
  for (int i = 0; i < set_count; i += 1) {
    printf("%s: softmax, quantize, and convolutions\n", sets[i]->name);
    compare_softmax(sets[i]);
    compare_quantize(sets[i]);
    compare_convolutions(sets[i], ORDINARY, 150);
    compare_convolutions(sets[i], EXTREME, 80);
    compare_convolutions(sets[i], FOR_WINOGRAD, 150);
    compare_convolutions(sets[i], WINOGRAD_AT_ITS_BOUND, 12);
    compare_convolutions(sets[i], DEPTHWISE, 80);
  }
  return 0;
}
