// SPDX-License-Identifier: GPL-3.0-only
//
// The devices of the machine: what they are known as, and what a driver needs to drive them. This
// part knows nothing of the kernel, so that tests run it on the host.
#ifndef HELIOS_USERLAND_MERCURY_DEV_H
#define HELIOS_USERLAND_MERCURY_DEV_H

#include "userland/manifest/match.h"
#include "userland/venus/pci/pci.h"
#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DEV_COUNT  64u
#define DEV_RANGES 8u
#define DEV_LINES  2u
#define DEV_NAME   32u

enum dev_bus { // as userland/interfaces/device.ipc numbers them
    DEV_PCI = 1,
    DEV_VIRTIO_MMIO = 2,
    DEV_TREE = 3,
    DEV_LEGACY = 4,
};

enum dev_range_kind {
    DEV_MEMORY = 1,
    DEV_PORTS = 2,
};

struct dev_range {
    enum dev_range_kind kind;
    uint32_t index; // of PCI: which BAR
    uint64_t base;  // physical; first port
    uint64_t length;
};

struct dev_line {
    uint32_t line;
    uint32_t trigger; // enum helios_irq_trigger
};

struct dev {
    char name[DEV_NAME];
    enum dev_bus bus;
    struct manifest_identity identity;
    uint32_t subsystem;
    uint32_t revision;
    uint32_t flags;    // of the console: reg_shift << 8 | io_width
    uint32_t clock_hz; // of the console
    uint32_t range_count;
    uint32_t line_count;
    struct dev_range ranges[DEV_RANGES];
    struct dev_line lines[DEV_LINES];
    bool is_console;

    // Of PCI.
    struct pci_function function;
    struct pci_bar bars[PCI_BARS];
    struct pci_msix msix;
    uint32_t messages; // of MSI-X or MSI that it has; 0: it has its line
    bool has_msix;
    struct venus_registers msix_table; // mapped when it is first needed; length 0: not yet

    // Of virtio: only to be reset by. transport NULL: it is none, or can't be reached.
    struct virtio_device virtio;

    // Who drives it.
    uint32_t process; // id, or 0
    int32_t driver;   // index of the driver that matched, or -1
};

extern struct dev devs[DEV_COUNT];
extern uint32_t dev_count;

// How many were left out because there were too many.
extern uint32_t dev_left_out;

// A new device, with this name; NULL: there are too many.
struct dev *dev_add(enum dev_bus bus, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Notes a range of registers; what is empty or too much is left out.
void dev_add_range(struct dev *dev, enum dev_range_kind kind, uint32_t index, uint64_t base,
                   uint64_t length);
void dev_add_line(struct dev *dev, uint32_t line, uint32_t trigger);

// Makes a device leave memory and the interrupt controller alone, for good until a driver begins
// anew: no messages, no line, no bus mastering; then a reset of what can be reset (virtio by its
// status, VIRTIO 1.2, 2.4; any other function of PCI Express by FLR). Whoever drove it must not run
// any more. `wait` passes so many nanoseconds. false: a device of memory-mapped virtio does not
// stop, so that it may still write.
bool dev_quiet(struct dev *dev, void (*wait)(uint64_t nanoseconds));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_DEV_H
