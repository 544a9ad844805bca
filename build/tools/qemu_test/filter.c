// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool number_from_environment(const char *name, uint64_t min, uint64_t *value,
                                    struct error *err) {
    const char *text = getenv(name);
    return text == NULL || number_parse(text, min, 1000000, value) ||
           error_set(err, "%s: \"%s\" is not a number", name, text);
}

bool test_filter_from_environment(struct test_filter *filter, struct error *err) {
    *filter = (struct test_filter){.pattern = getenv("TESTBRIDGE_TEST_ONLY"), .shards = 1};
    if (!number_from_environment("TEST_TOTAL_SHARDS", 1, &filter->shards, err) ||
        !number_from_environment("TEST_SHARD_INDEX", 0, &filter->shard, err)) {
        return false;
    }
    if (filter->shard >= filter->shards) {
        return error_set(err, "TEST_SHARD_INDEX is not below TEST_TOTAL_SHARDS");
    }
    const char *status_file = getenv("TEST_SHARD_STATUS_FILE");
    return status_file == NULL || file_write(status_file, "", 0, err);
}

static bool pattern_matches(const char *pattern, const char *name) {
    return strpbrk(pattern, "*?") != NULL ? fnmatch(pattern, name, FNM_NOESCAPE) == 0
                                          : strstr(name, pattern) != NULL;
}

// Whether any of the patterns, separated by ':', matches. Takes `patterns` apart.
static bool any_matches(char *patterns, const char *name) {
    char *pattern;
    while ((pattern = strsep(&patterns, ":")) != NULL) {
        if (pattern[0] != '\0' && pattern_matches(pattern, name)) {
            return true;
        }
    }
    return false;
}

bool test_filter_matches(const struct test_filter *filter, const char *name) {
    if (filter->pattern == NULL || filter->pattern[0] == '\0') {
        return true;
    }
    char *wanted = mem_format("%s", filter->pattern);
    // A dash begins the exclusions only at the start or behind a ':'; names have dashes too.
    char *excluded = wanted[0] == '-' ? wanted : strstr(wanted, ":-");
    bool everything = excluded == wanted;
    if (excluded != NULL) {
        excluded += *excluded == ':' ? 2 : 1;
        excluded[-1] = '\0';
    }
    bool matches = (everything || any_matches(wanted, name)) &&
                   (excluded == NULL || !any_matches(excluded, name));
    free(wanted);
    return matches;
}
