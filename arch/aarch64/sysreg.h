// SPDX-License-Identifier: GPL-3.0-only
//
// Access to system registers by name, as the assembler knows them.
#ifndef HELIOS_ARCH_AARCH64_SYSREG_H
#define HELIOS_ARCH_AARCH64_SYSREG_H

#include <stdint.h>

#define SYSREG_READ(name)                                                                          \
    __extension__({                                                                                \
        uint64_t sysreg_value;                                                                     \
        __asm__ volatile("mrs %0, " name : "=r"(sysreg_value)::"memory");                          \
        sysreg_value;                                                                              \
    })

#define SYSREG_WRITE(name, value) __asm__ volatile("msr " name ", %0" ::"r"(value) : "memory")

#define AARCH64_ISB()         __asm__ volatile("isb" ::: "memory")
#define AARCH64_DSB(domain)   __asm__ volatile("dsb " domain ::: "memory")
#define AARCH64_DMB(domain)   __asm__ volatile("dmb " domain ::: "memory")
#define AARCH64_TLBI(op)      __asm__ volatile("tlbi " op ::: "memory")
#define AARCH64_TLBI_X(op, x) __asm__ volatile("tlbi " op ", %0" ::"r"((uint64_t)(x)) : "memory")

// A four-bit field of an identification register.
static inline uint64_t sysreg_field(uint64_t value, unsigned shift) {
    return (value >> shift) & 0xf;
}

#endif // HELIOS_ARCH_AARCH64_SYSREG_H
