// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cap.h"

#include <array>
#include <memory>
#include <random>
#include <vector>

#include "arch/host/host.h"
#include "kernel/cspace.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/reaper.h"
#include "kernel/task.h"
#include "testing/audit/audit.h"
#include "gtest/gtest.h"

namespace {

constexpr unsigned kSlots = 64;

// One CSpace, one endpoint with its original capability in slot 0, and things that refer to it.
class CapTest : public ::testing::Test {
  protected:
    void SetUp() override {
        host_reset();
        reaper_reset();
        cspace_init(&cspace_, nullptr, slots_.data(), kSlots);
        cspace_init_slots(&cspace_, 0, kSlots);
        object_init(&object_, HELIOS_TYPE_ENDPOINT, nullptr);
        original_ = Take(0);
        cap_make(original_, &object_, HELIOS_RIGHT_ALL, 0);
    }

    void TearDown() override {
        EXPECT_EQ(audit_ring(&object_), "");
        EXPECT_EQ(audit_cspace(&cspace_), "");
    }

    slot *Take(uint64_t address = HELIOS_CADDR_UNDEF) {
        helios_error error = HELIOS_OK;
        slot *taken = cspace_take_slot(&cspace_, address, &error);
        EXPECT_NE(taken, nullptr);
        return taken;
    }

    // A copy of `source`; NULL if it is refused.
    slot *Copy(slot *source, unsigned rights = HELIOS_RIGHT_ALL, uint64_t badge = 0) {
        slot *copy = Take();
        if (cap_copy(copy, source, source->version, rights, badge) != CAP_OK) {
            cspace_release_slot(copy);
            return nullptr;
        }
        EXPECT_EQ(audit_ring(&object_), "");
        return copy;
    }

    bool Delete(slot *slot) {
        bool was_there = cap_delete(slot);
        cspace_release_slot(slot);
        EXPECT_EQ(audit_ring(&object_), "");
        return was_there;
    }

    // Something that refers to the object: an IRQ handler, which lets go when it is told to.
    irq_handler *Refer(slot *source) {
        auto handler = std::make_unique<irq_handler>();
        handler->irq = 1;
        EXPECT_EQ(reference_set(&handler->notification, REFERENCE_IRQ_NOTIFICATION, source,
                                source->version),
                  CAP_OK);
        handlers_.push_back(std::move(handler));
        return handlers_.back().get();
    }

    void Revoke(slot *slot, unsigned budget = 100) {
        reference marker = {};
        ASSERT_EQ(cap_revoke_begin(&marker, slot, slot->version), CAP_OK);
        while (!cap_revoke_step(&marker, budget)) {
            ASSERT_EQ(audit_ring(&object_), "");
        }
        cap_revoke_end(&marker);
        EXPECT_EQ(object_.revoking, 0);
    }

