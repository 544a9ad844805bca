// SPDX-License-Identifier: GPL-3.0-only
//
// Drives a guest that has test cases in it, over its console. Lines that begin with "@t " are the
// protocol, everything else is the guest's log:
//
//   guest  @t plan N          once, then
//          @t case NAME       N times, then
//          @t ready
//   host   @t run INDEX       counted from 0; the guest answers
//          @t pass NAME       or
//          @t fail NAME MESSAGE
//   host   @t quit            the guest powers off
//
// A name has no blanks. A case during which the guest panics, ends, resets or falls silent has
// failed; the guest is started again for the next one, and must come with the same plan.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_PROTOCOL_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_PROTOCOL_H

#include "build/tools/qemu_test/filter.h"
#include "build/tools/qemu_test/guest.h"
#include "build/tools/qemu_test/report.h"

#ifdef __cplusplus
extern "C" {
#endif

struct test_limits {
    int64_t boot_ms;  // from the start of QEMU to "ready"
    int64_t case_ms;  // for one case
    int64_t deadline; // of everything (clock_ms); -1: none
};

// Runs the cases that the filter takes and adds their results to the report. What goes wrong
// outside a case (the guest does not come up, the plan is malformed) is a failed case too, named
// "boot", "plan", "filter" or "power-off".
void protocol_run(struct guest *guest, const struct test_filter *filter,
                  const struct test_limits *limits, struct report *report);

#ifdef __cplusplus
}
#endif

#endif
