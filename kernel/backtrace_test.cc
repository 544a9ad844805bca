// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/backtrace.h"

#include <map>
#include <string>

#include "arch/host/host.h"
#include "gtest/gtest.h"

namespace {

// A stack of which only some words can be read.
class Backtrace : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
    }

    void Record(uint64_t fp, uint64_t caller, uint64_t return_address) {
        words_[fp + static_cast<uint64_t>(ARCH_FRAME_RECORD)] = caller;
        words_[fp + static_cast<uint64_t>(ARCH_FRAME_RECORD) + 8] = return_address;
    }

    // What is printed below the first line, addresses in short.
    std::string Print(uint64_t fp) {
        size_t before = std::string(host_output()).size();
        backtrace_print(
            1, fp,
            [](void *context, uintptr_t address, uint64_t *word) {
                auto *words = static_cast<std::map<uint64_t, uint64_t> *>(context);
                EXPECT_EQ(address % 8, 0u);
                if (words->count(address) == 0) {
                    return false;
                }
                *word = words->at(address);
                return true;
            },
            &words_);
        std::string text = std::string(host_output()).substr(before);
        const std::string start = "backtrace:\r\n";
        EXPECT_EQ(text.substr(0, start.size()), start);
        std::string lines;
        for (size_t at = start.size(); at < text.size(); at = text.find('\n', at) + 1) {
            lines += std::to_string(
                         std::stoull(text.substr(at, text.find('\n', at) - at), nullptr, 16)) +
                     " ";
        }
        return lines;
    }

    std::map<uint64_t, uint64_t> words_;
};

TEST_F(Backtrace, FollowsTheChainToItsEnd) {
    Record(0x1000, 0x1020, 2);
    Record(0x1020, 0x1080, 3);
    Record(0x1080, 0, 4);
    EXPECT_EQ(Print(0x1000), "1 2 3 4 ");
}

TEST_F(Backtrace, EndsWhereNothingCanBeRead) {
    Record(0x1000, 0x2000, 2);
    EXPECT_EQ(Print(0x1000), "1 2 ");
    EXPECT_EQ(Print(0), "1 ");
    EXPECT_EQ(Print(~0ull - 7), "1 ");
}

TEST_F(Backtrace, EndsAtAHalfRecord) {
    Record(0x1000, 0x1020, 2);
    words_.erase(0x1008 + static_cast<uint64_t>(ARCH_FRAME_RECORD));
    EXPECT_EQ(Print(0x1000), "1 ");
}

TEST_F(Backtrace, EndsWithoutReturnAddress) {
    Record(0x1000, 0x1020, 2);
    Record(0x1020, 0x1040, 0);
    Record(0x1040, 0x1060, 4);
    EXPECT_EQ(Print(0x1000), "1 2 ");
}

TEST_F(Backtrace, EndsAtAMisalignedFrame) {
    Record(0x1000, 0x1024, 2);
    Record(0x1024, 0x1040, 3);
    EXPECT_EQ(Print(0x1000), "1 2 ");
}

TEST_F(Backtrace, DoesNotGoRoundInCircles) {
    Record(0x1000, 0x1000, 2);
    EXPECT_EQ(Print(0x1000), "1 2 ");
    Record(0x1000, 0x1020, 2);
    Record(0x1020, 0x1000, 3);
    EXPECT_EQ(Print(0x1000), "1 2 3 ");
}

TEST_F(Backtrace, EndsAfter32Lines) {
    std::string all = "1 ";
    for (uint64_t i = 0; i < 100; i++) {
        Record(0x1000 + 16 * i, 0x1010 + 16 * i, 2 + i);
        all += i < 31 ? std::to_string(2 + i) + " " : "";
    }
    EXPECT_EQ(Print(0x1000), all);
}

} // namespace
