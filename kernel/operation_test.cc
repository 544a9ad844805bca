// SPDX-License-Identifier: GPL-3.0-only
//
// Long operations that are interrupted between two steps, and what others may do to them then.
#include "kernel/operation.h"

#include <algorithm>
#include <random>
#include <vector>

#include "kernel/device_memory.h"
#include "kernel/init_load.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/testing/booted_machine.h"
#include "testing/audit/audit.h"

namespace {

// Beside init a more important task that waits for an interrupt, in init's CSpace and VSpace.
class OperationTest : public BootedMachine {
  protected:
    static constexpr uint64_t kLine = 5;

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    void SetUp() override {
        BootedMachine::SetUp();
        cspace_ = init_->cspace;
        own_ = Split(Memory(), 23);
        free_ = Free(own_);
        uint64_t task = Allocate(HELIOS_TYPE_TASK);
        uint64_t buffer = Allocate(HELIOS_TYPE_PAGE);
        notification_ = Allocate(HELIOS_TYPE_NOTIFICATION);
        Expect(Invoke(task, HELIOS_TASK_CONFIGURE,
                      {HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE | HELIOS_TASK_BUFFER},
                      {HELIOS_INIT_CSPACE, HELIOS_INIT_VSPACE, buffer}));
        Expect(Invoke(task, HELIOS_TASK_SET_PRIORITY, {63, 63}, {HELIOS_INIT_TASK}));
        handler_ = InvokeForCap(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, {kLine, 0, 0});
        Expect(Invoke(handler_, HELIOS_IRQ_HANDLER_BIND, {}, {notification_}));
        Expect(Invoke(handler_, HELIOS_IRQ_HANDLER_ACK));
        other_ = task_of(SlotAt(task)->object);
        EXPECT_EQ(Enter(HELIOS_TASK_RESUME, task), other_);
        EXPECT_EQ(EnterWait(), init_);
    }

    static void Expect(const message_registers &result) {
        EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK) << result.params[0];
    }

    uint64_t Split(uint64_t from, uint64_t bits) {
        return InvokeForCap(from, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_MEMORY, bits, 1});
    }

    uint64_t Free(uint64_t memory) {
        return memory_free_bytes(memory_of(cspace_slot(cspace_, memory)->object));
    }

    // An invocation by whoever is current: who goes on then.
    task *Enter(uint32_t label, uint64_t capability, const std::vector<uint64_t> &params = {}) {
        uint64_t p[4] = {};
        std::copy(params.begin(), params.end(), p);
        helios_ipc_buffer *buffer = host_percpu->current->buffer;
        std::fill(buffer->receive, buffer->receive + HELIOS_MAX_CAPS, HELIOS_CADDR_UNDEF);
        buffer->receive_count = HELIOS_MAX_CAPS;
        arch_task *next = nullptr;
        EXPECT_EQ(host_syscall(HELIOS_SYS_CALL, capability,
                               helios_tag(label, 0, static_cast<uint32_t>(params.size()), 0), p,
                               &next),
                  HOST_RETURNED);
        EXPECT_EQ(audit_machine(host_percpu), "");
        return reinterpret_cast<task *>(next);
    }

    task *EnterWait() {
        const uint64_t p[4] = {};
        arch_task *next = nullptr;
        EXPECT_EQ(host_syscall(HELIOS_SYS_WAIT, notification_, 0, p, &next), HOST_RETURNED);
        EXPECT_EQ(audit_machine(host_percpu), "");
        return reinterpret_cast<task *>(next);
    }

    // Init's invocation, interrupted after its first step: the other one runs.
    void EnterAndInterrupt(uint32_t label, uint64_t capability,
                           const std::vector<uint64_t> &params = {}) {
        ASSERT_EQ(host_percpu->current, init_);
        host_irq_pend(kLine);
        ASSERT_EQ(Enter(label, capability, params), other_);
        ASSERT_NE(init_->operation.step, nullptr) << "it was not done in one step";
    }

    // The other one's invocation.
    void Other(uint32_t label, uint64_t capability, const std::vector<uint64_t> &params = {}) {
        ASSERT_EQ(Enter(label, capability, params), other_);
        ASSERT_EQ(helios_tag_label(other_->arch.result.tag), HELIOS_OK);
    }

    // The other one waits again, and init goes on until it is done: its answer.
    message_registers Finish() {
        EXPECT_EQ(EnterWait(), init_);
        EXPECT_EQ(init_->operation.step, nullptr);
        return init_->arch.result;
    }

    cspace *cspace_; // init's, also when init has lost it
    uint64_t own_;   // a Memory of 8 MiB that nothing is made from
    uint64_t free_;
    uint64_t notification_;
    uint64_t handler_;
    task *other_;
};

