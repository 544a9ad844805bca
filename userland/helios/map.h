// SPDX-License-Identifier: MIT
//
// Mapping without bookkeeping: page tables that are missing are made on the way.
#ifndef HELIOS_USERLAND_HELIOS_MAP_H
#define HELIOS_USERLAND_HELIOS_MAP_H

#include <stdint.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Maps `page` in `vspace` at `address` with enum helios_map_flags. Tables that are missing are made
// of `memory`. No capability to them is left: they stay for as long as the VSpace and the Memory
// do, or until VSpace.unmap_table takes them out.
struct helios_answer helios_map(uint64_t vspace, uint64_t memory, uint64_t page, uint64_t address,
                                uint64_t flags);

// Makes a page of 4 KiB and maps it; value is its capability. If it can't be mapped, there is none.
struct helios_answer helios_map_new(uint64_t vspace, uint64_t memory, uint64_t address,
                                    uint64_t flags);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_MAP_H
