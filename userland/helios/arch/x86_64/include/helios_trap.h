// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The instruction by which programs of x86_64 enter the kernel. uapi/syscall.h says what
// becomes of the registers.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_TRAP_H
#define HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_TRAP_H

#include <stdint.h>

#include "uapi/layout.h"
#include "uapi/registers.h"
#include "uapi/syscall.h"

HELIOS_ASSERT_LAYOUT(HELIOS_REGISTER_PARAMS == 4);
HELIOS_ASSERT_LAYOUT(HELIOS_X86_64_REGISTERS == 16 + 2);

static inline void helios_syscall(uint64_t number, struct helios_message *message) {
    register uint64_t rax __asm__("rax") = number;
    register uint64_t rdi __asm__("rdi") = message->capability;
    register uint64_t rsi __asm__("rsi") = message->tag;
    register uint64_t rdx __asm__("rdx") = message->params[0];
    register uint64_t r10 __asm__("r10") = message->params[1];
    register uint64_t r8 __asm__("r8") = message->params[2];
    register uint64_t r9 __asm__("r9") = message->params[3];
    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
                     :
                     : "rcx", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
    message->capability = rdi;
    message->tag = rsi;
    message->params[0] = rdx;
    message->params[1] = r10;
    message->params[2] = r8;
    message->params[3] = r9;
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_TRAP_H
