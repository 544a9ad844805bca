// SPDX-License-Identifier: GPL-3.0-only
//
// The driver against a controller that behaves as the specification says, priorities of three bits.
#include "arch/riscv64/plic.h"

#include <map>
#include <set>

#include "arch/include/device.h"
#include <gtest/gtest.h>

namespace {

constexpr uintptr_t kBase = 0x10000000;
constexpr uint32_t kSources = 70;
constexpr uint32_t kContext = 3;
constexpr uint32_t kMissing = 33; // not wired: its priority is stuck at 0

struct FakePlic {
    std::map<uint32_t, uint32_t> priority;
    std::map<uint32_t, uint32_t> enables; // by word
    std::set<uint32_t> pending, claimed;
    uint32_t threshold = 99;

    bool Enabled(uint32_t source) {
        return (enables[source / 32] >> source % 32 & 1) != 0;
    }

    uint32_t Claim() {
        uint32_t best = 0;
        for (uint32_t source : pending) {
            if (Enabled(source) && claimed.count(source) == 0 &&
                (best == 0 ? priority[source] > 0 : priority[source] > priority[best])) {
                best = source;
            }
        }
        pending.erase(best);
        if (best != 0) {
            claimed.insert(best);
        }
        return best;
    }

    uint32_t Read(uintptr_t offset) {
        if (offset < 0x1000) {
            return priority[static_cast<uint32_t>(offset / 4)];
        }
        if (offset < 0x2000) {
            uint32_t word = 0;
            for (uint32_t source : pending) {
                word |= source / 32 == (offset - 0x1000) / 4 ? 1u << source % 32 : 0;
            }
            return word;
        }
        if (offset < 0x200000) {
            return enables[static_cast<uint32_t>(offset - 0x2000 - 0x80 * kContext) / 4];
        }
        EXPECT_EQ(offset, 0x200004u + 0x1000 * kContext);
        return Claim();
    }

    void Write(uintptr_t offset, uint32_t value) {
        if (offset < 0x1000) {
            const auto source = static_cast<uint32_t>(offset / 4);
            priority[source] = source == kMissing ? 0 : value & 7;
        } else if (offset >= 0x2000 && offset < 0x200000) {
            enables[static_cast<uint32_t>(offset - 0x2000 - 0x80 * kContext) / 4] = value;
        } else if (offset == 0x200000u + 0x1000 * kContext) {
            threshold = value;
        } else {
            EXPECT_EQ(offset, 0x200004u + 0x1000 * kContext);
            if (value <= kSources && Enabled(value)) { // else silently ignored
                claimed.erase(value);
            }
        }
    }
};

FakePlic *fake;

class RiscvPlic : public ::testing::Test {
  protected:
    void SetUp() override {
        fake = &fake_;
        fake_.enables = {{0, ~0u}, {1, ~0u}, {2, ~0u}};
        for (uint32_t source = 1; source <= kSources; source++) {
            fake_.priority[source] = 7;
        }
        plic_reset(&plic_);
        plic_reset_context(&plic_, &context_);
    }

    // A source in use.
    void Open(uint32_t source) {
        plic_configure(&plic_, &context_, source);
        plic_set_enabled(&context_, source, true);
    }

