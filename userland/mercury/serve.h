// SPDX-License-Identifier: GPL-3.0-only
//
// What Mercury answers: the interfaces of userland/interfaces that are its own.
#ifndef HELIOS_USERLAND_MERCURY_SERVE_H
#define HELIOS_USERLAND_MERCURY_SERVE_H

#include <stdbool.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Finds the devices and starts their drivers.
void serve_begin(void);

// Answers a call by the role in its badge: true if the answer stands in *message now.
bool serve(struct helios_message *message);

// Those who follow the journal get what has come.
void serve_followers(void);

// The watchdog's word about a process that somebody complained about.
void serve_watchdog(const struct helios_message *message);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_SERVE_H
