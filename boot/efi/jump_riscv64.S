// SPDX-License-Identifier: GPL-3.0-only
//
// The instructions around a change of satp. They run at their physical address, which the tables on
// both sides map.

#define HANDOVER_ROOT    0
#define HANDOVER_BOOT    16
#define HANDOVER_ENTRY   24
#define HANDOVER_CONTROL 40

#define SSTATUS_SIE 2

    .section .text.jump, "ax"
    .balign 64
    .globl riscv_jump_start
    .hidden riscv_jump_start
riscv_jump_start:
    .globl arch_enter
    .hidden arch_enter
arch_enter: // a0: struct loader_handover *
    csrci sstatus, SSTATUS_SIE
    csrw sie, zero
    ld t0, HANDOVER_ROOT(a0)
    ld t1, HANDOVER_CONTROL(a0)
    ld t2, HANDOVER_ENTRY(a0)
    ld a0, HANDOVER_BOOT(a0)
    srli t0, t0, 12
    or t0, t0, t1
    sfence.vma
    csrw satp, t0
    sfence.vma
    fence.i
    jr t2

    .globl riscv_try_satp
    .hidden riscv_try_satp
riscv_try_satp: // a0: satp to try
    csrrci t0, sstatus, SSTATUS_SIE
    andi t0, t0, SSTATUS_SIE
    csrr t1, satp
    sfence.vma
    csrw satp, a0
    sfence.vma
    csrr a0, satp
    csrw satp, t1
    sfence.vma
    csrs sstatus, t0
    ret
    .globl riscv_jump_end
    .hidden riscv_jump_end
riscv_jump_end:

    .section .note.GNU-stack, "", %progbits
