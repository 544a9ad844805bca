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
#include "kernel/percpu.h"

enum {
    ROOT_ENTRIES = 512,
    ROOT_KERNEL = 256, // first entry of the kernel half
    PCID_COUNT = 4096,
};

unsigned arch_mmu_levels(void) {
    return 4;
}

unsigned arch_mmu_largest_leaf(void) {
    return (cpuid(0x80000001, 0).edx & CPUID_EXT_EDX_1_GIB) != 0 ? 2 : 1;
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    *(volatile arch_pte *)slot = value;
    __asm__ volatile("" : : : "memory");
}

bool x86_has_pcid;

// Both or neither: without INVPCID a space that is not active could not be flushed. CR3 holds the
// loader's root, and with it identifier 0, which is what the bit wants to find.
void x86_pcid_init(void) {
    if (!percpu_ready) {
        x86_has_pcid =
            (cpuid(1, 0).ecx & CPUID_1_ECX_PCID) && (cpuid(7, 0).ebx & CPUID_7_EBX_INVPCID);
    }
    if (x86_has_pcid) {
        cr3_write(x86_boot_root());
        cr4_write(cr4_read() | CR4_PCIDE);
    }
}

uint32_t arch_asid_count(void) {
    return x86_has_pcid ? PCID_COUNT : 0;
}

// INVLPG reaches global translations and those of the active space.
void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid) {
    if (x86_has_pcid && virtual_address < ARCH_USER_TOP) {
        invpcid(INVPCID_PAGE, asid, virtual_address);
    } else {
        __asm__ volatile("invlpg (%0)" : : "r"(virtual_address) : "memory");
    }
}

void x86_flush_page(uintptr_t address, uint32_t asid) {
    arch_tlb_flush_page(address, asid);
}

static_assert(X86_PTE_LEAVES_USER == MMU_USER, "helios_port.h");

void arch_tlb_flush_asid(uint32_t asid) {
    if (x86_has_pcid) {
        invpcid(INVPCID_ONE, asid, 0);
    } else {
        arch_tlb_flush_all();
    }
}

void arch_tlb_flush_all(void) {
    if (x86_has_pcid) {
        invpcid(INVPCID_ALL, 0, 0);
    } else {
        cr3_write(cr3_read());
    }
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

// DMA is coherent on this architecture.
void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation) {
    (void)start;
    (void)length;
    (void)operation;
}
