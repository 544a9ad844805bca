// SPDX-License-Identifier: GPL-3.0-only
//
// What an audited kernel (testing/audit/guest.c) has and no other: one more system call, which
// looks at everything as a writecons of the root task does, and answers with a struct audit_totals
// as its parameters.
#ifndef HELIOS_TESTING_AUDIT_CALL_H
#define HELIOS_TESTING_AUDIT_CALL_H

#define AUDIT_SYSCALL 0x61756469ul

enum {
    AUDIT_RUNS = 0,    // audits since the start
    AUDIT_SKIPPED = 1, // those that were left out, because other CPUs did something
    AUDIT_OBJECTS = 2, // most objects that one of them has walked
    AUDIT_ANSWERS = 3,
};

#endif // HELIOS_TESTING_AUDIT_CALL_H
