// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cspace.h"

#include <stddef.h>

#include "kernel/check.h"

const struct capability *cspace_lookup(const struct cspace *cspace, uint64_t address) {
    if (address >= CSPACE_SLOTS || cspace->slots[address].type == HELIOS_TYPE_NULL) {
        return NULL;
    }
    return &cspace->slots[address];
}

uint64_t cspace_insert(struct cspace *cspace, const struct capability *capability) {
    CHECK(capability->type != HELIOS_TYPE_NULL && capability->type < HELIOS_TYPE_COUNT);
    for (uint64_t address = 1; address < CSPACE_SLOTS; address++) {
        if (cspace->slots[address].type == HELIOS_TYPE_NULL) {
            cspace->slots[address] = *capability;
            return address;
        }
    }
    return 0;
}
