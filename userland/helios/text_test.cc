// SPDX-License-Identifier: MIT
#include <string>

#include "userland/helios/error.h"
#include "gtest/gtest.h"

namespace {

TEST(Strerror, EveryErrorHasATextOfItsOwn) {
    for (int i = 0; i < HELIOS_ERROR_COUNT; i++) {
        std::string text = helios_strerror(static_cast<helios_error>(i));
        EXPECT_FALSE(text.empty());
        for (int j = 0; j < i; j++) {
            EXPECT_NE(text, helios_strerror(static_cast<helios_error>(j)));
        }
    }
}

TEST(Strerror, UnknownNumbersAreSaidToBeUnknown) {
    EXPECT_STREQ(helios_strerror(static_cast<helios_error>(HELIOS_ERROR_COUNT)), "unknown error");
    EXPECT_STREQ(helios_strerror(static_cast<helios_error>(-1)), "unknown error");
}

std::string Refusal(helios_error error, uint64_t argument, uint64_t found, uint64_t wanted) {
    char text[128];
    size_t length = helios_format_refusal(text, sizeof text, error, argument, found, wanted);
    EXPECT_EQ(length, std::string(text).size());
    return text;
}

TEST(FormatRefusal, AParameterIsNamedWithItsIndex) {
    EXPECT_EQ(Refusal(HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 1, 0x1001, 0x1000),
              "not aligned: parameter 1 (found 0x1001, wanted 0x1000)");
}

TEST(FormatRefusal, ACapabilityArgumentAndAPollEntryAreTold) {
    EXPECT_EQ(Refusal(HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, 8, 9),
              "capability of the wrong type: capability 0 (found 0x8, wanted 0x9)");
    EXPECT_EQ(Refusal(HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL + 31, 0, 0),
              "the object was destroyed: poll entry 31 (found 0x0, wanted 0x0)");
}

TEST(FormatRefusal, WhatHasNoIndexIsNamedAlone) {
    EXPECT_EQ(Refusal(HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 7, 0),
              "the object does not know this invocation: label (found 0x7, wanted 0x0)");
}

TEST(FormatRefusal, NoArgumentIsNotNamed) {
    EXPECT_EQ(Refusal(HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0),
              "no IPC buffer (found 0x0, wanted 0x0)");
}

TEST(FormatRefusal, UnknownArgumentsAreSaidToBeUnknown) {
    EXPECT_EQ(Refusal(HELIOS_ERROR_RANGE, 9, 1, 2),
              "outside the range that is allowed: unknown argument (found 0x1, wanted 0x2)");
    EXPECT_EQ(Refusal(HELIOS_ERROR_RANGE, ~0ull, 1, 2),
              "outside the range that is allowed: unknown argument (found 0x1, wanted 0x2)");
}

} // namespace
