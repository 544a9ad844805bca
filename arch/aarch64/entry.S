// SPDX-License-Identifier: GPL-3.0-only
//
// Every way into the kernel and the one way out of it. README.md tells who saves what.
//
// SP_EL1 equals percpu.stack_top whenever user code runs: arch_resume puts it there, and a kernel
// entry that returns to `resume` has left it there. So entry needs no stack switch, and the two
// words below SP_EL1 are scratch (every exception entry masks interrupts and SError). Only who leaves
// by aarch64_leave may leave a frame behind, until the next system call.

#include "arch/aarch64/offsets.h"
#include "boot/protocol/protocol.h"

    .arch armv8-a+fp+simd
    .section .text.entry, "ax", %progbits

// ---------------------------------------------------------------------------------------------
// The loader jumps here. x0: struct helios_boot, which kernel_main gets as it is.

    .globl _start
    .type _start, %function
_start:
    msr     spsel, #1
    msr     daifset, #0xf
    adrp    x1, aarch64_boot_stack_top
    add     x1, x1, :lo12:aarch64_boot_stack_top
    mov     sp, x1
    mov     x29, xzr // ends a backtrace
    mov     x30, xzr
    b       kernel_main
    .size _start, . - _start

// ---------------------------------------------------------------------------------------------
// Another CPU begins here, at EL2 or EL1, without translation and data caches: this code and what
// it loads were cleaned to memory (smp.c). x0: struct aarch64_start, physical. It reaches the
// kernel's addresses without an identity map. From EL2 an exception return goes there; at EL1 the
// instruction after the one that turns translation on is not mapped (EPD0), and its abort leads to
// the vector at 0x200 from here, by the virtual address.

#define CURRENT_EL2 8

// RES1 where features are missing (LSMAOE, nTLSMD, SPAN, EIS, TSCXT, EOS), I, C, M: as the loader
// leaves it on the boot CPU.
#define SCTLR_START 0x30d01805

// HCR_EL2: EL1 is AArch64; HVC undefined, because nobody is left at EL2; pointer authentication
// not trapped. Nothing else is routed or trapped to EL2.
#define HCR_HCD (1 << 29)
#define HCR_RW  (1 << 31)
#define HCR_APK (1 << 40)
#define HCR_API (1 << 41)

#define SPSR_EL1H_MASKED 0x3c5
#define CPTR_EL2_RES1    0x33ff
#define MDCR_EL2_HPMN    0x1f // all counters belong to EL1
#define CNTHCTL_EL1_ALL  3    // EL1 may use counter and timer
#define ICC_SRE_ALL      0xf  // SRE, DFB, DIB, Enable
#define ICC_SRE_EL2      s3_4_c12_c9_5
#define ICH_HCR_EL2      s3_4_c12_c11_0

    .balign 2048
    .globl aarch64_secondary
    .type aarch64_secondary, %function
