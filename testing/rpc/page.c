// SPDX-License-Identifier: GPL-3.0-only
//
// The example of docs/reference/ipcgen.md, as a case; quotes_test compares.
#include <stdio.h>

#include "squares/square.h"
#include "testing/library/files.h"
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/spawn.h"
#include "userland/test/test.h"

// A server in a process of its own, and the end of it.
static struct helios_process start(const char *file, uint64_t square) {
    const struct helios_spawn_capability granted[] = {
        {.name = "square", .capability = square, .rights = HELIOS_RIGHT_READ},
    };
    struct helios_spawn_config config = {
        .name = file,
        .capability_count = 1,
        .capabilities = granted,
        .priority = 20,
    };
    struct helios_process process;
    config.elf = files_find(file, &config.elf_size);
    EXPECT_EQ(helios_spawn(&config, &process), HELIOS_OK);
    return process;
}

TEST_CASE(the_page_asks_for_a_square) {
    uint64_t square = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    struct helios_process server = start("bin/squares", square);

    uint64_t result;
    enum helios_error status = math_square_of(square, 7, &result);
    if (status != HELIOS_OK) {
        printf("%s\n", math_strerror(status));
    }

    EXPECT_EQ(status, HELIOS_OK);
    EXPECT_EQ(result, 49);
    EXPECT_EQ(math_square_of(square, 1ull << 32, &result), MATH_ERROR_TOO_LARGE);
    helios_process_destroy(&server);
    helios_drop(square);
}

TEST_CASE(the_page_answers_later) {
    uint64_t square = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    struct helios_process server = start("bin/squares_later", square);
    uint64_t result = 0;
    EXPECT_EQ(math_square_of(square, 9, &result), HELIOS_OK);
    EXPECT_EQ(result, 81);
    EXPECT_EQ(math_square_of(square, 10, &result), HELIOS_OK);
    EXPECT_EQ(result, 100);
    helios_process_destroy(&server);
    helios_drop(square);
}
