// SPDX-License-Identifier: GPL-3.0-only
//
// What the cases for several CPUs have in common. The machine has CPUS of them.
#ifndef HELIOS_TESTING_CONFORMANCE_SMP_SHARED_H
#define HELIOS_TESTING_CONFORMANCE_SMP_SHARED_H

#include "testing/conformance/actor.h"
#include "userland/test/space.h"
#include "userland/test/test.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    CPUS = 4,
    PRIORITY = 20, // this task has 32
    HIGH = 40,
    ROUNDS = 40,
    PAGE = 4096,
    WRONG_ANSWER = 1000, // none of enum helios_error
};

#define WINDOW 0x20000000ull // free, in the image's gigabyte

#define MILLISECOND 1000000ull

// Objects of the machine's first Memory.
uint64_t smp_memory(void);
uint64_t smp_make(uint64_t type, uint64_t size);
void smp_drop(uint64_t slot);
uint64_t smp_free_bytes(void);

void smp_sleep_a_bit(void);

// Makes thread `index` for one CPU and lets it run.
void smp_start(unsigned index, unsigned cpu, void (*entry)(void *), void *argument);
void smp_start_in(unsigned index, unsigned cpu, uint64_t vspace, void (*entry)(void *),
                  void *argument);

// A thread's number as its argument.
void *smp_number(unsigned index);

// Every thread counts in a word of its own, and signals when it has come as far as it is waited
// for.
extern uint64_t smp_counts[SPACE_THREADS];
extern uint64_t smp_progress; // Notification
void smp_clear_counts(void);
uint64_t smp_count_of(unsigned index);
void smp_count_one(unsigned index);

// Sleeps until the thread has counted that far, or so much further.
void smp_await(unsigned index, uint64_t count);
void smp_await_more(unsigned index, uint64_t more);

// Threads that count for ever, and that do nothing for ever.
void smp_run(void *argument);
void smp_wait_for_ever(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_SMP_SHARED_H
