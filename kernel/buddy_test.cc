// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/buddy.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "kernel/testing/memory_arena.h"

namespace {

class BuddyTest : public MemoryArena {
  protected:
    frame *Take(unsigned order) {
        return memory_take_block(memory_.get(), order);
    }

    void Give(frame *block) {
        memory_give_block(memory_.get(), block);
    }
};

TEST_F(BuddyTest, AnAlignedMemoryIsOneBlock) {
    Make(0x400, 0x400);
    EXPECT_EQ(FreeFrames(), 0x400u);
    EXPECT_EQ(Largest(), 10);
    EXPECT_EQ(memory_->free_mask, 1u << 10);
}

TEST_F(BuddyTest, AnUnalignedMemoryIsTheFewestBlocks) {
    Make(5, 24); // 5, 6-7, 8-15, 16-23, 24-27, 28
    EXPECT_EQ(FreeFrames(), 24u);
    EXPECT_EQ(memory_->free_mask, 0b1111u);
    std::vector<unsigned> orders;
    for (uint64_t at = 0; at < 24; at += 1u << frames_[at].object.order) {
        orders.push_back(frames_[at].object.order);
    }
    EXPECT_EQ(orders, (std::vector<unsigned>{0, 1, 3, 3, 2, 0}));
}

TEST_F(BuddyTest, ABlockIsAlignedToItsSizeAndNobodyElses) {
    Make(3, 1000);
    std::map<uint64_t, uint64_t> taken; // first frame, frames
    for (unsigned order : {0u, 3u, 1u, 6u, 0u, 2u, 7u, 0u, 5u}) {
        frame *block = Take(order);
        ASSERT_NE(block, nullptr);
        EXPECT_EQ(frame_physical(block) % (kPage << order), 0u);
        EXPECT_EQ(block->object.order, order);
        EXPECT_EQ(frame_use(block), FRAME_BUSY);
        uint64_t first = frame_physical(block) / kPage;
        for (const auto &[other, count] : taken) {
            EXPECT_TRUE(first + (1u << order) <= other || other + count <= first);
        }
        taken[first] = 1u << order;
    }
}

TEST_F(BuddyTest, EveryFrameCanBeHadAndThenNothing) {
    Make(7, 100);
    std::vector<frame *> blocks;
    while (frame *block = Take(0)) {
        blocks.push_back(block);
    }
    EXPECT_EQ(blocks.size(), 100u);
    EXPECT_EQ(FreeFrames(), 0u);
    EXPECT_EQ(Largest(), -1);
    std::sort(blocks.begin(), blocks.end());
    EXPECT_EQ(std::unique(blocks.begin(), blocks.end()), blocks.end());
}

TEST_F(BuddyTest, WhatComesBackInAnyOrderMergesToTheLargestBlock) {
    std::mt19937 random(1);
    Make(0x100, 0x100);
    std::vector<frame *> blocks;
    while (frame *block = Take(0)) {
        blocks.push_back(block);
    }
    std::shuffle(blocks.begin(), blocks.end(), random);
    for (frame *block : blocks) {
        Give(block);
    }
    EXPECT_EQ(FreeFrames(), 0x100u);
    EXPECT_EQ(Largest(), 8);
    EXPECT_EQ(memory_->free_mask, 1u << 8);
}

TEST_F(BuddyTest, TakingAndGivingInTurnsDoesNotSplitAndMerge) {
    Make(0x100, 0x100);
    frame *block = Take(0);
    uint64_t lists = memory_->free_mask;
    for (int i = 0; i < 10; i++) {
        Give(block);
        EXPECT_EQ(memory_->free_mask, lists);
        EXPECT_EQ(FreeFrames(), 0x100u);
        EXPECT_EQ(Take(0), block);
    }
}

TEST_F(BuddyTest, WhatIsKeptUnmergedIsMergedForWhoNeedsIt) {
    Make(4, 4);
    for (int i = 0; i < 4; i++) {
        ASSERT_NE(Take(0), nullptr);
    }
    for (frame &block : frames_) {
        Give(&block);
    }
    EXPECT_EQ(memory_->free_mask, 0u) << "all four are kept aside";
    EXPECT_NE(Take(2), nullptr);
}

TEST_F(BuddyTest, ABlockAtTheEdgeMergesWithNothingOutside) {
    Make(1, 2); // frame 1's buddy is 0, frame 2's is 3
    frame *blocks[] = {Take(0), Take(0)};
    Give(blocks[0]);
    Give(blocks[1]);
    EXPECT_EQ(Largest(), 0);
    EXPECT_EQ(FreeFrames(), 2u);
}

TEST_F(BuddyTest, AFreedDescriptorForgetsWhatItWas) {
    Make(8, 8);
    frame *block = Take(0);
    object_init(&block->object, HELIOS_TYPE_PAGE, memory_.get());
    frame_set_use(block, FRAME_PAGE);
    block->object.state = OBJECT_DYING;
    block->object.revoking = 3;
    block->content = block;
    Give(block);
    ASSERT_EQ(Take(0), block);
    EXPECT_EQ(block->object.type, HELIOS_TYPE_NULL);
    EXPECT_EQ(block->object.state, OBJECT_LIVE);
    EXPECT_EQ(block->object.revoking, 0);
    EXPECT_EQ(block->object.owner, memory_.get());
    EXPECT_EQ(block->object.reap_next, nullptr);
    EXPECT_EQ(block->content, nullptr);
}

// The walk over all blocks finds exactly what the model says, at any moment.
TEST_F(BuddyTest, ARandomHistoryAgreesWithAModel) {
    std::mt19937 random(4711);
    Make(13, 3000);
    int largest = Largest();
    std::map<frame *, unsigned> taken;
    uint64_t used = 0;
    for (int step = 0; step < 20000; step++) {
        bool takes = random() % 100 < (step / 2000 % 2 == 0 ? 65u : 35u);
        if (takes || taken.empty()) {
            unsigned order = random() % 4 == 0 ? random() % 9 : random() % 3;
            if (frame *block = Take(order)) {
                ASSERT_TRUE(taken.emplace(block, order).second);
                ASSERT_EQ(block->object.order, order);
                used += 1u << order;
            }
        } else {
            auto chosen = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
            used -= 1u << chosen->second;
            Give(chosen->first);
            taken.erase(chosen);
        }
        ASSERT_EQ(FreeFrames(), 3000 - used);
        if (step % 100 == 0) {
            auto next = taken.begin();
            for (frame *at = frames_.data(); at < frames_.data() + 3000;
                 at += 1u << at->object.order) {
                ASSERT_TRUE(next == taken.end() || at <= next->first);
                bool is_taken = next != taken.end() && at == next->first;
                ASSERT_EQ(is_taken, frame_use(at) == FRAME_BUSY);
                next = std::next(next, is_taken ? 1 : 0);
            }
            ASSERT_EQ(next, taken.end());
        }
    }
    for (const auto &[block, order] : taken) {
        Give(block);
    }
    EXPECT_EQ(FreeFrames(), 3000u);
    EXPECT_EQ(Largest(), largest);
}

} // namespace
