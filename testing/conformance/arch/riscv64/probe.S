// SPDX-License-Identifier: GPL-3.0-only
//
// void probe_syscall(struct probe *): testing/conformance/probe.h. The structure's address waits on
// the stack, because the stack pointer is the one register that is certain to survive.
    .set OUT, 256
    .set FP_IN, 512
    .set FP_OUT, 1024
    .set FRAME, 256

    .section .text
    .globl probe_syscall
    .type probe_syscall, @function
probe_syscall:
    addi sp, sp, -FRAME
    .irp n, 1, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
    sd x\n, \n*8(sp)
    .endr
    sd a0, 0(sp)
    sd sp, 2*8(a0)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fld f\n, FP_IN + \n*8(a0)
    .endr
    .irp n, 1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld x\n, \n*8(a0)
    .endr
    ld a0, 10*8(a0)
    ecall
    sd t6, 31*8(sp)
    ld t6, 0(sp)
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    sd x\n, OUT + \n*8(t6)
    .endr
    ld t5, 31*8(sp)
    sd t5, OUT + 31*8(t6)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fsd f\n, FP_OUT + \n*8(t6)
    .endr
    .irp n, 1, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
    ld x\n, \n*8(sp)
    .endr
    addi sp, sp, FRAME
    ret
    .size probe_syscall, . - probe_syscall
    .section .note.GNU-stack, "", @progbits
