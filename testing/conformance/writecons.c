// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/invoke.h"

static struct helios_message write_text(uint64_t length, uint64_t tag) {
    return invoke(HELIOS_SYS_WRITECONS, 0, tag, length, 0x2222);
}

static void fill(uint64_t length, char c) {
    for (uint64_t i = 0; i < length; i++) {
        helios_buffer->text[i] = c;
    }
}

TEST_CASE(writecons_answers_the_length) {
    fill(5, '.');
    helios_buffer->text[4] = '\n';
    EXPECT_ANSWER(write_text(5, helios_tag(0, 0, 1, 0)), 5);
}

TEST_CASE(writecons_takes_an_empty_text) {
    EXPECT_ANSWER(write_text(0, helios_tag(0, 0, 1, 0)), 0);
}

TEST_CASE(writecons_takes_a_full_buffer) {
    fill(HELIOS_MAX_TEXT, '.');
    helios_buffer->text[HELIOS_MAX_TEXT - 1] = '\n';
    EXPECT_ANSWER(write_text(HELIOS_MAX_TEXT, helios_tag(0, 0, 1, 0)), HELIOS_MAX_TEXT);
}

TEST_CASE(writecons_leaves_the_buffer_alone) {
    fill(16, 'x');
    helios_buffer->text[15] = '\n';
    helios_buffer->params[0] = 0x1234;
    write_text(16, helios_tag(0, 0, 1, 0));
    EXPECT_EQ(helios_buffer->text[0], 'x');
    EXPECT_EQ(helios_buffer->text[15], '\n');
    EXPECT_EQ(helios_buffer->params[0], 0x1234);
}

TEST_CASE(writecons_refuses_one_byte_too_many) {
    EXPECT_REFUSAL(write_text(HELIOS_MAX_TEXT + 1, helios_tag(0, 0, 1, 0)), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, HELIOS_MAX_TEXT + 1, HELIOS_MAX_TEXT);
}

TEST_CASE(writecons_refuses_lengths_beyond_32_bits) {
    EXPECT_REFUSAL(write_text(1ull << 32, helios_tag(0, 0, 1, 0)), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 1ull << 32, HELIOS_MAX_TEXT);
}

TEST_CASE(writecons_refuses_the_largest_length) {
    EXPECT_REFUSAL(write_text(~0ull, helios_tag(0, 0, 1, 0)), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, ~0ull, HELIOS_MAX_TEXT);
}

TEST_CASE(writecons_refuses_no_parameter) {
    EXPECT_REFUSAL(write_text(1, helios_tag(0, 0, 0, 0)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 0, 1);
}

TEST_CASE(writecons_refuses_two_parameters) {
    EXPECT_REFUSAL(write_text(1, helios_tag(0, 0, 2, 0)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 1);
}

TEST_CASE(writecons_refuses_a_capability) {
    EXPECT_REFUSAL(write_text(1, helios_tag(0, 1, 1, 0)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
}

TEST_CASE(writecons_refuses_flags) {
    EXPECT_REFUSAL(write_text(1, helios_tag(0, 0, 1, 0x8000)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_FLAGS, 0x8000, 0);
}

TEST_CASE(writecons_refuses_reserved_bits_of_the_tag) {
    static const unsigned bits[] = {38, 39, 47};
    for (unsigned i = 0; i < 3; i++) {
        struct helios_message result = write_text(1, helios_tag(0, 0, 1, 0) | 1ull << bits[i]);
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_ARGUMENTS);
    }
}
