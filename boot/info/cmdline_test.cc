// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/cmdline.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace {

std::optional<std::string> Get(const std::string &line, const char *key) {
    char value[64];
    bool found = false;
    boot_failure failure;
    EXPECT_EQ(cmdline_get(line.c_str(), key, value, sizeof(value), &found, &failure), BOOT_OK);
    return found ? std::optional<std::string>(value) : std::nullopt;
}

boot_error Check(const std::string &line) {
    boot_failure failure;
    return cmdline_check(line.c_str(), &failure);
}

TEST(Cmdline, FindsAValue) {
    EXPECT_EQ(Get("a=1 bc=two  d=", "bc"), "two");
    EXPECT_EQ(Get("a=1 bc=two  d=", "a"), "1");
    EXPECT_EQ(Get("a=1 bc=two  d=", "d"), "");
}

TEST(Cmdline, KeyWithoutValueIsThereAndEmpty) {
    EXPECT_EQ(Get("quiet console=x", "quiet"), "");
}

TEST(Cmdline, MissingKeyIsNotFound) {
    EXPECT_EQ(Get("", "a"), std::nullopt);
    EXPECT_EQ(Get("   ", "a"), std::nullopt);
    EXPECT_EQ(Get("ab=1 ba", "a"), std::nullopt);
    EXPECT_EQ(Get("b=a", "a"), std::nullopt);
}

TEST(Cmdline, QuotesProtectBlanksAndGoAway) {
    EXPECT_EQ(Get("a=\"b c\" d=e\" \"f", "a"), "b c");
    EXPECT_EQ(Get("a=\"b c\" d=e\" \"f", "d"), "e f");
    EXPECT_EQ(Get("a=\"x b=1\"", "b"), std::nullopt);
    EXPECT_EQ(Get("\"a=x y\" b", "b"), "");
}

TEST(Cmdline, ValueMayHoldEqualsSigns) {
    EXPECT_EQ(Get("a=b=c", "a"), "b=c");
}

TEST(Cmdline, ValueThatDoesNotFitIsAnError) {
    char value[4];
    bool found = false;
    boot_failure failure;
    EXPECT_EQ(cmdline_get("a=123", "a", value, sizeof(value), &found, &failure), BOOT_OK);
    EXPECT_EQ(cmdline_get("a=1234", "a", value, sizeof(value), &found, &failure),
              BOOT_COMMAND_LINE_TOO_LONG);
    EXPECT_STREQ(failure.field, "a");
}

TEST(CmdlineCheck, OrdinaryLinesPass) {
    EXPECT_EQ(Check(""), BOOT_OK);
    EXPECT_EQ(Check("\tquiet  init.log=\"a b\" x=y "), BOOT_OK);
    EXPECT_EQ(Check("unknown.key=1 another"), BOOT_OK);
}

TEST(CmdlineCheck, OpenQuoteIsAnError) {
    EXPECT_EQ(Check("a=\"b c"), BOOT_COMMAND_LINE_SYNTAX);
}

TEST(CmdlineCheck, EmptyOrQuotedKeyIsAnError) {
    EXPECT_EQ(Check("=1"), BOOT_COMMAND_LINE_SYNTAX);
    EXPECT_EQ(Check("a =1"), BOOT_COMMAND_LINE_SYNTAX);
    EXPECT_EQ(Check("\"a=1\""), BOOT_COMMAND_LINE_SYNTAX);
}

TEST(CmdlineCheck, OneKeyWithTwoValuesIsAConflict) {
    boot_failure failure;
    EXPECT_EQ(cmdline_check("a=1 b a=2", &failure), BOOT_COMMAND_LINE_CONFLICT);
    EXPECT_EQ(failure.found, 6u);
    EXPECT_EQ(failure.wanted, 0u);
    EXPECT_EQ(Check("a=1 a"), BOOT_COMMAND_LINE_CONFLICT);
}

TEST(CmdlineCheck, OneKeyTwiceWithTheSameValueIsNot) {
    EXPECT_EQ(Check("a=1 b a=\"1\""), BOOT_OK);
    EXPECT_EQ(Check("a a="), BOOT_OK);
}

struct NumberCase {
    const char *text;
    std::optional<uint64_t> number;
};

class CmdlineNumber : public testing::TestWithParam<NumberCase> {};

TEST_P(CmdlineNumber, Parses) {
    uint64_t number = 77;
    boot_failure failure;
    std::string line = std::string("n=") + GetParam().text;
    boot_error error = cmdline_get_number(line.c_str(), "n", &number, &failure);
    EXPECT_EQ(error, GetParam().number ? BOOT_OK : BOOT_COMMAND_LINE_VALUE) << line;
    EXPECT_EQ(number, GetParam().number.value_or(77)) << line;
}

INSTANTIATE_TEST_SUITE_P(
    All, CmdlineNumber,
    testing::Values(NumberCase{"0", 0}, NumberCase{"42", 42}, NumberCase{"0x2A", 42},
                    NumberCase{"4K", 4096}, NumberCase{"2M", 2 << 20}, NumberCase{"0x1G", 1 << 30},
                    NumberCase{"18446744073709551615", UINT64_MAX},
                    NumberCase{"0xffffffffffffffff", UINT64_MAX},
                    NumberCase{"18446744073709551616", {}}, NumberCase{"17179869184G", {}},
                    NumberCase{"", {}}, NumberCase{"0x", {}}, NumberCase{"x", {}},
                    NumberCase{"-1", {}}, NumberCase{"1KB", {}}, NumberCase{"12a", {}},
                    NumberCase{"111111111111111111111111111111", {}}));

TEST(CmdlineNumber, MissingKeyLeavesTheNumberAlone) {
    uint64_t number = 5;
    EXPECT_EQ(cmdline_get_number("m=1", "n", &number, nullptr), BOOT_OK);
    EXPECT_EQ(number, 5u);
}

} // namespace
