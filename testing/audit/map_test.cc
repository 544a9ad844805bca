// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/map.h"

#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint32_t kCapacity = 4096;

class MapTest : public ::testing::Test {
  protected:
    void SetUp() override {
        map_.items = items_.data();
        map_.places = places_.data();
        map_.capacity = kCapacity;
        audit_map_clear(&map_);
    }

    static const void *Address(uintptr_t i) {
        return reinterpret_cast<const void *>((i + 1) * 64);
    }

    std::vector<audit_item> items_ = std::vector<audit_item>(kCapacity);
    std::vector<audit_place> places_ = std::vector<audit_place>(kCapacity * 2);
    audit_map map_ = {};
};

TEST_F(MapTest, WhatWasAddedIsFoundWithItsMarks) {
    audit_map_add(&map_, Address(1))->marks = 5;
    ASSERT_NE(audit_map_find(&map_, Address(1)), nullptr);
    EXPECT_EQ(audit_map_find(&map_, Address(1))->marks, 5u);
    EXPECT_EQ(audit_map_add(&map_, Address(1))->marks, 5u);
    EXPECT_EQ(map_.count, 1u);
    EXPECT_EQ(audit_map_find(&map_, Address(2)), nullptr);
}

TEST_F(MapTest, NothingIsFoundAfterItWasCleared) {
    audit_map_add(&map_, Address(1))->marks = 5;
    audit_map_clear(&map_);
    EXPECT_EQ(audit_map_find(&map_, Address(1)), nullptr);
    EXPECT_EQ(audit_map_add(&map_, Address(1))->marks, 0u);
}

TEST_F(MapTest, ItTakesWhatItSaysAndNoMore) {
    for (uint32_t i = 0; i < kCapacity; i++) {
        ASSERT_NE(audit_map_add(&map_, Address(i)), nullptr);
    }
    for (uint32_t i = 0; i < kCapacity; i++) {
        ASSERT_EQ(audit_map_find(&map_, Address(i)), &map_.items[i]);
    }
    EXPECT_EQ(audit_map_add(&map_, Address(kCapacity)), nullptr);
    EXPECT_EQ(audit_map_add(&map_, Address(7)), &map_.items[7]);
}

TEST_F(MapTest, WhatIsLeftOfEarlierTimesIsNotFoundWhenTheirNumberComesAgain) {
    audit_map_add(&map_, Address(1));
    map_.epoch = UINT32_MAX;
    audit_map_clear(&map_);
    EXPECT_EQ(audit_map_find(&map_, Address(1)), nullptr);
    EXPECT_EQ(map_.epoch, 1u);
}

} // namespace
