// SPDX-License-Identifier: GPL-3.0-only
//
// Capability spaces: a flat array of slots, address = index. In this frame the kernel fills the
// root task's at start and nobody changes it afterwards, so there is no lock.
#ifndef HELIOS_KERNEL_CSPACE_H
#define HELIOS_KERNEL_CSPACE_H

#include <stdint.h>

#include "uapi/object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct capability {
    uint32_t type; // enum helios_type
    uint32_t reserved;
    union {
        struct {
            uint32_t first; // I/O port
            uint32_t count;
        } io_port;
    };
};

#define CSPACE_SLOTS 16u

struct cspace {
    struct capability slots[CSPACE_SLOTS]; // slot 0 stays Null
};

// The capability at `address`; NULL if the address is outside or the slot is Null.
const struct capability *cspace_lookup(const struct cspace *cspace, uint64_t address);

// Puts a capability into the first free slot and returns its address; 0 if there is none.
uint64_t cspace_insert(struct cspace *cspace, const struct capability *capability);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CSPACE_H
