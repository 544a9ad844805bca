// SPDX-License-Identifier: GPL-3.0-only
//
// The devices of the machine: what they are known as, and what a driver needs to drive them.
#ifndef HELIOS_USERLAND_MERCURY_DEVICES_H
#define HELIOS_USERLAND_MERCURY_DEVICES_H

#include "userland/manifest/match.h"
#include "userland/mercury/process.h"
#include "userland/venus/pci/pci.h"

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

    // Who drives it.
    uint32_t process; // id, or 0
    int32_t driver;   // index of the driver that matched, or -1
};

extern struct dev devs[DEV_COUNT];
extern uint32_t dev_count;

// A new device, with this name; NULL: there are too many.
struct dev *dev_add(enum dev_bus bus, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Notes a range of registers; what is empty or too much is left out.
void dev_add_range(struct dev *dev, enum dev_range_kind kind, uint32_t index, uint64_t base,
                   uint64_t length);
void dev_add_line(struct dev *dev, uint32_t line, uint32_t trigger);

// Each finds what its part of the machine has.
void dev_find_legacy(void);
void dev_find_tree(void);
void dev_find_pci(void);

// The interrupt line of a PCI function without messages, by the device tree's interrupt-map.
// false: it is not known.
bool dev_tree_pci_line(uint64_t ecam_base, uint32_t root_device, uint32_t pin,
                       struct dev_line *line);

// What firmware knows of a device that nobody could ask it: the framebuffer's width, height, bytes
// of a line, bits of a pixel, and the masks of red, green and blue. Others: nothing is written.
void dev_arguments(const struct dev *dev, char *text, size_t size);

// A driver starts, or is gone: registers answer and the device may reach memory, or not.
void dev_enable(struct dev *dev);
void dev_disable(struct dev *dev);

// An interrupt for whoever drives it: value is an IRQHandler in any free slot. The device knows
// where to send a message.
struct helios_answer dev_interrupt(struct dev *dev, uint32_t index);

// Reads the manifests of all drivers in the boot file system, and starts the best one for each
// device.
void drivers_begin(void);

// Starts the driver that is there for this device anew; with a file, that one from now on. Returns
// the process; NULL: the file is no driver of it.
struct proc *drivers_replace(struct proc *proc, const char *file);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_DEVICES_H
