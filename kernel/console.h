// SPDX-License-Identifier: GPL-3.0-only
//
// The kernel's console: a line for a panic, and the text of writecons.
#ifndef HELIOS_KERNEL_CONSOLE_H
#define HELIOS_KERNEL_CONSOLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;

// Finds the console's device and makes it ready to write. Where that is impossible (no device, no
// memory to map it), the firmware's console is used, if there is one.
void console_init(const struct helios_boot *boot);

// Writes `length` bytes, line feeds as carriage return and line feed. Lines of two CPUs don't mix
// within one call.
void console_write(const char *text, size_t length);

// Formats as format_text does and writes; lines longer than 255 characters are cut off.
void console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// From now on no lock is taken: the CPU that panics may hold it.
void console_break_lock(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CONSOLE_H
