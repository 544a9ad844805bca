// SPDX-License-Identifier: GPL-3.0-only
//
// Every way into the kernel and out of it. README.md tells the whole story; in short:
//
//   _start               from the loader, once
//   x86_syscall_entry    SYSCALL: stores five registers, calls kernel_call or another of the short
//                        ways, or kernel_syscall
//   x86_trap_stubs       256 stubs, one per vector, which go on to
//     trap_user            from user mode: every register into the current arch_task
//     trap_kernel          from the kernel: every register onto the stack in use
//     trap_paranoid        vectors with a stack of their own, from the kernel or from anywhere
//   arch_resume          out: SYSRET for a short frame, IRET for a full one
//
// GS base belongs to the user in user mode and points to struct percpu in the kernel; the other
// value waits in the KERNEL_GS_BASE register, and `swapgs` exchanges the two exactly once on each
// crossing. Interrupts are masked from the first instruction to the last.
#include "arch/x86_64/layout.h"

    .section .bss.stacks, "aw", @nobits
    .balign X86_PAGE_SIZE
    .globl x86_boot_stacks
x86_boot_stacks:                        // guard page and stack: kernel, then x86_ist 1..4
    .fill 5 * (X86_PAGE_SIZE + X86_STACK_SIZE), 1, 0

    .section .text.entry, "ax"
    .globl x86_entry_start
x86_entry_start:

// rdi = the boot block. The stack pointer is undefined until here.
    .globl _start
_start:
    leaq x86_boot_stacks + X86_PAGE_SIZE + X86_STACK_SIZE(%rip), %rsp
    xorl %ebp, %ebp
    pushq $2                            // flags: nothing set
    popfq
    call kernel_main
    ud2

// In: rax number, rdi capability, rsi tag, rdx r10 r8 r9 parameters, rcx return address, r11 flags;
// the user's stack pointer and GS base. Every flag is clear (FMASK). r12 need not be preserved, so it
// serves as the pointer to the task.
    .balign 16
    .globl x86_syscall_entry
x86_syscall_entry:
    swapgs
    movq %gs:X86_PERCPU_CURRENT, %r12
    movq %rsp, X86_TASK_RSP(%r12)
    movq %gs:X86_PERCPU_STACK_TOP, %rsp
    movq %rcx, X86_TASK_RIP(%r12)
    movq %r11, X86_TASK_RFLAGS(%r12)
    movq %rbp, X86_TASK_RBP(%r12)       // no address of a frame, so that a backtrace ends with it
    movq %rbx, X86_TASK_RBX(%r12)
    movq %r10, %r13                     // p1: see ARCH_WAY
    cmpq $X86_SYSCALLS, %rax
    jae x86_system_call
    call *x86_ways(, %rax, 8)
    jmp resume

// In place of one of the short ways: whatever is none.
    .globl x86_system_call
x86_system_call:
    movq %gs:X86_PERCPU_STACK_TOP, %rsp
    movq %r13, %rcx                     // p1 in C's fourth argument register
    pushq %rax                          // alignment
    pushq %rax                          // number, the seventh argument
    call kernel_syscall
    // fall through

// rax = the task. The kernel stack is abandoned.
resume:
    cmpq $X86_FRAME_SYSCALL, X86_TASK_FRAME(%rax)
    jne resume_full

// SYSRET with a non-canonical rcx would fault in the kernel, on the user's stack. It can't happen: rcx
// is where SYSCALL stood, plus two, and the last page of the user half is never mapped. A frame whose
// rip was written by somebody else is a full one.
    movq X86_TASK_RIP(%rax), %rcx
    movq X86_TASK_RFLAGS(%rax), %r11
    movq X86_TASK_RSP(%rax), %rsp
    movq X86_TASK_RBP(%rax), %rbp
    movq X86_TASK_RBX(%rax), %rbx
    movq X86_TASK_RDI(%rax), %rdi
    movq X86_TASK_RSI(%rax), %rsi
    movq X86_TASK_RDX(%rax), %rdx
    movq X86_TASK_R10(%rax), %r10
    movq X86_TASK_R8(%rax), %r8
    movq X86_TASK_R9(%rax), %r9
    xorl %eax, %eax
    xorl %r12d, %r12d
    xorl %r13d, %r13d
    xorl %r14d, %r14d
    xorl %r15d, %r15d
    swapgs
    sysretq

// For C: rdi = the task.
    .globl arch_resume
arch_resume:
    movq %rdi, %rax
    jmp resume

