// SPDX-License-Identifier: GPL-3.0-only
//
// Control registers, model-specific registers, flags and CPUID bits that the port uses.
//
// Source: Intel SDM vol. 3 section 2.5 (control registers), vol. 4 (MSRs), vol. 2 "CPUID", vol. 1
// section 3.4.3 (flags); AMD APM vol. 2 where both agree.
#ifndef HELIOS_ARCH_X86_64_REGISTERS_H
#define HELIOS_ARCH_X86_64_REGISTERS_H

#include "arch/x86_64/layout.h"

#define CR0_PE (1ull << 0)
#define CR0_MP (1ull << 1) // WAIT traps on TS too
#define CR0_TS (1ull << 3) // FP and SIMD instructions trap
#define CR0_ET (1ull << 4)
#define CR0_NE (1ull << 5) // x87 errors as exception 16, not as an interrupt of the 8259
#define CR0_WP (1ull << 16)
#define CR0_AM (1ull << 18) // a user that sets AC gets alignment faults
#define CR0_PG (1ull << 31)

// CR0 but for TS.
#define CR0_VALUE (CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG)

#define CR4_DE         (1ull << 3)
#define CR4_PAE        (1ull << 5)
#define CR4_MCE        (1ull << 6)
#define CR4_PGE        (1ull << 7)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_UMIP       (1ull << 11)
#define CR4_PCIDE      (1ull << 17)
#define CR4_OSXSAVE    (1ull << 18)
#define CR4_SMEP       (1ull << 20)
#define CR4_SMAP       (1ull << 21)

#define XCR0_X87 (1ull << 0)
#define XCR0_SSE (1ull << 1)
#define XCR0_AVX (1ull << 2)

#define RFLAGS_FIXED (1ull << 1) // reads as one
#define RFLAGS_TF    (1ull << 8)
#define RFLAGS_IF    (1ull << 9)
#define RFLAGS_RF    (1ull << 16) // no instruction breakpoint at the next instruction
// What a task may set: CF, PF, AF, ZF, SF, DF, OF, AC, ID.
#define RFLAGS_USER 0x240cd5ull
// What SYSCALL clears (FMASK): every flag there is.
#define RFLAGS_ALL 0x3f7fd5ull

#define MSR_APIC_BASE      0x1bu
#define MSR_SYSENTER_CS    0x174u
#define MSR_PAT            0x277u
#define MSR_TSC_DEADLINE   0x6e0u
#define MSR_X2APIC         0x800u // + register offset / 16
#define MSR_EFER           ((uint32_t)X86_MSR_EFER)
#define MSR_STAR           0xc0000081u
#define MSR_LSTAR          0xc0000082u
#define MSR_FMASK          0xc0000084u
#define MSR_FS_BASE        X86_MSR_FS_BASE
#define MSR_GS_BASE        X86_MSR_GS_BASE
#define MSR_KERNEL_GS_BASE 0xc0000102u

#define APIC_BASE_X2APIC (1ull << 10)
#define APIC_BASE_ENABLE (1ull << 11)

#define EFER_SCE (1ull << 0)
#define EFER_LME (1ull << 8)
#define EFER_NXE (1ull << 11)

// DR6 and DR7 with nothing pending and nothing armed.
#define DR6_CLEAR 0xffff0ff0ull
#define DR7_CLEAR 0x400ull
// DR6: single step; everything that names a cause (B0 to B3, BD, BS, BT)
#define DR6_STEP   (1ull << 14)
#define DR6_CAUSES 0xe00full

// CPUID leaf 1
#define CPUID_1_EDX_TSC          (1u << 4)
#define CPUID_1_EDX_APIC         (1u << 9)
#define CPUID_1_EDX_PGE          (1u << 13)
#define CPUID_1_EDX_PAT          (1u << 16)
#define CPUID_1_EDX_FXSR         (1u << 24)
#define CPUID_1_EDX_SSE2         (1u << 26)
#define CPUID_1_ECX_PCID         (1u << 17)
#define CPUID_1_ECX_X2APIC       (1u << 21)
#define CPUID_1_ECX_TSC_DEADLINE (1u << 24)
#define CPUID_1_ECX_XSAVE        (1u << 26)
// CPUID leaf 7, subleaf 0
#define CPUID_7_EBX_SMEP    (1u << 7)
#define CPUID_7_EBX_INVPCID (1u << 10)
#define CPUID_7_EBX_SMAP    (1u << 20)
#define CPUID_7_ECX_UMIP    (1u << 2)
// CPUID leaf 0xd, subleaf 1
#define CPUID_D_1_EAX_XSAVEOPT (1u << 0)
// CPUID leaf 0x80000001
#define CPUID_EXT_EDX_SYSCALL (1u << 11)
#define CPUID_EXT_EDX_NX      (1u << 20)
#define CPUID_EXT_EDX_1_GIB   (1u << 26)
// CPUID leaf 0x80000008 (AMD)
#define CPUID_EXT_8_EBX_POINTERS (1u << 2) // FXSAVE and FXRSTOR always include the x87 pointers

// Page fault error code (Intel SDM vol. 3 section 4.7)
#define PAGE_FAULT_PRESENT  (1ull << 0)
#define PAGE_FAULT_WRITE    (1ull << 1)
#define PAGE_FAULT_USER     (1ull << 2)
#define PAGE_FAULT_RESERVED (1ull << 3)
#define PAGE_FAULT_FETCH    (1ull << 4)

// Exceptions (Intel SDM vol. 3 section 6.15)
enum x86_vector {
    VECTOR_DIVIDE = 0,
    VECTOR_DEBUG = X86_VECTOR_DEBUG,
    VECTOR_NMI = X86_VECTOR_NMI,
    VECTOR_BREAKPOINT = 3,
    VECTOR_INVALID_OPCODE = 6,
    VECTOR_NO_FPU = 7,
    VECTOR_DOUBLE_FAULT = X86_VECTOR_DOUBLE_FAULT,
    VECTOR_TSS = 10,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE = 14,
    VECTOR_X87 = 16,
    VECTOR_ALIGNMENT = 17,
    VECTOR_MACHINE = X86_VECTOR_MACHINE,
    VECTOR_SIMD = 19,
    VECTOR_INTERRUPTS = X86_VECTOR_INTERRUPTS, // the first that is no exception
    VECTOR_PIC = 32,                           // 16 vectors for the two 8259s, which are masked
    VECTOR_IRQ = 48,                           // X86_IRQ_COUNT vectors, in the order of the irqs
    VECTOR_TIMER = 240,
    VECTOR_IPI = 241,
    VECTOR_SPURIOUS = 255,
};

// Interrupts that the vectors between VECTOR_IRQ and VECTOR_TIMER suffice for.
#define X86_IRQ_COUNT (VECTOR_TIMER - VECTOR_IRQ)

#endif // HELIOS_ARCH_X86_64_REGISTERS_H
