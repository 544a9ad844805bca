// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/descriptors.h"

// Bits of the upper half of a segment descriptor.
#define SEGMENT_ACCESSED (1ull << 40)
#define SEGMENT_WRITE    (1ull << 41) // data
#define SEGMENT_READ     (1ull << 41) // code
#define SEGMENT_CODE     (1ull << 43)
#define SEGMENT_ORDINARY (1ull << 44) // code or data, not a system segment
#define SEGMENT_USER     (3ull << 45)
#define SEGMENT_PRESENT  (1ull << 47)
#define SEGMENT_LONG     (1ull << 53)
#define SEGMENT_TSS      (9ull << 40) // type: 64-bit TSS, available

#define GATE_INTERRUPT (0xeull << 40)

// `accessed` is set beforehand so that the processor never writes to the table.
#define SEGMENT_BASE (SEGMENT_PRESENT | SEGMENT_ORDINARY | SEGMENT_ACCESSED)

void x86_gdt_fill(uint64_t gdt[X86_GDT_ENTRIES], const struct x86_tss *tss) {
    const uint64_t code = SEGMENT_BASE | SEGMENT_CODE | SEGMENT_READ | SEGMENT_LONG;
    const uint64_t data = SEGMENT_BASE | SEGMENT_WRITE;
    const uint64_t base = (uint64_t)(uintptr_t)tss;
    const uint64_t limit = sizeof *tss - 1;

    gdt[0] = 0;
    gdt[X86_SELECTOR_KERNEL_CODE / 8] = code;
    gdt[X86_SELECTOR_KERNEL_DATA / 8] = data;
    gdt[X86_SELECTOR_USER_BASE / 8] = 0;
    gdt[X86_SELECTOR_USER_DATA / 8] = data | SEGMENT_USER;
    gdt[X86_SELECTOR_USER_CODE / 8] = code | SEGMENT_USER;
    gdt[X86_SELECTOR_TSS / 8] =
        SEGMENT_PRESENT | SEGMENT_TSS | limit | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
    gdt[X86_SELECTOR_TSS / 8 + 1] = base >> 32;
}

void x86_tss_fill(struct x86_tss *tss, uint64_t stack_top, const uint64_t ist[X86_IST_COUNT]) {
    *tss = (struct x86_tss){.iomap_base = sizeof *tss};
    tss->rsp[0] = stack_top;
    for (unsigned i = 0; i < X86_IST_COUNT; i++) {
        tss->ist[i] = ist[i];
    }
}

struct x86_gate x86_gate_encode(uint64_t handler, enum x86_ist stack, unsigned privilege) {
    struct x86_gate gate;
    gate.low = (handler & 0xffff) | (uint64_t)X86_SELECTOR_KERNEL_CODE << 16 |
               (uint64_t)stack << 32 | GATE_INTERRUPT | (uint64_t)privilege << 45 |
               SEGMENT_PRESENT | (handler >> 16 & 0xffff) << 48;
    gate.high = handler >> 32;
    return gate;
}