    FakePlic fake_;
    plic plic_ = {kBase, kSources};
    plic_context context_ = {kBase + PLIC_ENABLES + PLIC_ENABLE_STRIDE * kContext,
                             kBase + PLIC_CLAIMS + PLIC_CLAIM_STRIDE *kContext};
};

TEST_F(RiscvPlic, ResetClosesEverySource) {
    for (uint32_t source = 1; source <= kSources; source++) {
        EXPECT_EQ(fake_.priority[source], 0u) << source;
        EXPECT_FALSE(fake_.Enabled(source)) << source;
    }
    EXPECT_EQ(fake_.threshold, 0u);
}

TEST_F(RiscvPlic, ASourceExistsIfItsPriorityCanBeSet) {
    EXPECT_TRUE(plic_source_exists(&plic_, 1));
    EXPECT_TRUE(plic_source_exists(&plic_, kSources));
    EXPECT_FALSE(plic_source_exists(&plic_, kMissing));
    EXPECT_EQ(fake_.priority[1], 0u);
}

TEST_F(RiscvPlic, AConfiguredSourceIsMaskedWithNothingPending) {
    fake_.pending = {40};
    plic_configure(&plic_, &context_, 40);
    EXPECT_FALSE(fake_.Enabled(40));
    EXPECT_TRUE(fake_.pending.empty());
    EXPECT_TRUE(fake_.claimed.empty());
    EXPECT_EQ(fake_.priority[40], 1u);
}

TEST_F(RiscvPlic, ConfiguringFreesASourceThatWasClaimedAndForgotten) {
    fake_.claimed = {40};
    plic_configure(&plic_, &context_, 40);
    EXPECT_TRUE(fake_.claimed.empty());
}

TEST_F(RiscvPlic, ConfiguringDoesNotSwallowAnotherSource) {
    Open(5);
    fake_.pending = {5, 40};
    plic_configure(&plic_, &context_, 40);
    EXPECT_EQ(fake_.pending, std::set<uint32_t>{5});
    plic_configure(&plic_, &context_, 41);
    EXPECT_EQ(fake_.pending, std::set<uint32_t>{5});
}

TEST_F(RiscvPlic, ASourceIsClaimedOnlyWhileEnabled) {
    Open(64);
    fake_.pending = {64};
    plic_set_enabled(&context_, 64, false);
    EXPECT_EQ(plic_claim(context_.claims), 0u);
    plic_set_enabled(&context_, 64, true);
    EXPECT_EQ(plic_claim(context_.claims), 64u);
}

TEST_F(RiscvPlic, EnablingLeavesNeighboursAlone) {
    Open(32);
    Open(63);
    plic_set_enabled(&context_, 32, false);
    EXPECT_TRUE(fake_.Enabled(63));
    EXPECT_FALSE(fake_.Enabled(32));
}

TEST_F(RiscvPlic, ACompletedSourceCanBeClaimedAgain) {
    Open(10);
    fake_.pending = {10};
    EXPECT_EQ(plic_claim(context_.claims), 10u);
    fake_.pending = {10};
    EXPECT_EQ(plic_claim(context_.claims), 0u);
    plic_complete(&context_, 10);
    EXPECT_EQ(plic_claim(context_.claims), 10u);
}

TEST_F(RiscvPlic, CompletingADisabledSourceCountsAndLeavesItDisabled) {
    Open(10);
    fake_.pending = {10};
    EXPECT_EQ(plic_claim(context_.claims), 10u);
    plic_set_enabled(&context_, 10, false);
    plic_complete(&context_, 10);
    EXPECT_TRUE(fake_.claimed.empty());
    EXPECT_FALSE(fake_.Enabled(10));
}

TEST_F(RiscvPlic, AReleasedSourceIsSilent) {
    Open(10);
    fake_.pending = {10};
    EXPECT_EQ(plic_claim(context_.claims), 10u);
    plic_release(&plic_, &context_, 10);
    EXPECT_TRUE(fake_.claimed.empty());
    EXPECT_FALSE(fake_.Enabled(10));
    EXPECT_EQ(fake_.priority[10], 0u);
}

} // namespace

extern "C" uint64_t arch_device_read(device_space space, uintptr_t address, unsigned width) {
    EXPECT_EQ(space, DEVICE_MEMORY);
    EXPECT_EQ(width, 4u);
    return fake->Read(address - kBase);
}

extern "C" void arch_device_write(device_space space, uintptr_t address, unsigned width,
                                  uint64_t value) {
    EXPECT_EQ(space, DEVICE_MEMORY);
    EXPECT_EQ(width, 4u);
    fake->Write(address - kBase, static_cast<uint32_t>(value));
}
