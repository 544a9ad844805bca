// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/reaper.h"

#include "kernel/task.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

// With objects of the kernel's own, which have nothing to be taken apart.
class ReaperTest : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        for (object &object : objects_) {
            object_init(&object, HELIOS_TYPE_POWER, nullptr);
        }
    }

    object objects_[3] = {};
};

TEST_F(ReaperTest, NothingIsDyingAfterBoot) {
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(ReaperTest, WhatIsPushedIsDyingUntilItIsReaped) {
    reaper_push(&objects_[0]);
    EXPECT_EQ(objects_[0].state, OBJECT_DYING);
    EXPECT_EQ(reaper_depth(), 1u);
    reaper_step();
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(ReaperTest, AnObjectOfTheKernelsOwnLivesAgain) {
    reaper_push(&objects_[0]);
    reaper_step();
    EXPECT_EQ(objects_[0].state, OBJECT_LIVE);
    EXPECT_EQ(objects_[0].reap_next, nullptr);
}

TEST_F(ReaperTest, TheLastOnePushedGoesFirst) {
    for (object &object : objects_) {
        reaper_push(&object);
    }
    reaper_step();
    EXPECT_EQ(objects_[2].state, OBJECT_LIVE);
    EXPECT_EQ(objects_[1].state, OBJECT_DYING);
    reaper_step();
    EXPECT_EQ(objects_[1].state, OBJECT_LIVE);
    EXPECT_EQ(objects_[0].state, OBJECT_DYING);
    reaper_step();
    EXPECT_EQ(objects_[0].state, OBJECT_LIVE);
}

TEST_F(ReaperTest, PushingTwiceChangesNothing) {
    reaper_push(&objects_[0]); // the lowest
    reaper_push(&objects_[1]);
    reaper_push(&objects_[0]);
    reaper_push(&objects_[1]);
    EXPECT_EQ(reaper_depth(), 2u);
    reaper_step();
    reaper_step();
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(ReaperTest, AnObjectThatIsStillReferredToIsPurgedFirst) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    for (int i = 0; i < 100; i++) {
        Weaker(endpoint, HELIOS_RIGHT_READ);
    }
    uint64_t slots = init_->cspace->free_count;
    reaper_push(SlotAt(endpoint)->object);
    unsigned steps = 0;
    while (reaper_depth() > 0) {
        reaper_step();
        steps++;
    }
    EXPECT_GT(steps, 3u) << "a bounded number in each step";
    EXPECT_EQ(init_->cspace->free_count, slots + 101);
    EXPECT_EQ(audit_machine(host_percpu), "");
}

TEST_F(ReaperTest, CSpacesThatHoldEachOtherInALongChainGoWithoutRecursion) {
    uint64_t slots = init_->cspace->free_count;
    uint64_t free = Invoke(Memory(), HELIOS_MEMORY_QUERY).params[0];
    uint64_t last = Allocate(HELIOS_TYPE_ENDPOINT);
    for (int i = 0; i < 1000; i++) {
        uint64_t cspace = Allocate(HELIOS_TYPE_CSPACE, 2);
        Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_MOVE, {last, 1}, {cspace});
        last = cspace;
    }
    Destroy(last);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(init_->cspace->free_count, slots);
    EXPECT_EQ(Invoke(Memory(), HELIOS_MEMORY_QUERY).params[0], free);
    EXPECT_EQ(audit_machine(host_percpu), "");
}

// Found by testing/fuzz: a call was handed over to a receiver that was dying, which so ran on.
TEST_F(ReaperTest, TaskThatDiesDoesNotRunAgain) {
    task *task = task_of(SlotAt(Allocate(HELIOS_TYPE_TASK))->object);
    task->suspended = 0;
    reaper_push(&task->object);
    EXPECT_EQ(task->suspended, 1);
    while (reaper_depth() > 0) {
        reaper_step();
    }
}

} // namespace
