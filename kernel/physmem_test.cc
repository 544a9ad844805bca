// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/physmem.h"

#include <cstring>
#include <map>
#include <random>

#include "arch/host/host.h"
#include "gtest/gtest.h"

namespace {

constexpr uint64_t kPage = 4096;

class Physmem : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        physmem_reset();
    }
};

TEST_F(Physmem, EmptyHasNothing) {
    EXPECT_EQ(physmem_free_bytes(), 0u);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0u);
}

TEST_F(Physmem, TakesFromTheTopOfTheHighestRange) {
    ASSERT_TRUE(physmem_add(0x1000, 4 * kPage));
    ASSERT_TRUE(physmem_add(0x100000, 2 * kPage));
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x101000u);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x100000u);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x4000u);
    EXPECT_EQ(physmem_free_bytes(), 3 * kPage);
}

TEST_F(Physmem, SkipsRangesThatAreTooSmall) {
    ASSERT_TRUE(physmem_add(0x1000, 4 * kPage));
    ASSERT_TRUE(physmem_add(0x100000, 2 * kPage));
    EXPECT_EQ(physmem_alloc(3 * kPage, kPage), 0x2000u);
    EXPECT_EQ(physmem_alloc(3 * kPage, kPage), 0u);
}

TEST_F(Physmem, AlignedRunLeavesBothEndsFree) {
    ASSERT_TRUE(physmem_add(0x1000, 0x3000 + 0x8000));
    EXPECT_EQ(physmem_alloc(0x4000, 0x4000), 0x8000u);
    EXPECT_EQ(physmem_free_bytes(), 0x7000u);
    EXPECT_EQ(physmem_alloc(0x4000, 0x4000), 0x4000u);
    EXPECT_EQ(physmem_alloc(0x4000, 0x4000), 0u);
    EXPECT_EQ(physmem_alloc(0x3000, kPage), 0x1000u);
}

TEST_F(Physmem, AddressZeroIsNeverHandedOut) {
    ASSERT_TRUE(physmem_add(0, 2 * kPage));
    EXPECT_EQ(physmem_free_bytes(), kPage);
    EXPECT_EQ(physmem_alloc(kPage, kPage), kPage);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0u);
}

TEST_F(Physmem, NeighboursAreMerged) {
    ASSERT_TRUE(physmem_add(0x1000, kPage));
    ASSERT_TRUE(physmem_add(0x3000, kPage));
    EXPECT_EQ(physmem_alloc(3 * kPage, kPage), 0u);
    ASSERT_TRUE(physmem_add(0x2000, kPage));
    EXPECT_EQ(physmem_alloc(3 * kPage, kPage), 0x1000u);
}

TEST_F(Physmem, RangesMayComeInAnyOrder) {
    ASSERT_TRUE(physmem_add(0x9000, kPage));
    ASSERT_TRUE(physmem_add(0x1000, kPage));
    ASSERT_TRUE(physmem_add(0x5000, kPage));
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x9000u);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x5000u);
    EXPECT_EQ(physmem_alloc(kPage, kPage), 0x1000u);
}

TEST_F(Physmem, FullTableRefusesButStillMerges) {
    for (uint64_t i = 0; i < PHYSMEM_CAPACITY; i++) {
        ASSERT_TRUE(physmem_add(0x100000 + i * 2 * kPage, kPage));
    }
    EXPECT_FALSE(physmem_add(0x100000 + PHYSMEM_CAPACITY * 2 * kPage, kPage));
    EXPECT_TRUE(physmem_add(0x101000, kPage));
    EXPECT_EQ(physmem_free_bytes(), (PHYSMEM_CAPACITY + 1) * kPage);
}

TEST_F(Physmem, FullTableDoesNotSplitARange) {
    for (uint64_t i = 0; i < PHYSMEM_CAPACITY - 1; i++) {
        ASSERT_TRUE(physmem_add(0x10000000 + i * 2 * kPage, kPage));
    }
    // An aligned run in the middle of this one would leave two pieces.
    ASSERT_TRUE(physmem_add(0x1000, 0x7000));
    EXPECT_EQ(physmem_alloc(0x2000, 0x4000), 0u);
    EXPECT_EQ(physmem_free_bytes(), (PHYSMEM_CAPACITY - 1) * kPage + 0x7000);
}

TEST_F(Physmem, PageIsZeroed) {
    ASSERT_TRUE(physmem_add(HOST_FREE, kPage));
    memset(arch_direct(HOST_FREE), 0xaa, kPage);
    uint64_t page = physmem_alloc_page();
    ASSERT_EQ(page, HOST_FREE);
    const auto *bytes = static_cast<const uint8_t *>(arch_direct(page));
    for (uint64_t i = 0; i < kPage; i++) {
        ASSERT_EQ(bytes[i], 0);
    }
    EXPECT_EQ(physmem_alloc_page(), 0u);
}

TEST_F(Physmem, WhatIsHandedOutNeverOverlaps) {
    std::mt19937_64 random(1);
    ASSERT_TRUE(physmem_add(0x100000, 512 * kPage));
    ASSERT_TRUE(physmem_add(0x1000000, 512 * kPage));
    uint64_t all = physmem_free_bytes();
    std::map<uint64_t, uint64_t> taken;
    uint64_t sum = 0;
    for (int step = 0; step < 5000; step++) {
        if (random() % 2 == 0 || taken.empty()) {
            uint64_t length = (1 + random() % 8) * kPage;
            uint64_t alignment = kPage << random() % 5;
            uint64_t base = physmem_alloc(length, alignment);
            if (base == 0) {
                continue;
            }
            ASSERT_EQ(base % alignment, 0u);
            auto next = taken.lower_bound(base);
            ASSERT_TRUE(next == taken.end() || next->first >= base + length);
            ASSERT_TRUE(next == taken.begin() ||
                        std::prev(next)->first + std::prev(next)->second <= base);
            taken[base] = length;
            sum += length;
        } else {
            auto victim = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
            ASSERT_TRUE(physmem_add(victim->first, victim->second));
            sum -= victim->second;
            taken.erase(victim);
        }
        ASSERT_EQ(physmem_free_bytes(), all - sum);
    }
}

} // namespace
