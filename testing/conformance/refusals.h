// SPDX-License-Identifier: GPL-3.0-only
//
// Remembers what has been refused in all cases, so that the last ones (manual.c) can compare it
// with what the manual says. The wrappers of userland/helios come here too, by the linker's --wrap.
#ifndef HELIOS_TESTING_CONFORMANCE_REFUSALS_H
#define HELIOS_TESTING_CONFORMANCE_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// A system call, whose refusal is remembered.
void refusals_syscall(uint64_t number, struct helios_message *message);

// What the manual says, and whether it has happened.
struct refusal_row {
    uint8_t type; // of the object; REFUSALS_OF_SYSCALLS: a system call
    bool is_many; // whether the argument is the first of several
    bool was_seen;
    uint8_t label; // number of the invocation or system call
    uint32_t error;
    uint32_t argument;
    const char *name;
};

extern struct refusal_row refusal_rows[];
extern const size_t refusal_row_count;

// Refusals that the manual does not know; at most so many are kept.
#define REFUSALS_UNKNOWN 16

struct refusal_unknown {
    uint64_t type;
    uint64_t label;
    uint64_t error;
    uint64_t argument;
};

extern struct refusal_unknown refusals_unknown[REFUSALS_UNKNOWN];
extern size_t refusals_unknown_count;

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_REFUSALS_H
