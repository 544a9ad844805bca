// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/memmap.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace {

constexpr uint64_t kPage = MEMMAP_PAGE_SIZE;
constexpr uint64_t kTera = 1ull << 40;

struct Range {
    uint64_t base, length;
    uint32_t kind;
    bool operator==(const Range &other) const {
        return base == other.base && length == other.length && kind == other.kind;
    }
};

void PrintTo(const Range &range, std::ostream *stream) {
    *stream << std::hex << "{0x" << range.base << ", 0x" << range.length << ", " << range.kind
            << "}";
}

class Memmap : public testing::Test {
  protected:
    boot_error Add(uint64_t base, uint64_t length, helios_mem_kind kind) {
        return memmap_add(map_.get(), base, length, kind, &failure_);
    }
    boot_error Set(uint64_t base, uint64_t length, helios_mem_kind kind) {
        return memmap_set(map_.get(), base, length, kind, &failure_);
    }
    std::vector<Range> Ranges() const {
        std::vector<Range> ranges;
        for (uint32_t i = 0; i < map_->count; i++) {
            ranges.push_back({map_->ranges[i].base, map_->ranges[i].length, map_->ranges[i].kind});
        }
        return ranges;
    }
    // What the protocol promises about every map.
    void ExpectWellFormed() const {
        for (uint32_t i = 0; i < map_->count; i++) {
            const helios_boot_memory &range = map_->ranges[i];
            ASSERT_NE(range.length, 0u);
            ASSERT_EQ(range.base % kPage, 0u);
            ASSERT_EQ(range.length % kPage, 0u);
            ASSERT_GT(range.base + range.length, range.base);
            if (i > 0) {
                const helios_boot_memory &before = map_->ranges[i - 1];
                ASSERT_LE(before.base + before.length, range.base);
                ASSERT_FALSE(before.base + before.length == range.base &&
                             before.kind == range.kind && before.node == range.node)
                    << "neighbours not merged";
            }
        }
    }

    std::unique_ptr<memmap> map_ = std::make_unique<memmap>();
    boot_failure failure_ = {};
};

using R = std::vector<Range>;

TEST_F(Memmap, UnsortedReportsComeOutSorted) {
    EXPECT_EQ(Add(0x9000, 0x1000, HELIOS_MEM_FREE), BOOT_OK);
    EXPECT_EQ(Add(0x1000, 0x1000, HELIOS_MEM_FREE), BOOT_OK);
    EXPECT_EQ(Add(0x5000, 0x1000, HELIOS_MEM_ACPI), BOOT_OK);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x1000, HELIOS_MEM_FREE},
                           {0x5000, 0x1000, HELIOS_MEM_ACPI},
                           {0x9000, 0x1000, HELIOS_MEM_FREE}}));
}

TEST_F(Memmap, NeighboursOfOneKindAreMerged) {
    Add(0x1000, 0x1000, HELIOS_MEM_FREE);
    Add(0x3000, 0x1000, HELIOS_MEM_FREE);
    Add(0x2000, 0x1000, HELIOS_MEM_FREE);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x3000, HELIOS_MEM_FREE}}));
}

TEST_F(Memmap, NeighboursOfDifferentKindsAreNotMerged) {
    Add(0x1000, 0x1000, HELIOS_MEM_FREE);
    Add(0x2000, 0x1000, HELIOS_MEM_RESERVED);
    EXPECT_EQ(Ranges(),
              (R{{0x1000, 0x1000, HELIOS_MEM_FREE}, {0x2000, 0x1000, HELIOS_MEM_RESERVED}}));
}

TEST_F(Memmap, FreeMemoryIsRoundedInwards) {
    Add(0x1001, 0x2fff, HELIOS_MEM_FREE);
    Add(0x8000, 0x1fff, HELIOS_MEM_FREE);
    EXPECT_EQ(Ranges(), (R{{0x2000, 0x2000, HELIOS_MEM_FREE}, {0x8000, 0x1000, HELIOS_MEM_FREE}}));
}

TEST_F(Memmap, FreeMemoryOfLessThanAPageVanishes) {
    EXPECT_EQ(Add(0x1001, 0xffe, HELIOS_MEM_FREE), BOOT_OK);
    EXPECT_EQ(Add(0x1800, 0x1000, HELIOS_MEM_FREE), BOOT_OK);
    EXPECT_EQ(map_->count, 0u);
}

TEST_F(Memmap, OtherMemoryIsRoundedOutwards) {
    Add(0x1fff, 2, HELIOS_MEM_RESERVED);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x2000, HELIOS_MEM_RESERVED}}));
}

