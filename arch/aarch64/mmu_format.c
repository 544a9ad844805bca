// SPDX-License-Identifier: GPL-3.0-only
//
// VMSAv8-64 stage 1 descriptors, 4 KiB granule, 48-bit output (Arm ARM D8.3).
#include "arch/aarch64/mmu_format.h"

#include "arch/include/mmu.h"
#include "boot/protocol/protocol.h"

#define PTE_VALID      (1ull << 0)
#define PTE_TABLE      (1ull << 1) // a table; at level 0 a page
#define PTE_ATTR_SHIFT 2
#define PTE_ATTR_MASK  (7ull << PTE_ATTR_SHIFT)
#define PTE_USER       (1ull << 6) // AP[1]
#define PTE_READ_ONLY  (1ull << 7) // AP[2]
#define PTE_SH_INNER   (3ull << 8)
#define PTE_ACCESSED   (1ull << 10) // AF; without it the first access would fault
#define PTE_NOT_GLOBAL (1ull << 11)
#define PTE_PXN        (1ull << 53)
#define PTE_UXN        (1ull << 54)
#define CTR_ILINE      0xfull
#define CTR_DLINE      (0xfull << 16)
#define PTE_ADDRESS    0x0000fffffffff000ull

unsigned arch_mmu_levels(void) {
    return 4;
}

unsigned arch_mmu_largest_leaf(void) {
    return 2;
}

static uint64_t attribute_of(unsigned flags) {
    if ((flags & MMU_DEVICE) != 0) {
        return HELIOS_MAIR_DEVICE;
    }
    return (flags & MMU_WRITE_COMBINE) != 0 ? HELIOS_MAIR_NONCACHEABLE : HELIOS_MAIR_NORMAL;
}

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    // Hardware takes Device and Normal Non-cacheable as outer shareable whatever SH says
    // (Arm ARM D8.5.2), so one value serves all.
    arch_pte pte = (physical & PTE_ADDRESS) | PTE_VALID | PTE_ACCESSED | PTE_SH_INNER;
    pte |= attribute_of(flags) << PTE_ATTR_SHIFT;
    pte |= level == 0 ? PTE_TABLE : 0;
    pte |= (flags & MMU_WRITE) == 0 ? PTE_READ_ONLY : 0;
    pte |= (flags & MMU_GLOBAL) == 0 ? PTE_NOT_GLOBAL : 0;
    pte |= (flags & MMU_USER) != 0 ? PTE_USER : 0;
    // Who may execute is one of the two levels, never both.
    unsigned who = flags & (MMU_USER | MMU_EXECUTE);
    pte |= who != MMU_EXECUTE ? PTE_PXN : 0;
    pte |= who != (MMU_USER | MMU_EXECUTE) ? PTE_UXN : 0;
    return pte;
}

#define PAGE                                                                                       \
    (PTE_VALID | PTE_TABLE | (uint64_t)HELIOS_MAIR_NORMAL << PTE_ATTR_SHIFT | PTE_USER |           \
     PTE_SH_INNER | PTE_ACCESSED | PTE_NOT_GLOBAL | PTE_PXN)

const uint64_t aarch64_pages[3] = {
    PAGE | PTE_READ_ONLY | PTE_UXN,
    PAGE | PTE_UXN,
    PAGE | PTE_READ_ONLY,
};

arch_pte arch_pte_table(uint64_t physical, unsigned level) {
    (void)level;
    return (physical & PTE_ADDRESS) | PTE_VALID | PTE_TABLE;
}

bool arch_pte_present(arch_pte pte) {
    return (pte & PTE_VALID) != 0;
}

bool arch_pte_is_table(arch_pte pte, unsigned level) {
    return level > 0 && (pte & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

uint64_t arch_pte_physical(arch_pte pte) {
    return pte & PTE_ADDRESS;
}

unsigned arch_pte_flags(arch_pte pte) {
    unsigned flags = 0;
    uint64_t attribute = (pte & PTE_ATTR_MASK) >> PTE_ATTR_SHIFT;
    if (attribute == HELIOS_MAIR_DEVICE || attribute == HELIOS_MAIR_DEVICE_STRICT) {
        flags |= MMU_DEVICE;
    } else if (attribute == HELIOS_MAIR_NONCACHEABLE) {
        flags |= MMU_WRITE_COMBINE;
    }
    flags |= (pte & PTE_READ_ONLY) == 0 ? MMU_WRITE : 0u;
    flags |= (pte & PTE_NOT_GLOBAL) == 0 ? MMU_GLOBAL : 0u;
    flags |= (pte & PTE_USER) != 0 ? MMU_USER : 0u;
    // Executable by anyone counts: this is what decides about W^X.
    flags |= (pte & (PTE_PXN | PTE_UXN)) != (PTE_PXN | PTE_UXN) ? MMU_EXECUTE : 0u;
    return flags;
}

uint64_t aarch64_tcr(uint64_t mmfr0, uint64_t mmfr2) {
    uint64_t tcr = 0;
    tcr |= 16ull | (16ull << 16);            // T0SZ, T1SZ: 48-bit halves
    tcr |= (1ull << 8) | (1ull << 24);       // IRGN: write-back, allocate
    tcr |= (1ull << 10) | (1ull << 26);      // ORGN: likewise
    tcr |= (3ull << 12) | (3ull << 28);      // SH: inner shareable
    tcr |= (0ull << 14) | (2ull << 30);      // TG0, TG1: 4 KiB (encoded differently)
    uint64_t range = mmfr0 & 0xf;            // PARange
    tcr |= (range < 5 ? range : 5ull) << 32; // IPS: 48 bits are all that an entry holds
    tcr |= aarch64_asid_count(mmfr0) > 0x100 ? 1ull << 36 : 0; // AS
    // E0PD: user accesses to the kernel half fault in constant time (E0PD1; against Meltdown).
    tcr |= (mmfr2 >> 60 & 0xf) != 0 ? 1ull << 56 : 0;
    return tcr;
}

uint64_t aarch64_tlbi_operand(uint64_t virtual_address, uint32_t asid) {
    return ((virtual_address >> 12) & 0x00000fffffffffffull) | (uint64_t)asid << 48;
}

uint32_t aarch64_asid_count(uint64_t mmfr0) {
    return ((mmfr0 >> 4) & 0xf) == 2 ? 0x10000 : 0x100;
}

static uint64_t smaller(uint64_t a, uint64_t b, uint64_t field) {
    return (a & field) < (b & field) ? a & field : b & field;
}

uint64_t aarch64_ctr_common(uint64_t a, uint64_t b) {
    return smaller(a, b, CTR_ILINE) | smaller(a, b, CTR_DLINE) |
           (a & b & (CTR_L1IP | CTR_IDC | CTR_DIC));
}

uint64_t aarch64_data_line(uint64_t ctr) {
    return 4ull << ((ctr >> 16) & 0xf);
}

uint64_t aarch64_instruction_line(uint64_t ctr) {
    return 4ull << (ctr & 0xf);
}
