// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/msi_ids.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

namespace {

class RiscvMsiIds : public ::testing::Test {
  protected:
    void SetUp() override {
        msi_ids_init(ids_.get(), 63);
    }

    void Release(uint32_t irq) {
        msi_ids_free(ids_.get(), msi_ids_retire(ids_.get(), irq));
    }

    std::unique_ptr<msi_ids> ids_ = std::make_unique<msi_ids>();
};

TEST_F(RiscvMsiIds, IdentitiesBeginAtOneAndAreDistinct) {
    std::set<uint32_t> seen;
    for (uint32_t irq = 0; irq < 63; irq++) {
        const uint32_t id = msi_ids_take(ids_.get(), irq);
        EXPECT_GE(id, 1u);
        EXPECT_LE(id, 63u);
        EXPECT_TRUE(seen.insert(id).second) << irq;
    }
}

TEST_F(RiscvMsiIds, TheyRunOut) {
    for (uint32_t irq = 0; irq < 63; irq++) {
        msi_ids_take(ids_.get(), irq);
    }
    EXPECT_EQ(msi_ids_take(ids_.get(), 63), 0u);
    EXPECT_EQ(msi_ids_take(ids_.get(), 5), ids_->id_of[5]);
}

TEST_F(RiscvMsiIds, WhoHasOneKeepsIt) {
    const uint32_t id = msi_ids_take(ids_.get(), 10);
    EXPECT_EQ(msi_ids_take(ids_.get(), 10), id);
    EXPECT_EQ(msi_ids_irq(ids_.get(), id), 10u);
}

TEST_F(RiscvMsiIds, AReleasedIdentityIsNobodysAndCanBeHadAgain) {
    const uint32_t id = msi_ids_take(ids_.get(), 3000);
    Release(3000);
    EXPECT_EQ(msi_ids_irq(ids_.get(), id), MSI_NO_IRQ);
    EXPECT_EQ(msi_ids_take(ids_.get(), 7), id);
}

TEST_F(RiscvMsiIds, ARetiredIdentityIsNobodysAndCannotBeHad) {
    const uint32_t id = msi_ids_take(ids_.get(), 3000);
    EXPECT_EQ(msi_ids_retire(ids_.get(), 3000), id);
    EXPECT_EQ(msi_ids_irq(ids_.get(), id), MSI_NO_IRQ);
    EXPECT_NE(msi_ids_take(ids_.get(), 3000), id);
    EXPECT_EQ(msi_ids_irq(ids_.get(), id), MSI_NO_IRQ);
}

// It has been emptied for its new owner.
TEST_F(RiscvMsiIds, AnIdentityInUseIsNotFreed) {
    const uint32_t id = msi_ids_take(ids_.get(), 3000);
    msi_ids_free(ids_.get(), id);
    EXPECT_EQ(msi_ids_irq(ids_.get(), id), 3000u);
    EXPECT_NE(msi_ids_take(ids_.get(), 7), id);
}

TEST_F(RiscvMsiIds, WhoHasNoneHasNoneToRetire) {
    EXPECT_EQ(msi_ids_retire(ids_.get(), 10), 0u);
    EXPECT_NE(msi_ids_take(ids_.get(), 1), msi_ids_take(ids_.get(), 2));
}

TEST_F(RiscvMsiIds, ALinkIsNotTakenForAnInterrupt) {
    for (uint32_t irq = 1; irq <= 40; irq++) { // interrupts whose numbers look like links
        msi_ids_take(ids_.get(), irq);
    }
    for (uint32_t id = 41; id <= 63; id++) {
        EXPECT_EQ(msi_ids_irq(ids_.get(), id), MSI_NO_IRQ) << id;
    }
    for (uint32_t irq = 2; irq <= 40; irq += 2) {
        Release(irq);
    }
    for (uint32_t id = 1; id <= 63; id++) {
        const uint32_t irq = msi_ids_irq(ids_.get(), id);
        if (irq != MSI_NO_IRQ) {
            EXPECT_EQ(irq % 2, 1u) << id;
        }
    }
}

TEST_F(RiscvMsiIds, WhatIsNoIdentityIsNobodys) {
    EXPECT_EQ(msi_ids_irq(ids_.get(), 0), MSI_NO_IRQ);
    EXPECT_EQ(msi_ids_irq(ids_.get(), 64), MSI_NO_IRQ);
    EXPECT_EQ(msi_ids_irq(ids_.get(), 2048), MSI_NO_IRQ);
    EXPECT_EQ(msi_ids_irq(ids_.get(), ~0u), MSI_NO_IRQ);
}

TEST_F(RiscvMsiIds, TheLargestFileIsUsedWhole) {
    ids_ = std::make_unique<msi_ids>();
    msi_ids_init(ids_.get(), MSI_MAX_IDS);
    std::set<uint32_t> seen;
    for (uint32_t irq = 1024; irq < 1024 + MSI_MAX_IDS; irq++) {
        seen.insert(msi_ids_take(ids_.get(), irq));
    }
    EXPECT_EQ(seen.size(), MSI_MAX_IDS);
    EXPECT_EQ(seen.count(0), 0u);
}

TEST_F(RiscvMsiIds, WithoutIdentitiesNobodyGetsOne) {
    ids_ = std::make_unique<msi_ids>();
    msi_ids_init(ids_.get(), 0);
    EXPECT_EQ(msi_ids_take(ids_.get(), 1), 0u);
}

} // namespace
