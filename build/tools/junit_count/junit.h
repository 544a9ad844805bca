// SPDX-License-Identifier: GPL-3.0-only
//
// Counts the test cases in JUnit XML, as Bazel, GoogleTest and our own tools write it.
#ifndef HELIOS_BUILD_TOOLS_JUNIT_COUNT_JUNIT_H
#define HELIOS_BUILD_TOOLS_JUNIT_COUNT_JUNIT_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct junit_counts {
    size_t passed;
    size_t failed;  // with a <failure> or an <error>
    size_t skipped; // with a <skipped>, or of status "notrun"
};

// Adds the cases of the document to *counts. `text` ends with a NUL. Fails, adding nothing, for
// what is not XML with balanced elements, or has no <testcase> in it.
bool junit_count_text(const char *text, struct junit_counts *counts, struct error *err);

// Adds the cases of a file; of a directory, those of all "test.xml" files below it, which must be
// at least one. A file that can't be read or counted is one failed case, and *messages gets a line
// that says why.
void junit_count_path(const char *path, struct junit_counts *counts, struct buffer *messages);

#ifdef __cplusplus
}
#endif

#endif
