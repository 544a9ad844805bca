// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/rsdp.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

// The first MiB, of which a part may be unreadable.
class Rsdp : public testing::Test {
  protected:
    static const void *Map(void *context, uint64_t address, size_t length) {
        auto *self = static_cast<Rsdp *>(context);
        if (address + length > self->low_.size() || address < self->readable_from_) {
            return nullptr;
        }
        return self->low_.data() + address;
    }
    void Put(size_t address, bool good = true) {
        std::string rsdp = "RSD PTR " + std::string(1, '\0') + "HELIOS" + std::string(5, '\0');
        uint8_t sum = 0;
        for (char c : rsdp) {
            sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(c));
        }
        rsdp[8] = static_cast<char>(-sum + (good ? 0 : 1));
        std::memcpy(low_.data() + address, rsdp.data(), rsdp.size());
    }
    void SetEbda(uint16_t segment) {
        low_[0x40e] = static_cast<uint8_t>(segment);
        low_[0x40f] = static_cast<uint8_t>(segment >> 8);
    }
    uint64_t Find() {
        acpi_memory memory = {Map, this};
        return rsdp_find(&memory);
    }

    std::vector<uint8_t> low_ = std::vector<uint8_t>(0x100000);
    uint64_t readable_from_ = 0;
};

TEST_F(Rsdp, NoneIsFoundWhereThereIsNone) {
    EXPECT_EQ(Find(), 0u);
}

TEST_F(Rsdp, FoundInTheBiosArea) {
    Put(0xf52a0);
    EXPECT_EQ(Find(), 0xf52a0u);
}

TEST_F(Rsdp, FoundAtBothEndsOfTheBiosArea) {
    Put(0xfffe0);
    EXPECT_EQ(Find(), 0xfffe0u);
    Put(0xe0000);
    EXPECT_EQ(Find(), 0xe0000u);
}

TEST_F(Rsdp, FoundInTheExtendedBiosDataAreaFirst) {
    SetEbda(0x9fc0);
    Put(0x9fff0 - 0x10);
    Put(0xf0000);
    EXPECT_EQ(Find(), 0x9ffe0u);
}

TEST_F(Rsdp, ExtendedBiosDataAreaEndsAfterAKilobyte) {
    SetEbda(0x9000);
    Put(0x90400);
    EXPECT_EQ(Find(), 0u);
}

TEST_F(Rsdp, OnlyEverySixteenthByteCounts) {
    Put(0xf0008);
    EXPECT_EQ(Find(), 0u);
}

TEST_F(Rsdp, BrokenOneIsPassedOver) {
    Put(0xe0100, false);
    Put(0xf0000);
    EXPECT_EQ(Find(), 0xf0000u);
}

TEST_F(Rsdp, UnreadableMemoryIsPassedOver) {
    readable_from_ = 0xf0000;
    Put(0xe0100);
    Put(0xf0100);
    EXPECT_EQ(Find(), 0xf0100u);
}

} // namespace
