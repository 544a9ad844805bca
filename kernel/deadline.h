// SPDX-License-Identifier: GPL-3.0-only
//
// Time: the monotonic clock in nanoseconds, and a CPU's queue of deadlines, of which the earliest
// one arms the timer (with the end of the running task's slice). Nothing is armed when nothing
// needs it. Arming, disarming and taking the first one are bounded (logarithmic).
#ifndef HELIOS_KERNEL_DEADLINE_H
#define HELIOS_KERNEL_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task;

// A node of the queue; in struct task. All zero: not armed.
struct deadline {
    uint64_t when; // arch_counter() value; 0: not armed
    struct deadline *parent;
    struct deadline *left;
    struct deadline *right;
    uint32_t weight;
    uint32_t cpu;
};

// Boot: the counter's frequency. Conversion is by multiplication and shift, exact enough for 64
// bits of nanoseconds and monotonic.
void deadline_init(uint64_t counter_hz);
uint64_t deadline_now_ns(void);
uint64_t deadline_to_ns(uint64_t ticks);
// Counter value at which the clock has reached `ns`, rounded up; saturates.
uint64_t deadline_to_counter(uint64_t ns);

// On this CPU's queue.
void deadline_arm(struct deadline *deadline, uint64_t when);
void deadline_disarm(struct deadline *deadline); // also if it is not armed

// The earliest one if it has passed, taken off the queue; NULL: none.
struct deadline *deadline_take_expired(uint64_t now);

// Sets the CPU's timer for the earlier of the first deadline and `slice_end` (0: no slice), or
// stops it; does nothing if it is set so already.
void deadline_program_timer(uint64_t slice_end);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_DEADLINE_H
