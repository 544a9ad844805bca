// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/mmu_format.h"

#include <gtest/gtest.h>

#include "arch/include/mmu.h"

namespace {

constexpr uint64_t kPhysical = 0x000123456789a000;
constexpr uint64_t kCacheBits = X86_PTE_PWT | X86_PTE_PCD;

TEST(MmuFormat, LeafIsReadableByTheKernelOnlyAndNotExecutable) {
    const arch_pte pte = arch_pte_leaf(kPhysical, 0, 0);
    EXPECT_EQ(pte, kPhysical | X86_PTE_PRESENT | X86_PTE_ACCESSED | X86_PTE_NX);
}

TEST(MmuFormat, LargeLeavesAreMarkedInLevelsOneAndTwo) {
    EXPECT_FALSE(arch_pte_leaf(0x40000000, 0, 0) & X86_PTE_LARGE);
    EXPECT_TRUE(arch_pte_leaf(0x40000000, 1, 0) & X86_PTE_LARGE);
    EXPECT_TRUE(arch_pte_leaf(0x40000000, 2, 0) & X86_PTE_LARGE);
}

TEST(MmuFormat, TableIsNoLeafAndGrantsEverything) {
    for (unsigned level = 1; level <= 3; level++) {
        const arch_pte pte = arch_pte_table(kPhysical, level);
        EXPECT_TRUE(arch_pte_present(pte));
        EXPECT_TRUE(arch_pte_is_table(pte, level));
        EXPECT_EQ(arch_pte_physical(pte), kPhysical);
        EXPECT_TRUE(pte & X86_PTE_WRITE);
        EXPECT_TRUE(pte & X86_PTE_USER);
        EXPECT_FALSE(pte & X86_PTE_NX);
    }
}

TEST(MmuFormat, LeafIsNoTable) {
    for (unsigned level = 0; level <= 2; level++) {
        EXPECT_FALSE(arch_pte_is_table(arch_pte_leaf(0x40000000, level, MMU_WRITE), level));
    }
}

TEST(MmuFormat, ZeroIsAbsent) {
    EXPECT_FALSE(arch_pte_present(0));
    EXPECT_FALSE(arch_pte_is_table(0, 1));
}

TEST(MmuFormat, AddressAndFlagsSurviveEncoding) {
    const unsigned all = MMU_WRITE | MMU_EXECUTE | MMU_USER | MMU_GLOBAL;
    for (unsigned level = 0; level <= 2; level++) {
        const uint64_t physical = kPhysical & ~((1ull << (12 + 9 * level)) - 1);
        for (unsigned flags = 0; flags <= all; flags++) {
            for (unsigned cache : {0u, (unsigned)MMU_DEVICE, (unsigned)MMU_WRITE_COMBINE}) {
                const arch_pte pte = arch_pte_leaf(physical, level, flags | cache);
                EXPECT_TRUE(arch_pte_present(pte));
                EXPECT_EQ(arch_pte_physical(pte), physical);
                EXPECT_EQ(arch_pte_flags(pte), flags | cache);
            }
        }
    }
}

// The memory type that the PAT gives an entry's PCD and PWT bits (Intel SDM vol. 3 table 11-10).
unsigned memory_type(arch_pte pte) {
    const unsigned index = (pte & X86_PTE_PCD ? 2u : 0u) | (pte & X86_PTE_PWT ? 1u : 0u);
    return X86_PAT_VALUE >> 8 * index & 0xff;
}

TEST(MmuFormat, MemoryTypesAreWriteBackUncachedAndWriteCombining) {
    EXPECT_EQ(memory_type(arch_pte_leaf(0, 0, 0)), 6u);
    EXPECT_EQ(memory_type(arch_pte_leaf(0, 0, MMU_DEVICE)), 0u);
    EXPECT_EQ(memory_type(arch_pte_leaf(0, 0, MMU_WRITE_COMBINE)), 1u);
    EXPECT_EQ(memory_type(arch_pte_table(0, 1)), 6u);
    EXPECT_EQ(arch_pte_leaf(0, 0, MMU_DEVICE) & kCacheBits, kCacheBits);
}

TEST(MmuFormat, OnlyWritableLeavesAreDirty) {
    EXPECT_FALSE(arch_pte_leaf(kPhysical, 0, 0) & X86_PTE_DIRTY);
    EXPECT_TRUE(arch_pte_leaf(kPhysical, 0, MMU_WRITE) & X86_PTE_DIRTY);
}

} // namespace