TEST_F(OperationTest, GoesOnWhereItWasInterrupted) {
    memset(arch_direct(memory_of(SlotAt(own_)->object)->base), 0xdb, 1u << 23);
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_PAGE, 1, 2});
    message_registers result = Finish();
    ASSERT_EQ(result.tag, helios_tag(HELIOS_OK, 2, 0, 0));
    for (int i = 0; i < 2; i++) {
        frame *page = frame_of(SlotAt(init_->buffer->caps[i])->object);
        auto *bytes = static_cast<uint8_t *>(arch_direct(frame_physical(page)));
        EXPECT_TRUE(std::all_of(bytes, bytes + (1u << 21), [](uint8_t b) { return b == 0; }));
    }
}

TEST_F(OperationTest, ItsMemoryIsTakenFromTheStart) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_PAGE, 1, 2});
    EXPECT_EQ(Free(own_), free_ - (2u << 21));
}

TEST_F(OperationTest, CancelGivesBackWhatIsHalfMade) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_PAGE, 1, 2});
    Other(HELIOS_TASK_CANCEL, HELIOS_INIT_TASK);
    EXPECT_EQ(Free(own_), free_);
    message_registers result = Finish();
    EXPECT_EQ(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_CANCELLED));
}

// The operation would have gone on without one, and the task would not have run behind it.
TEST_F(OperationTest, CancelLeavesATaskThatHasLostItsAddressSpaceInactive) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_PAGE, 1, 2});
    Drop(&init_->vspace_reference);
    EXPECT_NE(init_->operation.step, nullptr);
    Other(HELIOS_TASK_CANCEL, HELIOS_INIT_TASK);
    EXPECT_EQ(init_->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(init_->queued, 0);
    EXPECT_EQ(init_->operation.step, nullptr);
}

TEST_F(OperationTest, TheDeathOfItsTaskGivesBackWhatIsHalfMade) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_CSPACE, 15, 2});
    Other(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {HELIOS_INIT_TASK});
    EXPECT_EQ(Free(own_), free_);
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(OperationTest, TheDeathOfTheMemoryEndsItWithGone) {
    uint64_t small = Split(own_, 22);
    uint64_t free = Free(own_);
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, small, {HELIOS_TYPE_PAGE, 1, 1});
    Other(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {small});
    EXPECT_EQ(Free(own_), free_);
    EXPECT_NE(free, free_);
    message_registers result = Finish();
    EXPECT_EQ(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_GONE));
}

TEST_F(OperationTest, AResetOfTheMemoryEndsItWithGone) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_CSPACE, 15, 2});
    Other(HELIOS_MEMORY_RESET, own_);
    EXPECT_EQ(Free(own_), free_);
    message_registers result = Finish();
    EXPECT_EQ(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_GONE));
    Expect(Invoke(own_, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_PAGE, 0, 1}));
}

TEST_F(OperationTest, TheCapabilityMayGoAsLongAsTheMemoryStays) {
    uint64_t copy = Weaker(own_, HELIOS_RIGHT_ALL);
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, copy, {HELIOS_TYPE_PAGE, 1, 1});
    Other(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {copy});
    EXPECT_EQ(Finish().tag, helios_tag(HELIOS_OK, 1, 0, 0));
}

TEST_F(OperationTest, ReceiveSlotsThatAreTakenMeanwhileEndIt) {
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_PAGE, 1, 1});
    init_->buffer->receive_count = 0;
    message_registers result = Finish();
    EXPECT_EQ(helios_tag_label(result.tag), static_cast<uint32_t>(HELIOS_ERROR_RECEIVER));
    EXPECT_EQ(Free(own_), free_);
}

TEST_F(OperationTest, LosingItsCSpaceEndsItWithoutALeak) {
    uint64_t small = Split(own_, 22);
    struct memory *memory = memory_of(SlotAt(small)->object);
    EnterAndInterrupt(HELIOS_MEMORY_ALLOCATE, small, {HELIOS_TYPE_PAGE, 1, 1});
    Drop(&init_->cspace_reference);
    EXPECT_EQ(EnterWait(), init_);
    EXPECT_NE(helios_tag_label(init_->arch.result.tag), HELIOS_OK);
    EXPECT_EQ(memory_free_bytes(memory), 1u << 22);
}

