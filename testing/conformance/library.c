// SPDX-License-Identifier: GPL-3.0-only
//
// The wrappers of userland/helios.
#include "userland/helios/console.h"

#include "testing/conformance/invoke.h"
#include "userland/helios/objects.h"

TEST_CASE(library_writes_text) {
    struct helios_answer answer = helios_writecons("text\n", 5);
    EXPECT_EQ(answer.status, HELIOS_OK);
    EXPECT_EQ(answer.value, 5);
}

TEST_CASE(library_reports_a_text_that_is_too_long) {
    static const char text[HELIOS_MAX_TEXT + 1];
    struct helios_answer answer = helios_writecons(text, sizeof(text));
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.found, HELIOS_MAX_TEXT + 1);
    EXPECT_EQ(answer.wanted, HELIOS_MAX_TEXT);
}

TEST_CASE(library_cuts_long_output_off) {
    helios_printf("%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s"
                  "%90s%90s%90s%90s\n",
                  "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15",
                  "16", "17", "18", "19", "20", "21", "22", "23", "24");
    // The line end would have been the 2161st character; only the next line has one.
    helios_printf("\n");
}

TEST_CASE(library_identifies) {
    EXPECT_EQ(helios_identify(HELIOS_INIT_POWER).value, HELIOS_TYPE_POWER);
    EXPECT_EQ(helios_identify(~0ull).status, HELIOS_ERROR_CAPABILITY);
}

TEST_CASE(library_reports_a_refused_call) {
    struct helios_answer answer = helios_call(HELIOS_INIT_POWER, 1234, 0, 0, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_INVOCATION);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_LABEL);
    EXPECT_EQ(answer.found, 1234);
}

// 128 + 1 would be one word in the tag.
TEST_CASE(library_has_too_many_words_refused) {
    static const uint64_t slots[129];
    struct helios_answer answer = helios_cspace_destroy(HELIOS_INIT_CSPACE, slots, 129);
    EXPECT_EQ(answer.status, HELIOS_ERROR_ARGUMENTS);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_PARAM_COUNT);
    EXPECT_EQ(answer.wanted, HELIOS_MAX_PARAMS);
}
