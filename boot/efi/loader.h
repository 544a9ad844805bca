// SPDX-License-Identifier: GPL-3.0-only
//
// The EFI loader. main.c is the order of things: find the payload, check it, ask firmware and the
// machine about themselves, place everything, leave firmware, enter the kernel. Every step returns
// an enum boot_error and has filled loader->failure if that is not BOOT_OK; until firmware is left
// an error frees what was allocated and goes back to the boot manager.
#ifndef HELIOS_BOOT_EFI_LOADER_H
#define HELIOS_BOOT_EFI_LOADER_H

#include "boot/efi/efi.h"
#include "boot/elf/elf.h"
#include "boot/info/info.h"
#include "boot/paging/paging.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOADER_PLACES       32
#define LOADER_KERNEL_LIMIT 0x4000000ull // bytes of address space that a kernel may take

// Memory that the loader took from firmware, and what it is to the kernel.
struct loader_place {
    uint64_t base;
    uint64_t length; // whole pages
    enum helios_mem_kind kind;
};

// A piece of payload. data NULL: absent.
struct loader_payload {
    const char *name; // for messages: "section .kernel" or "file \helios\kernel"
    const uint8_t *data;
    uint64_t size;
    bool is_placed; // lies on pages of its own already, the tail zero
};

// Page tables are taken from one run of pages, so that building them anew is resetting a counter.
struct loader_pool {
    uint64_t base;
    uint64_t pages;
    uint64_t used;
};

// What the last instructions of the loader need; assembly knows the offsets.
struct loader_handover {
    uint64_t root;          // 0: kernel page tables
    uint64_t identity_root; // 8: aarch64: page tables of TTBR0; x86_64: 5-level root, or 0
    uint64_t boot;          // 16: virtual address of the boot block
    uint64_t entry;         // 24: virtual address of the kernel's entry point
    uint64_t trampoline;    // 32: x86_64: page below 4 GiB for leaving 5-level paging, or 0
    uint64_t control;       // 40: aarch64: TCR_EL1; riscv64: mode field of satp, in place
};

struct loader {
    EFI_HANDLE handle;
    EFI_SYSTEM_TABLE *system;
    EFI_BOOT_SERVICES *services;
    EFI_LOADED_IMAGE *image;
    bool is_secure; // Secure Boot is on

    struct loader_payload kernel;
    struct loader_payload init;
    struct loader_payload bootfs;
    struct loader_payload command_line;
    struct loader_payload signature;
    struct elf_image kernel_image;
    const void *device_tree;
    size_t device_tree_size;

    struct loader_place places[LOADER_PLACES];
    unsigned place_count;
    struct loader_pool pool;
    uint64_t kernel_base;
    uint64_t block; // the boot block
    uint64_t block_size;
    uint8_t *map; // the firmware's memory map
    UINTN map_room;
    UINTN map_size;
    UINTN map_key;
    UINTN map_stride;

    struct paging paging;   // the kernel's
    struct paging identity; // aarch64: the low half, which has its own root
    struct loader_handover handover;

    struct boot_info info;
    struct boot_failure failure;
};

// --- console.c

// Prints a line on the firmware's console, and on the serial port if that console has none.
void console_print(struct loader *loader, const char *line);

// --- payload.c

// Finds the payload in the image's sections or in files, and checks it as far as that goes
// without placing it.
enum boot_error payload_find(struct loader *loader);

// --- memory.c

// Allocates whole pages below limit (the last byte lies below it) for a purpose.
enum boot_error memory_allocate(struct loader *loader, uint64_t length, uint64_t align,
                                uint64_t limit, enum helios_mem_kind kind, uint64_t *base);

// Gives everything back to firmware.
void memory_free_all(struct loader *loader);

// Reads the firmware's memory map into loader->map. BOOT_MEMORY_MAP_FULL if it does not fit.
enum boot_error memory_read_map(struct loader *loader);

// Makes room for the firmware's memory map, with slack for what changes later.
enum boot_error memory_prepare_map(struct loader *loader);

// Turns loader->map and the places into info.memory.
enum boot_error memory_convert_map(struct loader *loader);

// --- hardware.c

// Fills loader->info with all that firmware and its tables say about the machine.
enum boot_error hardware_gather(struct loader *loader);

// --- kernel.c

// Allocates memory for kernel, modules, page tables and boot block; fills kernel and modules.
enum boot_error kernel_place(struct loader *loader);

// Builds page tables and boot block from info. May be called again after the map has changed.
enum boot_error kernel_prepare(struct loader *loader);

// --- one file per architecture

extern const enum elf_machine arch_elf_machine;
extern const enum helios_arch arch_kind;

// First address that page tables must not reach: x86_64's are loaded from 32-bit code.
extern const uint64_t arch_table_limit;

// Checks that this processor can run Helios and sets everything in info.boot and paging that
// depends on the processor alone.
enum boot_error arch_begin(struct loader *loader);

// Finds out info.boot_hardware_id, which the readers of tables want to know; the device tree is
// known already.
enum boot_error arch_identify(struct loader *loader);

// After the tables were read: timers, and a console if none was found.
enum boot_error arch_gather(struct loader *loader);

// Fills size bytes with entropy from the processor. Returns false if it can't.
bool arch_entropy(uint8_t *bytes, size_t size);

// A counter that runs.
uint64_t arch_counter(void);

// Allocates what arch_enter needs; called before page tables are built.
enum boot_error arch_place(struct loader *loader);

// Adds what arch_enter needs to the page tables, and fills the handover.
enum paging_result arch_map(struct loader *loader);

// Makes what was written at an address visible to instruction fetches and to accesses without
// caches.
void arch_publish(uint64_t base, uint64_t length);

// Switches page tables and enters the kernel.
_Noreturn void arch_enter(const struct loader_handover *handover);

#endif // HELIOS_BOOT_EFI_LOADER_H
