// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/apic.h"

#include <gtest/gtest.h>

#include "arch/include/interrupt.h"

namespace {

// The values below are written out from the manuals' figures, not computed as the code does.

TEST(Apic, RedirectionEntryIsMaskedAndHasTriggerAndPolarity) {
    EXPECT_EQ(x86_ioapic_entry_low(0x31, 0), 0x00010031u);
    EXPECT_EQ(x86_ioapic_entry_low(0x31, IRQ_LOW), 0x00012031u);
    EXPECT_EQ(x86_ioapic_entry_low(0x31, IRQ_LEVEL), 0x00018031u);
    EXPECT_EQ(x86_ioapic_entry_low(0xef, IRQ_LEVEL | IRQ_LOW), 0x0001a0efu);
}

TEST(Apic, RedirectionEntryNamesOneApic) {
    EXPECT_EQ(x86_ioapic_entry_high(0), 0u);
    EXPECT_EQ(x86_ioapic_entry_high(X86_APIC_ID_MAX), 0xfe000000u);
}

TEST(Apic, MessageNamesApicAndVector) {
    EXPECT_EQ(x86_msi_address(0), 0xfee00000u);
    EXPECT_EQ(x86_msi_address(0xab), 0xfeeab000u);
    EXPECT_EQ(x86_msi_data(0x91), 0x91u); // edge, fixed
}

TEST(Apic, TimerOfTheSameRateCountsTicks) {
    const uint64_t scale = x86_timer_scale(1000000000, 1000000000);
    EXPECT_EQ(x86_timer_count(1000, scale), 1001u);
}

TEST(Apic, TimerNeverFiresEarlyWithinItsReach) {
    const uint64_t rates[][2] = {{62500000, 3000000000}, {1000000000, 25000000}, {133333333, 7}};
    for (const auto &rate : rates) {
        const uint64_t scale = x86_timer_scale((uint32_t)rate[0], rate[1]);
        for (uint64_t ticks = 0; ticks < 1000000; ticks = 3 * ticks + 1) {
            const uint64_t count = x86_timer_count(ticks, scale);
            // The scale is cut off at its 32nd binary digit: too small by less than that.
            const double exact = (double)ticks * (double)rate[0] / (double)rate[1];
            if (exact < 4e9) {
                EXPECT_GE((double)count + (double)ticks / 4294967296.0, exact);
                EXPECT_LE((double)count, exact + 1);
            }
        }
    }
}

TEST(Apic, TimerOfZeroTicksStillRuns) {
    EXPECT_EQ(x86_timer_count(0, x86_timer_scale(1000000, 1000000000)), 1u);
    EXPECT_EQ(x86_timer_count(0, 0), 1u);
}

TEST(Apic, LongTimesAreCutToWhatTheTimerHolds) {
    const uint64_t scale = x86_timer_scale(1000000000, 1000000000);
    EXPECT_EQ(x86_timer_count(0xffffffff, scale), 0xffffffffu);
    EXPECT_EQ(x86_timer_count(~0ull, scale), 0xffffffffu);
    EXPECT_EQ(x86_timer_count(~0ull, x86_timer_scale(0xffffffff, 1)), 0xffffffffu);
}

} // namespace
