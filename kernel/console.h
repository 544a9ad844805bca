// SPDX-License-Identifier: GPL-3.0-only
//
// The kernel's console: a line for a panic, and the text of writecons.
#ifndef HELIOS_KERNEL_CONSOLE_H
#define HELIOS_KERNEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/device.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;

// Finds the console's device and makes it ready to write. Where that is impossible (no device, no
// memory to map it), the firmware's console is used, if there is one.
void console_init(const struct helios_boot *boot);

struct object;

// The Page of the ring (struct helios_console_ring) that text goes to once the device is claimed;
// NULL: no memory. The page is the kernel's and never given back. Before physmem is used up.
bool console_ring_init(void);
struct object *console_ring_page(void);

// Number of I/O ports of a 16550.
#define CONSOLE_PORTS 8u

// Somebody got access to [base, base + length) of memory or I/O ports: if the console's registers
// are there, the kernel stops to drive them.
void console_claim(enum device_space space, uint64_t base, uint64_t length);

// The kernel drives the device again, for its last words.
void console_take_back(void);

// Writes `length` bytes, line feeds as carriage return and line feed. Lines of two CPUs don't mix
// within one call; writecons makes one of each 128 bytes.
void console_write(const char *text, size_t length);

// Formats as format_text does and writes; lines longer than 255 characters are cut off.
void console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// From now on no lock is taken: the CPU that panics may hold it.
void console_break_lock(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CONSOLE_H
