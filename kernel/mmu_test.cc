// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/mmu.h"

#include "arch/host/host.h"
#include "kernel/physmem.h"
#include "gtest/gtest.h"

namespace {

constexpr uint64_t kPage = 4096;
constexpr uintptr_t kAddress = 0x123456789000;
constexpr uint64_t kPhysical = 0x3000000;
constexpr unsigned kUser = MMU_USER;

class Mmu : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        physmem_reset();
        ASSERT_TRUE(physmem_add(HOST_FREE, 64 * kPage));
        root_ = static_cast<arch_pte *>(arch_direct(physmem_alloc_page()));
    }

    void MapTables(uintptr_t address, unsigned lowest) {
        for (unsigned level = 3; level-- > lowest;) {
            ASSERT_EQ(mmu_map_table(root_, address, physmem_alloc_page(), level).error, MMU_OK);
        }
    }

    mmu_result Map(uintptr_t address, uint64_t physical, unsigned level, unsigned flags) {
        return mmu_map(root_, address, physical, level, flags);
    }

    arch_pte *root_;
};

TEST_F(Mmu, MissingTableIsNamedByLevel) {
    for (unsigned missing = 3; missing-- > 0;) {
        mmu_result result = Map(kAddress, kPhysical, 0, kUser);
        EXPECT_EQ(result.error, MMU_MISSING_TABLE);
        EXPECT_EQ(result.level, missing);
        ASSERT_EQ(mmu_map_table(root_, kAddress, physmem_alloc_page(), missing).error, MMU_OK);
    }
    EXPECT_EQ(Map(kAddress, kPhysical, 0, kUser).error, MMU_OK);
}

TEST_F(Mmu, QueryTellsWhatWasMapped) {
    MapTables(kAddress, 0);
    ASSERT_EQ(Map(kAddress, kPhysical, 0, kUser | MMU_WRITE).error, MMU_OK);
    mmu_mapping mapping;
    ASSERT_EQ(mmu_query(root_, kAddress + 0x123, &mapping).error, MMU_OK);
    EXPECT_EQ(mapping.physical, kPhysical + 0x123);
    EXPECT_EQ(mapping.level, 0u);
    EXPECT_EQ(mapping.flags, kUser | MMU_WRITE);
    mmu_result hole = mmu_query(root_, kAddress + kPage, &mapping);
    EXPECT_EQ(hole.error, MMU_NOT_MAPPED);
    EXPECT_EQ(hole.level, 0u);
}

TEST_F(Mmu, LargePagesAreFoundAtTheirLevel) {
    MapTables(0x40000000, 1);
    ASSERT_EQ(Map(0x40200000, 0x2000000, 1, kUser).error, MMU_OK);
    mmu_mapping mapping;
    ASSERT_EQ(mmu_query(root_, 0x40312345, &mapping).error, MMU_OK);
    EXPECT_EQ(mapping.physical, 0x2112345u);
    EXPECT_EQ(mapping.level, 1u);
    // A small page below a large one, and a table in its place.
    mmu_result below = Map(0x40200000, kPhysical, 0, kUser);
    EXPECT_EQ(below.error, MMU_OCCUPIED);
    EXPECT_EQ(below.level, 1u);
    EXPECT_EQ(mmu_map_table(root_, 0x40200000, kPhysical, 0).error, MMU_OCCUPIED);
}

TEST_F(Mmu, GibibytePages) {
    MapTables(0x80000000, 2);
    ASSERT_EQ(Map(0x80000000, 0x40000000, 2, kUser).error, MMU_OK);
    mmu_mapping mapping;
    ASSERT_EQ(mmu_query(root_, 0x9fffffff, &mapping).error, MMU_OK);
    EXPECT_EQ(mapping.physical, 0x5fffffffu);
    EXPECT_EQ(mapping.level, 2u);
}

TEST_F(Mmu, WritableAndExecutableIsRefused) {
    MapTables(kAddress, 0);
    EXPECT_EQ(Map(kAddress, kPhysical, 0, kUser | MMU_WRITE | MMU_EXECUTE).error,
              MMU_WRITE_EXECUTE);
    EXPECT_EQ(mmu_map_filling(root_, kAddress, kPhysical, 0, kUser | MMU_WRITE | MMU_EXECUTE).error,
              MMU_WRITE_EXECUTE);
    mmu_mapping mapping;
    EXPECT_EQ(mmu_query(root_, kAddress, &mapping).error, MMU_NOT_MAPPED);
}

TEST_F(Mmu, UnalignedAddressesAreRefused) {
    EXPECT_EQ(Map(kAddress + 1, kPhysical, 0, kUser).error, MMU_UNALIGNED);
    EXPECT_EQ(Map(kAddress, kPhysical + 8, 0, kUser).error, MMU_UNALIGNED);
    EXPECT_EQ(Map(0x40001000, 0x2000000, 1, kUser).error, MMU_UNALIGNED);
    EXPECT_EQ(Map(0x40200000, 0x2001000, 1, kUser).error, MMU_UNALIGNED);
    EXPECT_EQ(mmu_map_table(root_, kAddress, kPhysical + 8, 2).error, MMU_UNALIGNED);
    EXPECT_EQ(mmu_unmap(root_, kAddress + 8, 0).error, MMU_UNALIGNED);
}

