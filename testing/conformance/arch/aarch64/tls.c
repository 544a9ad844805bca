// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/invoke.h"

TEST_CASE(tls_base_survives_system_calls) {
    uint64_t value = 0x123456789abcull;
    uint64_t own;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(own));
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(value));
    invoke(HELIOS_SYS_YIELD, 0, 0, 0, 0);
    invoke(12345, 0, 0, 0, 0);
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(own));
    EXPECT_EQ(value, 0x123456789abcull);
}
