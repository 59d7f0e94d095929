// What this processor can run, and what a convolution must be like to be computed exactly.
#include "Internal.h"
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

const int8_instructions *int8_instructions_of(int8_instruction_set set) {
  switch (set) {
    case INT8_PORTABLE:
      return &int8_portable_instructions;
#if defined(__x86_64__)
    case INT8_AVX2:
      return __builtin_cpu_supports("avx2") ? &int8_avx2_instructions : NULL;
    case INT8_AVX_VNNI:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avxvnni")
                 ? &int8_avx_vnni_instructions
                 : NULL;
    case INT8_AVX512_VNNI:
      return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni")
                 ? &int8_avx512_vnni_instructions
                 : NULL;
#elif defined(__aarch64__)
    case INT8_NEON:
      return &int8_neon_instructions;
    case INT8_NEON_DOT_PRODUCT:
      return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0 ? &int8_neon_dot_product_instructions
                                                         : NULL;
#endif
    default:
      return NULL;
  }
}

bool int8_winograd_is_exact(const int8_convolution *c) {
  if (c->kernel_rows != 3 || c->kernel_columns != 3 || c->groups != 1) return false;
  if (c->stride_rows != 1 || c->stride_columns != 1) return false;
  const size_t count = 9 * (size_t)c->channels;
  // So few that the sums of weights fit in 32 bits, which vector code adds the fastest.
  if (count >= 1 << 24) return false;
  for (int32_t output = 0; output < c->output_channels; output += 1) {
    const int8_t *weights = c->weights + (size_t)output * count;
    int32_t positive = 0, negative = 0;
    for (size_t i = 0; i < count; i += 1) {
      positive += weights[i] > 0 ? weights[i] : 0;
      negative -= weights[i] < 0 ? weights[i] : 0;
    }
    // The sums of products of bytes must lie in -2^25 ..< 2^25.
    if (255 * (int64_t)positive >= 1 << 25 || 255 * (int64_t)negative > 1 << 25) return false;
  }
  return true;
}
