// SPDX-License-Identifier: GPL-3.0-only
//
// Flattened device tree to boot information, on libfdt. The tree is input that nobody vouches for:
// it is checked whole first (fdt_check_full), and every property's length before use.
//
// Sources: Devicetree Specification 0.4; Linux' binding documents for the compatible strings.
#ifndef HELIOS_BOOT_INFO_DEVICETREE_H
#define HELIOS_BOOT_INFO_DEVICETREE_H

#include "boot/info/info.h"

#ifdef __cplusplus
extern "C" {
#endif

// Size in bytes of the tree at `fdt`, of which at most `available` bytes may be read (SIZE_MAX if
// the loader doesn't know: firmware gives only a pointer). Errors: BOOT_DEVICE_TREE_INVALID.
enum boot_error devicetree_size(const void *fdt, size_t available, size_t *size,
                                struct boot_failure *failure);

// Read CPUs, cpu_start, interrupt controllers with contexts, timer, console, PCI, windows, IOMMUs,
// power. `size` as devicetree_size found it. Uses info->boot.arch and info->boot_hardware_id.
// Does not touch the memory map, the command line or boot.device_tree.
// Errors: BOOT_DEVICE_TREE_*.
enum boot_error devicetree_read(const void *fdt, size_t size, struct boot_info *info,
                                struct boot_failure *failure);

// Add /memory, /reserved-memory and the reservation block to the map: for loaders that have no
// memory map from firmware. Errors: BOOT_DEVICE_TREE_*, BOOT_MEMORY_*.
enum boot_error devicetree_read_memory(const void *fdt, size_t size, struct memmap *map,
                                       struct boot_failure *failure);

// /chosen/bootargs: the string and its length without NUL; NULL if there is none.
const char *devicetree_bootargs(const void *fdt, size_t size, size_t *length);

// /chosen/rng-seed: bytes and how many; NULL if there is none.
const void *devicetree_rng_seed(const void *fdt, size_t size, size_t *length);

// /chosen/boot-hartid. Returns false if there is none.
bool devicetree_boot_hart(const void *fdt, size_t size, uint64_t *hart);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_DEVICETREE_H