class ReaperOperationTest : public OperationTest {
  protected:
    // A Memory with so many objects that destroying it takes many steps.
    uint64_t MakeFullMemory() {
        uint64_t memory = Split(own_, 22);
        for (int i = 0; i < 6; i++) {
            Enter(HELIOS_MEMORY_ALLOCATE, memory, {HELIOS_TYPE_ENDPOINT, 0, 32});
            EXPECT_EQ(helios_tag_label(init_->arch.result.tag), HELIOS_OK);
            Enter(HELIOS_MEMORY_ALLOCATE, memory, {HELIOS_TYPE_PAGE, 0, 32});
            EXPECT_EQ(helios_tag_label(init_->arch.result.tag), HELIOS_OK);
        }
        return memory;
    }
};

TEST_F(ReaperOperationTest, DestroyingGoesOnAfterAnInterruption) {
    uint64_t memory = MakeFullMemory();
    EnterAndInterrupt(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {memory});
    EXPECT_GT(reaper_depth(), 0u);
    EXPECT_EQ(helios_tag_label(Finish().tag), HELIOS_OK);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(Free(own_), free_);
}

TEST_F(ReaperOperationTest, WhatADeadTaskLeftIsWorkedOffByAnAllocationThatNeedsIt) {
    uint64_t memory = MakeFullMemory();
    EnterAndInterrupt(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {memory});
    Other(HELIOS_TASK_CANCEL, HELIOS_INIT_TASK);
    EXPECT_GT(reaper_depth(), 0u);
    // What is there without it.
    Other(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_MEMORY, 21, 1});
    EXPECT_GT(reaper_depth(), 0u);
    Other(HELIOS_MEMORY_ALLOCATE, own_, {HELIOS_TYPE_MEMORY, 22, 1});
    EXPECT_EQ(reaper_depth(), 0u);
}

TEST_F(ReaperOperationTest, AllocatingFromAMemoryThatIsBeingResetWaitsForThat) {
    uint64_t memory = MakeFullMemory();
    EnterAndInterrupt(HELIOS_MEMORY_RESET, memory);
    Other(HELIOS_MEMORY_ALLOCATE, memory, {HELIOS_TYPE_PAGE, 1, 1});
    EXPECT_EQ(Free(memory), 1u << 21);
    EXPECT_EQ(helios_tag_label(Finish().tag), HELIOS_OK);
    EXPECT_EQ(Free(memory), 1u << 21) << "the reset was over before";
}

TEST_F(ReaperOperationTest, ResettingAMemoryThatIsBeingResetDoesBoth) {
    uint64_t memory = MakeFullMemory();
    EnterAndInterrupt(HELIOS_MEMORY_RESET, memory);
    Other(HELIOS_MEMORY_RESET, memory);
    EXPECT_EQ(Free(memory), 1u << 22);
    EXPECT_EQ(helios_tag_label(Finish().tag), HELIOS_OK);
}

TEST_F(ReaperOperationTest, AMemoryThatDiesWhileItIsBeingResetIsGone) {
    uint64_t memory = MakeFullMemory();
    EnterAndInterrupt(HELIOS_MEMORY_RESET, memory);
    Other(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {memory});
    EXPECT_EQ(helios_tag_label(Finish().tag), HELIOS_OK);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(Free(own_), free_);
}

TEST_F(ReaperOperationTest, AParentThatDiesWhileAChildIsBeingDestroyedFreesBoth) {
    uint64_t parent = Split(Memory(), 22);
    uint64_t all = Free(Memory());
    uint64_t child = Split(parent, 21);
    for (int i = 0; i < 4; i++) {
        Enter(HELIOS_MEMORY_ALLOCATE, child, {HELIOS_TYPE_ENDPOINT, 0, 32});
    }
    EnterAndInterrupt(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {child});
    uint32_t depth = reaper_depth();
    EXPECT_GT(depth, 0u);
    // The child stands below its parent now: the parent has to wait for it.
    Other(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {parent});
    EXPECT_EQ(helios_tag_label(Finish().tag), HELIOS_OK);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(Free(Memory()), all + (1u << 22));
}

