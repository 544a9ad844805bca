// SPDX-License-Identifier: MIT
//
// A program's first instructions: a0 holds the address of the bootinfo, sp a stack aligned to 16.
    .section .text
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    mv s0, zero
    call helios_start
    unimp
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
