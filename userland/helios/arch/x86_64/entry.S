// SPDX-License-Identifier: MIT
//
// A program's first instructions: rdi holds the address of the bootinfo, rsp a stack aligned to 16.
    .section .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp
    call helios_start
    ud2
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