TEST_F(Mmu, LevelsThatDoNotExistAreRefused) {
    EXPECT_EQ(Map(0, 0, 3, kUser).error, MMU_BAD_LEVEL);
    EXPECT_EQ(Map(0, 0, 100, kUser).error, MMU_BAD_LEVEL);
    EXPECT_EQ(mmu_map_table(root_, 0, kPhysical, 3).error, MMU_BAD_LEVEL);
    EXPECT_EQ(mmu_unmap(root_, 0, 3).error, MMU_BAD_LEVEL);
}

TEST_F(Mmu, UserMappingsStayBelowTheLastUserPage) {
    uintptr_t last = ARCH_USER_TOP - kPage;
    EXPECT_EQ(Map(last, kPhysical, 0, kUser).error, MMU_OUTSIDE);
    EXPECT_EQ(Map(ARCH_USER_TOP, kPhysical, 0, kUser).error, MMU_OUTSIDE);
    EXPECT_EQ(Map(0x7fffffe00000, 0x2000000, 1, kUser).error, MMU_OUTSIDE);
    EXPECT_EQ(Map(ARCH_KERNEL_WINDOW, kPhysical, 0, kUser).error, MMU_OUTSIDE);
    EXPECT_EQ(Map(~0ull << 12, kPhysical, 0, kUser).error, MMU_OUTSIDE);
    MapTables(last - kPage, 0);
    EXPECT_EQ(Map(last - kPage, kPhysical, 0, kUser).error, MMU_OK);
}

TEST_F(Mmu, KernelMappingsStayInTheKernelHalf) {
    EXPECT_EQ(Map(kAddress, kPhysical, 0, MMU_WRITE).error, MMU_OUTSIDE);
    EXPECT_EQ(mmu_map_filling(root_, ARCH_KERNEL_WINDOW, kPhysical, 0, MMU_WRITE).error, MMU_OK);
}

TEST_F(Mmu, OccupiedIsNotOverwritten) {
    MapTables(kAddress, 0);
    ASSERT_EQ(Map(kAddress, kPhysical, 0, kUser).error, MMU_OK);
    EXPECT_EQ(Map(kAddress, kPhysical + kPage, 0, kUser).error, MMU_OCCUPIED);
    mmu_mapping mapping;
    ASSERT_EQ(mmu_query(root_, kAddress, &mapping).error, MMU_OK);
    EXPECT_EQ(mapping.physical, kPhysical);
}

TEST_F(Mmu, UnmapFlushesThePage) {
    MapTables(kAddress, 0);
    ASSERT_EQ(Map(kAddress, kPhysical, 0, kUser).error, MMU_OK);
    ASSERT_EQ(mmu_unmap(root_, kAddress, 0).error, MMU_OK);
    EXPECT_EQ(host_record.page_flushes, 1u);
    EXPECT_EQ(host_record.flushed_page, kAddress);
    mmu_mapping mapping;
    EXPECT_EQ(mmu_query(root_, kAddress, &mapping).error, MMU_NOT_MAPPED);
    EXPECT_EQ(mmu_unmap(root_, kAddress, 0).error, MMU_NOT_MAPPED);
    EXPECT_EQ(host_record.page_flushes, 1u);
}

TEST_F(Mmu, UnmapWantsTheExactSize) {
    MapTables(0x40200000, 1);
    ASSERT_EQ(Map(0x40200000, 0x2000000, 1, kUser).error, MMU_OK);
    EXPECT_EQ(mmu_unmap(root_, 0x40200000, 0).error, MMU_NOT_MAPPED);
    MapTables(kAddress, 0);
    EXPECT_EQ(mmu_unmap(root_, kAddress & ~0x1fffffull, 1).error, MMU_NOT_MAPPED);
    EXPECT_EQ(mmu_unmap(root_, 0x40200000, 1).error, MMU_OK);
}

TEST_F(Mmu, FillingTakesTablesFromPhysmem) {
    uint64_t before = physmem_free_bytes();
    ASSERT_EQ(mmu_map_filling(root_, kAddress, kPhysical, 0, kUser).error, MMU_OK);
    EXPECT_EQ(physmem_free_bytes(), before - 3 * kPage);
    ASSERT_EQ(mmu_map_filling(root_, kAddress + kPage, kPhysical, 0, kUser).error, MMU_OK);
    EXPECT_EQ(physmem_free_bytes(), before - 3 * kPage);
}

TEST_F(Mmu, FillingSaysWhenMemoryIsOut) {
    while (physmem_free_bytes() > kPage) {
        physmem_alloc(kPage, kPage);
    }
    mmu_result result = mmu_map_filling(root_, kAddress, kPhysical, 0, kUser);
    EXPECT_EQ(result.error, MMU_NO_MEMORY);
    EXPECT_EQ(result.level, 1u);
}

} // namespace
