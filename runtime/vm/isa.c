/* The sets of kernels this processor can run. PPR_ISA_X86: the build made those of AVX2 and AVX-512. */
#include "vm/kern.h"

extern const kern_set kern_set_base, kern_set_single;
enum { FEW = 4 }; /* lanes that are quicker one by one */
#ifdef PPR_ISA_X86
extern const kern_set kern_set_avx2, kern_set_avx512;
#endif

uint32_t kern_sets(const kern_set *out[KERN_SETS]) {
  uint32_t n = 0;
#ifdef PPR_ISA_X86
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
  if (avx512) out[n++] = &kern_set_avx512;
  if (avx2) out[n++] = &kern_set_avx2;
#endif
  out[n++] = &kern_set_base;
  out[n++] = &kern_set_single;
  return n;
}

const kern_set *kern_best(uint32_t lanes) {
  const kern_set *sets[KERN_SETS];
  uint32_t n = kern_sets(sets);
  return lanes && lanes <= FEW ? sets[n - 1] : sets[0];
}
