// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/window.h"

#include "arch/host/host.h"
#include "kernel/mmu.h"
#include "kernel/physmem.h"
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
        ASSERT_EQ(mmu_query(arch_kernel_root(), address + offset, &mapping).error, MMU_OK);
        EXPECT_EQ(mapping.physical, 0x9000123 + offset);
        EXPECT_EQ(mapping.flags, static_cast<unsigned>(MMU_DEVICE | MMU_WRITE | MMU_GLOBAL));
    }
}

TEST_F(Window, AnUnmappedPageLiesBetweenMappings) {
    uintptr_t first = window_map(0x9000000, 0x1000, MMU_DEVICE);
    uintptr_t second = window_map(0xa000000, 0x1000, MMU_DEVICE);
    EXPECT_EQ(second, first + 0x2000);
    mmu_mapping mapping;
    EXPECT_EQ(mmu_query(arch_kernel_root(), first + 0x1000, &mapping).error, MMU_NOT_MAPPED);
}

TEST_F(Window, TopTableIsSharedWithRootsMadeAfterwards) {
    alignas(4096) static arch_pte root[512];
    arch_root_init(root);
    uintptr_t address = window_map(0x9000000, 0x1000, MMU_DEVICE);
    mmu_mapping mapping;
    EXPECT_EQ(mmu_query(root, address, &mapping).error, MMU_OK);
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
    EXPECT_FALSE(window_init());
    EXPECT_EQ(window_map(0x9000000, 0x1000, MMU_DEVICE), 0u);
}

} // namespace
