// SPDX-License-Identifier: GPL-3.0-only
//
// void probe_syscall(struct probe *): testing/conformance/probe.h. The structure's address waits on
// the stack, because the stack pointer is the one register that is certain to survive.
    .set OUT, 256
    .set FP_IN, 512
    .set FP_OUT, 1024

    .section .text
    .globl probe_syscall, probe_return
    .type probe_syscall, @function
probe_syscall:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rdi
    movq %rsp, 4*8(%rdi)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups FP_IN + \n*16(%rdi), %xmm\n
    .endr
    movq 0*8(%rdi), %rax
    movq 1*8(%rdi), %rcx
    movq 2*8(%rdi), %rdx
    movq 3*8(%rdi), %rbx
    movq 5*8(%rdi), %rbp
    movq 6*8(%rdi), %rsi
    movq 8*8(%rdi), %r8
    movq 9*8(%rdi), %r9
    movq 10*8(%rdi), %r10
    movq 11*8(%rdi), %r11
    movq 12*8(%rdi), %r12
    movq 13*8(%rdi), %r13
    movq 14*8(%rdi), %r14
    movq 15*8(%rdi), %r15
    movq 7*8(%rdi), %rdi
    syscall
probe_return:
    xchgq %rdi, (%rsp)
    movq %rax, OUT + 0*8(%rdi)
    movq %rcx, OUT + 1*8(%rdi)
    movq %rdx, OUT + 2*8(%rdi)
    movq %rbx, OUT + 3*8(%rdi)
    movq %rsp, OUT + 4*8(%rdi)
    movq %rbp, OUT + 5*8(%rdi)
    movq %rsi, OUT + 6*8(%rdi)
    movq %r8, OUT + 8*8(%rdi)
    movq %r9, OUT + 9*8(%rdi)
    movq %r10, OUT + 10*8(%rdi)
    movq %r11, OUT + 11*8(%rdi)
    movq %r12, OUT + 12*8(%rdi)
    movq %r13, OUT + 13*8(%rdi)
    movq %r14, OUT + 14*8(%rdi)
    movq %r15, OUT + 15*8(%rdi)
    popq %rax
    movq %rax, OUT + 7*8(%rdi)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, FP_OUT + \n*16(%rdi)
    .endr
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size probe_syscall, . - probe_syscall
    .section .note.GNU-stack, "", @progbits
