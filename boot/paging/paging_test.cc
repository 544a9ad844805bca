// SPDX-License-Identifier: GPL-3.0-only
#include "boot/paging/paging.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kGiga = 1 << 30;

struct alignas(4096) Table {
    std::array<uint64_t, PAGING_ENTRIES> entries{};
};

// Hands out tables; a test can walk them, because a pointer is the physical address.
struct Tables {
    std::vector<std::unique_ptr<Table>> all;
    size_t limit = SIZE_MAX;

    static void *Allocate(void *context) {
        auto *self = static_cast<Tables *>(context);
        if (self->all.size() == self->limit) {
            return nullptr;
        }
        self->all.push_back(std::make_unique<Table>());
        return self->all.back().get();
    }
};

struct Arch {
    const char *name;
    const paging_format *format;
    unsigned levels;
    uint64_t direct;
};

class Paging : public testing::TestWithParam<Arch> {
  protected:
    Paging() {
        paging_.format = GetParam().format;
        paging_.levels = GetParam().levels;
        paging_.largest_level = 3;
        paging_.allocate = Tables::Allocate;
        paging_.context = &tables_;
        EXPECT_EQ(paging_begin(&paging_), PAGING_OK);
    }

    // Every leaf of the tree: calls visit(level, flags).
    template <typename Visit> void Walk(const uint64_t *table, unsigned level, Visit visit) {
        for (unsigned i = 0; i < PAGING_ENTRIES; i++) {
            if (!paging_.format->is_present(table[i])) {
                continue;
            }
            if (level == 1 || paging_.format->is_leaf(table[i], level)) {
                visit(level, paging_.format->flags(table[i]));
            } else {
                Walk(reinterpret_cast<uint64_t *>(paging_.format->address(table[i])), level - 1,
                     visit);
            }
        }
    }

    void ExpectPage(uint64_t address, uint64_t physical, unsigned level, unsigned flags) {
        uint64_t found = 0;
        unsigned found_level = 0;
        unsigned found_flags = 0;
        ASSERT_TRUE(paging_find(&paging_, address, &found, &found_level, &found_flags))
            << std::hex << address;
        EXPECT_EQ(found, physical);
        EXPECT_EQ(found_level, level);
        EXPECT_EQ(found_flags, flags);
    }

    bool IsMapped(uint64_t address) {
        return paging_find(&paging_, address, nullptr, nullptr, nullptr);
    }

    Tables tables_;
    paging paging_{};
};

const std::vector<helios_boot_memory> kMap = {
    {0, 0x9f000, HELIOS_MEM_FREE, 0},
    {0x100000, 0x700000, HELIOS_MEM_FREE, 0},
    {0x800000, 0x8000, HELIOS_MEM_ACPI, 0},
    {0x808000, 0x200000 - 0x8000, HELIOS_MEM_FIRMWARE, 0},
    {0xa00000, 0x9000, HELIOS_MEM_KERNEL, 0},
    {0xa09000, 0x1ff7000, HELIOS_MEM_FREE, 0},
    {0x2c00000, 0x1000, HELIOS_MEM_RESERVED, 0},
    {0x40000000, 0x80000000, HELIOS_MEM_FREE, 0},
    {0xfe000000, 0x1000, HELIOS_MEM_MMIO, 0},
    {0x4000000000, 0x1000, HELIOS_MEM_BEYOND, 0},
};

TEST_P(Paging, TheDirectMapHoldsWhatIsMappedAndNothingElse) {
    uint64_t base = GetParam().direct;
    ASSERT_EQ(paging_map_direct(&paging_, kMap.data(), 10, base), PAGING_OK);
    const unsigned flags = PAGING_WRITE | PAGING_GLOBAL;
    ExpectPage(base, 0, 1, flags);
    ExpectPage(base + 0x9e123, 0x9e123, 1, flags);
    EXPECT_FALSE(IsMapped(base + 0x9f000));
    EXPECT_FALSE(IsMapped(base + 0xfffff));
    ExpectPage(base + 0x100000, 0x100000, 1, flags);
    ExpectPage(base + 0x200000, 0x200000, 2, flags);
    ExpectPage(base + 0x801000, 0x801000, 2, flags); // across kinds
    EXPECT_FALSE(IsMapped(base + 0xa00000));
    EXPECT_FALSE(IsMapped(base + 0xa08fff));
    ExpectPage(base + 0xa09000, 0xa09000, 1, flags);
    ExpectPage(base + 0xc00000, 0xc00000, 2, flags);
    EXPECT_FALSE(IsMapped(base + 0x2c00000));
    ExpectPage(base + kGiga, kGiga, 3, flags);
    ExpectPage(base + 3 * kGiga - 1, 3 * kGiga - 1, 3, flags);
    EXPECT_FALSE(IsMapped(base + 3 * kGiga));
    EXPECT_FALSE(IsMapped(base + 0xfe000000));
    EXPECT_FALSE(IsMapped(base + 0x4000000000));
}