TEST_F(Memmap, LengthZeroIsNothing) {
    EXPECT_EQ(Add(0x1000, 0, HELIOS_MEM_RESERVED), BOOT_OK);
    EXPECT_EQ(Set(0x1000, 0, HELIOS_MEM_RESERVED), BOOT_OK);
    EXPECT_EQ(map_->count, 0u);
}

TEST_F(Memmap, MoreRestrictiveKindWinsWhicheverComesFirst) {
    Add(0x1000, 0x4000, HELIOS_MEM_FREE);
    Add(0x2000, 0x1000, HELIOS_MEM_RESERVED);
    R wanted = {{0x1000, 0x1000, HELIOS_MEM_FREE},
                {0x2000, 0x1000, HELIOS_MEM_RESERVED},
                {0x3000, 0x2000, HELIOS_MEM_FREE}};
    EXPECT_EQ(Ranges(), wanted);
    *map_ = {};
    Add(0x2000, 0x1000, HELIOS_MEM_RESERVED);
    Add(0x1000, 0x4000, HELIOS_MEM_FREE);
    EXPECT_EQ(Ranges(), wanted);
}

TEST_F(Memmap, UnalignedReservationTakesWholePagesFromFree) {
    Add(0x0, 0x10000, HELIOS_MEM_FREE);
    Add(0x4ff0, 0x20, HELIOS_MEM_ACPI);
    EXPECT_EQ(Ranges(), (R{{0x0, 0x4000, HELIOS_MEM_FREE},
                           {0x4000, 0x2000, HELIOS_MEM_ACPI},
                           {0x6000, 0xa000, HELIOS_MEM_FREE}}));
}

TEST_F(Memmap, SetOverridesWhateverIsThere) {
    Add(0x1000, 0x4000, HELIOS_MEM_RESERVED);
    Set(0x2000, 0x1000, HELIOS_MEM_FREE);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x1000, HELIOS_MEM_RESERVED},
                           {0x2000, 0x1000, HELIOS_MEM_FREE},
                           {0x3000, 0x2000, HELIOS_MEM_RESERVED}}));
}

TEST_F(Memmap, RangesOfTerabytesWork) {
    Add(0, 512 * kTera, HELIOS_MEM_FREE);
    Add(4096 * kTera, 1024 * kTera, HELIOS_MEM_FREE);
    EXPECT_EQ(memmap_sum(map_.get(), HELIOS_MEM_FREE), 1536 * kTera);
    EXPECT_EQ(memmap_top(map_.get()), 5120 * kTera);
}

TEST_F(Memmap, RangeToTheEndOfTheAddressSpaceLosesItsLastPage) {
    EXPECT_EQ(Add(0xffffffffffff0000, 0x10000, HELIOS_MEM_RESERVED), BOOT_OK);
    EXPECT_EQ(Ranges(), (R{{0xffffffffffff0000, 0xf000, HELIOS_MEM_RESERVED}}));
    EXPECT_EQ(Add(0xfffffffffffff000, 0x1000, HELIOS_MEM_FREE), BOOT_OK);
    EXPECT_EQ(map_->count, 1u);
}

TEST_F(Memmap, WholeAddressSpaceFits) {
    EXPECT_EQ(Add(0, UINT64_MAX, HELIOS_MEM_RESERVED), BOOT_OK);
    EXPECT_EQ(Ranges(), (R{{0, 0xfffffffffffff000, HELIOS_MEM_RESERVED}}));
}

TEST_F(Memmap, RangeThatWrapsIsAnErrorAndChangesNothing) {
    Add(0x1000, 0x1000, HELIOS_MEM_FREE);
    EXPECT_EQ(Add(0xfffffffffffff000, 0x1001, HELIOS_MEM_RESERVED), BOOT_MEMORY_RANGE);
    EXPECT_EQ(failure_.address, 0xfffffffffffff000u);
    EXPECT_EQ(Set(2, UINT64_MAX, HELIOS_MEM_RESERVED), BOOT_MEMORY_RANGE);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x1000, HELIOS_MEM_FREE}}));
}

TEST_F(Memmap, FullMapIsAnErrorAndChangesNothing) {
    boot_error error = BOOT_OK;
    uint64_t page = 0;
    for (; error == BOOT_OK && page < 4 * MEMMAP_CAPACITY; page += 2) {
        error = Add(page * kPage, kPage, HELIOS_MEM_FREE);
    }
    EXPECT_EQ(error, BOOT_MEMORY_MAP_FULL);
    EXPECT_EQ(failure_.wanted, MEMMAP_CAPACITY);
    EXPECT_GT(map_->count, MEMMAP_CAPACITY - 8);
    EXPECT_LE(map_->count, MEMMAP_CAPACITY);
    std::vector<Range> before = Ranges();
    EXPECT_EQ(Set(0, 2 * page * kPage, HELIOS_MEM_RESERVED), BOOT_MEMORY_MAP_FULL);
    EXPECT_EQ(Ranges(), before);
}

