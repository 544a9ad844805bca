// SPDX-License-Identifier: GPL-3.0-only
//
// The last instructions of the loader. They turn the MMU off: firmware's MAIR and TCR differ from
// ours, and changing them under a live translation is not allowed (Arm ARM D8.17.1). Nothing is
// loaded or stored while it is off, and the code was cleaned to memory (arch_publish).

#include "boot/protocol/protocol.h"

#define HANDOVER_ROOT          0
#define HANDOVER_IDENTITY_ROOT 8
#define HANDOVER_BOOT          16
#define HANDOVER_ENTRY         24
#define HANDOVER_CONTROL       40

#define CURRENT_EL2 8

#define SCTLR_M 0x0001
#define SCTLR_C 0x0004
#define SCTLR_I 0x1000
// RES1 where features are missing: LSMAOE, nTLSMD, SPAN, EIS, TSCXT, EOS.
#define SCTLR_EL1_VALUE (0x30d00800 | SCTLR_I | SCTLR_C | SCTLR_M)

// HCR_EL2: EL1 is aarch64; HVC undefined, because nobody is left at EL2; pointer authentication
// not trapped. Nothing else is routed or trapped to EL2.
#define HCR_HCD (1 << 29)
#define HCR_RW  (1 << 31)
#define HCR_APK (1 << 40)
#define HCR_API (1 << 41)

#define SPSR_EL1H_MASKED 0x3c5
#define CPTR_EL2_RES1    0x33ff
#define CNTHCTL_EL1_ALL  3   // EL1PCTEN, EL1PCEN: EL1 may use counter and timer
#define ICC_SRE_ALL      0xf // SRE, DFB, DIB, Enable

    .section .text.jump, "ax"
    .balign 64
    .globl arm_jump_start
    .hidden arm_jump_start
    .globl arch_enter
    .hidden arch_enter
arm_jump_start:
arch_enter: // x0: struct loader_handover *
    msr daifset, #0xf
    ldp x1, x2, [x0, #HANDOVER_ROOT]
    ldp x3, x4, [x0, #HANDOVER_BOOT]
    ldr x5, [x0, #HANDOVER_CONTROL]
    movz x6, #(HELIOS_MAIR & 0xffff)
    movk x6, #(HELIOS_MAIR >> 16), lsl #16
    movz x7, #(SCTLR_EL1_VALUE & 0xffff)
    movk x7, #(SCTLR_EL1_VALUE >> 16), lsl #16
    dsb sy
    mrs x8, CurrentEL
    cmp x8, #CURRENT_EL2
    b.eq from_el2

    mrs x9, sctlr_el1
    bic x9, x9, #SCTLR_M
    bic x9, x9, #SCTLR_C
    msr sctlr_el1, x9
    isb
    msr ttbr0_el1, x2
    msr ttbr1_el1, x1
    msr tcr_el1, x5
    msr mair_el1, x6
    isb
    tlbi vmalle1
    ic iallu
    dsb nsh
    isb
    msr sctlr_el1, x7
    isb
    mov x0, x3
    br x4

from_el2:
    mrs x9, sctlr_el2
    bic x9, x9, #SCTLR_M
    bic x9, x9, #SCTLR_C
    msr sctlr_el2, x9
    isb
    movz x9, #((HCR_RW | HCR_HCD) >> 16), lsl #16
    movk x9, #((HCR_APK | HCR_API) >> 32), lsl #32
    msr hcr_el2, x9
    isb // from here on the E2H = 0 layouts hold
    mov x9, #CPTR_EL2_RES1
    msr cptr_el2, x9
    mov x9, #CNTHCTL_EL1_ALL
    msr cnthctl_el2, x9
    msr cntvoff_el2, xzr
    msr hstr_el2, xzr
    msr vttbr_el2, xzr
    mrs x9, mdcr_el2
    and x9, x9, #0x1f // HPMN: all counters belong to EL1
    msr mdcr_el2, x9
    mrs x9, midr_el1
    msr vpidr_el2, x9
    mrs x9, mpidr_el1
    msr vmpidr_el2, x9
    mrs x9, id_aa64pfr0_el1
    ubfx x9, x9, #24, #4 // GIC: system registers
    cbz x9, 1f
    mrs x9, icc_sre_el2
    orr x9, x9, #ICC_SRE_ALL
    msr icc_sre_el2, x9
    isb
    msr ich_hcr_el2, xzr
1:  msr ttbr0_el1, xzr
    msr ttbr1_el1, x1
    msr tcr_el1, x5
    msr mair_el1, x6
    msr sctlr_el1, x7
    mov x9, #SPSR_EL1H_MASKED
    msr spsr_el2, x9
    msr elr_el2, x4
    isb
    tlbi alle1
    ic iallu
    dsb nsh
    isb
    mov x0, x3
    eret
    .globl arm_jump_end
    .hidden arm_jump_end
arm_jump_end:

    .section .note.GNU-stack, "", %progbits
