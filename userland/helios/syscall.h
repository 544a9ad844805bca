// SPDX-License-Identifier: MIT
//
// System calls, thinly wrapped: calls.h has a function for each, to which this adds what is more
// convenient for invocations.
#ifndef HELIOS_USERLAND_HELIOS_SYSCALL_H
#define HELIOS_USERLAND_HELIOS_SYSCALL_H

#include <stdint.h>

#include "userland/helios/answer.h"
#include "userland/helios/calls.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes up to HELIOS_MAX_TEXT bytes to the kernel's console.
struct helios_answer helios_writecons(const char *text, uint64_t length);

// Invokes an object with `params` parameters, of which the first two are given.
struct helios_answer helios_call(uint64_t capability, uint32_t label, uint32_t params, uint64_t p0,
                                 uint64_t p1);

// Invokes an object with `caps` capability arguments, whose addresses the caller has written to
// helios_buffer->caps, and `params` parameters; those beyond the first four stand in
// helios_buffer->params.
struct helios_answer helios_invoke(uint64_t capability, uint32_t label, uint32_t caps,
                                   uint32_t params, const uint64_t first[4]);

// The same with one capability argument and up to three parameters.
struct helios_answer helios_call_with(uint64_t capability, uint32_t label, uint64_t argument,
                                      uint32_t params, uint64_t p0, uint64_t p1, uint64_t p2);

// Makes an object of a Memory, in any free slot: value is its address.
struct helios_answer helios_allocate(uint64_t memory, uint64_t type, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SYSCALL_H
