// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/mmu_format.h"

#include <gtest/gtest.h>

#include "arch/include/mmu.h"

namespace {

constexpr uint64_t kPxn = 1ull << 53;
constexpr uint64_t kUxn = 1ull << 54;
constexpr uint64_t kPage = 0x0000123456789000;

TEST(PteLeaf, UserCodeIsReadOnlyNotGlobalAndNeverRunByTheKernel) {
    EXPECT_EQ(arch_pte_leaf(kPage, 0, MMU_USER | MMU_EXECUTE), kPage | 0xfc3 | kPxn);
}

TEST(PteLeaf, UserDataIsExecutableByNobody) {
    EXPECT_EQ(arch_pte_leaf(kPage, 0, MMU_USER | MMU_WRITE), kPage | 0xf43 | kPxn | kUxn);
}

TEST(PteLeaf, KernelCodeIsNeverRunByUsers) {
    EXPECT_EQ(arch_pte_leaf(kPage, 0, MMU_GLOBAL | MMU_EXECUTE), kPage | 0x783 | kUxn);
}

TEST(PteLeaf, DeviceUsesTheDeviceAttribute) {
    EXPECT_EQ(arch_pte_leaf(kPage, 0, MMU_GLOBAL | MMU_WRITE | MMU_DEVICE),
              kPage | 0x707 | kPxn | kUxn);
}

TEST(PteLeaf, WriteCombiningUsesTheNonCacheableAttribute) {
    EXPECT_EQ(arch_pte_leaf(kPage, 0, MMU_GLOBAL | MMU_WRITE | MMU_WRITE_COMBINE),
              kPage | 0x70b | kPxn | kUxn);
}

TEST(PteLeaf, LargePagesAreBlocks) {
    for (unsigned level = 1; level <= 2; level++) {
        arch_pte pte = arch_pte_leaf(0x40000000, level, MMU_USER);
        EXPECT_EQ(pte & 3, 1u) << level;
        EXPECT_TRUE(arch_pte_present(pte));
        EXPECT_FALSE(arch_pte_is_table(pte, level));
    }
}

TEST(PteLeaf, PageOfTheLowestLevelIsNoTable) {
    arch_pte pte = arch_pte_leaf(kPage, 0, MMU_USER);
    EXPECT_EQ(pte & 3, 3u);
    EXPECT_FALSE(arch_pte_is_table(pte, 0));
}

TEST(PteLeaf, GivesBackAddressAndFlags) {
    for (unsigned flags = 0; flags < 64; flags++) {
        bool both_kinds = (flags & MMU_DEVICE) != 0 && (flags & MMU_WRITE_COMBINE) != 0;
        if (both_kinds) {
            continue;
        }
        for (unsigned level = 0; level <= 2; level++) {
            uint64_t physical = 0xffffull << 32;
            arch_pte pte = arch_pte_leaf(physical, level, flags);
            EXPECT_EQ(arch_pte_flags(pte), flags);
            EXPECT_EQ(arch_pte_physical(pte), physical);
        }
    }
}

TEST(PteTable, IsATableAndRestrictsNothing) {
    for (unsigned level = 1; level <= 3; level++) {
        arch_pte pte = arch_pte_table(kPage, level);
        EXPECT_EQ(pte, kPage | 3);
        EXPECT_TRUE(arch_pte_present(pte));
        EXPECT_TRUE(arch_pte_is_table(pte, level));
        EXPECT_EQ(arch_pte_physical(pte), kPage);
    }
}

TEST(PteAbsent, IsNeitherPresentNorATable) {
    EXPECT_FALSE(arch_pte_present(0));
    EXPECT_FALSE(arch_pte_is_table(0, 1));
    // Hardware ignores all other bits of an entry without the valid bit.
    EXPECT_FALSE(arch_pte_present(~1ull));
    EXPECT_FALSE(arch_pte_is_table(~1ull, 1));
}

TEST(Tcr, HasWhatTheBootProtocolPromisesAndNoMore) {
    // T0SZ = T1SZ = 16, 4 KiB granules, write-back inner-shareable walks of both halves.
    EXPECT_EQ(aarch64_tcr(0, 0), 0xb5103510u);
    EXPECT_EQ(aarch64_tcr(0, 0) & TCR_EPD0, 0u);
}

TEST(Tcr, TakesThePhysicalRangeUpTo48Bits) {
    EXPECT_EQ(aarch64_tcr(2, 0) >> 32 & 7, 2u);
    EXPECT_EQ(aarch64_tcr(5, 0) >> 32 & 7, 5u);
    EXPECT_EQ(aarch64_tcr(6, 0) >> 32 & 7, 5u); // 52 bits: not with these entries
}

TEST(Tcr, UsesWideAsidsWhereTheCpuHasThem) {
    EXPECT_EQ(aarch64_tcr(0x20, 0) >> 36 & 1, 1u);
    EXPECT_EQ(aarch64_tcr(0x00, 0) >> 36 & 1, 0u);
}

TEST(Tcr, HidesTheKernelHalfWhereTheCpuCan) {
    EXPECT_EQ(aarch64_tcr(0, 1ull << 60) >> 55 & 3, 2u); // E0PD1, not E0PD0
    EXPECT_EQ(aarch64_tcr(0, 0) >> 55 & 3, 0u);
}

TEST(TlbiOperand, HoldsPageNumberAndAsid) {
    EXPECT_EQ(aarch64_tlbi_operand(0x0000123456789abc, 0), 0x123456789u);
    EXPECT_EQ(aarch64_tlbi_operand(0xffffffff80001000, 0), 0xffffff80001u);
    EXPECT_EQ(aarch64_tlbi_operand(0x1000, 0xabcd), 0xabcd000000000001u);
}

TEST(AsidCount, IsWhatTheCpuAndTcrAgreeOn) {
    EXPECT_EQ(aarch64_asid_count(0x00), 0x100u);
    EXPECT_EQ(aarch64_asid_count(0x20), 0x10000u);
}

TEST(CacheLines, AreDecodedInBytes) {
    uint64_t cortex_a53 = 0x84448004; // CTR_EL0: 64-byte lines of both
    EXPECT_EQ(aarch64_data_line(cortex_a53), 64u);
    EXPECT_EQ(aarch64_instruction_line(cortex_a53), 64u);
    EXPECT_EQ(aarch64_data_line(0x00050003), 128u);
    EXPECT_EQ(aarch64_instruction_line(0x00050003), 32u);
}

TEST(CacheType, OfSeveralCpusIsWhatAllOfThemNeed) {
    uint64_t lines_64_pipt = 0x84448004 | CTR_L1IP;
    uint64_t all = lines_64_pipt | CTR_IDC | CTR_DIC;
    EXPECT_EQ(aarch64_ctr_common(all, lines_64_pipt), 0x0004c004u);
    EXPECT_EQ(aarch64_ctr_common(all, all) & (CTR_IDC | CTR_DIC), CTR_IDC | CTR_DIC);
    uint64_t common = aarch64_ctr_common(0x00050003, 0x00048004);
    EXPECT_EQ(aarch64_data_line(common), 64u);
    EXPECT_EQ(aarch64_instruction_line(common), 32u);
    EXPECT_EQ(common & CTR_L1IP, 0u);
}

} // namespace
