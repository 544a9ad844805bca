// SPDX-License-Identifier: GPL-3.0-only
//
// FP and SIMD registers: x87, SSE and AVX, saved by the best instruction that there is. The door to
// them is CR0.TS: while it is set, the first use traps.
//
// Source: Intel SDM vol. 1 chapter 13 (XSAVE), section 10.5 (FXSAVE); AMD APM vol. 2
// section 11.4.4.
#include "arch/include/fpu.h"

#include "arch/include/port.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/percpu.h"

// The same on every CPU; written by the boot CPU only.
static enum { FPU_FXSAVE, FPU_XSAVE, FPU_XSAVEOPT } method;
static bool has_sticky_pointers;

// AMD's processors load and save the x87 instruction and data pointers only while an exception is
// pending, so the pointers of the task before would stay readable. Later ones say that they do not.
static bool keeps_pointers(void) {
    const struct cpuid vendor = cpuid(0, 0);
    const bool is_amd = vendor.ebx == 0x68747541 /* Auth */ || vendor.ebx == 0x6f677948 /* Hygo */;
    return is_amd && !(cpuid(0x80000008, 0).ebx & CPUID_EXT_8_EBX_POINTERS);
}

// What the firmware left in the registers is replaced when a task's are loaded, before it can look.
void x86_fpu_init(void) {
    const bool has_xsave = (cpuid(1, 0).ecx & CPUID_1_ECX_XSAVE) != 0;
    if (!percpu_ready) {
        has_sticky_pointers = keeps_pointers();
        if (has_xsave) {
            method = (cpuid(0xd, 1).eax & CPUID_D_1_EAX_XSAVEOPT) ? FPU_XSAVEOPT : FPU_XSAVE;
        }
    }
    if (has_xsave) {
        xcr0_write(cpuid(0xd, 0).eax & (XCR0_X87 | XCR0_SSE | XCR0_AVX));
    }
}

// The header's zeros tell XRSTOR that every register is in its initial state; FXRSTOR loads zeros.
void arch_fpu_init(struct arch_fpu *fpu) {
    *fpu = (struct arch_fpu){.control = 0x37f, .mxcsr = 0x1f80};
}

// The masks select everything that XCR0 has.
void arch_fpu_save(struct arch_fpu *fpu) {
    switch (method) {
    case FPU_FXSAVE:
        __asm__ volatile("fxsave64 %0" : "=m"(*fpu));
        break;
    case FPU_XSAVE:
        __asm__ volatile("xsave64 %0" : "+m"(*fpu) : "a"(~0u), "d"(~0u));
        break;
    case FPU_XSAVEOPT:
        __asm__ volatile("xsaveopt64 %0" : "+m"(*fpu) : "a"(~0u), "d"(~0u));
        break;
    }
}

// Any x87 load from memory sets the pointers; the registers that it spoils are loaded next.
static void forget_pointers(void) {
    static const uint32_t zero;
    __asm__ volatile("fnclex\n\temms\n\tfildl %0" : : "m"(zero));
}

void arch_fpu_load(const struct arch_fpu *fpu) {
    if (has_sticky_pointers) {
        forget_pointers();
    }
    if (method == FPU_FXSAVE) {
        __asm__ volatile("fxrstor64 %0" : : "m"(*fpu));
    } else {
        __asm__ volatile("xrstor64 %0" : : "m"(*fpu), "a"(~0u), "d"(~0u));
    }
}
