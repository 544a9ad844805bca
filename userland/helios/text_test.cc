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

} // namespace
