// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/frame.h"

#include "gtest/gtest.h"

namespace {

TEST(FrameTest, TheUseStandsBesideTheAddress) {
    frame frame = {};
    frame.physical = 0x1234000;
    frame_set_use(&frame, FRAME_SLAB);
    EXPECT_EQ(frame_use(&frame), FRAME_SLAB);
    frame_set_use(&frame, FRAME_PAGE);
    EXPECT_EQ(frame_use(&frame), FRAME_PAGE);
    EXPECT_EQ(frame_physical(&frame), 0x1234000u);
}

} // namespace
