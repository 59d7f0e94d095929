// Which kernel this processor can run.
#include "Internal.h"

const int8_convolution_kernel *int8_kernel(int8_instruction_set set) {
  switch (set) {
    case INT8_PORTABLE:
      return &int8_portable_kernel;
#if defined(__x86_64__)
    case INT8_AVX2:
      return __builtin_cpu_supports("avx2") ? &int8_avx2_kernel : NULL;
    case INT8_AVX512_VNNI:
      return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni")
                 ? &int8_avx512_vnni_kernel
                 : NULL;
#endif
    default:
      return NULL;
  }
}