TEST_F(ReaperOperationTest, ATaskThatDestroysItsOwnMemoryIsGoneAndTheRestWithIt) {
    // The other one, more important, stays; init goes with the Memory that it destroys.
    uint64_t memory = Split(own_, 21);
    uint64_t task = InvokeForCap(memory, HELIOS_MEMORY_ALLOCATE, {HELIOS_TYPE_TASK, 0, 1});
    uint64_t buffer = Allocate(HELIOS_TYPE_PAGE);
    struct task *doomed = task_of(SlotAt(task)->object);
    Expect(Invoke(task, HELIOS_TASK_CONFIGURE,
                  {HELIOS_TASK_CSPACE | HELIOS_TASK_VSPACE | HELIOS_TASK_BUFFER},
                  {HELIOS_INIT_CSPACE, HELIOS_INIT_VSPACE, buffer}));
    Expect(Invoke(task, HELIOS_TASK_SET_PRIORITY, {40, 40}, {HELIOS_INIT_TASK}));
    ASSERT_EQ(Enter(HELIOS_TASK_RESUME, task), doomed);
    EXPECT_EQ(Enter(HELIOS_MEMORY_RESET, memory), init_) << "it does not come back";
    Expect(Invoke(memory, HELIOS_MEMORY_RESET));
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(Free(memory), 1u << 21);
}

// The words of the list stand in its buffer; nothing of it is left when the other one runs.
TEST_F(OperationTest, LongListIsDestroyedToItsEndWithInterruptsLetIn) {
    constexpr uint32_t kCount = 40;
    uint64_t params[4] = {};
    for (uint32_t i = 0; i < kCount; i++) {
        uint64_t copy = Weaker(own_, HELIOS_RIGHT_ALL);
        (i < 4 ? params[i] : init_->buffer->params[i]) = copy;
    }
    uint64_t free = cspace_->free_count;
    host_irq_pend(kLine);
    arch_task *next = nullptr;
    host_syscall(HELIOS_SYS_CALL, HELIOS_INIT_CSPACE,
                 helios_tag(HELIOS_CSPACE_DESTROY, 0, kCount, 0), params, &next);
    EXPECT_EQ(reinterpret_cast<task *>(next), other_);
    EXPECT_EQ(cspace_->free_count, free + kCount);
    EXPECT_EQ(Finish().params[0], kCount);
}

// Random invocations on what is made from one Memory, by two tasks that interrupt each other.
class RandomOperationTest : public OperationTest {
  protected:
    void Run(unsigned seed, int steps) {
        random_.seed(seed);
        MakeDevice();
        first_ = own_ + 1;
        while (SlotAt(first_)->type != HELIOS_TYPE_NULL) {
            first_++;
        }
        for (int i = 0; i < steps; i++) {
            if (random_() % 3 == 0) {
                host_irq_pend(kLine);
            }
            Step();
            ASSERT_EQ(audit_machine(host_percpu), "") << "seed " << seed << " step " << i;
        }
        // No more interruptions: init finishes what it is at.
        host_irqs[kLine].is_pending = false;
        while (host_percpu->current == other_) {
            EnterWait();
        }
    }

    // A DeviceMemory of the kernel's own, as at boot.
    void MakeDevice() {
        if (device_slot_ == 0) {
            device_memory_init(&device_, kDevice, 0x10000000);
            enum helios_error error;
            slot *slot = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
            cap_make(slot, &device_.object, HELIOS_RIGHT_ALL, 0);
            device_slot_ = cspace_address(slot);
        }
    }

    // Pages and pieces of the device, paid for by any Memory; and pages in init's address space.
    void UseDevice() {
        uint64_t device = AnyOf(HELIOS_TYPE_DEVICE_MEMORY, device_slot_);
        uint64_t payer = AnyOf(HELIOS_TYPE_MEMORY, own_);
        uint64_t address = INIT_CONSOLE + random_() % 4 * 0x1000;
        switch (random_() % 4) {
        case 0:
            return Call(HELIOS_DEVICE_MEMORY_ALLOCATE, device, {kDevice, random_() % 2}, {payer});
        case 1:
            return Call(HELIOS_DEVICE_MEMORY_SPLIT, device, {kDevice, 0x200000}, {payer});
        case 2:
            return Call(HELIOS_VSPACE_MAP, HELIOS_INIT_VSPACE, {address, HELIOS_MAP_WRITE},
                        {AnyOf(HELIOS_TYPE_PAGE, 0)});
        default:
            return Call(HELIOS_VSPACE_UNMAP, HELIOS_INIT_VSPACE, {address});
        }
    }

    uint64_t AnySlot() {
        return first_ + random_() % 60;
    }

    uint64_t AnyOf(helios_type type, uint64_t otherwise) {
        for (int i = 0; i < 20; i++) {
            uint64_t address = AnySlot();
            if (SlotAt(address)->type == type) {
                return address;
            }
        }
        return otherwise;
    }

