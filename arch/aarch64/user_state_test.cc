// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/user_state.h"

#include <gtest/gtest.h>

namespace {

constexpr uint64_t kAllFeatures = ~0ull;

TEST(PstateMask, AllowsTheConditionFlagsEverywhere) {
    EXPECT_EQ(user_state_pstate_mask(0, 0), 0xf0000000u);
}

TEST(PstateMask, AllowsDitAndSsbsWhereTheCpuHasThem) {
    EXPECT_EQ(user_state_pstate_mask(1ull << 48, 0), 0xf1000000u);
    EXPECT_EQ(user_state_pstate_mask(0, 2ull << 4), 0xf0001000u);
}

TEST(PstateMask, NeverAllowsAnotherLevelAMaskOrAStep) {
    uint64_t mask = user_state_pstate_mask(kAllFeatures, kAllFeatures);
    EXPECT_EQ(mask & 0x1f, 0u);        // M: EL0t of AArch64
    EXPECT_EQ(mask & 0x3c0, 0u);       // D, A, I, F
    EXPECT_EQ(mask & PSTATE_SS, 0u);   // only by arch_task_set_step
    EXPECT_EQ(mask & 1ull << 20, 0u);  // IL
    EXPECT_EQ(mask & 3ull << 22, 0u);  // PAN, UAO
    EXPECT_EQ(mask & ~0ull << 32, 0u); // later extensions
}

TEST(DebugControl, OfABreakpointMatchesOneInstructionInUserMode) {
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_EXECUTE, 0x401000, 4), 0x1e5u);
    EXPECT_EQ(user_state_debug_value(BREAKPOINT_EXECUTE, 0x401004), 0x401004u);
}

TEST(DebugControl, RefusesABreakpointOfAnotherShape) {
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_EXECUTE, 0x401000, 2), 0u);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_EXECUTE, 0x401000, 8), 0u);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_EXECUTE, 0x401002, 4), 0u);
}

TEST(DebugControl, OfAWatchpointSelectsItsBytes) {
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_WRITE, 0x1000, 1), 0x35u);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_WRITE, 0x1007, 1), 0x1015u);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_ACCESS, 0x1004, 4), 0x1e1du);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_ACCESS, 0x1000, 8), 0x1ffdu);
    EXPECT_EQ(user_state_debug_value(BREAKPOINT_WRITE, 0x1007), 0x1000u);
}

TEST(DebugControl, RefusesAWatchpointAcrossDoublewords) {
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_WRITE, 0x1004, 8), 0u);
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_WRITE, 0x1000, 0), 0u);
}

TEST(DebugControl, NeverMatchesInTheKernel) {
    for (enum breakpoint_kind kind : {BREAKPOINT_EXECUTE, BREAKPOINT_WRITE, BREAKPOINT_ACCESS}) {
        uint32_t control = user_state_debug_control(kind, 0x1000, 4);
        EXPECT_EQ(control & 6, 4u);       // PMC, PAC: EL0
        EXPECT_EQ(control & 0xe000u, 0u); // HMC, SSC
    }
}

TEST(DebugControl, OfNoneIsOff) {
    EXPECT_EQ(user_state_debug_control(BREAKPOINT_OFF, 0x1000, 4), 0u);
}

TEST(BreakpointCount, IsWhatBothKindsHave) {
    EXPECT_EQ(user_state_breakpoint_count(5ull << 12 | 3ull << 20, 16), 4u);
    EXPECT_EQ(user_state_breakpoint_count(1ull << 12 | 3ull << 20, 16), 2u);
    EXPECT_EQ(user_state_breakpoint_count(15ull << 12 | 15ull << 20, 4), 4u);
}

} // namespace
