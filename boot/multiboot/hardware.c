// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/hardware.h"

#include "boot/multiboot/cpu.h"
#include "boot/multiboot/loader.h"
#include "boot/multiboot/rsdp.h"

#include <string.h>

#define LOW_END        0x100000ull // BIOS, its data and the screen: not all in the memory map
#define FEATURE_NX     (1u << 20)  // CPUID 0x80000001 edx
#define FEATURE_1_GIB  (1u << 26)
#define FEATURE_RDRAND (1u << 30) // CPUID 1 ecx
#define RDRAND_TRIES   10         // Intel SDM volume 1, 7.3.17.1
#define COM1_PORT      0x3f8u
#define COM1_IRQ       4u
#define COM1_CLOCK     1843200u
#define LARGEST_2_MIB  2
#define LARGEST_1_GIB  3
#define READABLE_MEMORY                                                                            \
    (1u << HELIOS_MEM_FREE | 1u << HELIOS_MEM_MODULE | 1u << HELIOS_MEM_ACPI |                     \
     1u << HELIOS_MEM_FIRMWARE | 1u << HELIOS_MEM_RESERVED)

const void *hardware_map(void *context, uint64_t address, size_t length) {
    const struct loader *loader = context;
    if (length > LOADER_REACH || address > LOADER_REACH - length) {
        return NULL;
    }
    if (address + length > LOW_END &&
        !memmap_covers(&loader->info.memory, address, length, READABLE_MEMORY)) {
        return NULL;
    }
    return (const void *)address;
}

// For ACPI tables, once their root is known. A BIOS may have put them into memory that is merely
// reserved; the pages that they are found on are known to be tables then, which the kernel maps and
// gives to drivers.
static const void *map_table(void *context, uint64_t address, size_t length) {
    struct loader *loader = context;
    const void *table = hardware_map(context, address, length);
    if (table != NULL &&
        memmap_covers(&loader->info.memory, address, length, 1u << HELIOS_MEM_RESERVED) &&
        memmap_set(&loader->info.memory, address, length, HELIOS_MEM_ACPI, &loader->failure) !=
            BOOT_OK) {
        return NULL;
    }
    return table;
}

enum boot_error hardware_check_cpu(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    const struct cpu_id extended = cpu_id(0x80000001u, 0);
    if ((extended.d & FEATURE_NX) == 0) {
        return boot_fail(&loader->failure, BOOT_CPU_UNSUPPORTED, "CPU", "no-execute pages",
                         extended.d, FEATURE_NX, 0);
    }
    // The x2APIC id where there is one; the 8-bit initial APIC id otherwise.
    const struct cpu_id topology = cpu_id(0xb, 0);
    loader->info.boot_hardware_id = topology.b != 0 ? topology.d : cpu_id(1, 0).b >> 24;
    loader->paging.format = &paging_x86_64;
    loader->paging.levels = 4;
    loader->paging.largest_level =
        (extended.d & FEATURE_1_GIB) != 0 ? LARGEST_1_GIB : LARGEST_2_MIB;
    boot->arch = HELIOS_ARCH_X86_64;
    boot->loader = HELIOS_LOADER_MULTIBOOT;
    boot->paging_levels = 4;
    boot->direct_map_base = HELIOS_DIRECT_MAP_BASE;
    boot->direct_map_size = HELIOS_DIRECT_MAP_SIZE;
    return BOOT_OK;
}

// Eight random bytes from the processor. false: it can't.
static bool random_word(uint64_t *word) {
    if ((cpu_id(1, 0).c & FEATURE_RDRAND) == 0) {
        return false;
    }
    for (int i = 0; i < RDRAND_TRIES; i++) {
        uint8_t good;
        __asm__ volatile("rdrand %0; setc %1" : "=r"(*word), "=qm"(good)::"cc");
        if (good != 0) {
            return true;
        }
    }
    return false;
}

// A BIOS has no source of entropy. Without the processor's, what is left is the TSC, spread by the
// finaliser of MurmurHash3, and the kernel is told.
static void gather_seed(struct helios_boot *boot) {
    uint64_t state = 0;
    for (size_t at = 0; at < HELIOS_BOOT_SEED_SIZE; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        if (!random_word(&word)) {
            boot->flags |= HELIOS_BOOT_SEED_WEAK;
        }
        state = (state ^ cpu_tsc()) * 0xff51afd7ed558ccdull;
        state ^= state >> 33;
        word ^= state;
        memcpy(boot->seed + at, &word, sizeof(word));
    }
}

static void find_console(struct loader *loader) {
    struct helios_boot_console *console = &loader->info.boot.console;
    if (console->kind != HELIOS_CONSOLE_NONE || !console_has_serial()) {
        return;
    }
    *console = (struct helios_boot_console){
        .base = COM1_PORT,
        .length = 8,
        .kind = HELIOS_CONSOLE_16550_PORT,
        .irq = COM1_IRQ,
        .irq_valid = 1,
        .io_width = 1,
        .clock_hz = COM1_CLOCK,
    };
}

enum boot_error hardware_gather(struct loader *loader) {
    const struct acpi_memory low = {.map = hardware_map, .context = loader};
    const struct boot_hardware hardware = {
        .acpi_memory = {.map = map_table, .context = loader},
        .rsdp = rsdp_find(&low),
    };
    enum boot_error error = boot_hardware_read(&hardware, &loader->info, &loader->failure);
    if (error == BOOT_OK) {
        find_console(loader);
        clock_measure(&loader->info.boot.timer);
        gather_seed(&loader->info.boot);
    }
    return error;
}
