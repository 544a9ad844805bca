// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/cause.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

TEST(RiscvCause, PageFaultsAreNamedByTheirAccess) {
    EXPECT_EQ(riscv_cause_kind(12), FAULT_EXECUTE);
    EXPECT_EQ(riscv_cause_kind(13), FAULT_READ);
    EXPECT_EQ(riscv_cause_kind(15), FAULT_WRITE);
}

TEST(RiscvCause, MisalignedAccessesAreAlignmentFaults) {
    EXPECT_EQ(riscv_cause_kind(0), FAULT_ALIGNMENT);
    EXPECT_EQ(riscv_cause_kind(4), FAULT_ALIGNMENT);
    EXPECT_EQ(riscv_cause_kind(6), FAULT_ALIGNMENT);
}

TEST(RiscvCause, IllegalInstructionAndBreakpoint) {
    EXPECT_EQ(riscv_cause_kind(2), FAULT_ILLEGAL);
    EXPECT_EQ(riscv_cause_kind(3), FAULT_BREAKPOINT);
}

TEST(RiscvCause, AccessFaultsAreNotPageFaults) {
    for (uint64_t cause : {1u, 5u, 7u}) {
        EXPECT_EQ(riscv_cause_kind(cause), FAULT_OTHER) << cause;
        EXPECT_TRUE(riscv_cause_has_address(cause)) << cause;
    }
}

TEST(RiscvCause, OnlyMemoryFaultsHaveAnAddress) {
    const std::set<uint64_t> with = {0, 1, 4, 5, 6, 7, 12, 13, 15, 19};
    for (uint64_t cause = 0; cause < 64; cause++) {
        EXPECT_EQ(riscv_cause_has_address(cause), with.count(cause) == 1) << cause;
    }
}

TEST(RiscvCause, ReservedAndHugeValuesAreOther) {
    for (uint64_t cause : {uint64_t{10}, uint64_t{11}, uint64_t{14}, uint64_t{17}, uint64_t{20},
                           uint64_t{63}, uint64_t{RISCV_CAUSE_INTERRUPT - 1}}) {
        EXPECT_EQ(riscv_cause_kind(cause), FAULT_OTHER) << cause;
        EXPECT_STREQ(riscv_cause_name(cause), "reserved") << cause;
    }
}

TEST(RiscvCause, InterruptBitDecides) {
    EXPECT_TRUE(riscv_cause_is_interrupt(RISCV_CAUSE_INTERRUPT | 5));
    EXPECT_FALSE(riscv_cause_is_interrupt(5));
    EXPECT_STREQ(riscv_cause_name(RISCV_CAUSE_INTERRUPT | 13), "interrupt");
    EXPECT_FALSE(riscv_cause_has_address(RISCV_CAUSE_INTERRUPT | 13));
}

TEST(RiscvCause, NamesAreDistinct) {
    std::set<std::string> names;
    for (uint64_t cause : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 18, 19}) {
        EXPECT_TRUE(names.insert(riscv_cause_name(cause)).second) << cause;
    }
}

} // namespace
