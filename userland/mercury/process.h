// SPDX-License-Identifier: GPL-3.0-only
//
// Processes: how they begin and end.
//
// A process is made of a Memory of its own, so that nothing of it can be left when that is
// destroyed. Everything it says comes through one Endpoint; the badge says who speaks, and of what.
#ifndef HELIOS_USERLAND_MERCURY_PROCESS_H
#define HELIOS_USERLAND_MERCURY_PROCESS_H

#include "userland/helios/spawn.h"
#include "userland/manifest/manifest.h"
#include "userland/mercury/journal.h"
#include "userland/mercury/waits.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PROC_COUNT   64u // of processes, at one time
#define PROC_CRASHES 5u  // in a row, before any service was offered: then it is given up

// What a capability to Mercury's Endpoint is for: the lowest byte of its badge.
enum role {
    ROLE_MANAGER = 1,   // a process's end and faults
    ROLE_LOG = 2,       // its text
    ROLE_REGISTRY = 3,  // services
    ROLE_DEVICE = 4,    // a driver's device
    ROLE_PROCESSES = 5, // start, list, end processes
    ROLE_POWER = 6,
    ROLE_FILES = 7,
    ROLE_JOURNAL = 8, // what was said
    ROLE_DEVICES = 9, // list devices
    ROLE_WATCHDOG = 10,
};

enum proc_state {
    PROC_RUNNING = 1,
    PROC_EXITED = 2,
    PROC_FAULTED = 3,
    PROC_KILLED = 4,
    PROC_HUNG = 5,
    PROC_FAILED = 6, // could not be started
};

struct proc {
    uint32_t id; // 0: this place was never used
    enum proc_state state;
    int64_t status;     // what main returned; the fault's number
    uint64_t end_order; // how many ended before it; 0: it runs, or never did
    uint32_t restarts;  // of this program
    uint32_t crashes;   // since it offered a service last
    bool has_worked;    // it, or one that it replaces, has offered a service
    int device;         // that it drives, or -1
    struct helios_process process;
    struct manifest_program program; // `file` is where it came from
    struct journal_source line;      // what it has begun to say
    struct waits waits;              // for its end: Replies that are kept
};

// Mercury's Endpoint.
extern uint64_t proc_endpoint;

static inline uint64_t proc_badge(uint32_t id, enum role role) {
    return (uint64_t)id << 8 | (uint64_t)role;
}

// The process that a badge belongs to, if it runs; else NULL.
struct proc *proc_of_badge(uint64_t badge);

// A process that runs or whose end is remembered; NULL: no such.
struct proc *proc_find(uint32_t id);

// The process `index` of those that are known; NULL behind the last.
struct proc *proc_at(uint32_t index);

// The process that runs by this name; NULL: none does.
struct proc *proc_named(const char *name);

// Starts a program of the boot file system; `device` is what it drives, or -1. NULL: it can't be,
// and the journal says why.
struct proc *proc_start(const struct manifest_program *program, int device);

// Takes a process down: everything that it had is gone when this returns. Whoever waits for its
// end is told.
void proc_end(struct proc *proc, enum proc_state state, int64_t status);

// The same, and starts it again if its manifest says so.
void proc_crashed(struct proc *proc, enum proc_state state, int64_t status);

// Says what a process did: the fault, its registers, who called whom.
void fault_report(const struct proc *proc, const struct helios_process_event *event,
                  const struct helios_message *message);

// A message for ROLE_MANAGER: its end, or a fault.
void proc_event(uint32_t flags, const struct helios_message *message);

const char *proc_state_text(enum proc_state state);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_PROCESS_H
