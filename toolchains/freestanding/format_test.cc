// SPDX-License-Identifier: MIT
#include "toolchains/freestanding/format.h"

#include <cstdarg>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string Format(const char *format, ...) {
    char buffer[64];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text_v(buffer, sizeof(buffer), format, arguments);
    va_end(arguments);
    EXPECT_EQ(length, std::string(buffer).size());
    return buffer;
}

TEST(Format, PlainText) {
    EXPECT_EQ(Format("plain"), "plain");
    EXPECT_EQ(Format("100%%"), "100%");
}

TEST(Format, SignedNumbers) {
    EXPECT_EQ(Format("%d", 0), "0");
    EXPECT_EQ(Format("%d", -2147483647 - 1), "-2147483648");
    EXPECT_EQ(Format("%ld", -9223372036854775807l - 1), "-9223372036854775808");
}

TEST(Format, UnsignedAndHexadecimalNumbers) {
    EXPECT_EQ(Format("%u", 4294967295u), "4294967295");
    EXPECT_EQ(Format("%lu", 18446744073709551615ul), "18446744073709551615");
    EXPECT_EQ(Format("%zu", sizeof(int)), "4");
    EXPECT_EQ(Format("%x", 0xdeadbeefu), "deadbeef");
    EXPECT_EQ(Format("%lx", 0xfedcba9876543210ul), "fedcba9876543210");
}

TEST(Format, Pointers) {
    EXPECT_EQ(Format("%p", reinterpret_cast<void *>(0xabcd)), "0x000000000000abcd");
}

TEST(Format, WidthPadsOnTheLeft) {
    EXPECT_EQ(Format("[%5u]", 42u), "[   42]");
    EXPECT_EQ(Format("[%05u]", 42u), "[00042]");
    EXPECT_EQ(Format("[%016lx]", 0x1234ul), "[0000000000001234]");
    EXPECT_EQ(Format("[%5d]", -42), "[  -42]");
    EXPECT_EQ(Format("[%05d]", -42), "[-0042]");
    EXPECT_EQ(Format("[%4s]", "ab"), "[  ab]");
    EXPECT_EQ(Format("[%1u]", 123u), "[123]");
}

TEST(Format, StringsAndCharacters) {
    EXPECT_EQ(Format("%s-%c", "abc", 'x'), "abc-x");
    EXPECT_EQ(Format("%s", static_cast<const char *>(nullptr)), "(null)");
}

TEST(Format, WhatIsNotUnderstoodIsCopied) {
    // Not a literal, so that the compiler does not check it.
    const char *strange = "%q %";
    EXPECT_EQ(Format(strange), "%q %");
}

TEST(Format, OutputIsCutOffAtTheEndOfTheBuffer) {
    char buffer[8];
    EXPECT_EQ(format_text(buffer, sizeof(buffer), "%s", "0123456789"), 7u);
    EXPECT_STREQ(buffer, "0123456");
    EXPECT_EQ(format_text(buffer, 1, "%s", "0123456789"), 0u);
    EXPECT_STREQ(buffer, "");
}

TEST(Format, BufferOfSizeZeroIsNotTouched) {
    char c = 'x';
    EXPECT_EQ(format_text(&c, 0, "%d", 1), 0u);
    EXPECT_EQ(c, 'x');
}

} // namespace
