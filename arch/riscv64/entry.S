// SPDX-License-Identifier: GPL-3.0-only
//
// Boot entry, the trap vector, and the way back to user mode. README.md beside this file tells the
// story; the rules that every line here keeps:
//
//   - sscratch is the percpu pointer, in user mode and in the kernel, but for the few instructions
//     of an entry in which it holds the interrupted tp. In the kernel tp is the percpu pointer too.
//   - Between the trap and "sscratch is the percpu pointer again", and from "tp is the user's" to
//     sret, nothing may trap: only percpu and the current arch_task, both always mapped, are
//     touched there.
//   - No user register is used as an address, ever.

#include "arch/riscv64/offsets.h"

    .section .text.boot, "ax"

// a0: virtual address of the boot block. MMU on, S-mode, interrupts masked, no stack.
    .globl _start
    .type _start, @function
_start:
    csrw sie, zero
    la tp, riscv_boot_percpu
    csrw sscratch, tp
    la t0, riscv_trap_entry
    csrw stvec, t0
    la sp, riscv_boot_stack_top
    li s0, 0 // the end of every chain of frame pointers
    li ra, 0
    tail kernel_main
    .size _start, . - _start

// A hart that arch_cpu_start has started: S-mode, interrupts masked, no translation, no stack. a1 is
// the physical address of its percpu. Turning translation on makes the next instruction a page
// fault, since no physical address is mapped as it is; so stvec says where to go on.
    .globl riscv_start_hart
    .type riscv_start_hart, @function
    .balign 4
riscv_start_hart:
    csrw sie, zero
    ld tp, PERCPU_SELF(a1)
    ld t0, %lo(riscv_percpu_start_satp)(a1)
    ld t1, .Lstarted_address
    csrw stvec, t1
    sfence.vma zero, zero
    csrw satp, t0
    unimp
    .balign 8
.Lstarted_address:
    .dword .Lstarted
    .size riscv_start_hart, . - riscv_start_hart

    .balign 4
.Lstarted:
    csrw sscratch, tp
    la t0, riscv_trap_entry
    csrw stvec, t0
    ld sp, PERCPU_STACK_TOP(tp)
    li s0, 0
    li ra, 0
    mv a0, tp
    tail kernel_secondary

    .text

// Direct mode: the address has to be a multiple of 4.
    .globl riscv_trap_entry
    .type riscv_trap_entry, @function
    .balign 64
riscv_trap_entry:
    csrrw tp, sscratch, tp
    sd t0, %lo(riscv_percpu_scratch)(tp)
    csrr t0, scause
    addi t0, t0, -8 // environment call from U-mode
    bnez t0, .Lno_system_call

// A system call: keeps what arch/include/task.h promises to keep and passes a0 to a5 through. The
// program counter is even, which says that the frame is a short one.
    ld a6, PERCPU_CURRENT(tp) // the short ways have it as their seventh argument
    csrr t1, sepc
    csrrw t2, sscratch, tp
    addi t1, t1, 4
    sd sp, REGISTER(2)(a6)
    sd gp, REGISTER(3)(a6)
    sd t2, REGISTER(4)(a6)
    sd s0, REGISTER(8)(a6)
    sd s1, REGISTER(9)(a6)
    sd t1, FRAME_PC(a6)
    ld sp, PERCPU_STACK_TOP(tp)
    li t0, NUMBER_CALL
    beq a7, t0, .Lcall
    li t0, NUMBER_RECV
    beq a7, t0, .Lrecv
    li t0, NUMBER_SIGNAL
    beq a7, t0, .Lsignal
    li t0, NUMBER_WAIT
    beq a7, t0, .Lwait
    li t0, NUMBER_YIELD
    beq a7, t0, .Lyield
    mv a6, a7 // the number is kernel_syscall's seventh argument
    jal kernel_syscall
    j arch_resume

// Those that are frequent don't pass through there.
.Lrecv:
    jal kernel_recv
    j arch_resume
.Lyield:
    jal kernel_yield
    j arch_resume
.Lsignal:
    jal kernel_signal
    j arch_resume
.Lwait:
    jal kernel_wait
    j arch_resume
.Lcall:
    jal kernel_call
    // falls through with the task to continue in a0

// The way out for those of which everything is known but whether the frame is a short one.
// _Noreturn void arch_resume(struct arch_task *task)
    .globl arch_resume
    .type arch_resume, @function
arch_resume:
    ld t0, FRAME_PC(a0)
    andi t1, t0, 1 // RISCV_PC_FULL
    bnez t1, .Lresume_full
    mv a6, a0
    ld a1, REGISTER(11)(a0)
    ld a2, REGISTER(12)(a0)
    ld a3, REGISTER(13)(a0)
    ld a4, REGISTER(14)(a0)
    ld a5, REGISTER(15)(a0)
    ld a0, REGISTER(10)(a0)
    csrw sepc, t0
    ld sp, REGISTER(2)(a6)
    ld gp, REGISTER(3)(a6)
    ld tp, REGISTER(4)(a6) // from here to sret nothing may trap
    ld s0, REGISTER(8)(a6)
    ld s1, REGISTER(9)(a6)
    .irp r, ra, t0, t1, t2, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
    li \r, 0
    .endr
    sret

    .globl riscv_left
    .type riscv_left, @function
riscv_left: // behind an sret
    unimp

