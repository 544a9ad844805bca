// SPDX-License-Identifier: GPL-3.0-only
//
// Refusals of the manual that no case can provoke, and why (manual.c).
#ifndef HELIOS_TESTING_CONFORMANCE_OUT_OF_REACH_H
#define HELIOS_TESTING_CONFORMANCE_OUT_OF_REACH_H

#include "testing/conformance/refusals.h"
#include "uapi/object.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_ARGUMENT (~0u)

struct out_of_reach {
    uint8_t type;
    uint8_t label;     // 0: all
    uint32_t error;    // HELIOS_OK: all
    uint32_t argument; // or ANY_ARGUMENT
    bool is_perhaps;   // on some machines it can be provoked
    const char *why;
};

// Those of this architecture (arch/*/out_of_reach.c).
extern const struct out_of_reach machine_out_of_reach[];
extern const size_t machine_out_of_reach_count;

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_OUT_OF_REACH_H
