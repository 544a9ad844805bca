// SPDX-License-Identifier: GPL-3.0-only
//
// For an audited kernel: lets it look at everything after each case. What it finds ends the kernel,
// and so fails the case.
#include "testing/audit/call.h"
#include "uapi/error.h"
#include "userland/helios/console.h"
#include "userland/helios/syscall.h"
#include "userland/test/test.h"

enum { TRIES = 20 };

static uint64_t audits;

// With several CPUs the kernel leaves it out while others are busy, or this one has been asked for
// something, which it does as soon as it is back here.
static struct helios_message audit(void) {
    struct helios_message message = {0};
    uint64_t before = audits;
    for (unsigned i = 0; i < TRIES && audits == before; i++) {
        message = (struct helios_message){0};
        helios_syscall(AUDIT_SYSCALL, &message);
        audits = message.params[AUDIT_RUNS];
    }
    return message;
}

void helios_test_after(void) {
    audit();
}

// Others may still have been busy with what a case has left behind, but not most of the time.
TEST_CASE(invariants_have_been_checked_after_each_case) {
    struct helios_message message = audit();
    helios_printf("%lu audits of up to %lu objects in %lu cases, %lu left out\n",
                  (unsigned long)audits, (unsigned long)message.params[AUDIT_OBJECTS],
                  (unsigned long)helios_test_cases_run(),
                  (unsigned long)message.params[AUDIT_SKIPPED]);
    EXPECT_EQ(helios_tag_label(message.tag), HELIOS_OK);
    EXPECT_TRUE(message.params[AUDIT_OBJECTS] > 100);
    if (helios_test_bootinfo->cpu_count == 1) {
        EXPECT_EQ(message.params[AUDIT_SKIPPED], 0);
        EXPECT_TRUE(audits > helios_test_cases_run());
    } else {
        EXPECT_TRUE(audits * 2 > helios_test_cases_run());
    }
}
