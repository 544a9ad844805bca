// SPDX-License-Identifier: GPL-3.0-only
//
// Privileged instructions as functions.
#ifndef HELIOS_ARCH_X86_64_INSTRUCTIONS_H
#define HELIOS_ARCH_X86_64_INSTRUCTIONS_H

#include <stdint.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

// All zero where the processor does not have the leaf.
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf) {
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf & 0x80000000u), "c"(0));
    if (r.eax < leaf) {
        return (struct cpuid){0, 0, 0, 0};
    }
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t msr_read(uint32_t msr) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t msr, uint64_t value) {
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline void xcr0_write(uint64_t value) {
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

enum invpcid {
    INVPCID_PAGE = 0,
    INVPCID_ONE = 1, // everything of one identifier
    INVPCID_ALL = 3, // of all identifiers, but for global translations
};

static inline void invpcid(enum invpcid kind, uint64_t identifier, uint64_t virtual_address) {
    const struct {
        uint64_t identifier;
        uint64_t virtual_address;
    } which = {identifier, virtual_address};
    __asm__ volatile("invpcid %0, %1" : : "m"(which), "r"((uint64_t)kind) : "memory");
}

#define X86_CONTROL_REGISTER(name)                                                                 \
    static inline uint64_t name##_read(void) {                                                     \
        uint64_t value;                                                                            \
        __asm__ volatile("movq %%" #name ", %0" : "=r"(value));                                    \
        return value;                                                                              \
    }                                                                                              \
    static inline void name##_write(uint64_t value) {                                              \
        __asm__ volatile("movq %0, %%" #name : : "r"(value) : "memory");                           \
    }

X86_CONTROL_REGISTER(cr0)
X86_CONTROL_REGISTER(cr2)
X86_CONTROL_REGISTER(cr3)
X86_CONTROL_REGISTER(cr4)
X86_CONTROL_REGISTER(dr0)
X86_CONTROL_REGISTER(dr1)
X86_CONTROL_REGISTER(dr2)
X86_CONTROL_REGISTER(dr3)
X86_CONTROL_REGISTER(dr6)
X86_CONTROL_REGISTER(dr7)

static inline uint8_t port_read8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void port_write8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

#endif // HELIOS_ARCH_X86_64_INSTRUCTIONS_H
