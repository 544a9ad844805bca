// SPDX-License-Identifier: GPL-3.0-only
//
// Drivers for the cases: each is started once.
#ifndef HELIOS_USERLAND_VENUS_TESTING_SERVICE_H
#define HELIOS_USERLAND_VENUS_TESTING_SERVICE_H

#include <stdint.h>

#include "userland/test/test.h"
#include "userland/venus/testing/play.h"

// The service of bin/FILE for the first function with one of two PCI ids (modern, transitional)
// that is not the boot disk; 0: the case has failed.
uint64_t service_for(struct play_driver *driver, const char *file, uint16_t modern,
                     uint16_t transitional, uint32_t number);

// Pages of memory: their capabilities, and where they are mapped.
void *shared_memory(uint64_t *pages, uint32_t count);

#endif // HELIOS_USERLAND_VENUS_TESTING_SERVICE_H
