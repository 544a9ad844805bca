// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The instruction by which programs of aarch64 enter the kernel. uapi/syscall.h says what
// becomes of the registers.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_TRAP_H
#define HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_TRAP_H

#include <stdint.h>

#include "uapi/layout.h"
#include "uapi/registers.h"
#include "uapi/syscall.h"

HELIOS_ASSERT_LAYOUT(HELIOS_REGISTER_PARAMS == 4);
HELIOS_ASSERT_LAYOUT(HELIOS_AARCH64_REGISTERS == 32 + 2);

static inline void helios_syscall(uint64_t number, struct helios_message *message) {
    register uint64_t x8 __asm__("x8") = number;
    register uint64_t x0 __asm__("x0") = message->capability;
    register uint64_t x1 __asm__("x1") = message->tag;
    register uint64_t x2 __asm__("x2") = message->params[0];
    register uint64_t x3 __asm__("x3") = message->params[1];
    register uint64_t x4 __asm__("x4") = message->params[2];
    register uint64_t x5 __asm__("x5") = message->params[3];
    __asm__ volatile("svc #0"
                     : "+r"(x8), "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
                     :
                     : "x6", "x7", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                       "x18", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30",
                       "cc", "memory");
    message->capability = x0;
    message->tag = x1;
    message->params[0] = x2;
    message->params[1] = x3;
    message->params[2] = x4;
    message->params[3] = x5;
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_TRAP_H
