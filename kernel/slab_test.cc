// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/slab.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "kernel/testing/memory_arena.h"

namespace {

constexpr slab_class kClasses[] = {SLAB_128, SLAB_1024};

class SlabTest : public MemoryArena {
  protected:
    uint8_t *Take(slab_class size) {
        return static_cast<uint8_t *>(memory_take_small(memory_.get(), size));
    }

    void Give(void *object) {
        memory_give_small(memory_.get(), object);
    }
};

TEST_F(SlabTest, AFrameHoldsAsManyAsFit) {
    for (slab_class size : kClasses) {
        Make(16, 1);
        unsigned count = 0;
        while (Take(size) != nullptr) {
            count++;
        }
        EXPECT_EQ(count << slab_shift(size), kPage);
    }
}

TEST_F(SlabTest, AnObjectIsAlignedToItsSizeAndZeroed) {
    Make(16, 4);
    memset(arch_direct(16 * kPage), 0xff, 4 * kPage);
    for (slab_class size : kClasses) {
        for (int i = 0; i < 3; i++) {
            uint8_t *object = Take(size);
            ASSERT_NE(object, nullptr);
            size_t length = size_t{1} << slab_shift(size);
            EXPECT_EQ(arch_direct_physical(object) % length, 0u);
            EXPECT_TRUE(std::all_of(object, object + length, [](uint8_t b) { return b == 0; }));
        }
    }
}

TEST_F(SlabTest, AnObjectThatCameBackIsZeroedAgain) {
    Make(16, 1);
    uint8_t *object = Take(SLAB_1024);
    memset(object, 0xee, 1024);
    Give(object);
    ASSERT_EQ(Take(SLAB_1024), object);
    EXPECT_TRUE(std::all_of(object, object + 1024, [](uint8_t b) { return b == 0; }));
}

TEST_F(SlabTest, AnEmptySlabIsKeptAndCountsAsFree) {
    Make(16, 4);
    uint8_t *object = Take(SLAB_128);
    EXPECT_EQ(FreeFrames(), 3u);
    Give(object);
    EXPECT_EQ(FreeFrames(), 4u);
    EXPECT_EQ(slab_empty_count(memory_.get()), 1u);
    EXPECT_EQ(Take(SLAB_128), object) << "the same slab again";
}

TEST_F(SlabTest, AKeptSlabGoesToWhoNeedsTheFrame) {
    Make(16, 1);
    Give(Take(SLAB_128));
    EXPECT_NE(Take(SLAB_1024), nullptr) << "a slab of another size";
    EXPECT_EQ(FreeFrames(), 0u);
}

TEST_F(SlabTest, AKeptSlabDoesNotKeepTheMemoryApart) {
    Make(16, 4);
    for (slab_class size : kClasses) {
        Give(Take(size));
    }
    EXPECT_NE(memory_take_block(memory_.get(), 2), nullptr);
}

TEST_F(SlabTest, RoomInAFullSlabIsFoundAgain) {
    Make(16, 1);
    std::vector<uint8_t *> objects;
    while (uint8_t *object = Take(SLAB_1024)) {
        objects.push_back(object);
    }
    Give(objects[2]);
    EXPECT_EQ(Take(SLAB_1024), objects[2]);
    EXPECT_EQ(Take(SLAB_1024), nullptr);
}

TEST_F(SlabTest, ARandomHistoryAgreesWithAModel) {
    std::mt19937 random(99);
    Make(16, 64);
    std::map<uint8_t *, slab_class> taken;
    for (int step = 0; step < 20000; step++) {
        bool takes = random() % 100 < (step / 2000 % 2 == 0 ? 70u : 30u);
        if (takes || taken.empty()) {
            slab_class size = kClasses[random() % 2];
            uint8_t *object = Take(size);
            if (object == nullptr) {
                continue;
            }
            size_t length = size_t{1} << slab_shift(size);
            auto after = taken.lower_bound(object);
            ASSERT_TRUE(after == taken.end() || object + length <= after->first);
            if (after != taken.begin()) {
                auto before = std::prev(after);
                ASSERT_LE(before->first + (size_t{1} << slab_shift(before->second)), object);
            }
            memset(object, 0x5a, length);
            taken[object] = size;
        } else {
            auto chosen = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
            Give(chosen->first);
            taken.erase(chosen);
        }
    }
    for (const auto &[object, size] : taken) {
        Give(object);
    }
    EXPECT_EQ(FreeFrames(), 64u);
    EXPECT_EQ(Largest(), 5) << "frames 32 to 63";
}

} // namespace
