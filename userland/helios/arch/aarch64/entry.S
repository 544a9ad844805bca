// SPDX-License-Identifier: MIT
//
// A program's first instructions: x0 holds the address of the bootinfo, sp a stack aligned to 16.
    .section .text
    .globl _start
    .type _start, @function
_start:
    mov x29, xzr
    mov x30, xzr
    bl helios_start
    udf #0
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
