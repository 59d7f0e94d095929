// Measures the most products of two 8-bit numbers that one core can multiply and add in a second,
// exactly, with the best instruction that it has: the limit of any direct convolution.
//
// Prints one line of JSON. `instruction` is empty where this program knows none of the CPU's.
//
//   clang -O2 int8_peak.c -o int8_peak
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// Independent sums: more than two a cycle times the latency of any such instruction, and few enough
// for 16 registers.
enum { SUMS = 12, ROUNDS = 100000, REPETITIONS = 25 };

typedef struct {
  const char *instruction;
  int products;  // of one instruction
  void (*run)(void);
} kernel;

// What the compiler must take for changed, at no cost.
#define OPAQUE(vector) __asm__ volatile("" : "+" REGISTER(vector))

// Defines the function `name`, which does `sum = step(sum, left, right)` ROUNDS times for each sum.
#define DEFINE_KERNEL(name, attributes, factor, sum, step)                                        \
  attributes static void name(void) {                                                             \
    factor left, right;                                                                           \
    sum sums[SUMS];                                                                               \
    memset(&left, 1, sizeof left);                                                                \
    memset(&right, 1, sizeof right);                                                              \
    memset(sums, 0, sizeof sums);                                                                 \
    for (int round = 0; round < ROUNDS; round++) {                                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {                         \
        OPAQUE(left);                                                                             \
        sums[i] = step(sums[i], left, right);                                                     \
      }                                                                                           \
    }                                                                                             \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) OPAQUE(sums[i]);            \
  }

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#define REGISTER(vector) "v"(vector)
#define FOR(features) __attribute__((target(features), noinline))

// Two 16-bit products in each 32-bit sum: vpmaddubsw, with four, would saturate.
#define MULTIPLY_ADD_PAIRS(sum, left, right) _mm256_add_epi32(sum, _mm256_madd_epi16(left, right))

DEFINE_KERNEL(run_avx512_vnni, FOR("avx512f,avx512vnni"), __m512i, __m512i,
              _mm512_dpbusd_epi32)
DEFINE_KERNEL(run_avx_vnni, FOR("avx2,avxvnni"), __m256i, __m256i,
              _mm256_dpbusd_avx_epi32)
DEFINE_KERNEL(run_avx2, FOR("avx2"), __m256i, __m256i, MULTIPLY_ADD_PAIRS)

static int has_avx_vnni(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1) && __builtin_cpu_supports("avx2");
}

static kernel best_kernel(void) {
  if (__builtin_cpu_supports("avx512vnni"))
    return (kernel){"vpdpbusd zmm", 64, run_avx512_vnni};
  if (has_avx_vnni()) return (kernel){"vpdpbusd ymm", 32, run_avx_vnni};
  if (__builtin_cpu_supports("avx2")) return (kernel){"vpmaddwd ymm", 16, run_avx2};
  return (kernel){"", 0, 0};
}

#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>
#define REGISTER(vector) "w"(vector)
#define FOR(features) __attribute__((target(features), noinline))

DEFINE_KERNEL(run_dot_product, FOR("dotprod"), int8x16_t, int32x4_t, vdotq_s32)
enum { DOT_PRODUCT = 1 << 20 };  // The kernel's HWCAP_ASIMDDP.

DEFINE_KERNEL(run_neon, __attribute__((noinline)), int16x4_t, int32x4_t, vmlal_s16)

static kernel best_kernel(void) {
  if (getauxval(AT_HWCAP) & DOT_PRODUCT) return (kernel){"sdot", 16, run_dot_product};
  return (kernel){"smlal", 4, run_neon};
}

#else
static kernel best_kernel(void) { return (kernel){"", 0, 0}; }
#endif

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(void) {
  kernel best = best_kernel();
  double shortest = 0;
  for (int i = 0; best.run && i < REPETITIONS; i++) {
    double start = seconds_now();
    best.run();
    double seconds = seconds_now() - start;
    if (i == 0 || seconds < shortest) shortest = seconds;
  }
  double products = (double)best.products * SUMS * ROUNDS;
  printf("{\"instruction\":\"%s\",\"multiplicationsPerSecond\":%.4g}\n", best.instruction,
         shortest > 0 ? products / shortest : 0);
  return 0;
}
