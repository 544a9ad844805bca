// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions that C has no words for.
#ifndef HELIOS_BOOT_MULTIBOOT_CPU_H
#define HELIOS_BOOT_MULTIBOOT_CPU_H

#include <cpuid.h>
#include <stdint.h>

static inline void cpu_out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint8_t cpu_in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t cpu_read_msr(uint32_t index) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}

static inline void cpu_write_msr(uint32_t index, uint64_t value) {
    __asm__ volatile("wrmsr" ::"c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t cpu_tsc(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

struct cpu_id {
    uint32_t a, b, c, d;
};

// Zeros for a leaf that the processor does not have.
static inline struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf) {
    struct cpu_id out = {0, 0, 0, 0};
    if (__get_cpuid_max(leaf & 0xf0000000u, 0) >= leaf) {
        __cpuid_count(leaf, subleaf, out.a, out.b, out.c, out.d);
    }
    return out;
}

#endif // HELIOS_BOOT_MULTIBOOT_CPU_H
