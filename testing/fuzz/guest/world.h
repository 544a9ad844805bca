// SPDX-License-Identifier: GPL-3.0-only
//
// What a round of fuzzing happens in. All of it is made of one Memory, the arena, which the
// supervisor makes before a round and ends after it; the supervisor's own things are made of
// another and no fuzzing task has a capability to them.
#ifndef HELIOS_TESTING_FUZZ_GUEST_WORLD_H
#define HELIOS_TESTING_FUZZ_GUEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "testing/fuzz/guest/state.h"
#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum fuzz_priority {
    FUZZ_PRIORITY_LOW = 28,
    FUZZ_PRIORITIES = 8,     // of fuzzing tasks, from there on
    FUZZ_PRIORITY_MOST = 40, // the ceiling of all
    FUZZ_PRIORITY_BYSTANDER = 45,
    FUZZ_PRIORITY_SUPERVISOR = 50,
};

extern const struct helios_bootinfo *fuzz_machine;

// Once: the supervisor's pages and the endpoint for faults.
void world_init(const struct helios_bootinfo *info);

// Makes the arena and everything in it; the tasks are suspended. world_start lets them run.
void world_make(void);
void world_start(void);

// Ends everything that was made and looks whether anything is left of it.
void world_end(void);

// The task's page, its Task (in the supervisor's CSpace; 0 if there is none), and the endpoint that
// its faults go to, with i + 1 as badge.
struct fuzz_state *world_state(unsigned i);
uint64_t world_task(unsigned i);
uint64_t world_fault_endpoint(void);

// The registers with which the task begins.
void world_registers(unsigned i, uint64_t *words);

// Lets the task begin anew, whatever it is in; `thorough`: its parts and mappings too. False if the
// task is gone.
bool world_restart(unsigned i, bool thorough);

// Makes another task for one that is gone. False if it can't be had.
bool world_rebuild(unsigned i);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_WORLD_H
