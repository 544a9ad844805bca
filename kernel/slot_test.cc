// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/slot.h"

#include <thread>

#include "kernel/lock.h"
#include "gtest/gtest.h"

namespace {

// What a capability to one of two objects looks like, in all its parts.
struct Look {
    helios_type type;
    unsigned rights;
    uint64_t badge;
};

constexpr Look kLooks[2] = {{HELIOS_TYPE_ENDPOINT, HELIOS_RIGHT_READ, 0x1111},
                            {HELIOS_TYPE_NOTIFICATION, HELIOS_RIGHT_WRITE, 0x2222}};

class SlotTest : public ::testing::Test {
  protected:
    void Fill(unsigned which, cap_level level = CAP_COPY) {
        const Look &look = kLooks[which];
        slot_fill(&slot_, &objects_[which], look.type, level, look.rights, look.badge);
    }

    object objects_[2] = {};
    slot slot_ = {};
};

TEST_F(SlotTest, AViewShowsWhatWasFilledIn) {
    Fill(0);
    slot_view view = slot_read(&slot_);
    EXPECT_EQ(view.object, &objects_[0]);
    EXPECT_EQ(view.badge, 0x1111u);
    EXPECT_EQ(slot_word_type(view.word), HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(slot_word_rights(view.word), HELIOS_RIGHT_READ);
    EXPECT_EQ(slot_word_version(view.word), slot_.version);
    EXPECT_EQ(slot_.level, CAP_COPY);
}

TEST_F(SlotTest, AnEmptiedSlotIsNullOfTheNextVersion) {
    Fill(1);
    uint32_t version = slot_.version;
    slot_empty(&slot_);
    EXPECT_EQ(slot_word_type(slot_word(&slot_)), HELIOS_TYPE_NULL);
    EXPECT_EQ(slot_word_rights(slot_word(&slot_)), 0u);
    EXPECT_EQ(slot_.version, version + 1);
}

TEST_F(SlotTest, NoVersionComesTwiceInARow) {
    Fill(0);
    uint32_t first = slot_.version;
    slot_empty(&slot_);
    Fill(0);
    EXPECT_EQ(slot_.version, first + 2);
}

TEST_F(SlotTest, TheVersionWrapsWithoutTouchingTheRest) {
    slot_.word = ~0ull << 32;
    Fill(1);
    EXPECT_EQ(slot_.version, 0u);
    EXPECT_EQ(slot_.type, HELIOS_TYPE_NOTIFICATION);
}

TEST_F(SlotTest, ANewLevelIsTheSameCapability) {
    Fill(0);
    slot before = slot_;
    slot_set_level(&slot_, CAP_MINTED);
    EXPECT_EQ(slot_.level, CAP_MINTED);
    EXPECT_EQ(slot_.version, before.version);
    EXPECT_EQ(slot_.rights, before.rights);
    EXPECT_FALSE(slot_is_still(&slot_, before.word));
}

TEST_F(SlotTest, AWordIsComparedByTypeAndRights) {
    uint64_t word = SLOT_TYPE(HELIOS_TYPE_PAGE) | SLOT_RIGHTS(3) | SLOT_LEVEL(2) | 7ull << 32;
    EXPECT_TRUE(slot_word_is(word, HELIOS_TYPE_PAGE, 0));
    EXPECT_TRUE(slot_word_is(word, HELIOS_TYPE_PAGE, 1));
    EXPECT_TRUE(slot_word_is(word, HELIOS_TYPE_PAGE, 3));
    EXPECT_FALSE(slot_word_is(word, HELIOS_TYPE_PAGE, 7));
    EXPECT_FALSE(slot_word_is(word, HELIOS_TYPE_TASK, 1));
}

// One CPU puts two capabilities into a slot in turns, as cap_delete and cap_copy do; another looks
// it up all the time, without a lock.
TEST_F(SlotTest, AReaderNeverSeesPartsOfTwoCapabilities) {
    constexpr unsigned kRounds = 50000;
    lock free_list = {}; // as in cspace_release_slot and cspace_take_slot
    std::thread writer([&] {
        for (unsigned i = 0; i < kRounds; i++) {
            Fill(i % 2);
            if (i % 3 == 0) {
                slot_set_level(&slot_, CAP_MINTED);
            }
            slot_empty(&slot_);
            lock_acquire(&free_list);
            lock_release(&free_list);
        }
        Fill(1);
    });
    unsigned mixed = 0;
    for (slot_view view = {}; slot_word_version(view.word) != 2 * kRounds + 1;) {
        view = slot_read(&slot_);
        unsigned type = slot_word_type(view.word);
        if (type != HELIOS_TYPE_NULL) {
            const Look &look = kLooks[type == HELIOS_TYPE_NOTIFICATION];
            mixed += type != look.type || slot_word_rights(view.word) != look.rights ||
                     view.badge != look.badge ||
                     view.object != &objects_[type == HELIOS_TYPE_NOTIFICATION];
        }
    }
    writer.join();
    EXPECT_EQ(mixed, 0u);
}

} // namespace