aarch64_secondary:
    msr     daifset, #0xf
    ldp     x1, x2, [x0, #START_ROOT] // and control
    ldr     x18, [x0, #START_CPU]
    ldr     x3, secondary_virtual
    movz    x4, #(HELIOS_MAIR & 0xffff)
    movk    x4, #(HELIOS_MAIR >> 16), lsl #16
    movz    x5, #(SCTLR_START & 0xffff)
    movk    x5, #(SCTLR_START >> 16), lsl #16
    mrs     x6, currentel
    cmp     x6, #CURRENT_EL2
    b.ne    2f
    movz    x6, #((HCR_RW | HCR_HCD) >> 16), lsl #16
    movk    x6, #((HCR_APK | HCR_API) >> 32), lsl #32
    msr     hcr_el2, x6
    isb // from here on the E2H = 0 layouts hold
    mov     x6, #CPTR_EL2_RES1
    msr     cptr_el2, x6
    mov     x6, #CNTHCTL_EL1_ALL
    msr     cnthctl_el2, x6
    msr     cntvoff_el2, xzr
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr // the VMID under which all CPUs' translations are broadcast
    mrs     x6, mdcr_el2
    and     x6, x6, #MDCR_EL2_HPMN
    msr     mdcr_el2, x6
    mrs     x6, midr_el1
    msr     vpidr_el2, x6
    mrs     x6, mpidr_el1
    msr     vmpidr_el2, x6
    mrs     x6, id_aa64pfr0_el1
    ubfx    x6, x6, #24, #4 // GIC: system registers
    cbz     x6, 1f
    mrs     x6, ICC_SRE_EL2
    orr     x6, x6, #ICC_SRE_ALL
    msr     ICC_SRE_EL2, x6
    isb
    msr     ICH_HCR_EL2, xzr
1:  add     x6, x3, #0x200
    msr     elr_el2, x6
    mov     x6, #SPSR_EL1H_MASKED
    msr     spsr_el2, x6
2:  msr     vbar_el1, x3
    msr     ttbr0_el1, xzr
    msr     ttbr1_el1, x1
    msr     tcr_el1, x2
    msr     mair_el1, x4
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    msr     sctlr_el1, x5
    isb
    b.ne    . // still the comparison with EL2
    eret

    .balign 8
secondary_virtual:
    .quad   aarch64_secondary

    .org    aarch64_secondary + 0x200
    adrp    x1, aarch64_vectors
    add     x1, x1, :lo12:aarch64_vectors
    msr     vbar_el1, x1
    msr     tpidr_el1, x18
    isb
    ldr     x1, [x18, #PERCPU_STACK_TOP]
    mov     sp, x1
    mov     x0, x18
    mov     x29, xzr
    mov     x30, xzr
    b       kernel_secondary
    .globl aarch64_secondary_end
aarch64_secondary_end:
    .size aarch64_secondary, . - aarch64_secondary

// ---------------------------------------------------------------------------------------------
// Vectors.

// An exception of user mode that saves all registers: \handler does the rest with x9 and x10 free.
.macro user_vector handler
    .balign 128
    stp     x9, x10, [sp, #-16]
    b       \handler
.endm

// An exception in the kernel. It is not survived, aarch64_probe excepted, so any register that holds
// no kernel state can be scratch: TPIDRRO_EL0 is zero otherwise. The stack may be the reason for the
// exception, so it is not touched. Leaves x0 = top of the emergency stack with x1, x2 saved in a
// frame there, w1 = vector.
.macro kernel_vector vector
    .balign 128
    msr     tpidrro_el0, x0
    mrs     x0, tpidr_el1
    cbz     x0, 1f
    ldr     x0, [x0, :lo12:aarch64_percpu_emergency_top] // cpu.c
    b       2f
1:  adrp    x0, aarch64_emergency_top
    add     x0, x0, :lo12:aarch64_emergency_top
2:  sub     x0, x0, #TRAP_SIZE
    stp     x1, x2, [x0, #8 * 1]
    mov     w1, #\vector
    b       kernel_trap
.endm

    .balign 2048
    .globl aarch64_vectors
    .type aarch64_vectors, %function
aarch64_vectors:
    // Current level on SP_EL0: the kernel never runs like that.
    kernel_vector (4 + VECTOR_SYNC)
    kernel_vector (4 + VECTOR_IRQ)
    kernel_vector (4 + VECTOR_FIQ)
    kernel_vector (4 + VECTOR_SERROR)
    // Current level. Interrupts are masked in the kernel, so they are errors like the rest.
    kernel_vector VECTOR_SYNC
    kernel_vector VECTOR_IRQ
    kernel_vector VECTOR_FIQ
    kernel_vector VECTOR_SERROR

    // User mode, AArch64, synchronous: nearly always a system call. x29 stays the user's, which is no
    // address of a frame, so that a backtrace ends with it.
    .balign 128
    stp     x9, x10, [sp, #-16]
    mrs     x9, esr_el1
    lsr     w9, w9, #26
    cmp     w9, #0x15 // SVC of AArch64
    b.ne    user_fault
    mrs     x9, tpidr_el1
    ldp     x7, x10, [x9, #PERCPU_CURRENT] // and PERCPU_STACK_TOP
    mrs     x11, sp_el0
    mrs     x12, elr_el1
    mrs     x13, spsr_el1
    mov     sp, x10 // who left by arch_leave may have had a frame
    stp     x19, x29, [x7, #TASK_SHORT]
    stp     x11, xzr, [x7, #TASK_SP] // xzr: ARCH_FRAME_SYSCALL
    stp     x12, x13, [x7, #TASK_PC]
    adr     x30, resume
    cmp     x8, #NUMBER_CALL
    b.eq    kernel_call
    b.hi    1f
    cmp     x8, #NUMBER_RECV
    b.eq    kernel_recv
    cmp     x8, #NUMBER_YIELD
    b.eq    kernel_yield
    b       system_call
1:  cmp     x8, #NUMBER_SIGNAL
    b.eq    kernel_signal
    cmp     x8, #NUMBER_WAIT
    b.eq    kernel_wait
    b       system_call

    user_vector user_interrupt
    user_vector user_interrupt
    user_vector user_fault
    // User mode, AArch32: no PSTATE that leads there is ever loaded.
    user_vector user_fault
    user_vector user_interrupt
    user_vector user_interrupt
    user_vector user_fault
    .balign 128
    .size aarch64_vectors, . - aarch64_vectors

// Stores every register but x9 and x10 into the current arch_task, then those two from the scratch
// words, using x9 as the task.
.macro save_all
    mrs     x9, tpidr_el1
    ldr     x9, [x9, #PERCPU_CURRENT]
    stp     x0, x1, [x9, #8 * 0]
    stp     x2, x3, [x9, #8 * 2]
    stp     x4, x5, [x9, #8 * 4]
    stp     x6, x7, [x9, #8 * 6]
    str     x8, [x9, #8 * 8]
    ldp     x0, x1, [sp, #-16]
    stp     x0, x1, [x9, #8 * 9]
    stp     x11, x12, [x9, #8 * 11]
    stp     x13, x14, [x9, #8 * 13]
    stp     x15, x16, [x9, #8 * 15]
    stp     x17, x18, [x9, #8 * 17]
    stp     x19, x20, [x9, #8 * 19]
    stp     x21, x22, [x9, #8 * 21]
    stp     x23, x24, [x9, #8 * 23]
    stp     x25, x26, [x9, #8 * 25]
    stp     x27, x28, [x9, #8 * 27]
    stp     x29, x30, [x9, #8 * 29]
    mrs     x0, sp_el0
    mov     w1, #1 // ARCH_FRAME_FULL
    stp     x0, x1, [x9, #TASK_SP]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [x9, #TASK_PC]
    mov     x29, xzr
.endm

    .type user_fault, %function
user_fault:
    save_all
    bl      aarch64_user_fault
    b       resume
    .size user_fault, . - user_fault

    .type user_interrupt, %function
user_interrupt:
    save_all
    bl      aarch64_user_interrupt
    b       resume
    .size user_interrupt, . - user_interrupt

    .type kernel_trap, %function
kernel_trap: // x0: frame on the emergency stack; w1: vector; x1, x2 saved
    str     x1, [x0, #TRAP_VECTOR]
    mov     x1, sp
    str     x1, [x0, #TRAP_SP]
    mov     sp, x0
    mrs     x0, tpidrro_el0
    msr     tpidrro_el0, xzr
    str     x0, [sp, #8 * 0]
    stp     x3, x4, [sp, #8 * 3]
    stp     x5, x6, [sp, #8 * 5]
    stp     x7, x8, [sp, #8 * 7]
    stp     x9, x10, [sp, #8 * 9]
    stp     x11, x12, [sp, #8 * 11]
    stp     x13, x14, [sp, #8 * 13]
    stp     x15, x16, [sp, #8 * 15]
    stp     x17, x18, [sp, #8 * 17]
    stp     x19, x20, [sp, #8 * 19]
    stp     x21, x22, [sp, #8 * 21]
    stp     x23, x24, [sp, #8 * 23]
    stp     x25, x26, [sp, #8 * 25]
    stp     x27, x28, [sp, #8 * 27]
    stp     x29, x30, [sp, #8 * 29]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #TRAP_PC]
    mrs     x0, esr_el1
    mrs     x1, far_el1
    stp     x0, x1, [sp, #TRAP_ESR]
    mov     x0, sp
    mov     x29, xzr
    bl      aarch64_kernel_fault
    // It returns for aarch64_probe alone, whose caller goes on with all ones.
    ldp     x19, x20, [sp, #8 * 19]
    ldp     x21, x22, [sp, #8 * 21]
    ldp     x23, x24, [sp, #8 * 23]
    ldp     x25, x26, [sp, #8 * 25]
    ldp     x27, x28, [sp, #8 * 27]
    ldp     x29, x30, [sp, #8 * 29]
    ldr     x1, [sp, #TRAP_SP]
    mov     sp, x1
    mov     x0, #-1
    ret
    .size kernel_trap, . - kernel_trap

    .globl aarch64_probe
    .type aarch64_probe, %function
aarch64_probe: // x0: address
    ldr     w0, [x0]
    ret
    .size aarch64_probe, . - aarch64_probe

// ---------------------------------------------------------------------------------------------
// System calls, and the way out.

    .globl arch_resume
    .type arch_resume, %function
arch_resume: // x0: the task
    mrs     x1, tpidr_el1
    ldr     x1, [x1, #PERCPU_STACK_TOP]
    mov     sp, x1
    b       resume
    .size arch_resume, . - arch_resume

// The other system calls: everything is saved.
    .type system_call, %function
system_call:
    mov     x6, x8
    bl      kernel_syscall
    // What every way in comes back to. x0: the task to continue with.
resume:
    ldp     x11, x12, [x0, #TASK_SP] // sp and kind of frame
    ldp     x13, x14, [x0, #TASK_PC] // pc, pstate
    msr     sp_el0, x11
    msr     elr_el1, x13
    msr     spsr_el1, x14
    cbnz    x12, resume_full
    ldp     x19, x29, [x0, #TASK_SHORT]
    ldp     x4, x5, [x0, #8 * 4]
    ldp     x2, x3, [x0, #8 * 2]
    ldp     x0, x1, [x0, #8 * 0]
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30
    mov     x\n, xzr
    .endr
    eret
    // Nothing behind an ERET is to be executed speculatively with user registers.
    dsb     nsh
    isb
    .size system_call, . - system_call

    .globl aarch64_left
    .type aarch64_left, %function
aarch64_left: // behind an ERET
    udf     #0
    .size aarch64_left, . - aarch64_left

    .type resume_full, %function
resume_full: // x0: task; sp, pc, pstate are loaded
    ldp     x2, x3, [x0, #8 * 2]
    ldp     x4, x5, [x0, #8 * 4]
    ldp     x6, x7, [x0, #8 * 6]
    ldp     x8, x9, [x0, #8 * 8]
    ldp     x10, x11, [x0, #8 * 10]
    ldp     x12, x13, [x0, #8 * 12]
    ldp     x14, x15, [x0, #8 * 14]
    ldp     x16, x17, [x0, #8 * 16]
    ldp     x18, x19, [x0, #8 * 18]
    ldp     x20, x21, [x0, #8 * 20]
    ldp     x22, x23, [x0, #8 * 22]
    ldp     x24, x25, [x0, #8 * 24]
    ldp     x26, x27, [x0, #8 * 26]
    ldp     x28, x29, [x0, #8 * 28]
    ldr     x30, [x0, #8 * 30]
    ldp     x0, x1, [x0, #8 * 0]
    eret
    dsb     nsh
    isb
    .size resume_full, . - resume_full

// ---------------------------------------------------------------------------------------------
// Switch of TTBR0 to x0, a root with ASID 0. What is cached under ASID 0 may be another address
// space's, or this one's from before it had an ASID for a while. It is forgotten while neither is
// active, so that nothing comes back. On this CPU only: ASID 0 stands for another one on each.
// Changes x1 and x16.

    .globl aarch64_root_shared
    .type aarch64_root_shared, %function
aarch64_root_shared:
    adrp    x1, aarch64_machine
    ldr     x1, [x1, :lo12:aarch64_machine] // empty_root
    msr     ttbr0_el1, x1
    isb
    dsb     nshst
    tlbi    aside1, xzr
    dsb     nsh
    isb
    msr     ttbr0_el1, x0
    ret
    .size aarch64_root_shared, . - aarch64_root_shared

// ---------------------------------------------------------------------------------------------
// The boot CPU's stack above its guard page, and its stack for faults in the kernel.

    .section .bss.boot_stack, "aw", %nobits
    .balign 4096
    .globl aarch64_boot_stack_guard
aarch64_boot_stack_guard:
    .skip 4096
    .skip AARCH64_BOOT_STACK_SIZE
    .globl aarch64_boot_stack_top
aarch64_boot_stack_top:

    .section .bss.emergency, "aw", %nobits
    .balign 16
    .skip 4096
    .globl aarch64_emergency_top
aarch64_emergency_top:

    .section .note.GNU-stack, "", %progbits
