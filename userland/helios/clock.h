// SPDX-License-Identifier: MIT
//
// Time: nanoseconds of the kernel's monotonic clock, which is also what deadlines are told in. Read
// without a system call.
#ifndef HELIOS_USERLAND_HELIOS_CLOCK_H
#define HELIOS_USERLAND_HELIOS_CLOCK_H

#include <stdint.h>

#include "uapi/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_MICROSECOND 1000ull
#define HELIOS_MILLISECOND 1000000ull
#define HELIOS_SECOND      1000000000ull

// "No deadline", where one is asked for.
#define HELIOS_FOREVER (~0ull)

uint64_t helios_now(void);

// Ticks of a counter with this frequency in nanoseconds, without overflow for 500 years.
uint64_t helios_ticks_to_ns(uint64_t ticks, uint64_t hz);

// Sleeps until helios_now() has reached `deadline`; not at all if it has. Returns HELIOS_OK, or
// HELIOS_ERROR_CANCELLED (Task.cancel).
enum helios_error helios_sleep_until(uint64_t deadline);

// The deadline `ns` from now; HELIOS_FOREVER if that is out of range.
uint64_t helios_after(uint64_t ns);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_CLOCK_H
