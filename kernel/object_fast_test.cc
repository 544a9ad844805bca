// SPDX-License-Identifier: GPL-3.0-only
//
// What is usual is tested with the objects, whose tests make system calls as programs do. Here:
// that a short way leaves to the ordinary one what it must not do itself, with nothing changed.
#include "kernel/object_fast.h"

#include <vector>

#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

class ObjectFastTest : public BootedMachine {
  protected:
    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    uint64_t FreeBytes() {
        return Invoke(Memory(), HELIOS_MEMORY_QUERY).params[0];
    }
};

TEST_F(ObjectFastTest, WhatIsCopiedAndDestroyedLeavesTheSlotFree) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    uint64_t copy = Weaker(endpoint, HELIOS_RIGHT_READ);
    EXPECT_EQ(SlotAt(copy)->rights, HELIOS_RIGHT_READ);
    EXPECT_EQ(SlotAt(copy)->level, CAP_MINTED);
    Destroy(copy);
    EXPECT_TRUE(slot_is_free(SlotAt(copy)));
    EXPECT_EQ(Weaker(endpoint, HELIOS_RIGHT_ALL), copy) << "the most recent one is used next";
}

TEST_F(ObjectFastTest, DestroyingNothingIsNoError) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    Destroy(endpoint);
    EXPECT_ANSWER(Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {endpoint}), 0);
}

TEST_F(ObjectFastTest, TheHeadOfAGroupPassesItsRoleOn) {
    uint64_t minted = Weaker(Allocate(HELIOS_TYPE_ENDPOINT), HELIOS_RIGHT_ALL);
    uint64_t copy = Weaker(minted, HELIOS_RIGHT_ALL);
    EXPECT_EQ(SlotAt(copy)->level, CAP_COPY);
    Destroy(minted);
    EXPECT_EQ(SlotAt(copy)->level, CAP_MINTED);
}

TEST_F(ObjectFastTest, WhatIsDerivedDuringARevocationStandsBehindItsMarker) {
    uint64_t minted = Weaker(Allocate(HELIOS_TYPE_PAGE), HELIOS_RIGHT_ALL);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, SlotAt(minted), SlotAt(minted)->version), CAP_OK);
    uint64_t copy = Weaker(minted, HELIOS_RIGHT_ALL);
    EXPECT_EQ(ring_node(SlotAt(minted)->node.next), &marker.node);
    while (!cap_revoke_step(&marker, 1)) {
    }
    cap_revoke_end(&marker);
    EXPECT_EQ(SlotAt(copy)->type, HELIOS_TYPE_NULL);
}

TEST_F(ObjectFastTest, NothingIsDerivedWhileTheOriginalIsBeingRevoked) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    reference marker = {};
    ASSERT_EQ(cap_revoke_begin(&marker, SlotAt(endpoint), SlotAt(endpoint)->version), CAP_OK);
    EXPECT_REFUSAL(Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_COPY,
                          {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0}, {endpoint}),
                   HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    cap_revoke_end(&marker);
}

TEST_F(ObjectFastTest, AnObjectGoesWithItsLastCapability) {
    uint64_t before = FreeBytes();
    for (helios_type type : {HELIOS_TYPE_PAGE, HELIOS_TYPE_ENDPOINT, HELIOS_TYPE_NOTIFICATION}) {
        std::vector<uint64_t> made;
        for (unsigned i = 0; i < 40; i++) { // more than a slab holds, and than caches keep
            made.push_back(Allocate(type));
        }
        for (uint64_t capability : made) {
            Destroy(capability);
        }
        EXPECT_EQ(FreeBytes(), before) << type;
    }
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(ObjectFastTest, AMappedPageOutlivesItsCapability) {
    uint64_t before = FreeBytes();
    uint64_t page = Allocate(HELIOS_TYPE_PAGE);
    constexpr uintptr_t kPlace = 0x30000000;
    message_registers result = Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {kPlace, 0}, {page});
    while (helios_tag_label(result.tag) == HELIOS_ERROR_MISSING_TABLE) {
        uint64_t table = Allocate(static_cast<helios_type>(result.params[2]));
        Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {kPlace, 0}, {table});
        result = Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {kPlace, 0}, {page});
    }
    EXPECT_ANSWER(result, 0);
    uint64_t mapped = FreeBytes();
    EXPECT_LT(mapped, before);
    Destroy(page);
    EXPECT_EQ(FreeBytes(), mapped);
    EXPECT_ANSWER(Invoke(HELIOS_INIT_VSPACE, HELIOS_VSPACE_UNMAP, {kPlace}), 0);
    EXPECT_EQ(FreeBytes(), mapped + 4096);
}

TEST_F(ObjectFastTest, ADyingObjectIsNotGivenBackTwice) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    object *object = SlotAt(endpoint)->object;
    uint64_t before = FreeBytes();
    reaper_push(object); // as the death of its Memory does, with its capability still there
    Destroy(endpoint);
    EXPECT_EQ(reaper_depth(), 1u);
    while (reaper_depth() > 0) {
        reaper_step();
    }
    EXPECT_GE(FreeBytes(), before);
}

TEST_F(ObjectFastTest, TheLastFreeSlotIsLeftToTheOrdinaryWay) {
    cspace *space = init_->cspace;
    std::vector<slot *> taken;
    helios_error error = HELIOS_OK;
    while (space->free_count > 1) {
        taken.push_back(cspace_take_slot(space, HELIOS_CADDR_UNDEF, &error));
    }
    uint64_t last = Allocate(HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(space->free_count, 0u);
    EXPECT_REFUSAL(Invoke(Memory(), HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1}),
                   HELIOS_ERROR_NO_SLOT, HELIOS_ARGUMENT_RECEIVE, HELIOS_CADDR_UNDEF,
                   space->slot_count);
    Destroy(last);
    for (slot *slot : taken) {
        cspace_release_slot(slot);
    }
}

TEST_F(ObjectFastTest, AMemoryThatIsBeingResetHandsNothingOut) {
    uint64_t slot = Allocate(HELIOS_TYPE_MEMORY, 16);
    memory *memory = memory_of(SlotAt(slot)->object);
    const auto make_page = [&] {
        return InvokeForCap(slot, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
    };
    Destroy(make_page()); // one is kept
    // As another CPU that resets it, and has not taken a step yet.
    memory->purging = 1;
    ASSERT_TRUE(reaper_claim_again(&memory->object));
    reaper_add(&memory->object);
    uint64_t page = make_page();
    EXPECT_EQ(memory->purging, 0) << "the page was had before the reset was done";
    EXPECT_TRUE(object_is_live(SlotAt(page)->object));
}

} // namespace
