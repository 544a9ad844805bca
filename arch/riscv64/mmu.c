// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables: telling the hardware. One root serves both halves, so every address space's root
// repeats the kernel's upper 256 entries. Where a flush names an ASID it uses a register, never the
// register zero, which would mean all of them (%0 with "r" is never x0).
#include "arch/include/mmu.h"

#include "arch/include/boot.h"
#include "arch/include/port.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/mmu_format.h"
#include "boot/protocol/protocol.h"

#define TABLE_ENTRIES      512
#define FIRST_KERNEL_ENTRY 256
#define CACHE_BLOCK        64 // bytes: Zic64b, which the RVA22 profile requires

// The instruction set that the kernel is compiled for has no cache-block management.
#define ZICBOM(instruction)                                                                        \
    ".option push\n\t.option arch, +zicbom\n\t" instruction "\n\t.option pop"

unsigned arch_mmu_levels(void) {
    return riscv_machine.levels;
}

unsigned arch_mmu_largest_leaf(void) {
    return 2;
}

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    (void)level;
    return riscv_pte_leaf(physical, flags, riscv_has(HELIOS_RISCV_ISA_SVPBMT));
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

uint32_t arch_asid_count(void) {
    return riscv_machine.asid_count;
}

// Kernel addresses have the top bit set; their entries are global, in every address space.
void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid) {
    if ((virtual_address >> 63) != 0) {
        __asm__ volatile("sfence.vma %0, zero" ::"r"(virtual_address) : "memory");
    } else {
        __asm__ volatile("sfence.vma %0, %1" ::"r"(virtual_address), "r"((uint64_t)asid)
                         : "memory");
    }
}

void arch_tlb_flush_asid(uint32_t asid) {
    __asm__ volatile("sfence.vma zero, %0" ::"r"((uint64_t)asid) : "memory");
}

// There is no instruction for "every address space, but not what is global".
void arch_tlb_flush_all(void) {
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(riscv_machine.kernel_root);
}

// ASID 0 belongs to whoever has none of its own, and is flushed; nothing is in use under it then.
void arch_root_leave(void) {
    arch_root_load(arch_root_word(riscv_machine.kernel_root, 0));
}

void arch_root_init(arch_pte *root) {
    const arch_pte *kernel = arch_kernel_root();
    for (unsigned i = FIRST_KERNEL_ENTRY; i < TABLE_ENTRIES; i++) {
        root[i] = kernel[i];
    }
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

// Where there is no Zicbom, or firmware denies it, DMA is taken as coherent: there is nothing else
// that could be done.
void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation) {
    if (!riscv_machine.cleans_cache || length == 0) {
        return;
    }
    const uintptr_t end = (uintptr_t)start + length;
    for (uintptr_t line = (uintptr_t)start & ~(uintptr_t)(CACHE_BLOCK - 1); line < end;
         line += CACHE_BLOCK) {
        if (operation == CACHE_CLEAN) {
            __asm__ volatile(ZICBOM("cbo.clean (%0)")::"r"(line) : "memory");
        } else {
            __asm__ volatile(ZICBOM("cbo.flush (%0)")::"r"(line) : "memory");
        }
    }
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}
