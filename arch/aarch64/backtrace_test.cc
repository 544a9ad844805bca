// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/fault.h"

#include <gtest/gtest.h>

namespace {

// A stack of 16 words with frame records in it.
class Backtrace : public ::testing::Test {
  protected:
    uintptr_t at(unsigned word) {
        return reinterpret_cast<uintptr_t>(&stack_[word]);
    }

    void record(unsigned word, uintptr_t caller, uintptr_t return_address) {
        stack_[word] = caller;
        stack_[word + 1] = return_address;
    }

    bool step() {
        return arch_backtrace_step(&fp_, &pc_, at(0), at(16));
    }

    alignas(16) uintptr_t stack_[16] = {};
    uintptr_t fp_ = 0;
    uintptr_t pc_ = 0;
};

TEST_F(Backtrace, FollowsTheChainToItsEnd) {
    record(0, at(6), 0x100);
    record(6, at(14), 0x200);
    record(14, 0, 0x300);
    fp_ = at(0);
    ASSERT_TRUE(step());
    EXPECT_EQ(pc_, 0x100u);
    ASSERT_TRUE(step());
    EXPECT_EQ(pc_, 0x200u);
    ASSERT_TRUE(step());
    EXPECT_EQ(pc_, 0x300u);
    EXPECT_FALSE(step());
}

TEST_F(Backtrace, EndsAtARecordWithoutReturnAddress) {
    record(2, 0, 0);
    fp_ = at(2);
    EXPECT_FALSE(step());
}

TEST_F(Backtrace, NeverLeavesTheStack) {
    for (uintptr_t fp : {at(0) - 16, at(15), at(16), uintptr_t{0}, ~uintptr_t{7}}) {
        fp_ = fp;
        EXPECT_FALSE(step()) << fp;
        EXPECT_EQ(fp_, fp);
    }
}

TEST_F(Backtrace, RefusesAMisalignedFramePointer) {
    record(4, 0, 0x100);
    fp_ = at(4) + 4;
    EXPECT_FALSE(step());
}

TEST_F(Backtrace, DoesNotGoRoundInCircles) {
    record(4, at(4), 0x100);
    fp_ = at(4);
    EXPECT_FALSE(step());
    record(8, at(4), 0x100);
    fp_ = at(8);
    EXPECT_FALSE(step());
}

} // namespace
