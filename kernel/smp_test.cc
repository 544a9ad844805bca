// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/smp.h"

#include "kernel/ipc.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/smp_machine.h"
#include "kernel/vspace.h"

namespace {

class Smp : public SmpMachine {
  protected:
    // A task that runs on this CPU, which it may not leave.
    uint64_t Running(unsigned cpu) {
        uint64_t slot = NewTask(1u << cpu);
        Do(slot, HELIOS_TASK_RESUME);
        EXPECT_EQ(CurrentOf(cpu), TaskAt(slot));
        return slot;
    }

    // The same on CPU 1, in an address space that no other task has.
    uint64_t RunningInItsOwnSpace() {
        uint64_t vspace = Allocate(HELIOS_TYPE_VSPACE);
        uint64_t slot = NewTask(2);
        Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {vspace});
        Do(slot, HELIOS_TASK_RESUME);
        return slot;
    }

    // As the reaper does of a task of another CPU.
    static void AskForItsSpace(task *task) {
        smp_post(task, static_cast<unsigned>(TASK_DROP) << REFERENCE_TASK_VSPACE);
        task->vspace_reference.drop = REFERENCE_DROP_ASKED;
    }

    uint64_t Mapped(uintptr_t address) {
        for (unsigned type = HELIOS_TYPE_TABLE_1; type >= HELIOS_TYPE_TABLE_0; type--) {
            uint64_t table = Allocate(static_cast<helios_type>(type));
            Do(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {address, 0}, {table});
        }
        uint64_t page = Allocate(HELIOS_TYPE_PAGE);
        Do(HELIOS_INIT_VSPACE, HELIOS_VSPACE_MAP, {address, 0}, {page});
        return page;
    }
};

constexpr uintptr_t kAddress = 0x7000000000;

// Start. -----------------------------------------------------------------------------------------

TEST_F(Smp, AllCpusComeUpAndWait) {
    EXPECT_EQ(smp_online(), 7u);
    EXPECT_EQ(smp_idle(), 6u);
    for (unsigned i = 0; i < kCpus; i++) {
        EXPECT_EQ(percpu_get(i)->shares_kernel, 1) << i;
    }
}

// Ownership and mail. ----------------------------------------------------------------------------

TEST_F(Smp, TaskGoesToTheCpuThatItsAffinityNames) {
    uint64_t slot = NewTask(4);
    Do(slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(TaskAt(slot)->cpu, 2u);
    EXPECT_EQ(CurrentOf(2), TaskAt(slot));
    EXPECT_EQ(CurrentOf(1), nullptr);
}

TEST_F(Smp, WokenTaskIsTheOwnersToQueue) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    task *waiter = TaskAt(Running(1));
    Start(waiter, HELIOS_SYS_WAIT, notification);
    EXPECT_EQ(CurrentOf(1), nullptr);
    Start(init_, HELIOS_SYS_SIGNAL, notification);
    // The wait has ended, but the other CPU does not know yet.
    EXPECT_EQ(waiter->state, HELIOS_TASK_READY);
    EXPECT_EQ(waiter->queued, 0);
    EXPECT_EQ(waiter->pending, static_cast<unsigned>(TASK_WOKEN));
    EXPECT_EQ(percpu_get(1)->mail, waiter);
    Take(1);
    EXPECT_EQ(CurrentOf(1), waiter);
    EXPECT_EQ(waiter->pending, 0u);
    EXPECT_EQ(percpu_get(1)->mail, nullptr);
}

TEST_F(Smp, TaskIsPostedOnceHoweverMuchIsAsked) {
    task *task = TaskAt(Running(1));
    Be(0);
    unsigned before = host_cpus[0].record.ipis_sent;
    smp_post(task, TASK_WOKEN);
    smp_post(task, TASK_WOKEN);
    EXPECT_EQ(percpu_get(1)->mail, task);
    EXPECT_EQ(task->mail_next, nullptr);
    EXPECT_EQ(host_cpus[0].record.ipis_sent, before + 1) << "one interrupt for all of it";
}

