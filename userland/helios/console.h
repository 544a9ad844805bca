// SPDX-License-Identifier: MIT
//
// The console. Opening it claims the device (uapi/bootinfo.h), so that characters can be read; from
// then on this library writes to the device itself, and what the kernel has to say is taken out of
// its ring and written too. Where there is no device to drive, text goes through the kernel.
#ifndef HELIOS_USERLAND_HELIOS_CONSOLE_H
#define HELIOS_USERLAND_HELIOS_CONSOLE_H

#include <stddef.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Formats as format_text does (toolchains/freestanding/format.h) and writes; what is longer than
// HELIOS_MAX_TEXT - 1 characters is cut off.
void helios_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

void helios_console_write(const char *text, size_t length);

// For the root task: finds the device and claims it; its interrupt too, when it is first waited
// for. Whatever of that fails is done without.
void helios_console_open(const struct helios_bootinfo *bootinfo);

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
