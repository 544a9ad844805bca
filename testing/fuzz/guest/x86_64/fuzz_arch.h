// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of x86_64 that end in the kernel.
#ifndef HELIOS_TESTING_FUZZ_GUEST_X86_64_FUZZ_ARCH_H
#define HELIOS_TESTING_FUZZ_GUEST_X86_64_FUZZ_ARCH_H

#include <stdint.h>

static inline uint64_t fuzz_ticks(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// Pushing goes below the 128 bytes that compiled code may use under its stack pointer.
//
// One of them, with `value` in a register. What it does to the task is its supervisor's to mend.
static inline void fuzz_trap(uint64_t which, uint64_t value) {
    switch (which % 20) {
    case 0:
        __asm__ volatile("ud2");
        break;
    case 1:
        __asm__ volatile("int3");
        break;
    case 2:
        __asm__ volatile("hlt");
        break;
    case 3:
        __asm__ volatile("cli");
        break;
    case 4:
        __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory");
        break;
    case 5:
        __asm__ volatile("wrmsr" : : "a"(0), "d"(0), "c"((uint32_t)value));
        break;
    case 6:
        __asm__ volatile("int $0x80");
        break;
    case 7:
        __asm__ volatile("int $0x31");
        break;
    case 8:
        __asm__ volatile("sysenter" : : : "memory");
        break;
    case 9:
        __asm__ volatile("divq %0" : : "r"(0ull), "a"(1ull), "d"(0ull) : "cc");
        break;
    case 10: // one step
        __asm__ volatile("subq $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; addq $128, %%rsp"
                         :
                         :
                         : "cc", "memory");
        break;
    case 11: // alignment check, direction, everything that can be set
        __asm__ volatile("subq $128, %%rsp; pushq %0; popfq; cld; addq $128, %%rsp"
                         :
                         : "r"(value)
                         : "cc", "memory");
        break;
    case 12:
        __asm__ volatile("inb %%dx, %%al" : : "d"((uint16_t)value) : "rax");
        break;
    case 13:
        __asm__ volatile("movw %w0, %%ds" : : "r"(value));
        break;
    case 14:
        __asm__ volatile("movw %w0, %%gs" : : "r"(value));
        break;
    case 15:
        __asm__ volatile("iretq" : : : "memory");
        break;
    case 16:
        __asm__ volatile("jmp *%0" : : "r"(value));
        break;
    case 17: // every exception of SSE allowed, and one raised
        __asm__ volatile("subq $128, %%rsp; pushq $0; ldmxcsr (%%rsp); addq $136, %%rsp; "
                         "xorps %%xmm0, %%xmm0; divps %%xmm0, %%xmm0"
                         :
                         :
                         : "xmm0", "cc", "memory");
        break;
    case 18:
        __asm__ volatile("fninit; fld1; fldz; fdivrp; fwait" : : : "memory");
        break;
    default:
        __asm__ volatile("xsetbv" : : "a"(7), "d"(0), "c"(0));
    }
}

// Words of code that a page may be filled with: system calls, prefixes, what changes much.
#define FUZZ_CODE_WORDS {0x050f, 0xcc, 0xf4fb, 0x0b0f, 0x9090909090909090, 0xfeeb, 0x9d, 0xc3}

// Random code.
static inline uint32_t fuzz_code(uint32_t random) {
    return random;
}

#endif // HELIOS_TESTING_FUZZ_GUEST_X86_64_FUZZ_ARCH_H