TEST_F(Memmap, AllocTakesTheHighestRun) {
    Add(0x1000, 0x8000, HELIOS_MEM_FREE);
    Add(0x20000, 0x4000, HELIOS_MEM_FREE);
    uint64_t base = 0;
    EXPECT_EQ(
        memmap_alloc(map_.get(), 0x1001, kPage, 0, UINT64_MAX, HELIOS_MEM_MODULE, &base, &failure_),
        BOOT_OK);
    EXPECT_EQ(base, 0x22000u);
    EXPECT_EQ(Ranges(), (R{{0x1000, 0x8000, HELIOS_MEM_FREE},
                           {0x20000, 0x2000, HELIOS_MEM_FREE},
                           {0x22000, 0x2000, HELIOS_MEM_MODULE}}));
}

TEST_F(Memmap, AllocLowTakesTheLowestRun) {
    Add(0x1000, 0x1000, HELIOS_MEM_FREE);
    Add(0x20000, 0x4000, HELIOS_MEM_FREE);
    uint64_t base = 0;
    EXPECT_EQ(memmap_alloc_low(map_.get(), 0x2000, kPage, 0, UINT64_MAX, HELIOS_MEM_KERNEL, &base,
                               &failure_),
              BOOT_OK);
    EXPECT_EQ(base, 0x20000u);
}

TEST_F(Memmap, AllocStaysWithinItsBounds) {
    Add(0, 0x100000, HELIOS_MEM_FREE);
    uint64_t base = 0;
    EXPECT_EQ(memmap_alloc(map_.get(), kPage, kPage, 0x1000, 0xa0000, HELIOS_MEM_PAGE_TABLE, &base,
                           &failure_),
              BOOT_OK);
    EXPECT_EQ(base, 0x9f000u);
    EXPECT_EQ(memmap_alloc_low(map_.get(), kPage, kPage, 0x1001, 0xa0000, HELIOS_MEM_PAGE_TABLE,
                               &base, &failure_),
              BOOT_OK);
    EXPECT_EQ(base, 0x2000u);
}

TEST_F(Memmap, AllocAligns) {
    Add(0x1000, 0x5ff000, HELIOS_MEM_FREE);
    uint64_t base = 0;
    EXPECT_EQ(memmap_alloc(map_.get(), 0x1000, 0x200000, 0, UINT64_MAX, HELIOS_MEM_KERNEL, &base,
                           &failure_),
              BOOT_OK);
    EXPECT_EQ(base, 0x400000u);
    EXPECT_EQ(memmap_alloc_low(map_.get(), 0x1000, 0x200000, 0, UINT64_MAX, HELIOS_MEM_KERNEL,
                               &base, &failure_),
              BOOT_OK);
    EXPECT_EQ(base, 0x200000u);
    EXPECT_EQ(memmap_alloc(map_.get(), 0x1000, 0x800000, 0x1000, UINT64_MAX, HELIOS_MEM_KERNEL,
                           &base, &failure_),
              BOOT_MEMORY_TOO_SMALL);
}

TEST_F(Memmap, AllocTakesOnlyFreeMemory) {
    Add(0x1000, 0x10000, HELIOS_MEM_ACPI);
    uint64_t base = 0;
    EXPECT_EQ(
        memmap_alloc(map_.get(), kPage, kPage, 0, UINT64_MAX, HELIOS_MEM_MODULE, &base, &failure_),
        BOOT_MEMORY_TOO_SMALL);
}

TEST_F(Memmap, AllocSaysHowMuchThereIsAndHowMuchIsNeeded) {
    Add(0x1000, 0x3000, HELIOS_MEM_FREE);
    Add(0x10000, 0x2000, HELIOS_MEM_FREE);
    uint64_t base = 0;
    for (uint64_t length : {uint64_t{0x3001}, uint64_t{1} << 63, UINT64_MAX}) {
        EXPECT_EQ(memmap_alloc(map_.get(), length, kPage, 0, UINT64_MAX, HELIOS_MEM_MODULE, &base,
                               &failure_),
                  BOOT_MEMORY_TOO_SMALL);
        EXPECT_EQ(failure_.found, 0x3000u);
        EXPECT_EQ(failure_.wanted, length);
    }
}