    cspace cspace_ = {};
    std::array<slot, kSlots> slots_;
    object object_ = {};
    slot *original_;
    std::vector<std::unique_ptr<irq_handler>> handlers_;
};

TEST_F(CapTest, WhatIsMadeIsTheOriginal) {
    EXPECT_EQ(original_->level, CAP_ORIGINAL);
    EXPECT_EQ(original_->type, HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(original_->object, &object_);
}

TEST_F(CapTest, CopyOfTheOriginalIsMintedAndStandsAtTheEnd) {
    slot *first = Copy(original_, HELIOS_RIGHT_READ, 5);
    slot *second = Copy(original_);
    EXPECT_EQ(first->level, CAP_MINTED);
    EXPECT_EQ(first->rights, HELIOS_RIGHT_READ);
    EXPECT_EQ(first->badge, 5u);
    EXPECT_EQ(ring_node(object_.ring.prev), &second->node);
}

TEST_F(CapTest, CopyOfAMintedOneStandsBehindItInItsGroup) {
    slot *minted = Copy(original_);
    slot *other = Copy(original_);
    slot *copy = Copy(minted);
    slot *copy_of_copy = Copy(copy);
    EXPECT_EQ(copy->level, CAP_COPY);
    EXPECT_EQ(copy_of_copy->level, CAP_COPY);
    EXPECT_EQ(ring_node(minted->node.next), &copy->node);
    EXPECT_EQ(ring_node(copy->node.next), &copy_of_copy->node);
    EXPECT_EQ(ring_node(copy_of_copy->node.next), &other->node);
}

TEST_F(CapTest, EveryChangeOfASlotChangesItsVersion) {
    uint32_t version = original_->version;
    slot *target = Take();
    ASSERT_EQ(cap_move(target, original_, version), CAP_OK);
    EXPECT_NE(original_->version, version);
    cspace_release_slot(original_);
    version = target->version;
    Delete(target);
    EXPECT_NE(target->version, version);
}

TEST_F(CapTest, SourceThatHasChangedIsGone) {
    uint32_t old = original_->version - 1;
    slot *target = Take();
    EXPECT_EQ(cap_copy(target, original_, old, 0, 0), CAP_GONE);
    EXPECT_EQ(cap_move(target, original_, old), CAP_GONE);
    reference reference = {};
    EXPECT_EQ(reference_set(&reference, REFERENCE_TASK_FAULT, original_, old), CAP_GONE);
    struct ring_node mapping = {};
    EXPECT_EQ(mapping_set(&mapping, original_, old), CAP_GONE);
    cspace_release_slot(target);
}

TEST_F(CapTest, SourceThatIsEmptyIsGone) {
    slot *empty = Take();
    slot *target = Take();
    EXPECT_EQ(cap_copy(target, empty, empty->version, 0, 0), CAP_GONE);
    EXPECT_EQ(cap_move(target, empty, empty->version), CAP_GONE);
    cspace_release_slot(empty);
    cspace_release_slot(target);
}

TEST_F(CapTest, NothingJoinsADyingObject) {
    object_.state = OBJECT_DYING;
    EXPECT_EQ(Copy(original_), nullptr);
    object_.state = OBJECT_LIVE;
}

TEST_F(CapTest, MoveKeepsThePlaceInTheRing) {
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    slot *target = Take();
    ASSERT_EQ(cap_move(target, minted, minted->version), CAP_OK);
    cspace_release_slot(minted);
    EXPECT_EQ(target->level, CAP_MINTED);
    EXPECT_EQ(ring_node(target->node.next), &copy->node);
    EXPECT_EQ(ring_node(copy->node.prev), &target->node);
}

TEST_F(CapTest, MoveOfTheOnlyMemberKeepsTheObject) {
    slot *target = Take();
    ASSERT_EQ(cap_move(target, original_, original_->version), CAP_OK);
    cspace_release_slot(original_);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(ring_node(object_.ring.next), &target->node);
}

TEST_F(CapTest, DeletingTheLastMemberSendsTheObjectToTheReaper) {
    slot *minted = Copy(original_);
    EXPECT_TRUE(Delete(original_));
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_TRUE(Delete(minted));
    EXPECT_EQ(reaper_depth(), 1u);
    EXPECT_EQ(object_.state, OBJECT_DYING);
}

TEST_F(CapTest, DeletingANullSlotDoesNothing) {
    slot *empty = Take();
    EXPECT_FALSE(cap_delete(empty));
    cspace_release_slot(empty);
}

TEST_F(CapTest, ReferenceKeepsTheObjectAlive) {
    irq_handler *handler = Refer(original_);
    Delete(original_);
    EXPECT_EQ(reaper_depth(), 0u);
    reference_clear(&handler->notification);
    EXPECT_EQ(reaper_depth(), 1u);
    EXPECT_EQ(handler->notification.object, nullptr);
}

TEST_F(CapTest, MappingKeepsTheObjectAlive) {
    struct ring_node mapping = {};
    ASSERT_EQ(mapping_set(&mapping, original_, original_->version), CAP_OK);
    Delete(original_);
    EXPECT_EQ(reaper_depth(), 0u);
    mapping_clear(&mapping, &object_);
    EXPECT_EQ(reaper_depth(), 1u);
}

TEST_F(CapTest, FirstCopyTakesThePlaceOfAMintedOneThatGoes) {
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    slot *second = Copy(copy);
    Delete(minted);
    EXPECT_EQ(copy->level, CAP_MINTED);
    EXPECT_EQ(second->level, CAP_COPY);
}

TEST_F(CapTest, MintedOneThatGoesDoesNotTouchTheNextGroup) {
    slot *first = Copy(original_);
    slot *second = Copy(original_);
    slot *copy = Copy(second);
    Delete(first);
    EXPECT_EQ(second->level, CAP_MINTED);
    EXPECT_EQ(copy->level, CAP_COPY);
}

TEST_F(CapTest, OriginalThatGoesPassesNothingOn) {
    irq_handler *use = Refer(original_);
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    Delete(original_);
    EXPECT_EQ(ring_kind(object_.ring.next), RING_REFERENCE);
    EXPECT_EQ(minted->level, CAP_MINTED);
    EXPECT_EQ(copy->level, CAP_COPY);
    reference_clear(&use->notification);
}

TEST_F(CapTest, UseAtTheHeadOfAGroupKeepsTheBorder) {
    slot *before = Copy(original_);
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    irq_handler *use = Refer(minted); // stands before the copy
    Delete(minted);
    EXPECT_EQ(ring_kind(before->node.next), RING_REFERENCE_FIRST);
    EXPECT_EQ(copy->level, CAP_COPY);
    Revoke(before);
    EXPECT_EQ(use->notification.object, &object_) << "the group before ends here";
    EXPECT_EQ(copy->type, HELIOS_TYPE_ENDPOINT);
    reference_clear(&use->notification);
    EXPECT_EQ(copy->level, CAP_MINTED) << "it heads the group now";
}

TEST_F(CapTest, MappingAtTheHeadOfAGroupKeepsTheBorder) {
    slot *minted = Copy(original_);
    struct ring_node first = {}, second = {};
    ASSERT_EQ(mapping_set(&second, minted, minted->version), CAP_OK);
    ASSERT_EQ(mapping_set(&first, minted, minted->version), CAP_OK);
    Delete(minted);
    EXPECT_EQ(ring_kind(original_->node.next), RING_MAPPING_FIRST);
    EXPECT_EQ(ring_kind(first.next), RING_MAPPING);
    mapping_clear(&first, &object_);
    EXPECT_EQ(ring_kind(original_->node.next), RING_MAPPING_FIRST);
    EXPECT_EQ(ring_node(original_->node.next), &second);
    mapping_clear(&second, &object_);
}

TEST_F(CapTest, RevokeOfTheOriginalTakesEverythingElse) {
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    irq_handler *of_original = Refer(original_);
    irq_handler *of_copy = Refer(copy);
    Revoke(original_);
    EXPECT_EQ(minted->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(copy->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(of_original->notification.object, nullptr);
    EXPECT_EQ(of_copy->notification.object, nullptr);
    EXPECT_EQ(ring_node(original_->node.next), &object_.ring);
    EXPECT_EQ(cspace_.free_count, kSlots - 1u);
}

TEST_F(CapTest, RevokeOfAMintedOneTakesItsGroupOnly) {
    slot *before = Copy(original_);
    slot *copy_before = Copy(before);
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    irq_handler *use = Refer(minted);
    slot *after = Copy(original_);
    Revoke(minted, 1);
    EXPECT_EQ(copy->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(use->notification.object, nullptr);
    for (slot *left : {original_, before, copy_before, minted, after}) {
        EXPECT_EQ(left->type, HELIOS_TYPE_ENDPOINT);
    }
}

TEST_F(CapTest, NothingJoinsWhileTheOriginalIsBeingRevoked) {
    slot *minted = Copy(original_);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, original_, original_->version), CAP_OK);
    slot *target = Take();
    EXPECT_EQ(cap_copy(target, minted, minted->version, 0, 0), CAP_REVOKING);
    reference reference = {};
    EXPECT_EQ(reference_set(&reference, REFERENCE_TASK_FAULT, minted, minted->version),
              CAP_REVOKING);
    struct ring_node mapping = {};
    EXPECT_EQ(mapping_set(&mapping, minted, minted->version), CAP_REVOKING);
    EXPECT_EQ(cap_move(target, minted, minted->version), CAP_OK) << "a move adds nothing";
    cspace_release_slot(minted);
    cap_revoke_end(&marker);
    EXPECT_NE(Copy(original_), nullptr);
}

TEST_F(CapTest, WhatJoinsAGroupThatIsBeingRevokedGoesToo) {
    slot *minted = Copy(original_);
    slot *copy = Copy(minted);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, minted, minted->version), CAP_OK);
    slot *late = Copy(minted);
    slot *later = Copy(copy);
    irq_handler *use = Refer(minted);
    slot *other = Copy(original_);
    EXPECT_TRUE(cap_revoke_step(&marker, 100));
    cap_revoke_end(&marker);
    EXPECT_EQ(late->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(later->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(use->notification.object, nullptr);
    EXPECT_EQ(other->type, HELIOS_TYPE_ENDPOINT);
}

TEST_F(CapTest, RevokeDestroysNoMoreThanItsBudgetInAStep) {
    for (int i = 0; i < 10; i++) {
        Copy(original_);
    }
    uint64_t free_before = cspace_.free_count;
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, original_, original_->version), CAP_OK);
    EXPECT_FALSE(cap_revoke_step(&marker, 3));
    EXPECT_EQ(cspace_.free_count, free_before + 3);
    cap_revoke_end(&marker);
}

TEST_F(CapTest, RevocationSurvivesTheCapabilityThatItBeganAt) {
    slot *minted = Copy(original_);
    slot *copies[] = {Copy(minted), Copy(minted), Copy(minted)};
    slot *other = Copy(original_);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, minted, minted->version), CAP_OK);
    EXPECT_FALSE(cap_revoke_step(&marker, 1));
    Delete(minted);
    EXPECT_FALSE(cap_revoke_step(&marker, 1));
    EXPECT_EQ(audit_ring(&object_), "");
    while (!cap_revoke_step(&marker, 1)) {
    }
    cap_revoke_end(&marker);
    for (slot *copy : copies) {
        EXPECT_EQ(copy->type, HELIOS_TYPE_NULL);
    }
    EXPECT_EQ(other->type, HELIOS_TYPE_ENDPOINT);
}