TEST_F(Smp, MailForATaskThatHasMovedFollowsIt) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    uint64_t slot = Running(1);
    Start(TaskAt(slot), HELIOS_SYS_WAIT, notification);
    Be(0);
    smp_post(TaskAt(slot), TASK_WOKEN); // for nothing: it waits
    __atomic_store_n(&TaskAt(slot)->cpu, 2u, __ATOMIC_RELAXED);
    Take(1);
    EXPECT_EQ(percpu_get(2)->mail, TaskAt(slot));
    __atomic_store_n(&TaskAt(slot)->cpu, 1u, __ATOMIC_RELAXED);
    Settle();
}

TEST_F(Smp, WaitThatEndsWhileTheAddressSpaceGoesLeavesNoDeadline) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    uint64_t slot = RunningInItsOwnSpace();
    task *task = TaskAt(slot);
    task->buffer->deadline = 1000000000000;
    Start(task, HELIOS_SYS_WAIT, notification, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE));
    EXPECT_NE(task->deadline.when, 0u);
    // Both before the owner looks: the signal, and the end of the address space.
    Start(init_, HELIOS_SYS_SIGNAL, notification);
    AskForItsSpace(task);
    Take(1);
    EXPECT_EQ(task->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(task->deadline.when, 0u);
    EXPECT_EQ(task->message_flags, 0);
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {slot});
}

// It has refused so many senders that its recv has become a long operation; when it waits at last,
// another CPU serves it before it has left the kernel.
TEST_F(Smp, ReceiverThatIsServedBeforeItHasLeftRunsWhenItsCpuIsTold) {
    uint64_t endpoint = Allocate(HELIOS_TYPE_ENDPOINT);
    for (unsigned i = 0; i < 9; i++) {
        task *sender = TaskAt(Running(1));
        sender->buffer->caps[0] = endpoint;
        sender->buffer->caps[1] = HELIOS_INIT_CSPACE;
        Start(sender, HELIOS_SYS_SEND, endpoint, helios_tag(0, 2, 0, 0));
        ASSERT_EQ(sender->state, HELIOS_TASK_SENDING);
    }
    task *poller = TaskAt(Running(2));
    poller->buffer->poll[0].capability = endpoint;
    poller->buffer->poll[0].events = HELIOS_POLL_SEND;
    Start(poller, HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), {1});
    ASSERT_EQ(poller->state, HELIOS_TASK_POLLING);
    bool is_served = false;
    on_interrupt = [this, poller, endpoint, &is_served] {
        if (is_served || poller->state != HELIOS_TASK_READY) {
            return;
        }
        is_served = true;
        EXPECT_EQ(init_->state, HELIOS_TASK_RECEIVING);
        host_cpus[2].has_ipi = 1;
        Take(2);
        Start(poller, HELIOS_SYS_SEND, endpoint, helios_tag(7, 0, 0, 0));
        Be(0);
    };
    init_->buffer->receive_count = 0;
    init_->buffer->deadline = 1000000000000;
    ASSERT_EQ(init_->cpu, 0u);
    Start(init_, HELIOS_SYS_RECV, endpoint, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE));
    on_interrupt = nullptr;
    EXPECT_EQ(CurrentOf(0), init_);
    EXPECT_EQ(helios_tag_label(init_->arch.result.tag), 7u);
    EXPECT_EQ(init_->deadline.when, 0u) << "it could be armed again";
    EXPECT_EQ(init_->message_flags, 0);
}

TEST_F(Smp, TaskThatLosesItsAddressSpaceWhileItWaitsLeavesForNoOtherCpu) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    uint64_t slot = RunningInItsOwnSpace();
    task *task = TaskAt(slot);
    Start(task, HELIOS_SYS_WAIT, notification);
    Running(1);
    task->affinity = 7; // and CPU 2 has nothing to do
    AskForItsSpace(task);
    Take(1);
    EXPECT_EQ(task->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(task->suspended, 0);
    EXPECT_EQ(task->cpu, 1u);
    EXPECT_EQ(task->pending, 0u);
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {slot});
}

