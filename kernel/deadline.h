// SPDX-License-Identifier: GPL-3.0-only
//
// Time: the monotonic clock in nanoseconds, and a CPU's queue of deadlines, of which the earliest
// one arms the timer (with the end of the running task's slice). Nothing is armed when nothing
// needs it.
//
// The queue is a leftist heap: arming and disarming take logarithmic time in the worst case, and
// looking at the earliest one is a load.
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
    uint32_t
        rank; // nodes on the way to the right, itself included: at most log2 of the nodes below
    uint32_t cpu;
};

// Boot: the counter's frequency. Conversion is by multiplication and shift with a relative error
// below 2^-62, and monotonic.
void deadline_init(uint64_t counter_hz);
uint64_t deadline_now_ns(void);
// Saturates.
uint64_t deadline_to_ns(uint64_t ticks);
// Counter value at which the clock has reached `ns`, rounded up; saturates.
uint64_t deadline_to_counter(uint64_t ns);

// On this CPU's queue. A deadline that is armed for UINT64_MAX never passes.
void deadline_arm(struct deadline *deadline, uint64_t when);
void deadline_disarm(struct deadline *deadline); // also if it is not armed

// Whether one has passed.
bool deadline_has_expired(uint64_t now);

// The earliest one if it has passed, taken off the queue; NULL: none.
struct deadline *deadline_take_expired(uint64_t now);

// Makes sure that the CPU's timer comes no later than the first deadline and `slice_end` (0: no
// slice). It may come earlier, for something that has been called off since: setting a timer costs
// more than an interrupt for nothing once in a while.
void deadline_program_timer(uint64_t slice_end);

// The CPU has nothing to do: the timer comes for the first deadline, or not at all.
void deadline_program_idle(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_DEADLINE_H
