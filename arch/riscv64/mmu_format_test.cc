// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/mmu_format.h"

#include <gtest/gtest.h>

namespace {

constexpr uint64_t kLargestPhysical = ((uint64_t{1} << 56) - 1) & ~uint64_t{0xfff};

TEST(RiscvPte, ZeroIsAbsent) {
    EXPECT_FALSE(riscv_pte_present(0));
    EXPECT_FALSE(riscv_pte_is_table(0));
}

TEST(RiscvPte, ReadOnlyLeafAsTheManualLaysItOut) {
    // PPN 0x80200 at bit 10; V, R, A.
    EXPECT_EQ(riscv_pte_leaf(0x80200000, 0, false), (uint64_t{0x80200} << 10) | 0x43);
}

TEST(RiscvPte, WritableLeafIsDirtyFromTheStart) {
    EXPECT_EQ(riscv_pte_leaf(0, MMU_WRITE, false), 0xc7u); // D A W R V
}

TEST(RiscvPte, ReadOnlyLeafIsNotDirty) {
    EXPECT_EQ(riscv_pte_leaf(0, MMU_EXECUTE | MMU_USER, false) & RISCV_PTE_D, 0u);
}

TEST(RiscvPte, UserExecutableLeaf) {
    EXPECT_EQ(riscv_pte_leaf(0, MMU_EXECUTE | MMU_USER, false), 0x5bu); // A U X R V
}

TEST(RiscvPte, GlobalLeaf) {
    EXPECT_EQ(riscv_pte_leaf(0, MMU_GLOBAL, false), 0x63u); // A G R V
}

TEST(RiscvPte, MemoryTypesOnlyWithSvpbmt) {
    EXPECT_EQ(riscv_pte_leaf(0, MMU_DEVICE, true) >> 61, 2u);
    EXPECT_EQ(riscv_pte_leaf(0, MMU_WRITE_COMBINE, true) >> 61, 1u);
    EXPECT_EQ(riscv_pte_leaf(0, 0, true) >> 61, 0u);
    EXPECT_EQ(riscv_pte_leaf(0, MMU_DEVICE, false) >> 54, 0u);
    EXPECT_EQ(riscv_pte_leaf(0, MMU_WRITE_COMBINE, false) >> 54, 0u);
}

TEST(RiscvPte, DeviceWinsOverWriteCombining) {
    const arch_pte pte = riscv_pte_leaf(0, MMU_DEVICE | MMU_WRITE_COMBINE, true);
    EXPECT_EQ(pte >> 61, 2u);
    EXPECT_EQ(riscv_pte_flags(pte), static_cast<unsigned>(MMU_DEVICE));
}

TEST(RiscvPte, NeverSetsReservedBits) {
    for (unsigned flags = 0; flags < 64; flags++) {
        for (const bool svpbmt : {false, true}) {
            const arch_pte pte = riscv_pte_leaf(~uint64_t{0}, flags, svpbmt);
            EXPECT_EQ(pte & (uint64_t{0x7f} << 54), 0u) << flags; // 60..54
            EXPECT_EQ(pte >> 63, 0u) << flags;                    // Svnapot
        }
    }
}

TEST(RiscvPte, WritableIsAlwaysReadable) {
    for (unsigned flags = 0; flags < 64; flags++) {
        EXPECT_NE(riscv_pte_leaf(0, flags, false) & RISCV_PTE_R, 0u) << flags;
    }
}

TEST(RiscvPte, FlagsSurviveARoundTrip) {
    for (unsigned flags = 0; flags < 64; flags++) {
        if ((flags & MMU_DEVICE) != 0 && (flags & MMU_WRITE_COMBINE) != 0) {
            continue;
        }
        for (const bool svpbmt : {false, true}) {
            EXPECT_EQ(riscv_pte_flags(riscv_pte_leaf(0x1000, flags, svpbmt)), flags);
        }
    }
}

TEST(RiscvPte, PhysicalAddressSurvivesARoundTrip) {
    for (const uint64_t physical :
         {uint64_t{0}, uint64_t{0x1000}, uint64_t{0x80000000}, kLargestPhysical}) {
        EXPECT_EQ(riscv_pte_physical(riscv_pte_leaf(physical, MMU_DEVICE, true)), physical);
        EXPECT_EQ(riscv_pte_physical(riscv_pte_table(physical)), physical);
    }
}

TEST(RiscvPte, TableHasNothingButValid) {
    EXPECT_EQ(riscv_pte_table(0x1000), 0x401u);
}

TEST(RiscvPte, TablesAndLeavesAreToldApart) {
    EXPECT_TRUE(riscv_pte_is_table(riscv_pte_table(0x1000)));
    for (unsigned flags = 0; flags < 64; flags++) {
        EXPECT_FALSE(riscv_pte_is_table(riscv_pte_leaf(0x1000, flags, true))) << flags;
    }
}

} // namespace