// IRET with a non-canonical rip faults in the kernel on some processors, so a task that jumped there
// takes its fault here instead.
resume_full:
    movq %rax, %rdi
    movq %gs:X86_PERCPU_STACK_TOP, %rsp
    movq X86_TASK_RIP(%rdi), %rax
    shrq $47, %rax
    jnz 1f
    movq $X86_FRAME_SYSCALL, X86_TASK_FRAME(%rdi) // until the next interrupt
    pushq $X86_SELECTOR_USER_DATA
    pushq X86_TASK_RSP(%rdi)
    pushq X86_TASK_RFLAGS(%rdi)
    pushq $X86_SELECTOR_USER_CODE
    pushq X86_TASK_RIP(%rdi)
    movq X86_TASK_RBP(%rdi), %rbp
    movq X86_TASK_RBX(%rdi), %rbx
    movq X86_TASK_RSI(%rdi), %rsi
    movq X86_TASK_RDX(%rdi), %rdx
    movq X86_TASK_R10(%rdi), %r10
    movq X86_TASK_R8(%rdi), %r8
    movq X86_TASK_R9(%rdi), %r9
    movq X86_TASK_RAX(%rdi), %rax
    movq X86_TASK_RCX(%rdi), %rcx
    movq X86_TASK_R11(%rdi), %r11
    movq X86_TASK_R12(%rdi), %r12
    movq X86_TASK_R13(%rdi), %r13
    movq X86_TASK_R14(%rdi), %r14
    movq X86_TASK_R15(%rdi), %r15
    movq X86_TASK_RDI(%rdi), %rdi
    swapgs
    iretq
1:
    xorl %ebp, %ebp
    call x86_bad_return
    jmp resume

// The processor pushed ss, rsp, flags, cs, rip and for some vectors an error code; the stub makes
// that uniform and adds the vector.
    .balign 16
    .globl x86_trap_stubs
x86_trap_stubs:
    .set vector, 0
    .rept 256
    .balign X86_STUB_SIZE
    // Vectors with an error code: 8, 10..14, 17, 21, 29, 30.
    .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || \
          vector == 29 || vector == 30)
    pushq $0
    .endif
    pushq $vector
    .if vector == X86_VECTOR_NMI || vector == X86_VECTOR_DOUBLE_FAULT || vector == X86_VECTOR_MACHINE
    jmp trap_paranoid
    .elseif vector == X86_VECTOR_DEBUG
    jmp trap_debug
    .else
    jmp trap_common
    .endif
    .set vector, vector + 1
    .endr
    .balign X86_STUB_SIZE

// Offsets here are from the vector: 8 error, 16 rip, 24 cs, 32 flags, 40 rsp, 48 ss.
trap_common:
    testb $3, 24(%rsp)
    jz trap_kernel

trap_user:
    swapgs
    pushq %rdi
    movq %gs:X86_PERCPU_CURRENT, %rdi
    popq X86_TASK_RDI(%rdi)
    movq %rax, X86_TASK_RAX(%rdi)
    movq %rcx, X86_TASK_RCX(%rdi)
    movq %rdx, X86_TASK_RDX(%rdi)
    movq %rbx, X86_TASK_RBX(%rdi)
    movq %rbp, X86_TASK_RBP(%rdi)
    movq %rsi, X86_TASK_RSI(%rdi)
    movq %r8, X86_TASK_R8(%rdi)
    movq %r9, X86_TASK_R9(%rdi)
    movq %r10, X86_TASK_R10(%rdi)
    movq %r11, X86_TASK_R11(%rdi)
    movq %r12, X86_TASK_R12(%rdi)
    movq %r13, X86_TASK_R13(%rdi)
    movq %r14, X86_TASK_R14(%rdi)
    movq %r15, X86_TASK_R15(%rdi)
    movq 16(%rsp), %rax
    movq %rax, X86_TASK_RIP(%rdi)
    movq 32(%rsp), %rax
    movq %rax, X86_TASK_RFLAGS(%rdi)
    movq 40(%rsp), %rax
    movq %rax, X86_TASK_RSP(%rdi)
    movq $X86_FRAME_FULL, X86_TASK_FRAME(%rdi)
    movq 0(%rsp), %rsi                  // vector
    movq 8(%rsp), %rdx                  // error code
    movq %gs:X86_PERCPU_STACK_TOP, %rsp // we may stand on the debug stack
    pushq $2                            // an interrupt leaves the user's AC and DF in place
    popfq
    cmpq $X86_VECTOR_INTERRUPTS, %rsi   // rbp is the user's: no address of a frame
    jb 1f
    call x86_user_interrupt
    jmp resume
1:
    call x86_user_trap
    jmp resume

.macro push_registers
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq $2
    popfq
.endm

.macro pop_registers_and_return
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp                      // vector, error code
    iretq
.endm

// GS base is the kernel's. Returns only from an interrupt that ends arch_wait_for_interrupt.
trap_kernel:
    push_registers
    movq %rsp, %rdi
    call x86_kernel_trap
    pop_registers_and_return

// #DB: from user mode like any other; in the kernel it can come before swapgs (a single step or a
// watchpoint that `mov ss` held back until the first instruction after SYSCALL).
trap_debug:
    testb $3, 24(%rsp)
    jnz trap_user

// May have interrupted the entry code at any instruction, so nothing is known about GS base: it is
// saved, replaced by what stands at the top of this stack, and put back.
trap_paranoid:
    push_registers
    movl $X86_MSR_GS_BASE, %ecx
    rdmsr
    movl %eax, %ebx
    movl %edx, %r12d
    movq X86_TRAP_SIZE(%rsp), %rax
    movq %rax, %rdx
    shrq $32, %rdx
    wrmsr
    movq %rsp, %rdi
    call x86_paranoid_trap
    movl $X86_MSR_GS_BASE, %ecx
    movl %ebx, %eax
    movl %r12d, %edx
    wrmsr
    pop_registers_and_return

    .globl x86_entry_end
x86_entry_end:

    .section .note.GNU-stack, "", @progbits