TEST_F(CapTest, RevocationThatIsLeftAloneWithTheObjectGivesItToTheReaper) {
    slot *minted = Copy(original_);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, original_, original_->version), CAP_OK);
    Delete(original_);
    Delete(minted);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_TRUE(cap_revoke_step(&marker, 8));
    cap_revoke_end(&marker);
    EXPECT_EQ(reaper_depth(), 1u);
}

TEST_F(CapTest, RevocationsOfOneObjectPassEachOtherBy) {
    slot *minted = Copy(original_);
    std::vector<slot *> copies;
    for (int i = 0; i < 6; i++) {
        copies.push_back(Copy(minted));
    }
    reference outer = {}, inner = {};
    ASSERT_EQ(cap_revoke_begin(&outer, original_, original_->version), CAP_OK);
    ASSERT_EQ(cap_revoke_begin(&inner, minted, minted->version), CAP_OK);
    bool outer_done = false, inner_done = false;
    for (int i = 0; i < 100 && !(outer_done && inner_done); i++) {
        outer_done = outer_done || cap_revoke_step(&outer, 2);
        EXPECT_EQ(audit_ring(&object_), "");
        inner_done = inner_done || cap_revoke_step(&inner, 1);
        EXPECT_EQ(audit_ring(&object_), "");
    }
    EXPECT_TRUE(outer_done && inner_done);
    cap_revoke_end(&outer);
    cap_revoke_end(&inner);
    for (slot *copy : copies) {
        EXPECT_EQ(copy->type, HELIOS_TYPE_NULL);
    }
    EXPECT_EQ(minted->type, HELIOS_TYPE_NULL);
}

