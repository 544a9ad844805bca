// SPDX-License-Identifier: GPL-3.0-only
//
// The results of a test: JUnit XML for Bazel, a summary for people.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_REPORT_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_REPORT_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct report_case {
    char *name;
    char *failure; // NULL: passed
    int64_t ms;
};

struct report {
    struct report_case *cases;
    size_t count;
};

// Adds a result. `failure` is NULL or a text whose first line says what happened.
void report_add(struct report *report, const char *name, int64_t ms, const char *failure);

size_t report_failures(const struct report *report);

// Appends the XML document. What XML 1.0 can't carry (control characters, broken UTF-8) becomes
// '?'.
void report_xml(const struct report *report, const char *suite, struct buffer *out);

// Prints the failures and "N passed, N failed" to standard output.
void report_print(const struct report *report);

void report_free(struct report *report);

#ifdef __cplusplus
}
#endif

#endif
