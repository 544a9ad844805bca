// SPDX-License-Identifier: GPL-3.0-only
//
// Drivers for the cases: each is started once.
#ifndef HELIOS_USERLAND_VENUS_TESTING_SERVICE_H
#define HELIOS_USERLAND_VENUS_TESTING_SERVICE_H

#include <stdint.h>

#include "userland/helios/thread.h"
#include "userland/test/test.h"
#include "userland/venus/testing/play.h"

// The service of bin/FILE for the `number`th virtio device of a type, on PCI or memory-mapped; 0:
// the case has failed.
uint64_t service_for(struct play_driver *driver, const char *file, enum virtio_type type,
                     uint32_t number);

// A thread that goes before the calling one: it runs until it waits for the driver.
struct helios_thread *service_ask(void (*entry)(void *argument), void *argument);

#endif // HELIOS_USERLAND_VENUS_TESTING_SERVICE_H
