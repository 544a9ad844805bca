// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/error.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace {

std::string Format(const boot_failure &failure, size_t size = 256) {
    std::string text(size + 8, '#');
    size_t length = boot_failure_format(&failure, text.data(), size);
    EXPECT_EQ(std::strlen(text.c_str()), length);
    EXPECT_EQ(text.substr(size), "########") << "wrote beyond the buffer";
    return text.substr(0, length);
}

TEST(BootError, EveryErrorHasATextOfItsOwn) {
    std::set<std::string> seen;
    for (int error = 0; error < BOOT_ERROR_COUNT; error++) {
        std::string text = boot_error_text(static_cast<boot_error>(error));
        EXPECT_NE(text, "unknown error") << error;
        EXPECT_TRUE(seen.insert(text).second) << text;
    }
}

TEST(BootError, ANumberOutsideTheEnumHasAText) {
    EXPECT_STREQ(boot_error_text(BOOT_ERROR_COUNT), "unknown error");
}

TEST(BootError, FailReturnsTheErrorAndFillsEveryField) {
    boot_failure failure;
    EXPECT_EQ(boot_fail(&failure, BOOT_ELF_MACHINE, "init", "e_machine", 1, 2, 3),
              BOOT_ELF_MACHINE);
    EXPECT_EQ(failure.error, BOOT_ELF_MACHINE);
    EXPECT_STREQ(failure.what, "init");
    EXPECT_STREQ(failure.field, "e_machine");
    EXPECT_EQ(failure.found, 1u);
    EXPECT_EQ(failure.wanted, 2u);
    EXPECT_EQ(failure.address, 3u);
}

TEST(BootError, FailAcceptsNoFailure) {
    EXPECT_EQ(boot_fail(nullptr, BOOT_TAR_END, "bootfs", nullptr, 0, 0, 0), BOOT_TAR_END);
}

TEST(BootError, LineNamesWhatFieldNumbersAndPlace) {
    boot_failure failure = {BOOT_ELF_MACHINE, "init", "e_machine", 0x3e, 0xf3, 0x12};
    EXPECT_EQ(Format(failure), "init: built for another architecture (e_machine, found 0x3e, "
                               "wanted 0xf3, at 0x12)");
}

TEST(BootError, LineLeavesOutWhatIsNotKnown) {
    boot_failure failure = {BOOT_FILE_MISSING, "kernel", nullptr, 0, 0, 0};
    EXPECT_EQ(Format(failure), "kernel: file is missing");
    failure.what = nullptr;
    EXPECT_EQ(Format(failure), "file is missing");
}

TEST(BootError, LineShowsAllSixtyFourBits) {
    boot_failure failure = {BOOT_MEMORY_RANGE, nullptr, nullptr, UINT64_MAX, 0, 0};
    EXPECT_EQ(Format(failure), "impossible memory range (found 0xffffffffffffffff, wanted 0x0)");
}

TEST(BootError, LineIsPrintableWhateverTheNamesHold) {
    boot_failure failure = {BOOT_DEVICE_TREE_PROPERTY, "a\nb\x1b\xff", nullptr, 0, 0, 0};
    EXPECT_EQ(Format(failure), "a?b??: device tree property is missing or malformed");
}

TEST(BootError, LineIsCutAtTheSizeOfTheBuffer) {
    boot_failure failure = {BOOT_ELF_MACHINE, "init", "e_machine", 0x3e, 0xf3, 0x12};
    std::string whole = Format(failure);
    for (size_t size = 1; size <= whole.size() + 1; size++) {
        EXPECT_EQ(Format(failure, size), whole.substr(0, size - 1));
    }
    char none = 'x';
    EXPECT_EQ(boot_failure_format(&failure, &none, 0), 0u);
    EXPECT_EQ(none, 'x');
}

} // namespace