TEST_F(CapTest, NumberOfRevocationsAtOnceIsLimited) {
    slot *minted = Copy(original_);
    for (slot *slot : {original_, minted}) {
        std::vector<reference> markers(CAP_MAX_REVOCATIONS + 1, reference{});
        for (size_t i = 0; i < CAP_MAX_REVOCATIONS; i++) {
            ASSERT_EQ(cap_revoke_begin(&markers[i], slot, slot->version), CAP_OK);
        }
        EXPECT_EQ(cap_revoke_begin(&markers.back(), slot, slot->version), CAP_REVOKING);
        for (reference &marker : markers) {
            cap_revoke_end(&marker);
        }
        EXPECT_EQ(object_.revoking, 0);
    }
}

TEST_F(CapTest, PurgeTakesEverythingAndTheObject) {
    slot *minted = Copy(original_);
    irq_handler *use = Refer(minted);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, minted, minted->version), CAP_OK);
    reaper_push(&object_);
    EXPECT_FALSE(cap_purge_step(&object_, 1));
    EXPECT_EQ(audit_ring(&object_), "");
    EXPECT_EQ(Copy(minted), nullptr) << "it is dying";
    while (!cap_purge_step(&object_, 1)) {
    }
    EXPECT_EQ(original_->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(use->notification.object, nullptr);
    EXPECT_TRUE(cap_revoke_step(&marker, 1)) << "nothing is left of it";
    cap_revoke_end(&marker);
    EXPECT_EQ(reaper_depth(), 1u);
}