TEST_P(Paging, NothingIsWritableAndExecutable) {
    ASSERT_EQ(paging_map_direct(&paging_, kMap.data(), 10, GetParam().direct), PAGING_OK);
    ASSERT_EQ(paging_map(&paging_, HELIOS_KERNEL_BASE, 0xa00000, 4 * kPage, PAGING_EXECUTE, 1),
              PAGING_OK);
    unsigned leaves = 0;
    unsigned executable = 0;
    Walk(paging_.root, paging_.levels, [&](unsigned, unsigned flags) {
        leaves++;
        executable += (flags & PAGING_EXECUTE) != 0;
        EXPECT_NE(flags & (PAGING_WRITE | PAGING_EXECUTE),
                  static_cast<unsigned>(PAGING_WRITE | PAGING_EXECUTE));
    });
    EXPECT_GT(leaves, 100u);
    EXPECT_EQ(executable, 4u);
    EXPECT_EQ(paging_map(&paging_, 0, 0, kPage, PAGING_WRITE | PAGING_EXECUTE, 1),
              PAGING_WRITE_EXECUTE);
}

TEST_P(Paging, TheCountIsExact) {
    for (unsigned largest : {2u, 3u}) {
        Tables tables;
        paging_.context = &tables;
        paging_.largest_level = largest;
        ASSERT_EQ(paging_begin(&paging_), PAGING_OK);
        ASSERT_EQ(paging_map_direct(&paging_, kMap.data(), 10, GetParam().direct), PAGING_OK);
        EXPECT_EQ(paging_count_direct(&paging_, kMap.data(), 10), tables.all.size() - 1);
    }
}

TEST_P(Paging, TheCountIsExactForAnyRange) {
    const uint64_t starts[] = {0, kPage, 2 * kMega, 3 * kMega, kGiga, kGiga + kPage, 5 * kGiga};
    const uint64_t lengths[] = {kPage, 2 * kMega, 2 * kMega + kPage, kGiga, 4 * kGiga + kMega};
    for (uint64_t start : starts) {
        for (uint64_t length : lengths) {
            for (uint64_t gap : {kPage, kMega, 3 * kGiga}) {
                helios_boot_memory map[] = {
                    {start, length, HELIOS_MEM_FREE, 0},
                    {start + length, gap, HELIOS_MEM_RESERVED, 0},
                    {start + length + gap, length, HELIOS_MEM_MODULE, 0},
                };
                Tables tables;
                paging_.context = &tables;
                ASSERT_EQ(paging_begin(&paging_), PAGING_OK);
                ASSERT_EQ(paging_map_direct(&paging_, map, 3, GetParam().direct), PAGING_OK);
                EXPECT_EQ(paging_count_direct(&paging_, map, 3), tables.all.size() - 1)
                    << std::hex << start << " " << length << " " << gap;
            }
        }
    }
}

TEST_P(Paging, AnImageIsMappedBySmallPagesWithItsSegmentsPermissions) {
    const elf_image image = {
        .entry = HELIOS_KERNEL_BASE,
        .low = HELIOS_KERNEL_BASE,
        .high = HELIOS_KERNEL_BASE + 0x401fff,
        .segment_count = 3,
        .segments =
            {
                {HELIOS_KERNEL_BASE, 0x200800, 0x200800, nullptr, ELF_READ | ELF_EXECUTE},
                {HELIOS_KERNEL_BASE + 0x201000, 0x1000, 0x1000, nullptr, ELF_READ},
                {HELIOS_KERNEL_BASE + 0x300010, 0x101ff0, 0x10, nullptr, ELF_READ | ELF_WRITE},
            },
    };
    ASSERT_EQ(paging_map_image(&paging_, &image, 0x800000), PAGING_OK);
    ExpectPage(HELIOS_KERNEL_BASE, 0x800000, 1, PAGING_GLOBAL | PAGING_EXECUTE);
    ExpectPage(HELIOS_KERNEL_BASE + 0x200fff, 0xa00fff, 1, PAGING_GLOBAL | PAGING_EXECUTE);
    ExpectPage(HELIOS_KERNEL_BASE + 0x201000, 0xa01000, 1, PAGING_GLOBAL);
    EXPECT_FALSE(IsMapped(HELIOS_KERNEL_BASE + 0x202000)); // between segments
    ExpectPage(HELIOS_KERNEL_BASE + 0x300000, 0xb00000, 1, PAGING_GLOBAL | PAGING_WRITE);
    ExpectPage(HELIOS_KERNEL_BASE + 0x401fff, 0xc01fff, 1, PAGING_GLOBAL | PAGING_WRITE);
    EXPECT_FALSE(IsMapped(HELIOS_KERNEL_BASE + 0x402000));
}

