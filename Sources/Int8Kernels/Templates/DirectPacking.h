// The sizes of a direct convolution, and its weights and its image in the form that is multiplied.
#pragma once
#include "Vectors.h"

typedef struct {
  int8_runs runs;
  /// Products that one run of elements takes.
  int32_t steps;
  /// Vectors of output channels in a group, and how many times some of them are summed together.
  int32_t blocks, block_groups;
  size_t block_weights, lanes;
} direct_plan;

static direct_plan direct_plan_of(const int8_convolution *c) {
  direct_plan p;
  p.runs = int8_runs_of(c);
  p.steps = (p.runs.length + TAPS - 1) / TAPS;
  p.blocks = (p.runs.group_outputs + LANES - 1) / LANES;
  p.block_groups = block_groups(p.blocks);
  p.block_weights = (size_t)p.runs.count * (size_t)p.steps * LANES * TAPS;
  p.lanes = (size_t)c->groups * (size_t)p.blocks * LANES;
  return p;
}

static bool direct_suits(const int8_convolution *c) {
  (void)c;
  return true;
}

static double direct_cycles(const int8_convolution *c) {
  const direct_plan p = direct_plan_of(c);
  const double pixels = (double)c->output_rows * c->output_columns;
  const double vectors = pixels * c->groups * p.blocks;
  const double weights = (double)p.lanes * p.runs.count * p.steps * TAPS * sizeof(weight);
  return vectors * (p.runs.count * p.steps * CYCLES_OF_DOT + CYCLES_OF_REQUANTIZATION) +
         weights * CYCLES_OF_WEIGHT_BYTE;
}

// Packed: bias [lane], multiplier [lane],
// weights [group][blocks summed together][run][step][block][lane of block][tap].
static size_t direct_packed_bytes(const int8_convolution *c) {
  const direct_plan p = direct_plan_of(c);
  return p.lanes * (sizeof(int32_t) + sizeof(float)) +
         (size_t)c->groups * (size_t)p.blocks * p.block_weights * sizeof(weight);
}

static void direct_pack(const int8_convolution *c, void *packed) {
  const direct_plan p = direct_plan_of(c);
  memset(packed, 0, direct_packed_bytes(c));
  int32_t *bias = packed;
  float *multipliers = (float *)(bias + p.lanes);
  weight *weights = (weight *)(multipliers + p.lanes);
  for (int32_t output = 0; output < c->output_channels; output += 1) {
    const int32_t group = output / p.runs.group_outputs, within = output % p.runs.group_outputs;
    const int32_t block = within / LANES;
    int32_t first = 0;
    while (first + blocks_together(p.blocks - first) <= block) {
      first += blocks_together(p.blocks - first);
    }
    const size_t together = (size_t)blocks_together(p.blocks - first);
    const size_t lane = (size_t)(within % LANES);
    const size_t place = (size_t)(group * p.blocks + block) * LANES + lane;
    weight *to = weights + (size_t)(group * p.blocks + first) * p.block_weights +
                 ((size_t)(block - first) * LANES + lane) * TAPS;
    const int8_t *from = c->weights + (size_t)output * (size_t)p.runs.count *
                                          (size_t)p.runs.length;
    uint32_t offset = 0;
    for (int32_t run = 0; run < p.runs.count; run += 1) {
      for (int32_t i = 0; i < p.runs.length; i += 1) {
        to[(size_t)(i / TAPS) * together * LANES * TAPS + (size_t)(i % TAPS)] = *from;
        offset += (uint32_t)(*from * ELEMENT_OFFSET);
        from += 1;
      }
      to += (size_t)p.steps * together * LANES * TAPS;
    }
    bias[place] = (int32_t)((uint32_t)c->bias[output] + offset);
    multipliers[place] = c->multipliers[output];
  }
}

static size_t direct_image_bytes(const int8_convolution *c) {
  const int8_runs r = int8_runs_of(c);
  if (!r.needs_padding && !ELEMENTS_DIFFER) return 0;
  return (size_t)r.padded_rows * (size_t)r.padded_columns * (size_t)c->channels *
             sizeof(element) +
         INT8_SLACK_BYTES;
}

static void direct_prepare(const int8_convolution *c, const uint8_t *input, void *image) {
  const int8_runs r = int8_runs_of(c);
  const size_t row = (size_t)r.padded_columns * (size_t)c->channels;
  const size_t input_row = (size_t)c->columns * (size_t)c->channels;
  const size_t left = (size_t)c->pad_left * (size_t)c->channels;
  const element zero = element_of_byte(c->input_zero);
  element *to = image;
  for (int32_t y = 0; y < r.padded_rows; y += 1) {
    const int32_t from = y - c->pad_top;
    const bool is_inside = from >= 0 && from < c->rows;
    const uint8_t *bytes = input + (size_t)(is_inside ? from : 0) * input_row;
    size_t i = 0;
    for (; i < (is_inside ? left : row); i += 1) to[i] = zero;
    if (is_inside) {
      for (size_t k = 0; k < input_row; k += 1) to[left + k] = element_of_byte(bytes[k]);
      for (i = left + input_row; i < row; i += 1) to[i] = zero;
    }
    to += row;
  }
}