TEST_F(CapTest, IoPortIsAMemberOfItsControlsRing) {
    object control = {};
    object_init(&control, HELIOS_TYPE_IO_CONTROL, nullptr);
    slot *source = Take();
    cap_make(source, &control, HELIOS_RIGHT_ALL, 0);
    slot *port = Take();
    ASSERT_EQ(cap_issue(port, source, source->version, HELIOS_TYPE_IO_PORT, HELIOS_RIGHT_ALL,
                        0x3f8 | 8ull << 32),
              CAP_OK);
    EXPECT_EQ(port->type, HELIOS_TYPE_IO_PORT);
    EXPECT_EQ(port->object, &control);
    EXPECT_EQ(port->level, CAP_MINTED);
    slot *copy = Take();
    ASSERT_EQ(cap_copy(copy, port, port->version, HELIOS_RIGHT_READ, port->badge), CAP_OK);
    EXPECT_EQ(copy->type, HELIOS_TYPE_IO_PORT);
    EXPECT_EQ(audit_ring(&control), "");
    Revoke(source);
    EXPECT_EQ(port->type, HELIOS_TYPE_NULL);
    EXPECT_EQ(copy->type, HELIOS_TYPE_NULL);
    cap_delete(source);
    cspace_release_slot(source);
}

TEST_F(CapTest, CopiesOfAReplyCountForTheirCallOnly) {
    auto caller = std::make_unique<task>();
    memset(static_cast<void *>(caller.get()), 0, sizeof(task));
    object_init(&caller->reply, HELIOS_TYPE_REPLY, nullptr);
    caller->call_number = 7;
    slot *saved = Take();
    cap_make(saved, &caller->reply, HELIOS_RIGHT_ALL, 7);
    EXPECT_EQ(saved->level, CAP_MINTED);
    slot *copy = Take();
    ASSERT_EQ(cap_copy(copy, saved, saved->version, HELIOS_RIGHT_ALL, saved->badge), CAP_OK);
    EXPECT_EQ(caller->reply_count, 2u);
    caller->call_number = 8; // the call was answered: what is in the slots is of no use any more
    caller->reply_count = 0;
    slot *stale = Take();
    ASSERT_EQ(cap_copy(stale, copy, copy->version, HELIOS_RIGHT_ALL, copy->badge), CAP_OK);
    EXPECT_EQ(caller->reply_count, 0u);
    EXPECT_EQ(audit_ring(&caller->reply), "");
    for (slot *slot : {saved, copy, stale}) {
        cap_delete(slot);
        cspace_release_slot(slot);
    }
    EXPECT_EQ(reaper_depth(), 0u) << "a reply is part of its task";
}

// Whatever is done in whatever order: the ring stays what it should be.
TEST_F(CapTest, RandomOperationsKeepTheRingWellFormed) {
    std::mt19937 random(1);
    std::vector<reference> markers(3, reference{});
    Refer(original_); // keeps the object alive
    for (int i = 0; i < 20000; i++) {
        slot *slot = &slots_[random() % kSlots];
        switch (random() % 8) {
        case 0:
        case 1:
        case 2:
            if (slot->type != HELIOS_TYPE_NULL && cspace_.free_count > 0) {
                Copy(slot);
            }
            break;
        case 3:
            if (slot->type != HELIOS_TYPE_NULL) {
                Delete(slot);
            }
            break;
        case 4:
            if (slot->type != HELIOS_TYPE_NULL && cspace_.free_count > 0) {
                ::slot *target = Take();
                ASSERT_EQ(cap_move(target, slot, slot->version), CAP_OK);
                cspace_release_slot(slot);
            }
            break;
        case 5:
            if (slot->type != HELIOS_TYPE_NULL && object_.revoking == 0 && handlers_.size() < 40) {
                Refer(slot);
            }
            break;
        case 6: {
            reference &use = handlers_[random() % handlers_.size()]->notification;
            if (object_.ring.next != object_.ring.prev) {
                reference_clear(&use);
            }
            break;
        }
        case 7: {
            reference &marker = markers[random() % markers.size()];
            if (marker.object != nullptr) {
                if (cap_revoke_step(&marker, 1 + random() % 3)) {
                    cap_revoke_end(&marker);
                }
            } else if (slot->type != HELIOS_TYPE_NULL && slot->level != CAP_COPY &&
                       random() % 16 == 0) {
                ASSERT_EQ(cap_revoke_begin(&marker, slot, slot->version), CAP_OK);
            }
            break;
        }
        }
        ASSERT_EQ(audit_ring(&object_), "") << i;
        ASSERT_EQ(audit_cspace(&cspace_), "") << i;
        if (!object_is_referenced(&object_)) {
            ASSERT_EQ(object_.state, OBJECT_DYING);
            break;
        }
    }
    for (reference &marker : markers) {
        cap_revoke_end(&marker);
    }
}

} // namespace
