// SPDX-License-Identifier: GPL-3.0-only
#include "toolchains/tests/sum.h"

#include <climits>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {

TEST(HostToolchain, CCodeIsCallableFromCxx) {
    const std::vector<int> values = {1, 2, 3};
    EXPECT_EQ(tc_sum(values.data(), 3), 6);
}

TEST(HostToolchainDeathTest, AddressSanitizerWatchesCCode) {
    EXPECT_DEATH(
        {
            const int *values = new int[4]();
            EXPECT_EQ(tc_sum(values, 5), 0);
            delete[] values;
        },
        "heap-buffer-overflow");
}

TEST(HostToolchainDeathTest, UndefinedBehaviourSanitizerWatchesCCode) {
    const int values[] = {INT_MAX, 1};
    EXPECT_DEATH(tc_sum(values, 2), "signed integer overflow");
}

} // namespace
