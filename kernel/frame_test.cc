// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/frame.h"

#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint64_t kPage = 4096;

class FrameTest : public ::testing::Test {
  protected:
    void SetUp() override {
        frame_reset();
    }
};

TEST_F(FrameTest, NothingIsKnownWithoutRanges) {
    EXPECT_EQ(frame_at(0), nullptr);
    EXPECT_EQ(frame_at(kPage), nullptr);
}

TEST_F(FrameTest, EveryAddressOfARangeHasTheDescriptorOfItsFrame) {
    std::vector<frame> frames(3);
    ASSERT_TRUE(frame_add_range(0x10000, 3, frames.data()));
    EXPECT_EQ(frame_at(0x10000), &frames[0]);
    EXPECT_EQ(frame_at(0x10fff), &frames[0]);
    EXPECT_EQ(frame_at(0x12fff), &frames[2]);
    EXPECT_EQ(frame_at(0xffff), nullptr);
    EXPECT_EQ(frame_at(0x13000), nullptr);
}

TEST_F(FrameTest, RangesMayComeInAnyOrderAndTouch) {
    std::vector<frame> frames(6);
    ASSERT_TRUE(frame_add_range(0x40000, 1, &frames[3]));
    ASSERT_TRUE(frame_add_range(0x10000, 2, &frames[0]));
    ASSERT_TRUE(frame_add_range(0x12000, 1, &frames[2]));
    ASSERT_TRUE(frame_add_range(0x90000, 2, &frames[4]));
    EXPECT_EQ(frame_at(0x11000), &frames[1]);
    EXPECT_EQ(frame_at(0x12000), &frames[2]);
    EXPECT_EQ(frame_at(0x13000), nullptr);
    EXPECT_EQ(frame_at(0x40000), &frames[3]);
    EXPECT_EQ(frame_at(0x91000), &frames[5]);
}

TEST_F(FrameTest, OneRangeTooManyIsRefused) {
    std::vector<frame> frames(FRAME_RANGES + 1);
    for (uint64_t i = 0; i < FRAME_RANGES; i++) {
        ASSERT_TRUE(frame_add_range((FRAME_RANGES - i) * 2 * kPage, 1, &frames[i]));
    }
    EXPECT_FALSE(frame_add_range(kPage, 1, &frames[FRAME_RANGES]));
    for (uint64_t i = 0; i < FRAME_RANGES; i++) {
        EXPECT_EQ(frame_at((FRAME_RANGES - i) * 2 * kPage), &frames[i]);
    }
}

TEST_F(FrameTest, TheUseStandsBesideTheAddress) {
    frame frame = {};
    frame.physical = 0x1234000;
    frame_set_use(&frame, FRAME_SLAB);
    EXPECT_EQ(frame_use(&frame), FRAME_SLAB);
    frame_set_use(&frame, FRAME_PAGE);
    EXPECT_EQ(frame_use(&frame), FRAME_PAGE);
    EXPECT_EQ(frame_physical(&frame), 0x1234000u);
}

} // namespace
