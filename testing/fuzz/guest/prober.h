// SPDX-License-Identifier: GPL-3.0-only
//
// A task that makes system calls with every register known and looks at each afterwards: nothing of
// another task or of the kernel may stand there, and what is to be preserved has to be.
#ifndef HELIOS_TESTING_FUZZ_GUEST_PROBER_H
#define HELIOS_TESTING_FUZZ_GUEST_PROBER_H

#include "testing/conformance/probe.h"
#include "testing/fuzz/guest/witness.h"

#ifdef __cplusplus
extern "C" {
#endif

// A page of the supervisor's. The slots are those of a witness.
struct prober {
    struct witness witness;
    struct probe probe;
};

// Where it begins; `prober` is a struct prober.
_Noreturn void prober_task(void *prober);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_PROBER_H
