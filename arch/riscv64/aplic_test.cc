// SPDX-License-Identifier: GPL-3.0-only
//
// The driver against a domain that behaves as the specification says.
#include "arch/riscv64/aplic.h"

#include <map>
#include <set>
#include <vector>

#include "arch/include/device.h"
#include "arch/include/interrupt.h"
#include <gtest/gtest.h>

namespace {

constexpr uintptr_t kBase = 0x10000000;
constexpr uint32_t kSources = 70;
constexpr uint32_t kIdc = 2;
constexpr uint32_t kMissing = 33;  // not in this domain: stuck at 0
constexpr uint32_t kEdgeOnly = 34; // a source without level-triggered modes

struct FakeAplic {
    uint32_t domaincfg = 0;
    std::map<uint32_t, uint32_t> sourcecfg, target;
    std::set<uint32_t> enabled, pending, high; // high: lines
    std::map<uintptr_t, uint32_t> idc;
    std::vector<uint32_t> messages; // target registers of what was sent

    bool IsLevel(uint32_t source) {
        return sourcecfg[source] >= 6;
    }
    bool IsActive(uint32_t source) {
        return (high.count(source) != 0) == (sourcecfg[source] % 2 == 0);
    }

    void Settle() {
        for (uint32_t source = 1; source <= kSources; source++) {
            if (sourcecfg[source] == 0) {
                enabled.erase(source);
                pending.erase(source);
            }
            if (ByMsi() && pending.count(source) != 0 && enabled.count(source) != 0) {
                messages.push_back(target[source]);
                pending.erase(source);
            }
            if (!ByMsi() && IsLevel(source)) { // pending follows the line
                IsActive(source) ? (void)pending.insert(source) : (void)pending.erase(source);
            }
        }
    }

    bool ByMsi() const {
        return (domaincfg & 4) != 0;
    }

    void Raise(uint32_t source) {
        high.insert(source);
        if (sourcecfg[source] == 4 || sourcecfg[source] == 6) {
            pending.insert(source);
        }
        Settle();
    }

    void Configure(uint32_t source, uint32_t mode) {
        const bool is_possible = source != kMissing && !(source == kEdgeOnly && mode >= 6);
        sourcecfg[source] = is_possible ? mode : 0;
    }

    uint32_t Read(uintptr_t offset) {
        if (offset >= 4 && offset <= 0xffc) {
            return sourcecfg[static_cast<uint32_t>(offset / 4)];
        }
        if (offset >= 0x1d00 && offset < 0x1d80) {
            const auto first = static_cast<uint32_t>(offset - 0x1d00) * 8;
            uint32_t word = 0;
            for (uint32_t bit = 0; bit < 32; bit++) {
                const bool is_active = sourcecfg[first + bit] != 0 && IsActive(first + bit);
                word |= is_active ? 1u << bit : 0;
            }
            return word;
        }
        EXPECT_EQ(offset, 0x4000u + 32 * kIdc + 0x1c);
        for (uint32_t source : pending) {
            if (enabled.count(source) != 0) {
                const uint32_t topi = source << 16 | (target[source] & 0xff);
                pending.erase(source);
                Settle();
                return topi;
            }
        }
        return 0;
    }

    void Write(uintptr_t offset, uint32_t value) {
        if (offset == 0) {
            domaincfg = value;
        } else if (offset <= 0xffc) {
            Configure(static_cast<uint32_t>(offset / 4), value);
        } else if (offset == 0x1cdc) {
            if (!IsLevel(value) || IsActive(value)) {
                pending.insert(value);
            }
        } else if (offset == 0x1ddc) {
            pending.erase(value);
        } else if (offset == 0x1edc) {
            enabled.insert(value);
        } else if (offset == 0x1fdc) {
            enabled.erase(value);
        } else if (offset >= 0x1f00 && offset < 0x1f80) {
            for (uint32_t bit = 0; bit < 32; bit++) {
                if ((value >> bit & 1) != 0) {
                    enabled.erase(static_cast<uint32_t>(offset - 0x1f00) * 8 + bit);
                }
            }
        } else if (offset >= 0x3004 && offset < 0x4000) {
            target[static_cast<uint32_t>(offset - 0x3000) / 4] = value;
        } else {
            EXPECT_GE(offset, 0x4000u);
            idc[offset] = value;
        }
        Settle();
    }
};

FakeAplic *fake;

class RiscvAplic : public ::testing::Test {
  protected:
    void SetUp() override {
        fake = &fake_;
        for (uint32_t source = 1; source <= kSources; source++) {
            fake_.sourcecfg[source] = 4;
            fake_.enabled.insert(source);
        }
        Reset(false);
    }

    void Reset(bool by_msi) {
        aplic_.by_msi = by_msi;
        aplic_reset(&aplic_);
    }

    void Open(uint32_t source, unsigned flags) {
        ASSERT_TRUE(aplic_configure(&aplic_, source, flags, kIdc, 77));
        aplic_set_enabled(&aplic_, source, true);
    }

