// SPDX-License-Identifier: GPL-3.0-only
//
// Segment, gate and task state descriptors: their encoding, apart from the instructions that load
// them, so that it is tested on the host.
//
// Source: Intel SDM vol. 3 sections 3.4.5 (segments), 6.14.1 (gates), 7.2.3 and 7.7 (64-bit TSS).
#ifndef HELIOS_ARCH_X86_64_DESCRIPTORS_H
#define HELIOS_ARCH_X86_64_DESCRIPTORS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86_64/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

// Null, kernel code and data, the empty 32-bit code segment, user data and code, TSS (two).
#define X86_GDT_ENTRIES 8
#define X86_IDT_ENTRIES 256

// Numbers of the stacks in the TSS's interrupt stack table; 0 in a gate means none.
enum x86_ist {
    X86_IST_NONE = 0,
    X86_IST_DOUBLE_FAULT = 1,
    X86_IST_NMI = 2,
    X86_IST_MACHINE = 3,
    X86_IST_DEBUG = 4,
};
#define X86_IST_COUNT 4

// Only the stack pointers are of use in 64-bit mode. iomap_base at the end of the segment: no port
// may be touched from user mode.
struct __attribute__((packed)) x86_tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap_base;
};

struct x86_gate {
    uint64_t low;
    uint64_t high;
};

static_assert(offsetof(struct x86_tss, rsp) == 4, "Intel SDM vol. 3 figure 7-11");
static_assert(offsetof(struct x86_tss, ist) == 36, "Intel SDM vol. 3 figure 7-11");
static_assert(offsetof(struct x86_tss, iomap_base) == 102, "Intel SDM vol. 3 figure 7-11");
static_assert(sizeof(struct x86_tss) == 104, "Intel SDM vol. 3 figure 7-11");

// Fills a GDT; its TSS descriptor refers to `tss`.
void x86_gdt_fill(uint64_t gdt[X86_GDT_ENTRIES], const struct x86_tss *tss);

// Fills a TSS: `stack_top` is loaded on entry from user mode, `ist[n - 1]` for gates with stack n.
void x86_tss_fill(struct x86_tss *tss, uint64_t stack_top, const uint64_t ist[X86_IST_COUNT]);

// A 64-bit interrupt gate (interrupts are masked on entry) to `handler` in the kernel's code
// segment. `privilege` is the lowest one (3: user) that may use it by a software interrupt.
struct x86_gate x86_gate_encode(uint64_t handler, enum x86_ist stack, unsigned privilege);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_DESCRIPTORS_H