.Lresume_full:
    ld t1, TASK_PC_ODD(a0)
    addi t0, t0, -1
    bnez t1, .Lresume_odd
    csrw sepc, t0
    sc.d zero, zero, (a0) // x[0] is unused
    ld ra, REGISTER(1)(a0)
    ld sp, REGISTER(2)(a0)
    ld gp, REGISTER(3)(a0)
    ld tp, REGISTER(4)(a0)
    .irp n, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld x\n, REGISTER(\n)(a0)
    .endr
    ld a0, REGISTER(10)(a0)
    sret

// The hart would clear bit 0 and go on where nobody wanted to go.
.Lresume_odd:
    ld sp, PERCPU_STACK_TOP(tp)
    li s0, 0
    call riscv_odd_pc
    j arch_resume

// All registers of user mode into the current task; that then is in t0, scause in a0.
    .macro save_all
    ld t0, PERCPU_CURRENT(tp)
    .irp n, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, REGISTER(\n)(t0)
    .endr
    ld t1, %lo(riscv_percpu_scratch)(tp)
    csrrw t2, sscratch, tp
    csrr t3, sepc
    csrr a0, scause
    sd t1, REGISTER(5)(t0)
    sd t2, REGISTER(4)(t0)
    addi t3, t3, 1 // RISCV_PC_FULL; what a trap stores there is even
    sd t3, FRAME_PC(t0)
    sd zero, TASK_PC_ODD(t0)
    sd a0, TASK_CAUSE(t0)
    ld sp, PERCPU_STACK_TOP(tp)
    li s0, 0
    .endm

// Interrupts, which only user mode takes, have the sign bit in scause.
.Lno_system_call:
    addi t0, t0, 8
    bgez t0, .Lexception
    save_all
    sd zero, TASK_VALUE(t0)
    call riscv_interrupt
    j arch_resume

.Lexception:
    csrr t0, sstatus
    andi t0, t0, STATUS_SPP
    bnez t0, .Lkernel_trap
    save_all
    csrr t1, stval
    sd t1, TASK_VALUE(t0)
    mv a0, t0
    call riscv_user_trap
    j arch_resume

// An exception of the kernel. t0 waits in percpu, tp in sscratch.
.Lkernel_trap:
    mv t0, sp
    lui sp, %hi(riscv_percpu_fault_stack_top - TRAP_SIZE)
    addi sp, sp, %lo(riscv_percpu_fault_stack_top - TRAP_SIZE)
    add sp, sp, tp
    .irp n, 1, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd x\n, REGISTER(\n)(sp)
    .endr
    sd t0, REGISTER(2)(sp)
    ld t0, %lo(riscv_percpu_scratch)(tp)
    csrrw t1, sscratch, tp
    sd t0, REGISTER(5)(sp)
    sd t1, REGISTER(4)(sp)
    csrr t1, sepc
    csrr t2, sstatus
    csrr t3, scause
    csrr t4, stval
    sd t1, FRAME_PC(sp)
    sd t2, TRAP_STATUS(sp)
    sd t3, TRAP_CAUSE(sp)
    sd t4, TRAP_VALUE(sp)
    li s0, 0
    mv a0, sp
    call riscv_kernel_trap // does not return
    unimp
    .size riscv_trap_entry, . - riscv_trap_entry

// riscv_breakpoints_load for arch_task_switch: the task in t1, the return address in t0; keeps every
// other register.
    .globl riscv_load_breakpoints
    .type riscv_load_breakpoints, @function
riscv_load_breakpoints:
    addi sp, sp, -256
    .irp n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
    sd x\n, REGISTER(\n)(sp)
    .endr
    mv a0, t1
    call riscv_breakpoints_load
    .irp n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
    ld x\n, REGISTER(\n)(sp)
    .endr
    addi sp, sp, 256
    jr t0
    .size riscv_load_breakpoints, . - riscv_load_breakpoints

// bool riscv_survives(void (*instruction)(void *argument), void *argument)
// Whether this hart has an instruction and permits it: tries, with a trap vector that comes to the
// second half of this function. The caller repairs sstatus.SPP.
    .globl riscv_survives
    .type riscv_survives, @function
riscv_survives:
    mv t2, a0
    mv a0, a1
    mv t1, ra
    la t0, .Ltrapped
    csrrw t0, stvec, t0
    jalr t2
    li a0, 1
    j .Lsurvived
    .balign 4
.Ltrapped:
    li a0, 0
.Lsurvived:
    csrw stvec, t0
    mv ra, t1
    ret
    .size riscv_survives, . - riscv_survives

// What to try. These keep t0 and t1.
    .globl riscv_clean_line
    .type riscv_clean_line, @function
riscv_clean_line:
    .option push
    .option arch, +zicbom
    cbo.clean (a0)
    .option pop
    ret
    .size riscv_clean_line, . - riscv_clean_line

    .globl riscv_zero_block
    .type riscv_zero_block, @function
riscv_zero_block:
    .option push
    .option arch, +zicboz
    cbo.zero (a0)
    .option pop
    ret
    .size riscv_zero_block, . - riscv_zero_block

    .globl riscv_clear_senvcfg
    .type riscv_clear_senvcfg, @function
riscv_clear_senvcfg:
    csrw senvcfg, zero
    ret
    .size riscv_clear_senvcfg, . - riscv_clear_senvcfg

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
