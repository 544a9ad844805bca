// SPDX-License-Identifier: GPL-3.0-only
//
// aarch64: features, the counter, cache maintenance and the value of TCR_EL1. Register and field
// names as in the Arm ARM (DDI 0487), D17.2 and D12 (generic timer).
#include "boot/efi/loader.h"

#include <string.h>

enum {
    TCR_T0SZ_SHIFT = 0,
    TCR_IRGN0_WRITE_BACK = 1 << 8,
    TCR_ORGN0_WRITE_BACK = 1 << 10,
    TCR_SH0_INNER = 3 << 12,
    TCR_T1SZ_SHIFT = 16,
    TCR_IRGN1_WRITE_BACK = 1 << 24,
    TCR_ORGN1_WRITE_BACK = 1 << 26,
    TCR_SH1_INNER = 3 << 28,
    TCR_IPS_SHIFT = 32,
    IPS_48_BIT = 5,
};

#define TCR_EPD0          (1ull << 7)
#define TCR_TG1_4K        (2ull << 30)
#define MPIDR_AFFINITY    0xff00ffffffull
#define CURRENT_EL2       8u
#define ADDRESS_BITS_48   16ull // TxSZ
#define MMFR0_TGRAN4_NONE 0xfu

const enum elf_machine arch_elf_machine = ELF_MACHINE_AARCH64;
const enum helios_arch arch_kind = HELIOS_ARCH_AARCH64;
const uint64_t arch_table_limit = UINT64_MAX;

extern const uint8_t arm_jump_start[];
extern const uint8_t arm_jump_end[];

#define ARM_READ(name)                                                                             \
    ({                                                                                             \
        uint64_t arm_value;                                                                        \
        __asm__ volatile("mrs %0, " #name : "=r"(arm_value));                                      \
        arm_value;                                                                                 \
    })

uint64_t arch_counter(void) {
    __asm__ volatile("isb");
    return ARM_READ(cntvct_el0);
}

static bool arm_is_el2(void) {
    return ARM_READ(CurrentEL) == CURRENT_EL2;
}

enum boot_error arch_begin(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    uint64_t features = ARM_READ(id_aa64mmfr0_el1);
    if ((features >> 28 & 0xf) == MMFR0_TGRAN4_NONE) {
        return boot_fail(&loader->failure, BOOT_CPU_UNSUPPORTED, "CPU", "4 KiB pages", features, 0,
                         0);
    }
    boot->paging_levels = 4;
    boot->direct_map_base = HELIOS_DIRECT_MAP_BASE;
    boot->direct_map_size = HELIOS_DIRECT_MAP_SIZE;
    boot->flags |= arm_is_el2() ? HELIOS_BOOT_EL2 : 0u;
    loader->paging.format = &paging_aarch64;
    loader->paging.levels = 4;
    loader->paging.largest_level = 3;
    uint64_t physical = features & 0xf;
    loader->handover.control = ADDRESS_BITS_48 << TCR_T0SZ_SHIFT | TCR_IRGN0_WRITE_BACK |
                               TCR_ORGN0_WRITE_BACK | TCR_SH0_INNER |
                               ADDRESS_BITS_48 << TCR_T1SZ_SHIFT | TCR_IRGN1_WRITE_BACK |
                               TCR_ORGN1_WRITE_BACK | TCR_SH1_INNER | TCR_TG1_4K |
                               (physical < IPS_48_BIT ? physical : IPS_48_BIT) << TCR_IPS_SHIFT;
    if (arm_is_el2()) {
        // The change of level enters the kernel directly; from EL1, the low half is walked once
        // more, for the instructions after the switch.
        loader->handover.control |= TCR_EPD0;
    }
    return BOOT_OK;
}

enum boot_error arch_identify(struct loader *loader) {
    loader->info.boot_hardware_id = ARM_READ(mpidr_el1) & MPIDR_AFFINITY;
    return BOOT_OK;
}

enum boot_error arch_gather(struct loader *loader) {
    struct helios_boot_timer *timer = &loader->info.boot.timer;
    if (timer->frequency_hz == 0) {
        timer->frequency_hz = ARM_READ(cntfrq_el0);
    }
    return BOOT_OK;
}

bool arch_entropy(uint8_t *bytes, size_t size) {
    if (ARM_READ(id_aa64isar0_el1) >> 60 == 0) { // FEAT_RNG
        return false;
    }
    for (size_t at = 0; at < size; at += 8) {
        uint64_t word;
        uint64_t good;
        __asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, ne" : "=r"(word), "=r"(good)::"cc");
        if (good == 0) {
            return false;
        }
        memcpy(bytes + at, &word, size - at < 8 ? size - at : 8);
    }
    return true;
}

enum boot_error arch_place(struct loader *loader) {
    (void)loader;
    return BOOT_OK;
}

enum paging_result arch_map(struct loader *loader) {
    uint64_t start = (uint64_t)arm_jump_start & ~(PAGING_PAGE_SIZE - 1);
    uint64_t end = ((uint64_t)arm_jump_end + PAGING_PAGE_SIZE - 1) & ~(PAGING_PAGE_SIZE - 1);
    enum paging_result result = paging_begin(&loader->identity);
    if (result == PAGING_OK) {
        result = paging_map(&loader->identity, start, start, end - start, PAGING_EXECUTE, 1);
    }
    loader->handover.identity_root = (uint64_t)loader->identity.root;
    // Fetched with the MMU off for a moment.
    arch_publish(start, end - start);
    return result;
}

void arch_publish(uint64_t base, uint64_t length) {
    uint64_t line = 4ull << (ARM_READ(ctr_el0) >> 16 & 0xf);
    for (uint64_t at = base & ~(line - 1); at < base + length; at += line) {
        __asm__ volatile("dc cvac, %0" ::"r"(at) : "memory");
    }
    __asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
}
