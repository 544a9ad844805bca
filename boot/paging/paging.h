// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables for the kernel, built by a loader that sees physical memory one to one. Portable:
// what differs between architectures is one struct paging_format each. All three formats are
// compiled everywhere, so that the tests on the host cover them.
//
// Levels are counted from the leaf: a level 1 table maps 4 KiB pages, level 2 2 MiB, level 3
// 1 GiB. A table is a page of 512 eight-byte entries on all three architectures.
#ifndef HELIOS_BOOT_PAGING_PAGING_H
#define HELIOS_BOOT_PAGING_PAGING_H

#include "boot/elf/elf.h"
#include "boot/protocol/protocol.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAGING_PAGE_SIZE 4096ull
#define PAGING_ENTRIES   512u

/** Permissions; everything mapped is readable, by the kernel only. */
enum paging_flags {
    PAGING_WRITE = 1,
    PAGING_EXECUTE = 2,
    PAGING_GLOBAL = 4, // stays in the TLB when the address space changes: the kernel half
};

enum paging_result {
    PAGING_OK = 0,
    PAGING_NO_MEMORY, // allocate returned NULL
    PAGING_CONFLICT,  // something else is mapped there
    PAGING_UNALIGNED, // address or length is no multiple of a page
    PAGING_WRITE_EXECUTE,
};

/** How an architecture writes its entries. */
struct paging_format {
    uint64_t (*table)(uint64_t physical);
    uint64_t (*leaf)(uint64_t physical, unsigned level, unsigned flags);
    bool (*is_present)(uint64_t entry);
    bool (*is_leaf)(uint64_t entry, unsigned level);
    uint64_t (*address)(uint64_t entry);
    unsigned (*flags)(uint64_t leaf);
};

extern const struct paging_format paging_x86_64;  // Intel SDM volume 3 section 4.5
extern const struct paging_format paging_aarch64; // Arm ARM D8.3, 4 KiB granule
extern const struct paging_format paging_riscv64; // RISC-V Privileged 1.12 section 4.4

struct paging {
    const struct paging_format *format;
    unsigned levels;        // of the tree: 3 or 4
    unsigned largest_level; // of a leaf: 2, or 3 where 1 GiB pages exist
    // Returns a zeroed page whose pointer is its physical address, or NULL.
    void *(*allocate)(void *context);
    void *context;
    uint64_t *root; // set by paging_begin
};

/** Allocates the root. The other fields have to be set. */
enum paging_result paging_begin(struct paging *paging);

/**
 * Maps length bytes at virtual_address to physical, with the largest pages possible up to level
 * largest (1: 4 KiB pages only). Nothing may be mapped there yet.
 */
enum paging_result paging_map(struct paging *paging, uint64_t virtual_address, uint64_t physical,
                              uint64_t length, unsigned flags, unsigned largest);

/** Maps a kernel: every page of every segment, 4 KiB pages; image->low lies at physical. */
enum paging_result paging_map_image(struct paging *paging, const struct elf_image *image,
                                    uint64_t physical);

/**
 * Maps all ranges of mapped kinds (sorted, without overlap) at base + physical address, writable,
 * never executable. The kernel image's ranges are of a kind that is not mapped.
 */
enum paging_result paging_map_direct(struct paging *paging, const struct helios_boot_memory *ranges,
                                     uint32_t count, uint64_t base);

/** The number of tables, root not counted, that paging_map_direct needs on an empty tree. */
uint64_t paging_count_direct(const struct paging *paging, const struct helios_boot_memory *ranges,
                             uint32_t count);

/**
 * Looks an address up: returns false if it is not mapped, else fills the physical address, the
 * leaf's level and its flags (each may be NULL).
 */
bool paging_find(const struct paging *paging, uint64_t virtual_address, uint64_t *physical,
                 unsigned *level, unsigned *flags);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_PAGING_PAGING_H
