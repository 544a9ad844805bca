// SPDX-License-Identifier: GPL-3.0-only
//
// What the root task gave to Mercury (userland/init/grant.h), at hand.
#ifndef HELIOS_USERLAND_MERCURY_RESOURCES_H
#define HELIOS_USERLAND_MERCURY_RESOURCES_H

#include "uapi/bootinfo.h"
#include "userland/bootfs/bootfs.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct resources {
    const struct helios_bootinfo *bootinfo;
    struct bootfs files;
    const uint64_t *file_pages; // capabilities of its pages, readable
    uint64_t file_page_count;
    const struct helios_console_ring *console; // NULL: none
    uint64_t irq_control;                      // these are 0 if they were not given
    uint64_t io_control;
    uint64_t power;
    uint64_t devices[HELIOS_BOOTINFO_DEVICES]; // DeviceMemory of bootinfo's devices[i], or 0
};

extern struct resources resources;

// Takes what the startup names. false: it can't do without something, and said so.
bool resources_take(void);

// A DeviceMemory of whole pages around [base, base + length), in any free slot: value. Paid for by
// `memory`. RANGE: no device is known there.
struct helios_answer resources_device_memory(uint64_t base, uint64_t length, uint64_t memory);

// The same, mapped here for good. NULL: it can't be.
volatile void *resources_map(uint64_t base, uint64_t length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_RESOURCES_H
