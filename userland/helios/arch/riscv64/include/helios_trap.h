// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The instruction by which programs of riscv64 enter the kernel. uapi/syscall.h says what
// becomes of the registers.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_TRAP_H
#define HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_TRAP_H

#include <stdint.h>

#include "uapi/layout.h"
#include "uapi/registers.h"
#include "uapi/syscall.h"

HELIOS_ASSERT_LAYOUT(HELIOS_REGISTER_PARAMS == 4);
HELIOS_ASSERT_LAYOUT(HELIOS_RISCV64_REGISTERS == 31 + 2);

static inline void helios_syscall(uint64_t number, struct helios_message *message) {
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = message->capability;
    register uint64_t a1 __asm__("a1") = message->tag;
    register uint64_t a2 __asm__("a2") = message->params[0];
    register uint64_t a3 __asm__("a3") = message->params[1];
    register uint64_t a4 __asm__("a4") = message->params[2];
    register uint64_t a5 __asm__("a5") = message->params[3];
    __asm__ volatile("ecall"
                     : "+r"(a7), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5)
                     :
                     : "ra", "t0", "t1", "t2", "a6", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11", "t3", "t4", "t5", "t6", "cc", "memory");
    message->capability = a0;
    message->tag = a1;
    message->params[0] = a2;
    message->params[1] = a3;
    message->params[2] = a4;
    message->params[3] = a5;
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_TRAP_H