// Invokers travel. -------------------------------------------------------------------------------

TEST_F(Smp, InvokerGoesToTheTaskAndStaysWhereItMay) {
    uint64_t slot = Running(1);
    Do(slot, HELIOS_TASK_SUSPEND);
    EXPECT_EQ(CurrentOf(init_->cpu), init_);
    EXPECT_EQ(TaskAt(slot)->suspended, 1);
    EXPECT_EQ(init_->priority, init_->base_priority) << "what it borrowed to get there is back";
}

TEST_F(Smp, InvokerComesBackIfItMayNotStay) {
    uint64_t slot = Running(1);
    Do(HELIOS_INIT_TASK, HELIOS_TASK_SET_AFFINITY, {1}, {HELIOS_INIT_TASK});
    Do(slot, HELIOS_TASK_SUSPEND);
    EXPECT_EQ(init_->cpu, 0u);
    EXPECT_EQ(CurrentOf(0), init_);
    EXPECT_EQ(CurrentOf(1), nullptr);
}

TEST_F(Smp, TwoTasksThatSuspendEachOtherBothReturnOrStop) {
    uint64_t first = Running(1);
    uint64_t second = Running(2);
    uint64_t tag = helios_tag(HELIOS_TASK_SUSPEND, 0, 0, 0);
    Start(TaskAt(first), HELIOS_SYS_CALL, second, tag);
    Start(TaskAt(second), HELIOS_SYS_CALL, first, tag);
    Settle();
    EXPECT_EQ(TaskAt(first)->suspended + TaskAt(second)->suspended, 1)
        << "whoever was suspended first has suspended nobody";
}

// References that others drop. --------------------------------------------------------------------

TEST_F(Smp, PartOfATaskElsewhereIsLetGoByItsOwnerFirst) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    uint64_t page = Allocate(HELIOS_TYPE_PAGE);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {page});
    Settle();
    Be(0);
    Drop(&task->buffer_reference);
    EXPECT_EQ(task->buffer_reference.drop, REFERENCE_DROP_ASKED);
    EXPECT_NE(task->buffer, nullptr) << "it may be using it";
    Take(1);
    EXPECT_EQ(task->buffer, nullptr);
    EXPECT_EQ(task->buffer_reference.drop, REFERENCE_LET_GO);
    EXPECT_NE(task->buffer_reference.object, nullptr) << "still in the ring";
    Be(0);
    Drop(&task->buffer_reference);
    EXPECT_EQ(task->buffer_reference.object, nullptr);
}

TEST_F(Smp, ReferenceThatHasBeenReplacedSinceItWasFoundIsKept) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    uint64_t first = Allocate(HELIOS_TYPE_PAGE);
    uint64_t second = Allocate(HELIOS_TYPE_PAGE);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {first});
    reference *buffer = &task->buffer_reference;
    const reference_place found = {buffer, REFERENCE_TASK_BUFFER, buffer->object,
                                   ring_node(buffer->node.prev)};
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {second});
    Be(0);
    task_drop_reference(&found);
    Take(1);
    EXPECT_EQ(buffer->object, SlotAt(second)->object);
    EXPECT_EQ(buffer->drop, REFERENCE_KEPT);
    EXPECT_NE(task->buffer, nullptr);
}

TEST_F(Smp, ReferenceThatWasLetGoIsEndedByTheFirstWhoComes) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    uint64_t page = Allocate(HELIOS_TYPE_PAGE);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {page});
    reference *buffer = &task->buffer_reference;
    const reference_place found = {buffer, REFERENCE_TASK_BUFFER, buffer->object,
                                   ring_node(buffer->node.prev)};
    Be(0);
    task_drop_reference(&found);
    Take(1);
    Be(0);
    task_drop_reference(&found);
    Be(2);
    task_drop_reference(&found); // it has found the same, and is too late
    Be(0);
    EXPECT_EQ(buffer->object, nullptr);
    EXPECT_EQ(SlotAt(page)->object->state, OBJECT_LIVE);
}

