// SPDX-License-Identifier: GPL-3.0-only
//
// QEMU's PCI device for teaching (QEMU, docs/specs/edu): it interrupts when a register is written,
// by its line or by a message, and stops when it is told that this has been dealt with. Found and
// driven as a driver would: over the configuration space and the windows that bootinfo names.
#ifndef HELIOS_TESTING_CONFORMANCE_EDU_H
#define HELIOS_TESTING_CONFORMANCE_EDU_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum edu_register {
    EDU_IDENTITY = 0x00,
    EDU_INVERT = 0x04, // reads the complement of what was written
    EDU_FACTORIAL = 0x08,
    EDU_STATUS = 0x20, // bit 0: computes; bit 7: interrupts when it has finished
    EDU_PENDING = 0x24,
};

// Finds it, once, gives it an address and lets it answer there. The case fails if it is not there.
bool edu_find(void);

uint32_t edu_read(enum edu_register index);
void edu_write(enum edu_register index, uint32_t value);

// Where its registers are: physical address.
uint64_t edu_address(void);

// The line that it is wired to, and what the kernel calls it as the sender of a message.
uint64_t edu_line(void);
uint64_t edu_requester(void);

// How it interrupts from now on. Nothing is pending.
void edu_use_line(void);
void edu_use_message(uint64_t address, uint64_t data);

// Makes it interrupt, and tells it that this has been dealt with.
void edu_raise(void);
void edu_quiet(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_EDU_H
