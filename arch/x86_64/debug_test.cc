// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/debug.h"

#include <gtest/gtest.h>

#include "arch/include/fault.h"
#include "arch/include/task.h"

namespace {

constexpr uint64_t kAddress = 0x401000;

fault debug_fault(const x86_breakpoints &breakpoints, uint64_t dr6) {
    fault f = {};
    x86_debug_fault(&breakpoints, dr6, 0x402000, &f);
    return f;
}

// The values of DR7 below are written out from the manual's figure, not computed as the code does.
TEST(Debug, BreakpointsAreEncodedAsTheManualSays) {
    x86_breakpoints b = {};
    EXPECT_TRUE(x86_breakpoint_encode(&b, 0, BREAKPOINT_EXECUTE, kAddress + 1, 1));
    EXPECT_EQ(b.control, 0x401u);
    EXPECT_TRUE(x86_breakpoint_encode(&b, 1, BREAKPOINT_WRITE, kAddress, 8));
    EXPECT_EQ(b.control, 0x00900405u);
    EXPECT_TRUE(x86_breakpoint_encode(&b, 2, BREAKPOINT_ACCESS, kAddress + 4, 4));
    EXPECT_EQ(b.control, 0x0f900415u);
    EXPECT_TRUE(x86_breakpoint_encode(&b, 3, BREAKPOINT_WRITE, kAddress + 2, 2));
    EXPECT_EQ(b.control, 0x5f900455u);
    EXPECT_EQ(b.address[0], kAddress + 1);
    EXPECT_EQ(b.address[3], kAddress + 2);
}

TEST(Debug, LastBreakpointThatGoesLeavesNothing) {
    x86_breakpoints b = {};
    EXPECT_TRUE(x86_breakpoint_encode(&b, 2, BREAKPOINT_ACCESS, kAddress, 4));
    EXPECT_TRUE(x86_breakpoint_encode(&b, 3, BREAKPOINT_WRITE, kAddress, 1));
    EXPECT_TRUE(x86_breakpoint_encode(&b, 2, BREAKPOINT_OFF, 0, 0));
    EXPECT_NE(b.control, 0u);
    EXPECT_TRUE(x86_breakpoint_encode(&b, 3, BREAKPOINT_OFF, ~0ull, 3)); // address, length: no use
    EXPECT_EQ(b.control, 0u);
    EXPECT_EQ(b.address[3], 0u);
}

TEST(Debug, ReplacedBreakpointLeavesNoBitsOfTheOld) {
    x86_breakpoints b = {};
    EXPECT_TRUE(x86_breakpoint_encode(&b, 0, BREAKPOINT_ACCESS, kAddress, 4));
    EXPECT_TRUE(x86_breakpoint_encode(&b, 0, BREAKPOINT_EXECUTE, kAddress, 1));
    EXPECT_EQ(b.control, 0x401u);
}

TEST(Debug, WhatTheHardwareCannotDoIsRefusedAndChangesNothing) {
    x86_breakpoints b = {};
    EXPECT_FALSE(x86_breakpoint_encode(&b, 4, BREAKPOINT_WRITE, kAddress, 4));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_WRITE, kAddress, 3));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_WRITE, kAddress, 0));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_WRITE, kAddress, 16));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_WRITE, kAddress + 2, 4));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_EXECUTE, kAddress, 2));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, 4, kAddress, 4));
    EXPECT_EQ(b.control, 0u);
}

TEST(Debug, KernelAddressesAreRefused) {
    x86_breakpoints b = {};
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_WRITE, 0xffffffff80000000, 4));
    EXPECT_FALSE(x86_breakpoint_encode(&b, 0, BREAKPOINT_EXECUTE, 0x800000000000, 1));
    EXPECT_EQ(b.control, 0u);
}

TEST(Debug, StatusTellsStepFromBreakpoint) {
    const x86_breakpoints none = {};
    EXPECT_EQ(debug_fault(none, 0xffff4ff0).kind, FAULT_STEP);
    EXPECT_EQ(debug_fault(none, 0xffff0ff0).kind, FAULT_BREAKPOINT);
    EXPECT_EQ(debug_fault(none, 0xffff4ff0).code, 0x100004000u);
    EXPECT_EQ(debug_fault(none, 0xffff4ff0).pc, 0x402000u);
}

TEST(Debug, WatchpointHasItsAddress) {
    x86_breakpoints b = {};
    x86_breakpoint_encode(&b, 2, BREAKPOINT_WRITE, kAddress, 8);
    const fault f = debug_fault(b, 0xffff0ff4);
    EXPECT_EQ(f.kind, FAULT_WATCHPOINT);
    EXPECT_EQ(f.address, kAddress);
}

TEST(Debug, ExecuteBreakpointWinsOverStep) {
    x86_breakpoints b = {};
    x86_breakpoint_encode(&b, 1, BREAKPOINT_EXECUTE, kAddress, 1);
    const fault f = debug_fault(b, 0xffff4ff2);
    EXPECT_EQ(f.kind, FAULT_BREAKPOINT);
    EXPECT_EQ(f.address, kAddress);
}

TEST(Debug, ReportOfBreakpointThatIsNotSetIsIgnored) {
    x86_breakpoints b = {};
    x86_breakpoint_encode(&b, 1, BREAKPOINT_WRITE, kAddress, 1);
    EXPECT_EQ(debug_fault(b, 0xffff4ff1).kind, FAULT_STEP);
}

} // namespace
