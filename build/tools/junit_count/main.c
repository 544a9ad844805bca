// SPDX-License-Identifier: GPL-3.0-only
//
// junit_count: sums up test results as "N passed, N failed".
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/tools/junit_count/junit.h"

static const char usage[] =
    "usage: junit_count PATH ...    test.xml files, or directories to search for them\n"
    "       junit_count -           paths from standard input, one a line\n"
    "Prints \"N passed, N failed\"; status 1 if any has failed.\n";

static void count_lines(FILE *list, struct junit_counts *counts, struct buffer *messages) {
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, list) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0') {
            junit_count_path(line, counts, messages);
        }
    }
    free(line);
}

int main(int argc, char **argv) {
    struct junit_counts counts = {0};
    struct buffer messages = {0};
    const char *directory = getenv("BUILD_WORKING_DIRECTORY");
    if (argc < 2) {
        fputs(usage, stderr);
        return 2;
    }
    if (directory != NULL && chdir(directory) != 0) {
        fprintf(stderr, "junit_count: %s: %s\n", directory, strerror(errno));
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0) {
            count_lines(stdin, &counts, &messages);
        } else {
            junit_count_path(argv[i], &counts, &messages);
        }
    }
    if (messages.size > 0) {
        fputs(messages.data, stderr);
    }
    buffer_free(&messages);
    if (counts.skipped > 0) {
        printf("%zu skipped\n", counts.skipped);
    }
    printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
    return counts.failed > 0 ? 1 : 0;
}
