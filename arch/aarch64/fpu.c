// SPDX-License-Identifier: GPL-3.0-only
//
// FP and SIMD registers: V0 to V31, FPCR, FPSR. SVE is off (CPACR_EL1.ZEN), and writing a V
// register clears what a Z register has beyond it. Access is always open to the kernel
// (AARCH64_CPACR_*). The compiler is told to leave these registers alone, so nothing is clobbered.
#include "arch/include/fpu.h"

#include "arch/include/port.h"

// Two registers each, at ascending addresses that begin in %0.
#define EACH_PAIR(instruction)                                                                     \
    ".arch_extension fp\n\t.arch_extension simd\n\t"                                               \
    ".irp pair, \"q0, q1\", \"q2, q3\", \"q4, q5\", \"q6, q7\", \"q8, q9\", \"q10, q11\", "        \
    "\"q12, q13\", \"q14, q15\", \"q16, q17\", \"q18, q19\", \"q20, q21\", \"q22, q23\", "         \
    "\"q24, q25\", \"q26, q27\", \"q28, q29\", \"q30, q31\"\n\t" instruction                       \
    " \\pair, [%0], #32\n\t.endr\n\t"

void arch_fpu_init(struct arch_fpu *fpu) {
    *fpu = (struct arch_fpu){.fpcr = 0};
}

void arch_fpu_save(struct arch_fpu *fpu) {
    void *q = fpu->q;
    __asm__ volatile(EACH_PAIR("stp") "mrs %1, fpcr\n\tmrs %2, fpsr"
                     : "+r"(q), "=r"(fpu->fpcr), "=r"(fpu->fpsr)::"memory");
}

void arch_fpu_load(const struct arch_fpu *fpu) {
    const void *q = fpu->q;
    __asm__ volatile(EACH_PAIR("ldp") "msr fpcr, %1\n\tmsr fpsr, %2"
                     : "+r"(q)
                     : "r"(fpu->fpcr), "r"(fpu->fpsr)
                     : "memory");
}
