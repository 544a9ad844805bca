// SPDX-License-Identifier: GPL-3.0-only
//
// How a run ends: with what is wrong, or with totals.
#ifndef HELIOS_TESTING_FUZZ_GUEST_REPORT_H
#define HELIOS_TESTING_FUZZ_GUEST_REPORT_H

#include <stdint.h>

#include "testing/fuzz/guest/state.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a run was asked to do, and has done.
struct fuzz_run {
    uint64_t seed;
    uint64_t calls;  // to make
    uint64_t first;  // round
    uint64_t fail;   // what to do wrong (enum fuzz_fail)
    uint64_t audit;  // ticks from one audit to the next, of an audited kernel; 0: none
    uint64_t random; // the supervisor's
    uint64_t round;
    uint64_t made; // calls
    uint64_t faults;
    uint64_t restarts; // of tasks that were stuck or stopped
    uint64_t rebuilt;  // tasks that were gone
    uint64_t audits;   // and what the kernel has looked at
    uint64_t objects;  // in the largest of them
    uint64_t late_ns;  // the most that the supervisor was woken behind its time
    struct fuzz_totals totals;
};

// Mistakes that the supervisor makes on demand, to show that it notices them.
enum fuzz_fail {
    FUZZ_FAIL_NOT = 0,
    FUZZ_FAIL_LEAK,      // an object stays
    FUZZ_FAIL_SLOT,      // a slot stays in use
    FUZZ_FAIL_CANARY,    // a page is written to
    FUZZ_FAIL_BYSTANDER, // one of its registers changes
    FUZZ_FAIL_HANG,      // a bystander does not run
    FUZZ_FAIL_WITNESS,   // somebody's server goes
    FUZZ_FAIL_PANIC,     // the kernel stops
};

extern struct fuzz_run fuzz_run;

// Prints what was found and how to see it again, and turns the machine off.
_Noreturn void fuzz_finding(const char *what, uint64_t found, uint64_t wanted);

// Prints the totals and turns the machine off.
_Noreturn void fuzz_done(void);

// Prints how far the run is.
void fuzz_progress(void);

// A call of the supervisor's that has to work: otherwise that is a finding.
struct helios_answer fuzz_must(struct helios_answer answer, const char *what);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_REPORT_H
