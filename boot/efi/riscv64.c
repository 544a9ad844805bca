// SPDX-License-Identifier: GPL-3.0-only
//
// riscv64: which paging mode there is, which hart this is, and the console of last resort.
// Sources: RISC-V Privileged 1.12 (section 4.1.11, satp), SBI 2.0 (sections 4.4, 12).
#include "boot/efi/loader.h"
#include "boot/info/devicetree.h"

#include <string.h>

enum {
    SATP_MODE_SHIFT = 60,
    SATP_MODE_SV39 = 8,
    SATP_MODE_SV48 = 9,
    SBI_BASE = 0x10,
    SBI_BASE_PROBE = 3,
    SBI_DEBUG_CONSOLE = 0x4442434e,
    PROBE_TABLES = 8,
};

#define SV39_LOW_HALF 0x4000000000ull

const enum elf_machine arch_elf_machine = ELF_MACHINE_RISCV;
const enum helios_arch arch_kind = HELIOS_ARCH_RISCV64;
const uint64_t arch_table_limit = UINT64_MAX;

extern const uint8_t riscv_jump_start[];
extern const uint8_t riscv_jump_end[];

// Writes satp, reads it back, and puts it back as it was; returns what was read. In assembly: its
// code is what the tables in satp have to map.
uint64_t riscv_try_satp(uint64_t satp);

uint64_t arch_counter(void) {
    uint64_t value;
    __asm__ volatile("rdtime %0" : "=r"(value));
    return value;
}

static enum paging_result riscv_map_jump(struct paging *paging) {
    uint64_t start = (uint64_t)riscv_jump_start & ~(PAGING_PAGE_SIZE - 1);
    uint64_t end = ((uint64_t)riscv_jump_end + PAGING_PAGE_SIZE - 1) & ~(PAGING_PAGE_SIZE - 1);
    return paging_map(paging, start, start, end - start, PAGING_EXECUTE, 1);
}

// --- Paging mode

static uint64_t riscv_probe_tables[PROBE_TABLES][PAGING_ENTRIES] __attribute__((aligned(4096)));

static void *riscv_probe_table(void *context) {
    unsigned *used = context;
    return *used == PROBE_TABLES ? NULL : riscv_probe_tables[(*used)++];
}

// A mode that is not implemented is not written (section 4.1.11), so trying is safe.
static bool riscv_has_sv48(void) {
    unsigned used = 0;
    struct paging paging = {.format = &paging_riscv64,
                            .levels = 4,
                            .largest_level = 1,
                            .allocate = riscv_probe_table,
                            .context = &used};
    if (paging_begin(&paging) != PAGING_OK || riscv_map_jump(&paging) != PAGING_OK) {
        return false;
    }
    uint64_t satp =
        (uint64_t)SATP_MODE_SV48 << SATP_MODE_SHIFT | (uint64_t)paging.root / PAGING_PAGE_SIZE;
    return riscv_try_satp(satp) == satp;
}

enum boot_error arch_begin(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    bool has_sv48 = riscv_has_sv48();
    uint64_t mode = has_sv48 ? SATP_MODE_SV48 : SATP_MODE_SV39;
    boot->paging_levels = has_sv48 ? 4 : 3;
    boot->direct_map_base = has_sv48 ? HELIOS_DIRECT_MAP_BASE : HELIOS_DIRECT_MAP_SV39;
    boot->direct_map_size = has_sv48 ? HELIOS_DIRECT_MAP_SIZE : HELIOS_DIRECT_SIZE_SV39;
    loader->paging.format = &paging_riscv64;
    loader->paging.levels = boot->paging_levels;
    loader->paging.largest_level = 3;
    loader->handover.control = mode << SATP_MODE_SHIFT;
    if (!has_sv48 && (uint64_t)riscv_jump_end >= SV39_LOW_HALF) {
        return boot_fail(&loader->failure, BOOT_MEMORY_BEYOND_REACH, "loader", NULL,
                         (uint64_t)riscv_jump_end, SV39_LOW_HALF, 0);
    }
    return BOOT_OK;
}

enum boot_error arch_identify(struct loader *loader) {
    EFI_GUID guid = HELIOS_GUID_RISCV_BOOT;
    void *found = NULL;
    UINTN hart = 0;
    if (loader->services->LocateProtocol(&guid, NULL, &found) == EFI_SUCCESS) {
        struct riscv_boot_protocol *protocol = found;
        if (protocol->get_boot_hart_id(protocol, &hart) == EFI_SUCCESS) {
            loader->info.boot_hardware_id = hart;
            return BOOT_OK;
        }
    }
    if (loader->device_tree != NULL &&
        devicetree_boot_hart(loader->device_tree, loader->device_tree_size,
                             &loader->info.boot_hardware_id)) {
        return BOOT_OK;
    }
    return boot_fail(&loader->failure, BOOT_NO_BOOT_CPU, "firmware", "boot hart id", 0, 0, 0);
}

static bool riscv_has_debug_console(void) {
    register uint64_t a0 __asm__("a0") = SBI_DEBUG_CONSOLE;
    register uint64_t a1 __asm__("a1") = 0;
    register uint64_t a6 __asm__("a6") = SBI_BASE_PROBE;
    register uint64_t a7 __asm__("a7") = SBI_BASE;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return a0 == 0 && a1 != 0;
}

enum boot_error arch_gather(struct loader *loader) {
    struct helios_boot_console *console = &loader->info.boot.console;
    if (console->kind == HELIOS_CONSOLE_NONE && riscv_has_debug_console()) {
        console->kind = HELIOS_CONSOLE_SBI;
    }
    return BOOT_OK;
}

bool arch_entropy(uint8_t *bytes, size_t size) {
    // The seed CSR (Zkr) is machine mode's unless it says otherwise, and asking could trap.
    (void)bytes;
    (void)size;
    return false;
}

enum boot_error arch_place(struct loader *loader) {
    (void)loader;
    return BOOT_OK;
}

enum paging_result arch_map(struct loader *loader) {
    return riscv_map_jump(&loader->paging);
}

void arch_publish(uint64_t base, uint64_t length) {
    (void)base;
    (void)length;
    __asm__ volatile("fence.i" ::: "memory");
}