    void Call(uint32_t label, uint64_t capability, const std::vector<uint64_t> &params,
              const std::vector<uint64_t> &caps = {}) {
        uint64_t p[4] = {};
        std::copy(params.begin(), params.end(), p);
        helios_ipc_buffer *buffer = host_percpu->current->buffer;
        std::copy(caps.begin(), caps.end(), buffer->caps);
        for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
            buffer->receive[i] = random_() % 2 ? AnySlot() : HELIOS_CADDR_UNDEF;
        }
        buffer->receive_count = HELIOS_MAX_CAPS;
        arch_task *next = nullptr;
        EXPECT_EQ(host_syscall(HELIOS_SYS_CALL, capability,
                               helios_tag(label, static_cast<uint32_t>(caps.size()),
                                          static_cast<uint32_t>(params.size()), 0),
                               p, &next),
                  HOST_RETURNED);
    }

    void Allocate() {
        const std::pair<helios_type, uint64_t> kinds[] = {
            {HELIOS_TYPE_MEMORY, 14 + random_() % 8},
            {HELIOS_TYPE_MEMORY, 16},
            {HELIOS_TYPE_CSPACE, 2 + random_() % 12},
            {HELIOS_TYPE_VSPACE, 0},
            {HELIOS_TYPE_TABLE_0, 0},
            {HELIOS_TYPE_PAGE, random_() % 2},
            {HELIOS_TYPE_PAGE, 0},
            {HELIOS_TYPE_TASK, 0},
            {HELIOS_TYPE_ENDPOINT, 0},
            {HELIOS_TYPE_NOTIFICATION, 0},
        };
        const auto &kind = kinds[random_() % 10];
        Call(HELIOS_MEMORY_ALLOCATE, AnyOf(HELIOS_TYPE_MEMORY, own_),
             {static_cast<uint64_t>(kind.first), kind.second,
              random_() % 4 == 0 ? 1 + random_() % 12 : 1});
    }

    void Step() {
        uint64_t cspace = AnyOf(HELIOS_TYPE_CSPACE, HELIOS_INIT_CSPACE);
        switch (random_() % 14) {
        case 0:
        case 1:
        case 2:
        case 3:
            return Allocate();
        case 4:
        case 5:
            return Call(HELIOS_CSPACE_DESTROY, HELIOS_INIT_CSPACE, {AnySlot(), AnySlot()});
        case 6:
            return Call(HELIOS_CSPACE_COPY, cspace, {HELIOS_CADDR_UNDEF, 15, 0},
                        {random_() % 8 == 0 ? own_ : AnySlot()});
        case 7:
            return Call(HELIOS_CSPACE_MOVE, HELIOS_INIT_CSPACE, {AnySlot(), HELIOS_CADDR_UNDEF},
                        {cspace});
        case 8:
            return Call(HELIOS_TASK_CONFIGURE, AnyOf(HELIOS_TYPE_TASK, 0), {HELIOS_TASK_PARTS},
                        {cspace, AnyOf(HELIOS_TYPE_VSPACE, 0), AnyOf(HELIOS_TYPE_PAGE, 0),
                         AnyOf(HELIOS_TYPE_ENDPOINT, 0)});
        case 9:
            return Call(HELIOS_MEMORY_RESET,
                        random_() % 20 == 0 ? own_ : AnyOf(HELIOS_TYPE_MEMORY, 0), {});
        case 10:
            return random_() % 2 != 0 ? Call(HELIOS_CSPACE_REVOKE, HELIOS_INIT_CSPACE, {AnySlot()})
                                      : Call(HELIOS_TASK_CANCEL, HELIOS_INIT_TASK, {});
        case 11:
        case 12:
            return UseDevice();
        default:
            Call(HELIOS_IRQ_HANDLER_ACK, handler_, {});
            if (host_percpu->current == other_) {
                EnterWait();
            }
        }
    }

    static constexpr uint64_t kDevice = 0x80000000;

    std::mt19937 random_;
    device_memory device_ = {};
    uint64_t device_slot_ = 0;
    uint64_t first_;
};

TEST_F(RandomOperationTest, NothingIsLeftBehind) {
    for (unsigned seed = 1; seed <= 4; seed++) {
        Run(seed, 600);
        if (HasFatalFailure()) {
            return;
        }
        Expect(Invoke(own_, HELIOS_MEMORY_RESET));
        EXPECT_EQ(Free(own_), free_);
        EXPECT_EQ(memory_settle(memory_of(SlotAt(own_)->object)), 11);
        for (uint64_t i = 0; i < 64; i++) {
            Expect(Invoke(HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, {first_ + i}));
        }
        EXPECT_EQ(reaper_depth(), 0u);
    }
}

} // namespace
