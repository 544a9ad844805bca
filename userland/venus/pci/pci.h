// SPDX-License-Identifier: GPL-3.0-only
//
// PCI functions through their configuration space: what they are, where their registers are and
// how they interrupt. Nothing that a function says is believed without being checked: lists end,
// sizes are powers of two, tables lie inside their BARs.
//
// Source: PCI Local Bus Specification 3.0, chapter 6; PCI-to-PCI Bridge Architecture
// Specification 1.2, chapter 3; PCI Express Base Specification, section 7.2.2 (ECAM).
#ifndef HELIOS_USERLAND_VENUS_PCI_PCI_H
#define HELIOS_USERLAND_VENUS_PCI_PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PCI_BARS             6
#define PCI_CONFIG_BYTES     4096 // of one function in ECAM
#define PCI_MSIX_ENTRIES     2048 // at most, of one function
#define PCI_ADDRESS(b, d, f) ((uint32_t)(b) << 8 | (uint32_t)(d) << 3 | (uint32_t)(f))

enum pci_capability_id {
    PCI_CAPABILITY_MSI = 0x05,
    PCI_CAPABILITY_VENDOR = 0x09, // virtio's structures
    PCI_CAPABILITY_EXPRESS = 0x10,
    PCI_CAPABILITY_MSIX = 0x11,
};

// Of the command register.
enum pci_command {
    PCI_COMMAND_IO = 1 << 0,
    PCI_COMMAND_MEMORY = 1 << 1,
    PCI_COMMAND_MASTER = 1 << 2,
    PCI_COMMAND_NO_LINE = 1 << 10,
};

// The configuration space of the functions of a segment's buses. `function` is PCI_ADDRESS, which
// is also the requester id of its messages.
struct pci_access {
    uint32_t (*read)(void *context, uint32_t function, uint32_t offset, unsigned bytes);
    void (*write)(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                  uint32_t value);
    void *context;
    uint8_t first_bus;
    uint8_t last_bus;
};

struct pci_function {
    const struct pci_access *access;
    uint32_t address; // PCI_ADDRESS
};

struct pci_identity {
    uint16_t vendor;
    uint16_t device;
    uint16_t subsystem_vendor; // 0 of a bridge
    uint16_t subsystem;
    uint8_t class_code;
    uint8_t subclass;
    uint8_t interface;
    uint8_t revision;
    uint8_t header; // 0: a device, 1: a bridge to another bus
    uint8_t pin;    // 0: none, 1 to 4: INTA to INTD
};

struct pci_bar {
    uint64_t address; // on the bus; 0: nobody has assigned one
    uint64_t length;  // 0: there is no such BAR, or it is the upper half of the one before
    bool is_io;
    bool is_64;
    bool is_prefetchable;
};

// Addresses that may be given to BARs which have none.
struct pci_window {
    uint64_t next; // address on the bus
    uint64_t end;  // behind the last one
};

struct pci_msix {
    uint32_t capability; // offset in the configuration space
    uint32_t entries;
    uint32_t bar;    // that the table lies in
    uint64_t offset; // within it
};

// ECAM: `registers` begins with the first function of first_bus and has 1 MiB for each bus. They
// are the access's context, and have to stay.
struct pci_access pci_ecam(struct venus_registers *registers, uint8_t first_bus, uint8_t last_bus);

// x86's ports 0xcf8 to 0xcff: `registers` has those eight. 256 bytes of each function.
struct pci_access pci_ports(struct venus_registers *registers);

// The access of a driver that has the 4 KiB of its own function, and no other's.
struct pci_access pci_single(struct venus_registers *registers);

uint32_t pci_read(const struct pci_function *function, uint32_t offset, unsigned bytes);
void pci_write(const struct pci_function *function, uint32_t offset, unsigned bytes,
               uint32_t value);

// False if nothing is there.
bool pci_identify(const struct pci_function *function, struct pci_identity *identity);

// Calls `visit` for each function of all buses that firmware has numbered, until it returns false.
// A bridge's other side is looked at only if its number is larger than that of this side, so that
// a bridge which lies can't lead in circles.
void pci_scan(const struct pci_access *access,
              bool (*visit)(void *context, const struct pci_function *function,
                            const struct pci_identity *identity),
              void *context);

// Which line of its host bridge a function's pin is wired to, as seen through the bridges above it:
// pins are rotated by the device's number at each. Returns the pin (1 to 4) at the root bus and
// sets *root_device; 0 if the way up could not be found.
uint8_t pci_root_pin(const struct pci_function *function, uint8_t pin, uint32_t *root_device);

// Sizes the BARs. Decoding is off meanwhile: nobody may use the device.
void pci_read_bars(const struct pci_function *function, struct pci_bar bars[PCI_BARS]);

// Gives a BAR of memory an address of this window. False if there is not enough left.
bool pci_assign(const struct pci_function *function, uint32_t index, struct pci_bar *bar,
                struct pci_window *window);

// Changes the command register; its status bits stay.
void pci_set_command(const struct pci_function *function, uint16_t set, uint16_t clear);

// The offset of the first capability with this id behind `after` (0: the first one of all); 0 if
// there is none.
uint32_t pci_find_capability(const struct pci_function *function, uint8_t id, uint32_t after);

// Where the table of MSI-X is. False if there is none, or not inside a BAR.
bool pci_find_msix(const struct pci_function *function, const struct pci_bar bars[PCI_BARS],
                   struct pci_msix *msix);

// Sets an entry of the table, which `table` begins with, and lets it through.
void pci_msix_set(const struct venus_registers *table, uint32_t entry, uint64_t address,
                  uint32_t data);

// All messages of MSI-X on, or off; the line is off when they are on.
void pci_msix_enable(const struct pci_function *function, const struct pci_msix *msix, bool on);

// One message by MSI. False if the function has none.
bool pci_msi_enable(const struct pci_function *function, uint64_t address, uint32_t data);

// No messages: it interrupts by its line.
void pci_use_line(const struct pci_function *function);

// No messages, no line, and it begins no access to memory: nobody drives it.
void pci_quiet(const struct pci_function *function);

// Resets a function of PCI Express by FLR, if it knows how to (PCI Express Base Specification,
// section 6.6.2): it has then no access under way. It keeps its BARs and its command register.
// `wait` passes at least so many nanoseconds: at most 200 ms in all. false: it can't be reset so,
// or does not come back.
bool pci_reset(const struct pci_function *function, void (*wait)(uint64_t nanoseconds));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_PCI_PCI_H
