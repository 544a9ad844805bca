// SPDX-License-Identifier: GPL-3.0-only
//
// A root task that plays Mercury for one driver: finds a PCI function, starts the driver for it,
// and answers what the driver asks until it has offered its service.
#ifndef HELIOS_USERLAND_VENUS_TESTING_PLAY_H
#define HELIOS_USERLAND_VENUS_TESTING_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "userland/helios/spawn.h"
#include "userland/interfaces/device.h"
#include "userland/venus/pci/pci.h"
#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PLAY_RANGES    6
#define PLAY_ARGUMENTS 8

struct play_device {
    struct device_info info;
    struct device_extent extents[PLAY_RANGES];
    uint64_t parts[PLAY_RANGES]; // DeviceMemory or IOPort; made when they are asked for
    struct pci_function function;
    struct pci_bar bars[PCI_BARS];
    const char *arguments[PLAY_ARGUMENTS]; // of the driver, its name first
    uint32_t argument_count;               // 0: none
    uint64_t line;                         // of the interrupt controller, without messages
    uint32_t trigger;
    uint64_t handler; // of the interrupt, when it was asked for
};

struct play_driver {
    struct helios_process process;
    uint64_t service;                // what it offers
    uint64_t id;                     // interface
    struct helios_process_event end; // if it ended instead
    struct play_device *device;
};

// Before all else.
void play_begin(const struct helios_bootinfo *bootinfo);

// The `number`th function with this identity, counted from 0. False: there is none.
bool play_find_pci(struct play_device *device, uint16_t vendor, uint16_t id, uint32_t number);

// The `number`th virtio device of a type: of all functions of PCI, then of all that is
// memory-mapped.
bool play_find_virtio(struct play_device *device, enum virtio_type type, uint32_t number);

// The console's serial port.
bool play_find_console(struct play_device *device);

// A device of ports or memory at an address.
void play_place(struct play_device *device, enum device_range_kind kind, uint64_t base,
                uint64_t length, uint64_t line, uint32_t trigger);

// Starts bin/FILE for a device and waits until it offers a service. False: it ended, or could not
// be started.
bool play_start(struct play_driver *driver, const char *file, struct play_device *device);

// Keeps the device's interrupts from its driver, which knows of nothing that ends then, or lets
// those through that have waited. False: only functions of PCI know that.
bool play_hold(struct play_device *device, bool is_held);

// Takes it down.
void play_stop(struct play_driver *driver);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_TESTING_PLAY_H
