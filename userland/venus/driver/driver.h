// SPDX-License-Identifier: GPL-3.0-only
//
// What drivers have in common: getting hold of their device through Mercury, and offering what they
// make of it. What can't be had ends the driver with a line in the log that says what was missing.
#ifndef HELIOS_USERLAND_VENUS_DRIVER_DRIVER_H
#define HELIOS_USERLAND_VENUS_DRIVER_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/rpc.h"
#include "userland/interfaces/device.h"
#include "userland/venus/hardware/registers.h"
#include "userland/venus/pci/pci.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DRIVER_RANGES 8
#define DRIVER_SAME   4 // drivers of one kind at a time

#define DRIVER_PATIENCE_NS 5000000000ull // until a device that does not answer is given up

// A range of ports.
struct driver_ports {
    uint64_t capability; // IOPort
    uint64_t first;
};

struct driver {
    const char *name; // in front of each line of the log
    uint64_t device;  // Endpoint of Mercury's: userland/interfaces/device.ipc
    struct device_info info;
    uint64_t endpoint;     // that clients call
    uint64_t notification; // bound to this task: interrupts arrive as bits of its word
    struct driver_ports ports[DRIVER_RANGES];
    struct venus_registers ranges[DRIVER_RANGES];
    struct pci_access config; // of a PCI function
};

struct driver_interrupt {
    uint64_t handler;
    uint64_t notification; // that it signals
    bool is_message;
};

// Finds the device and asks what it is.
void driver_begin(struct driver *driver, const char *name);

// Ends the driver: "NAME: TEXT" in the log, exit status 1.
void driver_fail(const struct driver *driver, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

// A line in the log.
void driver_say(const struct driver *driver, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The registers of range `index`, mapped. They stay where they are.
const struct venus_registers *driver_range(struct driver *driver, uint32_t index);

// The number of the range that is BAR `bar` of a PCI function; false if there is none.
bool driver_find_bar(const struct driver *driver, uint32_t bar, uint32_t *index);

// The function's configuration space.
struct pci_function driver_function(struct driver *driver);

// Interrupt `index` signals `bit` of the bound Notification from now on; with `alone` a
// Notification of its own, for driver_wait. Acknowledge it (driver_ack) to have the first one.
struct driver_interrupt driver_interrupt(struct driver *driver, uint32_t index, uint64_t bit,
                                         bool alone);
void driver_ack(const struct driver_interrupt *interrupt);

// Waits for the interrupt, which signals a Notification of its own. False: it did not come in time.
bool driver_wait(const struct driver_interrupt *interrupt);

// Memory for the device, zeroed.
struct venus_dma driver_dma(const struct driver *driver, uint64_t bytes);

// Memory for the device that clients get the pages of, too.
struct driver_pages {
    struct venus_dma dma;
    uint64_t memory; // Memory that they are made of
    uint64_t *pages; // capabilities, 4 KiB each, in the order of their addresses
    uint32_t count;
};

void driver_shared(const struct driver *driver, uint64_t bytes, struct driver_pages *shared);

// Offers a service at driver->endpoint. If another driver offers that name already, the same with a
// number behind it, from 2 on; the manifest has to allow these names.
void driver_offer(const struct driver *driver, uint64_t id, uint32_t version, const char *name);

// Serves until nobody can call any more.
void driver_serve(const struct driver *driver,
                  bool (*dispatch)(void *context, struct helios_message *message),
                  void (*notified)(void *context, uint64_t word), void *context)
    __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DRIVER_DRIVER_H