TEST_F(Smp, PartOfATaskThatIsNobodysIsTakenByWhoWantsIt) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    uint64_t page = Allocate(HELIOS_TYPE_PAGE);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_BUFFER}, {page});
    Be(1);
    sched_release(task);
    Be(0);
    Drop(&task->buffer_reference);
    EXPECT_EQ(task->buffer_reference.object, nullptr);
    EXPECT_EQ(task->buffer, nullptr);
    task_unbind(task); // and again, by the reaper
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {slot});
}

TEST_F(Smp, TaskThatBeginsToDieWhileItIsResumedStaysSuspended) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    object_set_state(&task->object, OBJECT_DYING); // on another CPU, which has not suspended it yet
    task_let_run(task);
    EXPECT_TRUE(task_is_suspended(task));
    object_set_state(&task->object, OBJECT_LIVE);
    task_let_run(task);
    EXPECT_FALSE(task_is_suspended(task));
}

TEST_F(Smp, TaskThatHasBeenGivenUpSinceItWasLookedUpIsGone) {
    uint64_t slot = Running(1);
    task *task = TaskAt(slot);
    const slot_view found = slot_read(SlotAt(slot));
    const struct syscall call = {
        HELIOS_SYS_CALL, slot, helios_tag(HELIOS_TASK_SUSPEND, 0, 0, 0), {}};
    Be(1);
    sched_release(task);
    Be(0);
    EXPECT_EQ(task_invoke(init_, &found, &call), init_);
    EXPECT_EQ(helios_tag_label(init_->arch.result.tag), HELIOS_ERROR_GONE);
    EXPECT_EQ(init_->operation.step, nullptr);
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {slot});
}

TEST_F(Smp, NotificationThatIsBoundInTheSameMomentIsOccupied) {
    uint64_t slot = Running(1);
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    const slot_view found = slot_read(SlotAt(notification));
    Be(1);
    ASSERT_EQ(task_bind(TaskAt(slot), SlotAt(notification), &found), CAP_OK);
    Be(0);
    EXPECT_EQ(task_bind(init_, SlotAt(notification), &found), CAP_OCCUPIED);
    EXPECT_EQ(init_->notification_reference.object, nullptr);
    EXPECT_EQ(notification_of(found.object)->bound, TaskAt(slot));
}

TEST_F(Smp, TaskThatRunsElsewhereIsDestroyedCompletely) {
    uint64_t slot = Running(1);
    uint64_t before = sched_task_count();
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {slot});
    EXPECT_EQ(sched_task_count(), before - 1);
    EXPECT_EQ(CurrentOf(1), nullptr);
}

// Flushing. --------------------------------------------------------------------------------------

TEST_F(Smp, UnmapFlushesWhereTheAddressSpaceIsUsed) {
    Mapped(kAddress);
    Running(1);
    unsigned used = host_cpus[1].record.page_flushes;
    unsigned unused = host_cpus[2].record.page_flushes;
    Do(HELIOS_INIT_VSPACE, HELIOS_VSPACE_UNMAP, {kAddress});
    EXPECT_EQ(host_cpus[1].record.page_flushes, used + 1);
    EXPECT_EQ(host_cpus[2].record.page_flushes, unused) << "it never had a task in it";
}

TEST_F(Smp, UnmapReturnsWhenTheOtherCpuHasFlushed) {
    Mapped(kAddress);
    Running(1);
    Be(1);
    ASSERT_EQ(host_access_memory(kAddress), HOST_ACCESS_WALKED);
    unsigned spins = 0;
    on_relax = [&] {
        Be(1);
        EXPECT_EQ(host_access_memory(kAddress), HOST_ACCESS_STALE) << "until it is told";
        if (++spins == 3) {
            on_relax = nullptr;
            Take(1);
        }
        Be(0);
    };
    Start(init_, HELIOS_SYS_CALL, HELIOS_INIT_VSPACE, helios_tag(HELIOS_VSPACE_UNMAP, 0, 1, 0),
          {kAddress});
    EXPECT_EQ(spins, 3u);
    Be(1);
    EXPECT_EQ(host_access_memory(kAddress), HOST_ACCESS_FAULT);
}

