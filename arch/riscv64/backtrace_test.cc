// SPDX-License-Identifier: GPL-3.0-only
#include <cstdint>

#include <gtest/gtest.h>

#include "arch/include/fault.h"

namespace {

// A stack of 16 words. Word n stands at At(n); a frame pointer is the address above its record.
class Backtrace : public testing::Test {
  protected:
    uintptr_t At(unsigned word) const {
        return reinterpret_cast<uintptr_t>(&stack_[word]);
    }

    // The frame whose fp is At(word): the caller's frame pointer and the return address.
    void Frame(unsigned word, uintptr_t caller, uintptr_t return_address) {
        stack_[word - 2] = caller;
        stack_[word - 1] = return_address;
    }

    bool Step() {
        return arch_backtrace_step(&fp_, &pc_, At(0), At(0) + sizeof(stack_));
    }

    uintptr_t stack_[16] = {};
    uintptr_t fp_ = 0;
    uintptr_t pc_ = 0x1000;
};

TEST_F(Backtrace, WalksToTheOutermostFrame) {
    Frame(4, At(8), 0x2000);
    Frame(8, At(12), 0x3000);
    Frame(12, 0, 0x4000);
    fp_ = At(4);
    for (uintptr_t pc : {0x2000u, 0x3000u, 0x4000u}) {
        ASSERT_TRUE(Step());
        EXPECT_EQ(pc_, pc);
    }
    EXPECT_FALSE(Step());
}

TEST_F(Backtrace, ReturnAddressZeroEndsTheChain) {
    Frame(4, At(8), 0);
    fp_ = At(4);
    EXPECT_FALSE(Step());
    EXPECT_EQ(pc_, 0x1000u);
}

TEST_F(Backtrace, FrameAtTheVeryTopOfTheStackCounts) {
    Frame(16, 0, 0x2000);
    fp_ = At(0) + sizeof(stack_);
    EXPECT_TRUE(Step());
    EXPECT_EQ(pc_, 0x2000u);
}

TEST_F(Backtrace, NothingOutsideTheStackIsRead) {
    for (uintptr_t fp : {uintptr_t{0}, uintptr_t{8}, At(0), At(1), At(0) + sizeof(stack_) + 8,
                         ~uintptr_t{0} & ~uintptr_t{7}}) {
        fp_ = fp;
        EXPECT_FALSE(Step()) << fp;
    }
}

TEST_F(Backtrace, MisalignedFramePointerEndsTheChain) {
    Frame(4, At(8), 0x2000);
    fp_ = At(4) + 1;
    EXPECT_FALSE(Step());
}

TEST_F(Backtrace, ChainThatTurnsBackEnds) {
    Frame(4, At(8), 0x2000);
    Frame(8, At(4), 0x3000);
    fp_ = At(4);
    EXPECT_TRUE(Step());
    EXPECT_TRUE(Step());
    EXPECT_EQ(pc_, 0x3000u);
    EXPECT_FALSE(Step());
}

TEST_F(Backtrace, FrameThatPointsToItselfEnds) {
    Frame(4, At(4), 0x2000);
    fp_ = At(4);
    EXPECT_TRUE(Step());
    EXPECT_FALSE(Step());
}

} // namespace
