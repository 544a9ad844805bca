// SPDX-License-Identifier: GPL-3.0-only
// The entry point: a jump that every assembler here can spell.
    .text
    .globl start
start:
#if defined(__x86_64__) || defined(__i386__)
    jmp tc_main
#elif defined(__aarch64__)
    b tc_main
#else
    tail tc_main
#endif
