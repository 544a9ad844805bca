// SPDX-License-Identifier: GPL-3.0-only
//
// Which cases to run: --test_filter and sharding, as Bazel hands them to a test.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_FILTER_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_FILTER_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct test_filter {
    const char *pattern; // NULL or "": everything
    uint64_t shards;     // 1: no sharding
    uint64_t shard;      // counted from 0
};

// Reads TESTBRIDGE_TEST_ONLY, TEST_TOTAL_SHARDS and TEST_SHARD_INDEX, and touches
// TEST_SHARD_STATUS_FILE, which tells Bazel that we know about shards.
bool test_filter_from_environment(struct test_filter *filter, struct error *err);

// Whether the pattern takes the name. As in GoogleTest: patterns separated by ':', those after a
// '-' exclude, '*' and '?' are wildcards. Unlike there, a pattern without wildcards also matches
// in the middle of a name.
bool test_filter_matches(const struct test_filter *filter, const char *name);

#ifdef __cplusplus
}
#endif

#endif
