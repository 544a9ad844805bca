// SPDX-License-Identifier: GPL-3.0-only
//
// The library's wrappers of invocations come through here (the linker's --wrap; BUILD.bazel has the
// list): whoever defines WRAP(helios_invoke) sees all of them, and asks the kernel by
// REAL(helios_invoke).
#ifndef HELIOS_TESTING_CONFORMANCE_WRAPPED_H
#define HELIOS_TESTING_CONFORMANCE_WRAPPED_H

#include <stdint.h>

#include "userland/helios/objects.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REAL(name) __real_##name
#define WRAP(name) __wrap_##name

struct helios_answer REAL(helios_invoke)(uint64_t capability, uint32_t label, uint32_t caps,
                                         uint32_t params, const uint64_t first[4]);
struct helios_answer WRAP(helios_invoke)(uint64_t capability, uint32_t label, uint32_t caps,
                                         uint32_t params, const uint64_t first[4]);

// Defined here, by the one above.
struct helios_answer WRAP(helios_call)(uint64_t capability, uint32_t label, uint32_t params,
                                       uint64_t p0, uint64_t p1);
struct helios_answer WRAP(helios_call_with)(uint64_t capability, uint32_t label, uint64_t argument,
                                            uint32_t params, uint64_t p0, uint64_t p1, uint64_t p2);
struct helios_answer WRAP(helios_allocate)(uint64_t memory, uint64_t type, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_WRAPPED_H