TEST_P(Paging, WhatIsMappedAlreadyIsAConflict) {
    ASSERT_EQ(paging_map(&paging_, 2 * kMega, 2 * kMega, 2 * kMega, PAGING_WRITE, 2), PAGING_OK);
    EXPECT_EQ(paging_map(&paging_, 2 * kMega, 0, kPage, 0, 1), PAGING_CONFLICT);
    EXPECT_EQ(paging_map(&paging_, 0, 0, kGiga, 0, 3), PAGING_CONFLICT);
    ExpectPage(2 * kMega, 2 * kMega, 2, PAGING_WRITE);
}

TEST_P(Paging, HalfPagesAreRefused) {
    EXPECT_EQ(paging_map(&paging_, 1, 0, kPage, 0, 1), PAGING_UNALIGNED);
    EXPECT_EQ(paging_map(&paging_, 0, 8, kPage, 0, 1), PAGING_UNALIGNED);
    EXPECT_EQ(paging_map(&paging_, 0, 0, kPage + 1, 0, 1), PAGING_UNALIGNED);
}

TEST_P(Paging, RunningOutOfTablesIsReported) {
    size_t needed = static_cast<size_t>(paging_count_direct(&paging_, kMap.data(), 10)) + 1;
    for (size_t limit = 1; limit < needed; limit++) {
        Tables tables;
        tables.limit = limit;
        paging_.context = &tables;
        ASSERT_EQ(paging_begin(&paging_), PAGING_OK);
        EXPECT_EQ(paging_map_direct(&paging_, kMap.data(), 10, GetParam().direct),
                  PAGING_NO_MEMORY);
    }
    Tables none;
    none.limit = 0;
    paging_.context = &none;
    EXPECT_EQ(paging_begin(&paging_), PAGING_NO_MEMORY);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Paging,
    testing::Values(Arch{"x86_64", &paging_x86_64, 4, HELIOS_DIRECT_MAP_BASE},
                    Arch{"aarch64", &paging_aarch64, 4, HELIOS_DIRECT_MAP_BASE},
                    Arch{"riscv64_sv48", &paging_riscv64, 4, HELIOS_DIRECT_MAP_BASE},
                    Arch{"riscv64_sv39", &paging_riscv64, 3, HELIOS_DIRECT_MAP_SV39}),
    [](const auto &info) { return std::string(info.param.name); });

// The bits themselves, against the manuals.
TEST(PagingFormat, X86Entries) {
    const paging_format &format = paging_x86_64;
    EXPECT_EQ(format.table(0x1000), 0x1023u);
    EXPECT_EQ(format.leaf(0x1000, 1, PAGING_WRITE), 0x8000000000001063u);
    EXPECT_EQ(format.leaf(0x1000, 1, PAGING_EXECUTE | PAGING_GLOBAL), 0x1161u);
    EXPECT_EQ(format.leaf(0x200000, 2, 0), 0x80000000002000e1u);
}

TEST(PagingFormat, Aarch64Descriptors) {
    const paging_format &format = paging_aarch64;
    EXPECT_EQ(format.table(0x1000), 0x1003u);
    EXPECT_EQ(format.leaf(0x1000, 1, PAGING_WRITE | PAGING_GLOBAL), 0x60000000001703u);
    EXPECT_EQ(format.leaf(0x1000, 1, PAGING_EXECUTE | PAGING_GLOBAL), 0x40000000001783u);
    EXPECT_EQ(format.leaf(0x200000, 2, PAGING_WRITE), 0x60000000200f01u);
}

TEST(PagingFormat, Riscv64Entries) {
    const paging_format &format = paging_riscv64;
    EXPECT_EQ(format.table(0x1000), 0x401u);
    EXPECT_EQ(format.leaf(0x1000, 1, PAGING_WRITE | PAGING_GLOBAL), 0x4e7u);
    EXPECT_EQ(format.leaf(0x200000, 2, PAGING_EXECUTE), 0x800cbu);
}

} // namespace
