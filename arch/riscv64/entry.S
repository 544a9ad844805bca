// SPDX-License-Identifier: GPL-3.0-only
//
// Boot entry, the trap vector, and the way back to user mode. README.md beside this file tells the
// story; the rules that every line here keeps:
//
//   - sscratch is the percpu pointer while user mode runs and 0 while the kernel does; it alone
//     tells where a trap came from. In the kernel tp is the percpu pointer.
//   - Between "sscratch changes" and "tp changes" nothing may trap: only percpu and the current
//     arch_task, both always mapped, are touched there.
//   - No user register is used as an address, ever.

#include "arch/riscv64/offsets.h"

    .section .text.boot, "ax"

// a0: virtual address of the boot block. MMU on, S-mode, interrupts masked, no stack.
    .globl _start
    .type _start, @function
_start:
    csrw sie, zero
    csrw sscratch, zero
    la tp, riscv_boot_percpu
    la t0, riscv_trap_entry
    csrw stvec, t0
    la sp, riscv_boot_stack_top
    li s0, 0 // the end of every chain of frame pointers
    li ra, 0
    tail kernel_main
    .size _start, . - _start

    .text

// Direct mode: the address has to be a multiple of 4.
    .globl riscv_trap_entry
    .type riscv_trap_entry, @function
    .balign 64
riscv_trap_entry:
    csrrw tp, sscratch, tp
    beqz tp, .Lkernel_trap
    sd t0, PERCPU_SCRATCH(tp)
    csrr t0, scause
    addi t0, t0, -8 // environment call from U-mode
    bnez t0, .Luser_trap

// A system call: keeps what arch/include/task.h promises to keep and passes a0 to a5 through.
    ld t0, PERCPU_CURRENT(tp)
    csrr t1, sepc
    csrrw t2, sscratch, zero
    addi t1, t1, 4
    sd sp, REGISTER(2)(t0)
    sd gp, REGISTER(3)(t0)
    sd t2, REGISTER(4)(t0)
    sd s0, REGISTER(8)(t0)
    sd s1, REGISTER(9)(t0)
    sd t1, FRAME_PC(t0)
    sd zero, TASK_FRAME(t0)
    ld sp, PERCPU_STACK_TOP(tp)
    mv a6, a7 // the number is kernel_syscall's seventh argument
    call kernel_syscall
    // falls through with the task to continue in a0

// _Noreturn void arch_resume(struct arch_task *task)
    .globl arch_resume
    .type arch_resume, @function
arch_resume:
    ld t0, FRAME_PC(a0)
    ld t1, TASK_FRAME(a0)
    csrw sepc, t0
    csrw sscratch, tp // from here to sret nothing may trap
    bnez t1, .Lresume_full
    ld sp, REGISTER(2)(a0)
    ld gp, REGISTER(3)(a0)
    ld tp, REGISTER(4)(a0)
    ld s0, REGISTER(8)(a0)
    ld s1, REGISTER(9)(a0)
    ld a1, REGISTER(11)(a0)
    ld a2, REGISTER(12)(a0)
    ld a3, REGISTER(13)(a0)
    ld a4, REGISTER(14)(a0)
    ld a5, REGISTER(15)(a0)
    ld a0, REGISTER(10)(a0)
    .irp r, ra, t0, t1, t2, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
    li \r, 0
    .endr
    sret

.Lresume_full:
    ld ra, REGISTER(1)(a0)
    ld sp, REGISTER(2)(a0)
    ld gp, REGISTER(3)(a0)
    ld tp, REGISTER(4)(a0)
    .irp n, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld x\n, REGISTER(\n)(a0)
    .endr
    ld a0, REGISTER(10)(a0)
    sret

// Any other exception, or an interrupt, of user mode: all registers into the current task.
.Luser_trap:
    ld t0, PERCPU_CURRENT(tp)
    .irp n, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, REGISTER(\n)(t0)
    .endr
    ld t1, PERCPU_SCRATCH(tp)
    csrrw t2, sscratch, zero
    sd t1, REGISTER(5)(t0)
    sd t2, REGISTER(4)(t0)
    csrr t1, sepc
    csrr t2, scause
    csrr t3, stval
    li t4, 1 // ARCH_FRAME_FULL
    sd t1, FRAME_PC(t0)
    sd t2, TASK_CAUSE(t0)
    sd t3, TASK_VALUE(t0)
    sd t4, TASK_FRAME(t0)
    ld sp, PERCPU_STACK_TOP(tp)
    li s0, 0
    mv a0, t0
    call riscv_user_trap
    j arch_resume

// An exception of the kernel. tp is 0 and sscratch the percpu pointer: swap them back.
.Lkernel_trap:
    csrrw tp, sscratch, tp
    sd sp, PERCPU_SCRATCH(tp)
    li sp, PERCPU_FAULT_STACK_TOP - TRAP_SIZE
    add sp, sp, tp
    .irp n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, REGISTER(\n)(sp)
    .endr
    ld t0, PERCPU_SCRATCH(tp)
    csrr t1, sepc
    csrr t2, sstatus
    csrr t3, scause
    csrr t4, stval
    sd t0, REGISTER(2)(sp)
    sd t1, FRAME_PC(sp)
    sd t2, TRAP_STATUS(sp)
    sd t3, TRAP_CAUSE(sp)
    sd t4, TRAP_VALUE(sp)
    li s0, 0
    mv a0, sp
    call riscv_kernel_trap // does not return
    unimp
    .size riscv_trap_entry, . - riscv_trap_entry

// void riscv_fp_clear(void)
    .globl riscv_fp_clear
    .type riscv_fp_clear, @function
riscv_fp_clear:
    .option push
    .option arch, +d
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fmv.d.x f\n, zero
    .endr
    csrw fcsr, zero
    .option pop
    ret
    .size riscv_fp_clear, . - riscv_fp_clear

// The boot CPU's stack. kernel_main unmaps the guard page below it.
    .section .bss.boot_stack, "aw", @nobits
    .balign 4096
    .globl riscv_boot_stack_guard
riscv_boot_stack_guard:
    .skip 4096
riscv_boot_stack:
    .skip BOOT_STACK_SIZE
riscv_boot_stack_top:

    .section .note.GNU-stack, "", @progbits
