// SPDX-License-Identifier: GPL-3.0-only
//
// What is particular to an architecture: a counter of instructions, and a device that interrupts on
// demand.
#ifndef HELIOS_TESTING_BENCH_COUNTER_H
#define HELIOS_TESTING_BENCH_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Instructions since some moment, in ticks of BENCH_INSTRUCTIONS_PER_TICK.
static inline uint64_t bench_counter(void);

// <bench_arch.h> also defines BENCH_INSTRUCTIONS_PER_TICK and BENCH_INSTRUCTIONS_PER_BOOT_TICK (a
// tick of the counter that the kernel measures its start with).
#include <bench_arch.h>

// Gets access to the device; false: there is none. Its line and enum helios_irq_trigger.
bool bench_irq_open(const struct helios_bootinfo *info, uint32_t *line, uint64_t *trigger);

// Makes it interrupt, soon; makes it stop.
void bench_irq_trigger(void);
void bench_irq_quiet(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_BENCH_COUNTER_H
