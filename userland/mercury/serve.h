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

// Finds the devices and starts their drivers, and what else runs from the start.
void serve_begin(void);

// Answers a call by the role in its badge: true if the answer stands in *message now.
bool serve(struct helios_message *message);

// Those of one role each.
bool serve_registry(struct helios_message *message);
bool serve_device(struct helios_message *message);
bool serve_devices(struct helios_message *message);
bool serve_processes(struct helios_message *message);
bool serve_journal(struct helios_message *message);
bool serve_power(struct helios_message *message);
bool serve_files(struct helios_message *message);

// Those who follow the journal get what has come; or the machine is turned off, if that is due.
void serve_followers(void);

// Whether serve_followers has something to do.
bool followers_wait(void);

// Who looks for a service that nobody is going to offer any more is told so.
void serve_finders(void);

// Whether serve_finders has something to do.
bool finders_wait(void);

// A driver takes the console: lines are not printed by the kernel any more, but followed.
void journal_console_goes(void);

// The watchdog is another thread, so that Mercury itself waits for nobody: it calls a service by
// a label that no interface has, with a deadline; any answer will do. If it is asking somebody
// just now, nothing happens: whoever complained will do so again. True: it asks, and drops the
// Endpoint afterwards.
void watchdog_begin(void);
bool watchdog_ask(uint64_t endpoint, uint32_t process);

// The watchdog's word: this process has not answered.
void serve_watchdog(const struct helios_message *message);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_SERVE_H
