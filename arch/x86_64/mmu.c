// SPDX-License-Identifier: GPL-3.0-only
//
// One root serves both halves, so the upper half of every address space's root is a copy of the
// kernel's. That stays true without upkeep: the loader made every entry there that will ever be
// used (direct map, and the last one for image and kernel window), and only tables below change.
#include "arch/include/mmu.h"

#include "arch/include/boot.h"
#include "arch/include/port.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"

enum {
    ROOT_ENTRIES = 512,
    ROOT_KERNEL = 256, // first entry of the kernel half
};

unsigned arch_mmu_levels(void) {
    return 4;
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    *(volatile arch_pte *)slot = value;
    __asm__ volatile("" : : : "memory");
}

void arch_tlb_flush_page(uintptr_t virtual_address) {
    __asm__ volatile("invlpg (%0)" : : "r"(virtual_address) : "memory");
}

void arch_tlb_flush_all(void) {
    cr3_write(cr3_read());
}

// Any change of CR4.PGE does it (Intel SDM vol. 3 section 4.10.4.1).
void x86_tlb_flush_global(void) {
    const uint64_t cr4 = cr4_read();
    cr4_write(cr4 ^ CR4_PGE);
    cr4_write(cr4);
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(x86_boot_root());
}

void arch_root_leave(void) {
    cr3_write(x86_boot_root());
}

void arch_root_init(arch_pte *root) {
    const arch_pte *kernel = arch_kernel_root();
    for (unsigned i = ROOT_KERNEL; i < ROOT_ENTRIES; i++) {
        root[i] = kernel[i];
    }
}

void arch_root_activate(uint64_t root_physical) {
    cr3_write(root_physical);
}

void arch_drop_identity_map(void) {
    arch_pte *kernel = arch_kernel_root();
    for (unsigned i = 0; i < ROOT_KERNEL; i++) {
        kernel[i] = 0;
    }
    cr3_write(x86_boot_root());
    x86_tlb_flush_global();
}

// The processor keeps instruction fetch coherent with stores, but for stores through another
// address it wants a serializing instruction before the new code (Intel SDM vol. 3 section 9.1.3):
// a write to CR2 is the cheapest one without side effects.
void arch_instruction_sync(const void *start, uint64_t length) {
    (void)start;
    (void)length;
    cr2_write(0);
}