    FakeAplic fake_;
    aplic aplic_ = {kBase, kSources, false};
};

TEST_F(RiscvAplic, ResetLeavesNoSourceActive) {
    EXPECT_TRUE(fake_.enabled.empty());
    for (uint32_t source = 1; source <= kSources; source++) {
        EXPECT_EQ(fake_.sourcecfg[source], 0u) << source;
    }
}

TEST_F(RiscvAplic, TheDomainIsOnAndDeliversAsAsked) {
    EXPECT_EQ(fake_.domaincfg, 0x100u);
    Reset(true);
    EXPECT_EQ(fake_.domaincfg, 0x104u);
}

TEST_F(RiscvAplic, AnOpenIdcDeliversEveryPriority) {
    aplic_open_idc(&aplic_, kIdc);
    const uintptr_t idc = 0x4000 + 32 * kIdc;
    EXPECT_EQ(fake_.idc[idc], 1u);
    EXPECT_EQ(fake_.idc[idc + 8], 0u);
}

TEST_F(RiscvAplic, ASourceExistsIfItCanBeConfigured) {
    EXPECT_TRUE(aplic_source_exists(&aplic_, 1));
    EXPECT_TRUE(aplic_source_exists(&aplic_, kSources));
    EXPECT_FALSE(aplic_source_exists(&aplic_, kMissing));
    EXPECT_EQ(fake_.sourcecfg[1], 0u);
}

TEST_F(RiscvAplic, TriggersAreSourceModes) {
    aplic_configure(&aplic_, 1, 0, 0, 0);
    aplic_configure(&aplic_, 2, IRQ_LOW, 0, 0);
    aplic_configure(&aplic_, 3, IRQ_LEVEL, 0, 0);
    aplic_configure(&aplic_, 4, IRQ_LEVEL | IRQ_LOW, 0, 0);
    EXPECT_EQ(fake_.sourcecfg[1], 4u);
    EXPECT_EQ(fake_.sourcecfg[2], 5u);
    EXPECT_EQ(fake_.sourcecfg[3], 6u);
    EXPECT_EQ(fake_.sourcecfg[4], 7u);
}

TEST_F(RiscvAplic, ATriggerThatTheSourceLacksIsRefused) {
    EXPECT_TRUE(aplic_configure(&aplic_, kEdgeOnly, 0, 0, 0));
    EXPECT_FALSE(aplic_configure(&aplic_, kEdgeOnly, IRQ_LEVEL, 0, 0));
    EXPECT_EQ(fake_.sourcecfg[kEdgeOnly], 0u);
}

TEST_F(RiscvAplic, TheTargetNamesTheHart) {
    aplic_configure(&aplic_, 10, 0, kIdc, 77);
    EXPECT_EQ(fake_.target[10], kIdc << 18 | 1) << "direct: a priority";
    Reset(true);
    aplic_configure(&aplic_, 10, 0, kIdc, 77);
    EXPECT_EQ(fake_.target[10], kIdc << 18 | 77) << "by message: an identity";
}

TEST_F(RiscvAplic, AConfiguredSourceIsMaskedWithNothingPending) {
    Open(10, 0);
    aplic_set_enabled(&aplic_, 10, false);
    fake_.Raise(10);
    EXPECT_EQ(fake_.pending.count(10), 1u);
    EXPECT_TRUE(aplic_configure(&aplic_, 10, 0, kIdc, 0));
    EXPECT_EQ(fake_.pending.count(10), 0u);
    EXPECT_EQ(fake_.enabled.count(10), 0u);
}

TEST_F(RiscvAplic, AnEdgeIsClaimedOnce) {
    Open(10, 0);
    fake_.Raise(10);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 10u);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 0u);
}

TEST_F(RiscvAplic, AnActiveLevelStaysPendingUntilItIsMasked) {
    Open(10, IRQ_LEVEL);
    fake_.Raise(10);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 10u);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 10u);
    aplic_set_enabled(&aplic_, 10, false);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 0u);
}

TEST_F(RiscvAplic, AnActiveLevelSendsOneMessageForEachRetrigger) {
    Reset(true);
    Open(10, IRQ_LEVEL);
    fake_.Raise(10);
    EXPECT_EQ(fake_.messages, std::vector<uint32_t>{kIdc << 18 | 77});
    aplic_retrigger(&aplic_, 10);
    EXPECT_EQ(fake_.messages.size(), 2u);
    fake_.high.erase(10);
    aplic_retrigger(&aplic_, 10);
    EXPECT_EQ(fake_.messages.size(), 2u);
}

TEST_F(RiscvAplic, WhatIsRetriggeredWhileMaskedWaits) {
    Reset(true);
    Open(10, 0);
    aplic_set_enabled(&aplic_, 10, false);
    aplic_retrigger(&aplic_, 10);
    EXPECT_TRUE(fake_.messages.empty());
    aplic_set_enabled(&aplic_, 10, true);
    EXPECT_EQ(fake_.messages.size(), 1u);
}

TEST_F(RiscvAplic, ALineIsActiveAsItsPolaritySays) {
    Open(42, IRQ_LEVEL);
    Open(64, IRQ_LEVEL | IRQ_LOW);
    EXPECT_FALSE(aplic_is_active(&aplic_, 42));
    EXPECT_TRUE(aplic_is_active(&aplic_, 64));
    fake_.Raise(42);
    fake_.Raise(64);
    EXPECT_TRUE(aplic_is_active(&aplic_, 42));
    EXPECT_FALSE(aplic_is_active(&aplic_, 64));
}

TEST_F(RiscvAplic, AReleasedSourceIsSilent) {
    Open(10, 0);
    aplic_release(&aplic_, 10);
    fake_.Raise(10);
    EXPECT_EQ(aplic_claim(&aplic_, kIdc), 0u);
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