// Else a CPU that waits for the lock, and does not flush meanwhile, would wait for ever.
TEST_F(Smp, NoLockIsHeldWhileOthersFlush) {
    Mapped(kAddress);
    Running(1);
    unsigned spins = 0;
    on_relax = [&] {
        spins++;
        EXPECT_EQ(percpu_get(0)->lock_count, 0u);
        on_relax = nullptr;
        Take(1);
    };
    Start(init_, HELIOS_SYS_CALL, HELIOS_INIT_VSPACE, helios_tag(HELIOS_VSPACE_UNMAP, 0, 1, 0),
          {kAddress});
    EXPECT_EQ(spins, 1u);
}

TEST_F(Smp, AddressSpaceThatDiesIsLeftByEveryCpu) {
    uint64_t vspace = Allocate(HELIOS_TYPE_VSPACE);
    uint64_t slot = NewTask(2);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {vspace});
    Do(slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(percpu_get(1)->vspace, TaskAt(slot)->vspace);
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_REVOKE, {vspace});
    Do(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {vspace});
    EXPECT_EQ(percpu_get(1)->vspace, nullptr);
    EXPECT_EQ(host_cpus[1].record.active_root, HOST_PAGE_TABLES);
    EXPECT_EQ(TaskAt(slot)->state, HELIOS_TASK_INACTIVE);
}

TEST_F(Smp, NewIdentifierIsTakenUpByEveryCpu) {
    uint64_t pool =
        InvokeForCap(HELIOS_INIT_ASID_CONTROL, HELIOS_ASID_CONTROL_MAKE_POOL, {}, {Memory()});
    uint64_t vspace = Allocate(HELIOS_TYPE_VSPACE);
    uint64_t slot = NewTask(2);
    Do(slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {vspace});
    Do(slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(host_cpus[1].record.active_asid, 0u);
    Do(pool, HELIOS_ASID_POOL_ASSIGN, {}, {vspace});
    EXPECT_NE(host_cpus[1].record.active_asid, 0u);
    EXPECT_EQ(host_cpus[1].record.active_asid, TaskAt(slot)->vspace->asid);
}

// Grace. -----------------------------------------------------------------------------------------

TEST_F(Smp, MachineIsQuietWhileTheOthersWait) {
    Be(0);
    EXPECT_TRUE(smp_is_quiet());
    Running(1);
    Be(0);
    EXPECT_FALSE(smp_is_quiet()) << "CPU 1 may be looking at something";
}

TEST_F(Smp, GraceIsOverWhenTheOthersHavePassed) {
    Running(1);
    Running(2);
    Be(0);
    grace grace = {};
    smp_grace_begin(&grace);
    EXPECT_FALSE(smp_grace_is_over(&grace));
    Take(1);
    EXPECT_FALSE(smp_grace_is_over(&grace)) << "CPU 2 has not";
    Take(2);
    EXPECT_TRUE(smp_grace_is_over(&grace));
}

TEST_F(Smp, MemoryOfWhatIsGoneWaitsInLimbo) {
    Running(1);
    uint64_t page = Allocate(HELIOS_TYPE_PAGE);
    struct memory *memory = SlotAt(page)->object->owner;
    uint64_t before = memory_free_bytes(memory);
    Start(init_, HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
          {page});
    EXPECT_EQ(memory_free_bytes(memory), before) << "CPU 1 may be looking at it";
    EXPECT_TRUE(reaper_has_work());
}

TEST_F(Smp, AllocationThatNeedsWhatIsInLimboWaitsForIt) {
    Running(1);
    uint64_t small = Allocate(HELIOS_TYPE_MEMORY, 14);
    std::vector<uint64_t> pages;
    for (message_registers result;;) {
        result = Invoke(small, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
        if (helios_tag_label(result.tag) != HELIOS_OK) {
            ASSERT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_NO_MEMORY);
            break;
        }
        pages.push_back(init_->buffer->caps[0]);
    }
    ASSERT_FALSE(pages.empty());
    Start(init_, HELIOS_SYS_CALL, HELIOS_INIT_CSPACE, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
          {pages[0]});
    ASSERT_TRUE(reaper_has_work());
    message_registers result = Invoke(small, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1});
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK) << "the other CPU was asked to pass";
}

