// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/window.h"

#include "arch/host/host.h"
#include "kernel/physmem.h"
#include "kernel/testing/mmu_query.h"
#include "gtest/gtest.h"

namespace {

class Window : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        physmem_reset();
        physmem_add(HOST_FREE, 16 * 4096);
        ASSERT_TRUE(window_init());
    }
};

TEST_F(Window, MapsEveryPageOfTheRange) {
    uintptr_t address = window_map(0x9000123, 0x1000, MMU_DEVICE | MMU_WRITE);
    ASSERT_NE(address, 0u);
    EXPECT_EQ(address & 0xfff, 0x123u);
    for (uintptr_t offset = 0; offset < 0x1000; offset += 0xfff) {
        mmu_mapping mapping;
        ASSERT_TRUE(mmu_query(arch_kernel_root(), address + offset, &mapping));
        EXPECT_EQ(mapping.physical, 0x9000123 + offset);
        EXPECT_EQ(mapping.flags, static_cast<unsigned>(MMU_DEVICE | MMU_WRITE | MMU_GLOBAL));
    }
}

TEST_F(Window, AnUnmappedPageLiesBetweenMappings) {
    uintptr_t first = window_map(0x9000000, 0x1000, MMU_DEVICE);
    uintptr_t second = window_map(0xa000000, 0x1000, MMU_DEVICE);
    EXPECT_EQ(second, first + 0x2000);
    mmu_mapping mapping;
    EXPECT_FALSE(mmu_query(arch_kernel_root(), first + 0x1000, &mapping));
}

TEST_F(Window, TopTableIsSharedWithRootsMadeAfterwards) {
    alignas(4096) static arch_pte root[512];
    arch_root_init(root);
    uintptr_t address = window_map(0x9000000, 0x1000, MMU_DEVICE);
    mmu_mapping mapping;
    EXPECT_TRUE(mmu_query(root, address, &mapping));
}

TEST_F(Window, InitTwiceGivesTheTableBack) {
    uint64_t before = physmem_free_bytes();
    EXPECT_TRUE(window_init());
    EXPECT_EQ(physmem_free_bytes(), before);
}

TEST_F(Window, NoMemoryOrNoSpaceIsSaid) {
    EXPECT_EQ(window_map(0x9000000, 0, MMU_DEVICE), 0u);
    EXPECT_EQ(window_map(0x9000000, ARCH_KERNEL_WINDOW_SIZE, MMU_DEVICE), 0u);
    EXPECT_EQ(window_map(0x9000000, ARCH_KERNEL_WINDOW_SIZE - 1, MMU_DEVICE), 0u);
    EXPECT_EQ(window_map(0x9000123, ~0ull - 0x100, MMU_DEVICE), 0u);
    physmem_reset();
    EXPECT_EQ(window_map(0x9000000, 0x1000, MMU_DEVICE), 0u);
    arch_kernel_root()[ARCH_KERNEL_WINDOW >> 39 & 511] = 0;
    EXPECT_FALSE(window_init());
}

TEST_F(Window, UnmappingFlushesThePageAndOnlyThat) {
    uintptr_t address = window_map(0x9000000, 0x2000, MMU_DEVICE);
    uint64_t flushes = host_record.page_flushes;
    EXPECT_TRUE(window_unmap(address));
    EXPECT_EQ(host_record.page_flushes, flushes + 1);
    EXPECT_EQ(host_record.flushed_page, address);
    mmu_mapping mapping;
    EXPECT_FALSE(mmu_query(arch_kernel_root(), address, &mapping));
    EXPECT_TRUE(mmu_query(arch_kernel_root(), address + 0x1000, &mapping));
    EXPECT_FALSE(window_unmap(address));
    EXPECT_EQ(host_record.page_flushes, flushes + 1);
}

// Such as what the loader maps the direct map with.
TEST_F(Window, APieceOfALargePageIsNotUnmapped) {
    arch_pte *root = arch_kernel_root();
    unsigned level = arch_mmu_levels() - 2;
    arch_pte *table = static_cast<arch_pte *>(
        arch_direct(arch_pte_physical(root[ARCH_KERNEL_WINDOW >> 39 & 511])));
    uintptr_t index = 511;
    table[index] = arch_pte_leaf(0x40000000, level, MMU_WRITE | MMU_GLOBAL);
    uintptr_t address = (ARCH_KERNEL_WINDOW & ~0ull << 39) + (index << 30);
    EXPECT_FALSE(window_unmap(address));
    EXPECT_EQ(table[index], arch_pte_leaf(0x40000000, level, MMU_WRITE | MMU_GLOBAL));
}

} // namespace
