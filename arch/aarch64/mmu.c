// SPDX-License-Identifier: GPL-3.0-only
//
// Telling the hardware about page tables. The entry format stands in mmu_format.c.
//
// Every user address space runs with ASID 0 so far, so a switch forgets what is not global. All
// maintenance is for this CPU only; the inner-shareable forms are for the shootdown that comes with
// the other CPUs.
#include "arch/include/mmu.h"

#include "arch/aarch64/boot.h"
#include "arch/aarch64/mmu_format.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/boot.h"
#include "arch/include/port.h"

#define CTR_IDC     (1ull << 28) // no data cache clean needed for instruction fetch
#define CTR_DIC     (1ull << 29) // no instruction cache invalidation needed
#define CTR_L1_PIPT 3ull         // of the field at bit 14

// Root of an address space in which nothing is mapped.
static arch_pte mmu_empty_root[512] __attribute__((aligned(4096), section(".bss.page")));

static uint64_t empty_root_physical(void) {
    return (uintptr_t)mmu_empty_root - HELIOS_KERNEL_BASE + aarch64_machine.kernel_phys;
}

void aarch64_mmu_init(void) {
    uint64_t tcr = aarch64_tcr(SYSREG_READ("id_aa64mmfr0_el1"), SYSREG_READ("id_aa64mmfr2_el1"));
    SYSREG_WRITE("ttbr0_el1", empty_root_physical());
    SYSREG_WRITE("mair_el1", HELIOS_MAIR);
    AARCH64_ISB(); // the empty root is there before TCR allows walks of it
    SYSREG_WRITE("tcr_el1", tcr);
    AARCH64_ISB();
    arch_tlb_flush_all();
}

void arch_drop_identity_map(void) {
    SYSREG_WRITE("ttbr0_el1", empty_root_physical());
    AARCH64_ISB();
    arch_tlb_flush_all();
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    *(volatile arch_pte *)slot = value;
    AARCH64_DSB("ishst"); // the walker is an observer like another CPU
    AARCH64_ISB();        // and what follows must not have been translated before
}

void arch_tlb_flush_page(uintptr_t virtual_address) {
    AARCH64_DSB("nshst");
    AARCH64_TLBI_X("vaae1", aarch64_tlbi_operand(virtual_address));
    AARCH64_DSB("nsh");
    AARCH64_ISB();
}

void arch_tlb_flush_all(void) {
    AARCH64_DSB("nshst");
    AARCH64_TLBI("vmalle1"); // global entries too: nothing spares them for every ASID at once
    AARCH64_DSB("nsh");
    AARCH64_ISB();
}

void arch_root_init(arch_pte *root) {
    (void)root; // the kernel half has a root of its own, TTBR1
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(aarch64_machine.kernel_root);
}

// Goes through the empty root so that no two address spaces are ever live under one ASID.
void arch_root_activate(uint64_t root_physical) {
    SYSREG_WRITE("ttbr0_el1", empty_root_physical());
    AARCH64_ISB();
    AARCH64_TLBI_X("aside1", 0);
    AARCH64_DSB("nsh");
    AARCH64_ISB();
    SYSREG_WRITE("ttbr0_el1", root_physical);
    AARCH64_ISB();
}

static void clean_data(uintptr_t start, uintptr_t end, uint64_t line) {
    for (uintptr_t address = start & ~(line - 1); address < end; address += line) {
        __asm__ volatile("dc cvau, %0" ::"r"(address) : "memory");
    }
}

static void invalidate_instructions(uintptr_t start, uintptr_t end, uint64_t line) {
    for (uintptr_t address = start & ~(line - 1); address < end; address += line) {
        __asm__ volatile("ic ivau, %0" ::"r"(address) : "memory");
    }
}

// Arm ARM D7.5.6. A virtually indexed instruction cache may hold the bytes under the user's address
// and not under the direct map's, so only a physically indexed one is invalidated by address.
void arch_instruction_sync(const void *start, uint64_t length) {
    uint64_t ctr = SYSREG_READ("ctr_el0");
    uintptr_t first = (uintptr_t)start;
    if ((ctr & CTR_IDC) == 0) {
        clean_data(first, first + length, aarch64_data_line(ctr));
    }
    AARCH64_DSB("ish");
    if ((ctr & CTR_DIC) == 0) {
        if (((ctr >> 14) & 3) == CTR_L1_PIPT) {
            invalidate_instructions(first, first + length, aarch64_instruction_line(ctr));
        } else {
            __asm__ volatile("ic iallu" ::: "memory");
        }
        AARCH64_DSB("ish");
    }
    AARCH64_ISB();
}