// Placement. -------------------------------------------------------------------------------------

TEST_F(Smp, ReadyTaskOfABusyCpuGoesToAnIdleOne) {
    uint64_t slot = NewTask(7);
    Do(slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(CurrentOf(0), init_);
    EXPECT_NE(TaskAt(slot)->cpu, 0u);
    EXPECT_EQ(CurrentOf(TaskAt(slot)->cpu), TaskAt(slot));
}

TEST_F(Smp, IdleCpuBegsForWhatWaitsElsewhere) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    task *waiter = TaskAt(Running(2));
    task *other = TaskAt(Running(1));
    uint64_t slot = NewTask(2, 31);
    Do(slot, HELIOS_TASK_RESUME); // waits behind `other`
    EXPECT_EQ(CurrentOf(1), other);
    EXPECT_EQ(TaskAt(slot)->queued, 1);
    TaskAt(slot)->affinity = 7;
    Start(waiter, HELIOS_SYS_WAIT, notification); // CPU 2 has nobody to run now
    EXPECT_NE(percpu_get(1)->beggars & 4, 0u);
    Settle();
    EXPECT_EQ(CurrentOf(2), TaskAt(slot));
}

TEST_F(Smp, TaskWhoseAffinityChangesLeaves) {
    uint64_t slot = Running(1);
    Do(slot, HELIOS_TASK_SET_AFFINITY, {4}, {HELIOS_INIT_TASK});
    EXPECT_EQ(TaskAt(slot)->cpu, 2u);
    EXPECT_EQ(CurrentOf(2), TaskAt(slot));
}

TEST_F(Smp, AffinityOfABlockedTaskCountsWhenItWakes) {
    uint64_t notification = Allocate(HELIOS_TYPE_NOTIFICATION);
    uint64_t slot = Running(1);
    Start(TaskAt(slot), HELIOS_SYS_WAIT, notification);
    Do(slot, HELIOS_TASK_SET_AFFINITY, {4}, {HELIOS_INIT_TASK});
    EXPECT_EQ(TaskAt(slot)->cpu, 1u);
    Start(init_, HELIOS_SYS_SIGNAL, notification);
    Settle();
    EXPECT_EQ(CurrentOf(2), TaskAt(slot));
}

// Interrupts. ------------------------------------------------------------------------------------

TEST_F(Smp, CpuForgetsWhatFormerOwnersWereSentBeforeTheNextOneKnowsWhereToSend) {
    constexpr uint32_t kMessage = HOST_IRQ_LINES;
    auto settled = [](unsigned cpu) { return host_cpus[cpu].record.settled; };
    message_registers issued =
        Invoke(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE_MSI, {0x1234, 1});
    EXPECT_EQ(helios_tag_label(issued.tag), HELIOS_OK);
    EXPECT_EQ(settled(1), 1u);
    EXPECT_EQ(settled(2), 0u);
    uint64_t handler = init_->buffer->caps[0];
    Invoke(handler, HELIOS_IRQ_HANDLER_ACK);
    on_relax = [&] {
        EXPECT_FALSE(host_irqs[kMessage].is_enabled) << "what comes now is forgotten";
        Be(2);
        smp_serve_flushes();
        Be(0);
    };
    message_registers routed = Invoke(handler, HELIOS_IRQ_HANDLER_ROUTE, {2});
    EXPECT_EQ(helios_tag_label(routed.tag), HELIOS_OK);
    EXPECT_EQ(settled(2), 1u);
    EXPECT_TRUE(host_irqs[kMessage].is_enabled);
    on_relax = nullptr;
}

} // namespace
