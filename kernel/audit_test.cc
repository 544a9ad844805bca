// SPDX-License-Identifier: GPL-3.0-only
//
// That the invariant checker (testing/audit), which other tests rely on, notices what is wrong.
#include "testing/audit/audit.h"

#include "kernel/frame.h"
#include "kernel/ipc.h"
#include "kernel/memory_object.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"
#include "gmock/gmock.h"

namespace {

using ::testing::HasSubstr;

class AuditTest : public BootedMachine {
  protected:
    // What is said while `word` has another value.
    template <typename T, typename U> std::string With(T &word, U value) {
        T old = word;
        word = static_cast<T>(value);
        std::string problem = audit_machine(host_percpu);
        word = old;
        EXPECT_EQ(audit_machine(host_percpu), "");
        return problem;
    }

    // What is said while one member has left its ring and does not know it.
    static std::string Without(struct ring_node *node) {
        struct ring_node *before = ring_node(node->prev);
        struct ring_node *after = ring_node(node->next);
        ring_link to_next = before->next;
        ring_link to_previous = after->prev;
        before->next = node->next;
        after->prev = node->prev;
        std::string problem = audit_machine(host_percpu);
        before->next = to_next;
        after->prev = to_previous;
        EXPECT_EQ(audit_machine(host_percpu), "");
        return problem;
    }
};

TEST_F(AuditTest, BootedMachineIsWellFormed) {
    EXPECT_EQ(audit_machine(host_percpu), "");
}

TEST_F(AuditTest, RingThatDoesNotCloseIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_THAT(With(slot->node.next, 0), HasSubstr("ring of"));
    EXPECT_THAT(With(slot->node.prev, slot->node.prev ^ RING_CAP), HasSubstr("differ"));
}

TEST_F(AuditTest, SlotThatNamesAnotherObjectIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_THAT(With(slot->object, SlotAt(HELIOS_INIT_TASK)->object), HasSubstr("in the ring"));
    EXPECT_THAT(With(slot->type, HELIOS_TYPE_PAGE), HasSubstr("has type"));
    EXPECT_THAT(With(slot->level, CAP_COPY), HasSubstr("has no group"));
}

// What is left of the ring is as it should be.
TEST_F(AuditTest, MemberThatIsInNoRingIsNoticed) {
    slot *slot = SlotAt(Weaker(Allocate(HELIOS_TYPE_ENDPOINT), HELIOS_RIGHT_READ));
    EXPECT_THAT(Without(&slot->node), HasSubstr("is not in its object's ring"));
    object *page = init_->buffer_reference.object;
    EXPECT_THAT(Without(&init_->buffer_reference.node), HasSubstr("a reference is not in"));
    ring_link link = page->ring.next;
    while (ring_kind(link) != RING_MAPPING && ring_kind(link) != RING_HEAD) {
        link = ring_node(link)->next;
    }
    ASSERT_EQ(ring_kind(link), RING_MAPPING);
    EXPECT_THAT(Without(ring_node(link)), HasSubstr("is not in the ring of"));
}

TEST_F(AuditTest, TaskInSomebodysQueueIsNoticed) {
    endpoint *endpoint = endpoint_of(SlotAt(Allocate(HELIOS_TYPE_ENDPOINT))->object);
    EXPECT_THAT(With(endpoint->waiters.first, init_), HasSubstr("in the queue of"));
    EXPECT_THAT(With(endpoint->poller_count, 1), HasSubstr("pollers"));
    EXPECT_THAT(With(endpoint->away, 1), HasSubstr("has lost"));
    EXPECT_THAT(With(host_percpu->ready[3].first, init_), HasSubstr("run queue"));
    EXPECT_THAT(With(init_->deadline.when, 1), HasSubstr("deadline"));
}

TEST_F(AuditTest, WrongNumberOfRevocationsIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_THAT(With(slot->object->revoking, 1), HasSubstr("being revoked"));
}

TEST_F(AuditTest, SlotThatIsOnNoListIsNoticed) {
    helios_error error = HELIOS_OK;
    slot *taken = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
    EXPECT_THAT(audit_machine(host_percpu), HasSubstr("not on the free list"));
    cspace_release_slot(taken);
    EXPECT_THAT(With(init_->cspace->free_count, 1), HasSubstr("free slots"));
}

TEST_F(AuditTest, WrongCountsOfMemoryAreNoticed) {
    auto *memory = reinterpret_cast<struct memory *>(SlotAt(Memory())->object);
    EXPECT_THAT(With(memory->free_frames, 1), HasSubstr("free frames"));
    EXPECT_THAT(With(memory->free_mask, 0), HasSubstr("not on a free list"));
    EXPECT_THAT(With(memory->cached_count[0], 99), HasSubstr("caches"));
    EXPECT_THAT(With(memory->empty_slab[0], memory->frames), HasSubstr("kept as empty"));
    slot *page = SlotAt(Allocate(HELIOS_TYPE_PAGE));
    frame *frame = frame_of(page->object);
    EXPECT_THAT(With(frame->physical, frame_physical(frame) | FRAME_BUSY), HasSubstr("block at"));
}

TEST_F(AuditTest, ObjectThatNobodyRefersToIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    object *object = slot->object;
    ::slot old = *slot;
    *slot = {};
    slot->home = old.home;
    object->ring = {ring_to(&object->ring, RING_HEAD), ring_to(&object->ring, RING_HEAD)};
    EXPECT_NE(audit_machine(host_percpu), "");
    *slot = old;
    object->ring = {ring_to(&slot->node, RING_CAP), ring_to(&slot->node, RING_CAP)};
}

TEST_F(AuditTest, ObjectThatStaysDyingIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_THAT(With(slot->object->state, OBJECT_DYING), HasSubstr("nobody takes it apart"));
}

TEST_F(AuditTest, TaskInTheWrongPlaceIsNoticed) {
    EXPECT_THAT(With(init_->state, HELIOS_TASK_WAITING), HasSubstr("current"));
    EXPECT_THAT(With(init_->queued, 1), HasSubstr("run queue"));
    EXPECT_THAT(With(init_->vspace, nullptr), HasSubstr("VSpace"));
    EXPECT_THAT(With(init_->buffer, nullptr), HasSubstr("buffer"));
    EXPECT_THAT(With(init_->reply_count, 1), HasSubstr("replies"));
    EXPECT_THAT(With(init_->caller, task_of(SlotAt(Allocate(HELIOS_TYPE_TASK))->object)),
                HasSubstr("serves"));
}

TEST_F(AuditTest, WrongPageTableIsNoticed) {
    auto *vspace = reinterpret_cast<struct vspace *>(SlotAt(HELIOS_INIT_VSPACE)->object);
    arch_pte *root = table_block(&vspace->root)->entries;
    EXPECT_THAT(With(vspace->root.used, 400), HasSubstr("entries"));
    EXPECT_THAT(With(root[300], 1), HasSubstr("kernel's"));
    EXPECT_THAT(With(root[0], 0), HasSubstr("entry 0"));
    EXPECT_THAT(With(root[200], 1), HasSubstr("entry 200"));
}

TEST_F(AuditTest, HeldLockIsNoticed) {
    slot *slot = SlotAt(Allocate(HELIOS_TYPE_ENDPOINT));
    EXPECT_THAT(With(slot->object->lock.holder, 1), HasSubstr("locked"));
}

} // namespace