TEST_F(Memmap, LimitTurnsMappedKindsBeyondIntoBeyond) {
    Add(0, 2 * kTera, HELIOS_MEM_FREE);
    Add(2 * kTera, kPage, HELIOS_MEM_MMIO);
    Add(3 * kTera, kPage, HELIOS_MEM_ACPI);
    Add(3 * kTera + kPage, kPage, HELIOS_MEM_FREE);
    EXPECT_EQ(memmap_limit(map_.get(), kTera, &failure_), BOOT_OK);
    EXPECT_EQ(Ranges(), (R{{0, kTera, HELIOS_MEM_FREE},
                           {kTera, kTera, HELIOS_MEM_BEYOND},
                           {2 * kTera, kPage, HELIOS_MEM_MMIO},
                           {3 * kTera, 2 * kPage, HELIOS_MEM_BEYOND}}));
    EXPECT_EQ(memmap_top(map_.get()), kTera);
}

TEST_F(Memmap, NodesSplitAndMerge) {
    Add(0, 0x10000, HELIOS_MEM_FREE);
    EXPECT_EQ(memmap_set_node(map_.get(), 0x8000, 0x100000, 1, &failure_), BOOT_OK);
    ASSERT_EQ(map_->count, 2u);
    EXPECT_EQ(map_->ranges[1].base, 0x8000u);
    EXPECT_EQ(map_->ranges[1].length, 0x8000u);
    EXPECT_EQ(map_->ranges[1].node, 1u);
    EXPECT_EQ(Set(0x9000, 0x1000, HELIOS_MEM_MODULE), BOOT_OK);
    EXPECT_EQ(map_->ranges[2].node, 1u) << "a carved range stays on its node";
    EXPECT_EQ(memmap_set_node(map_.get(), 0, 0x100000, 1, &failure_), BOOT_OK);
    EXPECT_EQ(map_->count, 3u);
}

TEST_F(Memmap, FindGivesTheRangeOrNothing) {
    Add(0x1000, 0x2000, HELIOS_MEM_FREE);
    Add(0x5000, 0x1000, HELIOS_MEM_ACPI);
    EXPECT_EQ(memmap_find(map_.get(), 0xfff), nullptr);
    ASSERT_NE(memmap_find(map_.get(), 0x2fff), nullptr);
    EXPECT_EQ(memmap_find(map_.get(), 0x2fff)->base, 0x1000u);
    EXPECT_EQ(memmap_find(map_.get(), 0x3000), nullptr);
    EXPECT_EQ(memmap_find(map_.get(), 0x5000)->kind, uint32_t{HELIOS_MEM_ACPI});
    EXPECT_EQ(memmap_find(map_.get(), UINT64_MAX), nullptr);
}

TEST_F(Memmap, CoversAsksForEveryByteAndKind) {
    Add(0x1000, 0x2000, HELIOS_MEM_FREE);
    Add(0x3000, 0x1000, HELIOS_MEM_ACPI);
    const uint32_t both = 1u << HELIOS_MEM_FREE | 1u << HELIOS_MEM_ACPI;
    EXPECT_TRUE(memmap_covers(map_.get(), 0x1001, 0x2ffe, both));
    EXPECT_FALSE(memmap_covers(map_.get(), 0x1001, 0x2ffe, 1u << HELIOS_MEM_FREE));
    EXPECT_FALSE(memmap_covers(map_.get(), 0xfff, 2, both));
    EXPECT_FALSE(memmap_covers(map_.get(), 0x3fff, 2, both));
    EXPECT_FALSE(memmap_covers(map_.get(), 0x1000, UINT64_MAX, both));
}

// The map against a model that holds one kind for each page, over a few thousand random changes.
TEST_F(Memmap, RandomChangesAgreeWithAPageByPageModel) {
    constexpr uint64_t kPages = 96;
    std::mt19937 random(20240601);
    for (int round = 0; round < 60; round++) {
        *map_ = {};
        std::vector<uint32_t> model(kPages, 0);
        for (int change = 0; change < 60; change++) {
            uint64_t base = random() % (kPages * kPage);
            uint64_t length = random() % (12 * kPage);
            length = std::min(length, kPages * kPage - base);
            auto kind = static_cast<helios_mem_kind>(1 + random() % 10);
            bool add = random() % 3 != 0;
            ASSERT_EQ(add ? Add(base, length, kind) : Set(base, length, kind), BOOT_OK);
            bool inwards = kind == HELIOS_MEM_FREE;
            uint64_t first = inwards ? (base + kPage - 1) / kPage : base / kPage;
            uint64_t end = inwards ? (base + length) / kPage : (base + length + kPage - 1) / kPage;
            for (uint64_t page = first; length > 0 && page < end; page++) {
                model[page] = add ? std::max<uint32_t>(model[page], kind) : kind;
            }
            ExpectWellFormed();
            for (uint64_t page = 0; page < kPages; page++) {
                const helios_boot_memory *range = memmap_find(map_.get(), page * kPage);
                ASSERT_EQ(range == nullptr ? 0 : range->kind, model[page]) << page;
            }
        }
    }
}

} // namespace
