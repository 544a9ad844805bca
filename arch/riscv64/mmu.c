// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables: telling the hardware. One root serves both halves, so every address space's root
// repeats the kernel's upper 256 entries.
//
// Address spaces have no identifiers yet: ASID 0 throughout, and a switch forgets what is not
// global.
#include "arch/include/mmu.h"

#include "arch/include/boot.h"
#include "arch/include/port.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/mmu_format.h"
#include "boot/protocol/protocol.h"

#define TABLE_ENTRIES      512
#define FIRST_KERNEL_ENTRY 256

unsigned arch_mmu_levels(void) {
    return riscv_machine.levels;
}

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    (void)level;
    return riscv_pte_leaf(physical, flags, (riscv_machine.isa & HELIOS_RISCV_ISA_SVPBMT) != 0);
}

arch_pte arch_pte_table(uint64_t physical, unsigned level) {
    (void)level;
    return riscv_pte_table(physical);
}

bool arch_pte_present(arch_pte pte) {
    return riscv_pte_present(pte);
}

bool arch_pte_is_table(arch_pte pte, unsigned level) {
    return level > 0 && riscv_pte_is_table(pte);
}

uint64_t arch_pte_physical(arch_pte pte) {
    return riscv_pte_physical(pte);
}

unsigned arch_pte_flags(arch_pte pte) {
    return riscv_pte_flags(pte);
}

// Hardware may remember that an entry was invalid (there is no Svvptc to rule it out), so a new
// entry needs a fence as well. The entry's virtual address is not known here; entries other than
// leaves need the fence for all addresses anyway.
void arch_pte_store(arch_pte *slot, arch_pte value) {
    *(volatile arch_pte *)slot = value;
    if (riscv_pte_present(value)) {
        __asm__ volatile("sfence.vma zero, zero" ::: "memory");
    }
}

void arch_tlb_flush_page(uintptr_t virtual_address) {
    __asm__ volatile("sfence.vma %0, zero" ::"r"(virtual_address) : "memory");
}

// A register that holds 0, unlike the register zero, names ASID 0 and spares global entries.
void arch_tlb_flush_all(void) {
    const uint64_t asid = 0;
    __asm__ volatile("sfence.vma zero, %0" ::"r"(asid) : "memory");
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(riscv_machine.kernel_root);
}

void arch_root_init(arch_pte *root) {
    const arch_pte *kernel = arch_kernel_root();
    for (unsigned i = FIRST_KERNEL_ENTRY; i < TABLE_ENTRIES; i++) {
        root[i] = kernel[i];
    }
}

void arch_root_activate(uint64_t root_physical) {
    const uint64_t mode = riscv_machine.levels == 3 ? SATP_SV39 : SATP_SV48;
    CSR_WRITE(satp, (mode << SATP_MODE_SHIFT) | (root_physical >> 12));
    arch_tlb_flush_all();
}

void arch_drop_identity_map(void) {
    arch_pte *root = arch_kernel_root();
    for (unsigned i = 0; i < FIRST_KERNEL_ENTRY; i++) {
        root[i] = 0;
    }
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

void arch_instruction_sync(const void *start, uint64_t length) {
    (void)start;
    (void)length;
    __asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
}
