// SPDX-License-Identifier: GPL-3.0-only
//
// The manual's tables of errors against what has been refused in the cases before: these come last.
// They say nothing when only some of the others have run.
#include <stddef.h>

#include "testing/conformance/invoke.h"
#include "testing/conformance/out_of_reach.h"
#include "testing/conformance/refusals_table.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"

#define TYPE(name)     .type = HELIOS_TYPE_##name
#define LABEL(name)    .label = HELIOS_##name
#define ERROR(name)    .error = HELIOS_ERROR_##name
#define ARGUMENT(name) .argument = HELIOS_ARGUMENT_##name

static const struct out_of_reach everywhere[] = {
    {TYPE(MEMORY), LABEL(MEMORY_ALLOCATE), ERROR(UNSUPPORTED), ARGUMENT(PARAM),
     .why = "the machines have four levels of tables"},
    {TYPE(VSPACE), LABEL(VSPACE_MAP), ERROR(UNSUPPORTED), ARGUMENT(CAP),
     .why = "the machines can map 1 GiB, or have not so much memory"},
    {TYPE(POWER), LABEL(POWER_OFF), ERROR(UNSUPPORTED), ARGUMENT(LABEL),
     .why = "the machines can, and it would be the end of the cases"},
    {TYPE(POWER), LABEL(POWER_REBOOT), ERROR(UNSUPPORTED), ARGUMENT(LABEL), .why = "the same"},
    {TYPE(MEMORY), LABEL(MEMORY_RESET), ERROR(BUSY), ARGUMENT(CAPABILITY), .is_perhaps = true,
     .why = "what is under way on the own CPU is worked off first"},
    {TYPE(IRQ_CONTROL), LABEL(IRQ_CONTROL_ISSUE), ERROR(UNSUPPORTED), .argument = ANY_ARGUMENT,
     .is_perhaps = true, .why = "depends on controller and CPUs"},
    {TYPE(IRQ_CONTROL), LABEL(IRQ_CONTROL_ISSUE_MSI), ERROR(UNSUPPORTED), .argument = ANY_ARGUMENT,
     .is_perhaps = true, .why = "depends on controller and CPUs"},
    {TYPE(IRQ_CONTROL), LABEL(IRQ_CONTROL_ISSUE_MSI), ERROR(NO_SLOT), ARGUMENT(CAPABILITY),
     .is_perhaps = true, .why = "depends on the controller"},
    {TYPE(IRQ_HANDLER), LABEL(IRQ_HANDLER_ROUTE), ERROR(UNSUPPORTED), ARGUMENT(PARAM),
     .is_perhaps = true, .why = "depends on controller and CPUs"},
    {TYPE(IRQ_HANDLER), LABEL(IRQ_HANDLER_ROUTE), ERROR(STATE), ARGUMENT(CAPABILITY),
     .is_perhaps = true, .why = "depends on the controller"},
};

static bool is_about(const struct out_of_reach *entry, const struct refusal_row *row) {
    return entry->type == row->type && (entry->label == 0 || entry->label == row->label) &&
           (entry->error == HELIOS_OK || entry->error == row->error) &&
           (entry->argument == ANY_ARGUMENT || entry->argument == row->argument);
}

static const struct out_of_reach *find(const struct out_of_reach *entries, size_t count,
                                       const struct refusal_row *row) {
    for (size_t i = 0; i < count; i++) {
        if (is_about(&entries[i], row)) {
            return &entries[i];
        }
    }
    return NULL;
}

static const struct out_of_reach *find_entry(const struct refusal_row *row) {
    const struct out_of_reach *entry =
        find(everywhere, sizeof(everywhere) / sizeof(everywhere[0]), row);
    return entry != NULL ? entry : find(machine_out_of_reach, machine_out_of_reach_count, row);
}

enum { OWN_CASES = 3 };

static bool all_have_run(void) {
    return helios_test_cases_run() + OWN_CASES >= helios_test_case_count();
}

static void complain(const struct refusal_row *row, const char *complaint) {
    helios_printf("%s: %s: %s: argument %u\n", row->name, complaint,
                  helios_strerror((enum helios_error)row->error), row->argument);
}

// Each row that is not as it should gets a line.
TEST_CASE(every_refusal_that_the_manual_has_is_provoked) {
    uint64_t wrong = 0;
    for (size_t i = 0; i < refusal_row_count && all_have_run(); i++) {
        const struct refusal_row *row = &refusal_rows[i];
        if (!row->was_seen && find_entry(row) == NULL) {
            complain(row, "no case");
            wrong++;
        }
    }
    EXPECT_EQ(wrong, 0);
}

TEST_CASE(refusals_that_are_said_to_be_out_of_reach_are) {
    uint64_t wrong = 0;
    for (size_t i = 0; i < refusal_row_count; i++) {
        const struct refusal_row *row = &refusal_rows[i];
        const struct out_of_reach *entry = find_entry(row);
        if (row->was_seen && entry != NULL && !entry->is_perhaps) {
            complain(row, entry->why);
            wrong++;
        }
    }
    EXPECT_EQ(wrong, 0);
}

TEST_CASE(every_refusal_that_was_provoked_is_in_the_manual) {
    for (size_t i = 0; i < refusals_unknown_count; i++) {
        const struct refusal_unknown *unknown = &refusals_unknown[i];
        helios_printf("not in the manual: type %lu, label %lu: %s: argument %lu\n",
                      (unsigned long)unknown->type, (unsigned long)unknown->label,
                      helios_strerror((enum helios_error)unknown->error),
                      (unsigned long)unknown->argument);
    }
    EXPECT_EQ(refusals_unknown_count, 0);
}
