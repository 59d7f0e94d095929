// Random convolutions, and how one is run so that a byte written out of place is seen.
#pragma once
#include "Int8Kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Says what was found and ends the program: a failure can be repeated from its seed.
#define REQUIRE(condition, ...)        \
  do {                                 \
    if (!(condition)) {                \
      printf("FAILED: " __VA_ARGS__);  \
      printf(" (%s)\n", #condition);   \
      exit(1);                         \
    }                                  \
  } while (0)

/// SplitMix64.
typedef struct {
  uint64_t state;
} generator;

uint64_t next_number(generator *);
/// A whole number from `from` up to and with `to`.
int32_t pick(generator *, int32_t from, int32_t to);
float pick_real(generator *, float from, float to);

/// Memory between two rows of guard bytes, aligned as the kernels ask for.
typedef struct {
  uint8_t *bytes;
  size_t count;
} guarded;

guarded guarded_bytes(size_t count);
bool is_unharmed(const guarded *);
void free_guarded(guarded *);

typedef struct {
  int8_convolution c;
  int8_channel_softmax softmax;
  float exponentials[256];
  uint8_t *input;
  size_t input_bytes, output_bytes;
} test_case;

typedef enum {
  ORDINARY,
  /// The largest and smallest bytes and weights, ties, and multipliers that saturate.
  EXTREME,
  FOR_WINOGRAD,
  /// The largest sums of weights with which Winograd is exact.
  WINOGRAD_AT_ITS_BOUND,
  DEPTHWISE,
} case_kind;

void make_case(test_case *, uint64_t seed, case_kind);
void free_case(test_case *);
/// exp of `scale` times -255 up to 0, with room for the sum of `length`.
void make_exponentials(float exponentials[256], double scale, size_t length);

/// Runs `kernel`, its parts from the last to the first, each with a scratch of its own. Bytes of
/// the output that it does not write are 0xA5.
guarded run_case(const test_case *, const int8_convolution_kernel *, const char *what);
