// SPDX-License-Identifier: GPL-3.0-only
//
// FP and SIMD registers: V0 to V31, FPCR, FPSR. SVE is off (CPACR_EL1.ZEN), and writing a V
// register clears what a Z register has beyond it. Access is always open to the kernel
// (AARCH64_CPACR_*). The compiler is told to leave these registers alone, so nothing is clobbered.
#include "arch/include/fpu.h"

#include <stddef.h>

#include "arch/include/port.h"

static_assert(offsetof(struct arch_fpu, q) == 0, "offsets below");
static_assert(offsetof(struct arch_fpu, fpcr) == 512, "offsets below");
static_assert(offsetof(struct arch_fpu, fpsr) == 520, "offsets below");

#define WITH_FP ".arch_extension fp\n\t.arch_extension simd\n\t"

#define EACH_PAIR(X)                                                                               \
    X(0, 1)                                                                                        \
    X(2, 3)                                                                                        \
    X(4, 5)                                                                                        \
    X(6, 7)                                                                                        \
    X(8, 9)                                                                                        \
    X(10, 11)                                                                                      \
    X(12, 13)                                                                                      \
    X(14, 15) X(16, 17) X(18, 19) X(20, 21) X(22, 23) X(24, 25) X(26, 27) X(28, 29) X(30, 31)

void arch_fpu_init(struct arch_fpu *fpu) {
    *fpu = (struct arch_fpu){.fpcr = 0};
}

void arch_fpu_save(struct arch_fpu *fpu) {
    uint64_t control;
    uint64_t status;
#define X(a, b) "stp q" #a ", q" #b ", [%2, #16 * " #a "]\n\t"
    __asm__ volatile(WITH_FP EACH_PAIR(X) "mrs %0, fpcr\n\tmrs %1, fpsr"
                     : "=&r"(control), "=&r"(status)
                     : "r"(fpu)
                     : "memory");
#undef X
    fpu->fpcr = control;
    fpu->fpsr = status;
}

void arch_fpu_load(const struct arch_fpu *fpu) {
#define X(a, b) "ldp q" #a ", q" #b ", [%0, #16 * " #a "]\n\t"
    __asm__ volatile(WITH_FP EACH_PAIR(X) "msr fpcr, %1\n\tmsr fpsr, %2" ::"r"(fpu), "r"(fpu->fpcr),
                     "r"(fpu->fpsr)
                     : "memory");
#undef X
}
