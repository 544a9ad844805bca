// SPDX-License-Identifier: MIT
//
// How a program starts. The start-up code (arch/*/entry.S, start.c) prepares the library and calls
// helios_main, which the program defines.
#ifndef HELIOS_USERLAND_HELIOS_START_H
#define HELIOS_USERLAND_HELIOS_START_H

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// The program. The root task's must not return; if it does, the start-up code yields for ever.
void helios_main(const struct helios_bootinfo *bootinfo);

// Called before helios_main: opens the console (console.h), and so claims its device. A root task
// that leaves the device to a driver defines its own, which does nothing.
void helios_root_console(const struct helios_bootinfo *bootinfo);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_START_H
