// SPDX-License-Identifier: GPL-3.0-only
//
// What differs between architectures and boards (arch/*/machine.c); actor.h has more.
#ifndef HELIOS_TESTING_CONFORMANCE_MACHINE_H
#define HELIOS_TESTING_CONFORMANCE_MACHINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The line of a function of PCI bus 0, as QEMU's board is wired; pin 0 is INTA.
uint64_t machine_pci_line(uint64_t device, uint64_t pin);

// Writes a function that returns this value (below 2048): two words.
void machine_write_function(volatile uint32_t *code, uint32_t value);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_MACHINE_H
