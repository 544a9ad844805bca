// SPDX-License-Identifier: GPL-3.0-only
//
// What the parts of Mercury have of each other. There is one task that serves everybody; the
// watchdog is the only other one.
#ifndef HELIOS_USERLAND_MERCURY_MERCURY_H
#define HELIOS_USERLAND_MERCURY_MERCURY_H

#include "userland/mercury/journal.h"
#include "userland/mercury/process.h"
#include "userland/mercury/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

// What everybody has said.
extern struct journal journal;

// Says something in Mercury's own name: one line.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Who offers what.
extern struct registry services;

// A program of etc/programs; NULL: it has none by this name.
const struct manifest_program *program_named(const char *name);

// Looks at the kernel's ring: what it has to say goes to the journal.
void kernel_ring_drain(void);

// A capability is handed out with an answer: what is left of it here is dropped when that is sent,
// before the next message is received.
void drop_later(uint64_t capability);

// A process is over: its services and waiting lookups go, its device is stopped (false: it does not
// stop, and what was its driver's memory must stay unused), and it follows the journal no more,
// nor waits for the end of another.
void services_forget(uint32_t process);
bool devices_forget(struct proc *proc);
void journal_forget(uint32_t process);
void waits_forget(uint32_t process);

// It has started, or ended: who watches a name that it may offer is told.
void services_changed(const struct proc *proc);

// A driver is about to start: its device answers.
void devices_take(const struct proc *proc);

// It was not there before: a driver offers something, so it works.
void proc_works(struct proc *proc);

// Who waits for the end of a process is told.
void proc_tell_waiters(struct proc *proc);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_MERCURY_H
