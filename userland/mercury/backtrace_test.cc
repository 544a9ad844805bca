// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/backtrace.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr uint64_t BASE = 0x10000;
constexpr uint64_t CODE = 0x400000;
constexpr uint64_t CODE_END = 0x401000;

class Backtrace : public ::testing::Test {
  protected:
    static bool read(void *context, uint64_t address, uint64_t *word) {
        auto *test = static_cast<Backtrace *>(context);
        test->reads++;
        EXPECT_EQ(address % 8, 0u);
        EXPECT_GE(address, BASE);
        EXPECT_LE(address + 8, BASE + 8 * test->words.size());
        if (address >= test->hole && address < test->hole_end) {
            return false;
        }
        *word = test->words.at((address - BASE) / 8);
        return true;
    }

    // A frame at word `at` of the stack: returns what points to it.
    uint64_t put(size_t at, uint64_t outer, uint64_t caller) {
        words.at(at) = outer;
        words.at(at + 1) = caller;
        return address(at);
    }

    uint64_t address(size_t at) const {
        return BASE + 8 * at - 8 * static_cast<uint64_t>(static_cast<int64_t>(frame_words));
    }

    std::vector<uint64_t> walk(uint64_t frame) {
        struct backtrace_limits limits = {BASE, BASE + 8 * words.size(), CODE, CODE_END,
                                          frame_words};
        uint64_t callers[BACKTRACE_FRAMES];
        uint32_t count = backtrace_walk(&limits, frame, read, this, callers);
        EXPECT_LE(count, BACKTRACE_FRAMES);
        return {callers, callers + count};
    }

    std::vector<uint64_t> words = std::vector<uint64_t>(64);
    int frame_words = 0;
    uint64_t hole = 0;
    uint64_t hole_end = 0;
    unsigned reads = 0;
};

using Addresses = std::vector<uint64_t>;

TEST_F(Backtrace, callers_come_innermost_first) {
    put(10, address(20), CODE + 1);
    put(20, address(30), CODE + 2);
    put(30, 0, CODE + 3);
    EXPECT_EQ(walk(address(10)), (Addresses{CODE + 1, CODE + 2, CODE + 3}));
}

TEST_F(Backtrace, frames_may_lie_below_their_pointer) {
    frame_words = -2;
    put(10, address(20), CODE + 1);
    put(20, 0, CODE + 2);
    EXPECT_EQ(walk(address(10)), (Addresses{CODE + 1, CODE + 2}));
}

TEST_F(Backtrace, a_loop_ends_it) {
    put(10, address(20), CODE + 1);
    put(20, address(10), CODE + 2);
    EXPECT_EQ(walk(address(10)).size(), 2u);
}

TEST_F(Backtrace, a_frame_that_is_its_own_caller_ends_it) {
    put(10, address(10), CODE + 1);
    EXPECT_EQ(walk(address(10)).size(), 1u);
}

TEST_F(Backtrace, a_long_chain_ends) {
    for (size_t i = 0; i < 62; i += 2) {
        put(i, address(i + 2), CODE + i);
    }
    EXPECT_EQ(walk(address(0)).size(), BACKTRACE_FRAMES);
    EXPECT_EQ(reads, 2 * BACKTRACE_FRAMES);
}

TEST_F(Backtrace, what_is_not_aligned_ends_it) {
    put(10, address(20) + 4, CODE + 1);
    EXPECT_EQ(walk(address(10)).size(), 1u);
    EXPECT_TRUE(walk(address(10) + 1).empty());
}

TEST_F(Backtrace, memory_outside_the_stack_ends_it) {
    const uint64_t frames[] = {0, 8, BASE - 8, BASE + 8 * 64, UINT64_MAX & ~7ull, CODE, 1ull << 63};
    for (uint64_t frame : frames) {
        EXPECT_TRUE(walk(frame).empty()) << frame;
    }
    EXPECT_EQ(reads, 0u);
    for (uint64_t frame : frames) {
        put(10, frame, CODE + 1);
        EXPECT_EQ(walk(address(10)).size(), 1u) << frame;
    }
}

TEST_F(Backtrace, a_frame_that_ends_outside_the_stack_ends_it) {
    EXPECT_TRUE(walk(address(63)).empty());
    put(62, 0, CODE + 1);
    EXPECT_EQ(walk(address(62)).size(), 1u);
}

TEST_F(Backtrace, what_can_not_be_read_ends_it) {
    put(10, address(20), CODE + 1);
    put(20, 0, CODE + 2);
    hole = BASE + 8 * 21;
    hole_end = hole + 8;
    EXPECT_EQ(walk(address(10)).size(), 1u);
}

TEST_F(Backtrace, what_is_no_code_ends_it) {
    for (uint64_t caller : {uint64_t{0}, CODE - 1, CODE_END, UINT64_MAX}) {
        put(10, address(20), CODE + 1);
        put(20, address(30), caller);
        EXPECT_EQ(walk(address(10)).size(), 1u) << caller;
    }
}

TEST_F(Backtrace, any_stack_can_be_walked) {
    std::mt19937_64 random(1);
    for (unsigned round = 0; round < 20000; round++) {
        frame_words = round % 2 != 0 ? -2 : 0;
        for (uint64_t &word : words) {
            uint64_t value = random();
            word = value % 4 == 0   ? value
                   : value % 2 != 0 ? BASE + value % 640
                                    : CODE + value % 5000;
        }
        walk(BASE + random() % 640);
    }
}

} // namespace
