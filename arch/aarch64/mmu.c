// SPDX-License-Identifier: GPL-3.0-only
//
// Telling the hardware about page tables. The entry format stands in mmu_format.c.
//
// TLB maintenance that the portable kernel asks for is broadcast to all CPUs. It begins with an
// ISB: arch_root_load has none, and a walk of the root that was active before must not bring
// back what is being forgotten.
#include "arch/include/mmu.h"

#include "arch/aarch64/boot.h"
#include "arch/aarch64/mmu_format.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/boot.h"
#include "arch/include/port.h"

// Root of an address space in which nothing is mapped.
static arch_pte mmu_empty_root[512] __attribute__((aligned(4096), section(".bss.page")));

uint64_t aarch64_image_physical(const void *address) {
    return (uintptr_t)address - HELIOS_KERNEL_BASE + aarch64_machine.kernel_phys;
}

void aarch64_tlb_flush_local(void) {
    AARCH64_ISB();
    AARCH64_DSB("nshst");
    AARCH64_TLBI("vmalle1");
    AARCH64_DSB("nsh");
    AARCH64_ISB();
}

void aarch64_mmu_init(void) {
    uint64_t mmfr0 = SYSREG_READ("id_aa64mmfr0_el1");
    uint64_t tcr = aarch64_tcr(mmfr0, SYSREG_READ("id_aa64mmfr2_el1"));
    aarch64_machine.empty_root = aarch64_image_physical(mmu_empty_root);
    SYSREG_WRITE("ttbr0_el1", aarch64_machine.empty_root);
    SYSREG_WRITE("mair_el1", HELIOS_MAIR);
    AARCH64_ISB(); // the empty root is there before TCR allows walks of it
    SYSREG_WRITE("tcr_el1", tcr);
    aarch64_tlb_flush_local();
}

void arch_drop_identity_map(void) {
    SYSREG_WRITE("ttbr0_el1", aarch64_machine.empty_root);
    aarch64_tlb_flush_local();
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    *(volatile arch_pte *)slot = value;
    AARCH64_DSB("ishst"); // the walker is an observer like another CPU
    AARCH64_ISB();        // and what follows must not have been translated before
}

uint32_t arch_asid_count(void) {
    return aarch64_machine.asid_count;
}

static void begin_flush(void) {
    AARCH64_ISB();
    AARCH64_DSB("ishst");
}

static void end_flush(void) {
    AARCH64_DSB("ish");
    AARCH64_ISB();
}

void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid) {
    begin_flush();
    if (virtual_address >= ARCH_USER_TOP) {
        AARCH64_TLBI_X("vaae1is", aarch64_tlbi_operand(virtual_address, 0));
    } else {
        AARCH64_TLBI_X("vae1is", aarch64_tlbi_operand(virtual_address, asid));
    }
    end_flush();
}

void arch_tlb_flush_asid(uint32_t asid) {
    begin_flush();
    AARCH64_TLBI_X("aside1is", aarch64_tlbi_operand(0, asid));
    end_flush();
}

// Global entries too: nothing spares them for every ASID at once.
void arch_tlb_flush_all(void) {
    begin_flush();
    AARCH64_TLBI("vmalle1is");
    end_flush();
}

// The kernel half has a root of its own, TTBR1.
void arch_root_init(arch_pte *root) {
    (void)root;
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(aarch64_machine.kernel_root);
}

// Also what is cached of the tables goes: they may go next, and ASID 0 is what stays current.
void arch_root_leave(void) {
    aarch64_root_load_shared(aarch64_machine.empty_root);
    AARCH64_ISB();
}

static void clean_to_unification(uintptr_t line) {
    __asm__ volatile("dc cvau, %0" ::"r"(line) : "memory");
}

static void clean(uintptr_t line) {
    __asm__ volatile("dc cvac, %0" ::"r"(line) : "memory");
}

static void clean_and_invalidate(uintptr_t line) {
    __asm__ volatile("dc civac, %0" ::"r"(line) : "memory");
}

static void invalidate_instructions(uintptr_t line) {
    __asm__ volatile("ic ivau, %0" ::"r"(line) : "memory");
}

// Inline: one instruction for each line, and no call.
static inline __attribute__((always_inline)) void
maintain(void (*operation)(uintptr_t), const void *start, uint64_t length, uint64_t line) {
    uintptr_t end = (uintptr_t)start + length;
    for (uintptr_t address = (uintptr_t)start & ~(line - 1); address < end; address += line) {
        operation(address);
    }
}

// Arm ARM D7.5.6. Each of these reaches all CPUs of the inner-shareable domain; what they have
// fetched already is theirs to forget, by the ISB in their next exception return. A virtually
// indexed instruction cache may hold the bytes under the user's address and not under the direct
// map's, so only a physically indexed one is invalidated by address.
void arch_instruction_sync(const void *start, uint64_t length) {
    uint64_t ctr = aarch64_machine.ctr;
    if ((ctr & CTR_IDC) == 0) {
        maintain(clean_to_unification, start, length, aarch64_data_line(ctr));
    }
    AARCH64_DSB("ish");
    if ((ctr & CTR_DIC) == 0) {
        if ((ctr & CTR_L1IP) == CTR_L1IP) {
            maintain(invalidate_instructions, start, length, aarch64_instruction_line(ctr));
        } else {
            __asm__ volatile("ic ialluis" ::: "memory");
        }
        AARCH64_DSB("ish");
    }
    AARCH64_ISB();
}

void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation) {
    uint64_t line = aarch64_data_line(aarch64_machine.ctr);
    if (operation == CACHE_CLEAN) {
        maintain(clean, start, length, line);
    } else {
        maintain(clean_and_invalidate, start, length, line);
    }
    AARCH64_DSB("sy"); // devices are outside of every domain
}
