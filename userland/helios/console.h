// SPDX-License-Identifier: MIT
//
// Text to the kernel's console, and characters from its device.
#ifndef HELIOS_USERLAND_HELIOS_CONSOLE_H
#define HELIOS_USERLAND_HELIOS_CONSOLE_H

#include <stddef.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Formats as format_text does (toolchains/freestanding/format.h) and writes; what does not fit into
// one system call (HELIOS_MAX_TEXT - 1 characters) is cut off.
void helios_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Reading the console polls its device directly, which is for the time being: a driver with an
// IRQHandler takes its place.

// Names the device to read from.
void helios_console_open(const struct helios_bootinfo_console *console);

// Whether there is anything that could be read from.
int helios_console_has_input(void);

// The next character, 0 to 255, or -1 if none has arrived.
int helios_console_poll(void);

// Waits for a character. Only if helios_console_has_input().
char helios_console_read(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_CONSOLE_H
