// SPDX-License-Identifier: GPL-3.0-only
//
// void probe_syscall(struct probe *): testing/conformance/probe.h. The structure's address waits on
// the stack, because the stack pointer is the one register that is certain to survive.
    .set OUT, 256
    .set FP_IN, 512
    .set FP_OUT, 1024
    .set FRAME, 192

    .section .text
    .globl probe_syscall
    .type probe_syscall, @function
probe_syscall:
    sub sp, sp, #FRAME
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    str x0, [sp, #160]
    mov x1, sp
    str x1, [x0, #31*8]
    add x1, x0, #FP_IN
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr q\n, [x1, #\n*16]
    .endr
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    ldr x\n, [x0, #\n*8]
    .endr
    ldr x0, [x0]
    svc #0
    str x30, [sp, #168]
    ldr x30, [sp, #160]
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
    str x\n, [x30, #OUT + \n*8]
    .endr
    ldr x0, [sp, #168]
    str x0, [x30, #OUT + 30*8]
    mov x0, sp
    str x0, [x30, #OUT + 31*8]
    add x0, x30, #FP_OUT
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    str q\n, [x0, #\n*16]
    .endr
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #FRAME
    ret
    .size probe_syscall, . - probe_syscall
    .section .note.GNU-stack, "", @progbits
