// SPDX-License-Identifier: GPL-3.0-only
//
// What must not change whatever the fuzzers do: the supervisor's memory, slots and pages, and the
// bystanders. Whatever does is a finding.
#ifndef HELIOS_TESTING_FUZZ_GUEST_WATCH_H
#define HELIOS_TESTING_FUZZ_GUEST_WATCH_H

#include <stdint.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Once: makes what is watched, and lets the bystanders run.
void watch_init(const struct helios_bootinfo *info);

// Remembers what there is. Before the first round, and after one that nothing ran in.
void watch_remember(void);

// At each tick: the bystanders go on and have computed nothing wrong.
void watch_tick(void);

// Stops everybody who is watched, so that all CPUs but the supervisor's come to rest; lets them go
// on.
void watch_pause(void);
void watch_go_on(void);

// After a round whose arena has been reset: nothing is left of it.
void watch_arena(uint64_t arena, uint64_t free_bytes);

// After the arena's end.
void watch_round(void);

// Prints how much was watched.
void watch_totals(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_WATCH_H
