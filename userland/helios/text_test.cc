// SPDX-License-Identifier: MIT
#include <cstdarg>
#include <string>

#include "userland/helios/error.h"
#include "userland/helios/format.h"
#include "gtest/gtest.h"

namespace {

std::string Format(const char *format, ...) {
    char buffer[64];
    va_list arguments;
    va_start(arguments, format);
    size_t length = helios_format_v(buffer, sizeof(buffer), format, arguments);
    va_end(arguments);
    EXPECT_EQ(length, std::string(buffer).size());
    return buffer;
}

TEST(Format, NumbersOfEverySize) {
    EXPECT_EQ(Format("%d %u %x", -5, 4000000000u, 0xabcu), "-5 4000000000 abc");
    EXPECT_EQ(Format("%lu %lx", 18446744073709551615ul, 0x123456789abcul),
              "18446744073709551615 123456789abc");
    EXPECT_EQ(Format("%ld", -9223372036854775807l - 1), "-9223372036854775808");
}

TEST(Format, WidthAndZeroes) {
    EXPECT_EQ(Format("[%4u][%04x][%5s][%-]", 7u, 0xau, "ab"), "[   7][000a][   ab][%-]");
    EXPECT_EQ(Format("[%05d]", -12), "[-0012]");
}

TEST(Format, TextThatDoesNotFitIsCutOffAndTerminated) {
    char buffer[4] = {'x', 'x', 'x', 'x'};
    EXPECT_EQ(helios_format(buffer, sizeof(buffer), "%s", "abcdef"), 3u);
    EXPECT_STREQ(buffer, "abc");
}

TEST(Format, NullStringIsNamed) {
    EXPECT_EQ(Format("%s", static_cast<const char *>(nullptr)), "(null)");
}

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
