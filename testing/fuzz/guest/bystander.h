// SPDX-License-Identifier: GPL-3.0-only
//
// Tasks that have nothing to do with the fuzzers: what those do must change nothing of what they
// compute, and not keep them from it.
#ifndef HELIOS_TESTING_FUZZ_GUEST_BYSTANDER_H
#define HELIOS_TESTING_FUZZ_GUEST_BYSTANDER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BYSTANDERS 2u // one more important than the fuzzers, one among them

// A page of the supervisor's, mapped at the same address in the bystander's VSpace.
struct bystander {
    uint64_t clock_hz;
    uint64_t period_ns;
    uint64_t length;   // of a computation
    uint64_t expected; // bystander_compute(length)
    uint64_t beats;    // computations done
    uint64_t wrong;    // not as expected
    uint64_t got;      // the last that was wrong
};

// Many live integers and floating-point numbers, of which all that follows depends on all.
uint64_t bystander_compute(uint64_t length);

// Where it begins: computes, compares, sleeps, for ever.
_Noreturn void bystander_task(void *bystander);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_BYSTANDER_H
