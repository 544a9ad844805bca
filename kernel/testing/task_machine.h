// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: a kernel with a few tasks that share a CSpace, each with an address space and an IPC
// buffer of its own, made from one Memory, without a booted machine. A tick of the counter is a
// nanosecond.
#ifndef HELIOS_KERNEL_TESTING_TASK_MACHINE_H
#define HELIOS_KERNEL_TESTING_TASK_MACHINE_H

#include <algorithm>
#include <string>
#include <vector>

#include "arch/host/host.h"
#include "kernel/asid.h"
#include "kernel/cspace.h"
#include "kernel/deadline.h"
#include "kernel/entry.h"
#include "kernel/ipc.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/testing/memory_arena.h"
#include "testing/audit/audit.h"
#include "gtest/gtest.h"

class TaskMachine : public MemoryArena {
  protected:
    static constexpr uint64_t kSlots = 256;
    static constexpr uint64_t kNone = HELIOS_CADDR_UNDEF;

    void SetUp() override {
        MemoryArena::SetUp();
        deadline_init(1000000000);
        sched_init(host_percpu);
        asid_init();
        Make(HOST_FREE / kPage, 2048);
        cspace_ = cspace_of(memory_make(memory_.get(), HELIOS_TYPE_CSPACE, 8));
        cspace_slot_ = Give(&cspace_->object);
        memory_slot_ = Give(&memory_->object);
    }

    void TearDown() override {
        CheckQueues();
        EXPECT_EQ(audit_machine(host_percpu, &cspace_->object), "");
    }

    // A capability to an object, or a new object: its address.
    uint64_t Give(object *object, unsigned rights = HELIOS_RIGHT_ALL, uint64_t badge = 0) {
        helios_error error = HELIOS_OK;
        slot *slot = cspace_take_slot(cspace_, HELIOS_CADDR_UNDEF, &error);
        EXPECT_NE(slot, nullptr);
        cap_make(slot, object, rights, badge);
        return cspace_address(slot);
    }

    uint64_t New(helios_type type, uint64_t size = 0) {
        return Give(memory_make(memory_.get(), type, size));
    }

    slot *At(uint64_t address) {
        return cspace_slot(cspace_, address);
    }

    uint64_t Copy(uint64_t source, unsigned rights, uint64_t badge = 0) {
        helios_error error = HELIOS_OK;
        slot *copy = cspace_take_slot(cspace_, HELIOS_CADDR_UNDEF, &error);
        EXPECT_EQ(cap_copy(copy, At(source), At(source)->version, rights, badge), CAP_OK);
        return cspace_address(copy);
    }

    // Destroys a capability and what goes with it, as if by somebody from outside.
    void Destroy(uint64_t address) {
        cap_delete(At(address));
        cspace_release_slot(At(address));
        while (reaper_depth() > 0) {
            reaper_step();
        }
    }

    struct Made {
        task *task;
        uint64_t slot;        // its capability
        uint64_t vspace_slot; // and those of its parts
        uint64_t buffer_slot;
    };

    // A task that has never run.
    Made NewTask(unsigned priority) {
        Made made = {};
        made.slot = New(HELIOS_TYPE_TASK);
        made.task = task_of(At(made.slot)->object);
        made.vspace_slot = New(HELIOS_TYPE_VSPACE);
        made.buffer_slot = New(HELIOS_TYPE_PAGE);
        Set(made.task, HELIOS_TASK_CSPACE, cspace_slot_);
        Set(made.task, HELIOS_TASK_VSPACE, made.vspace_slot);
        Set(made.task, HELIOS_TASK_BUFFER, made.buffer_slot);
        made.task->priority = static_cast<uint8_t>(priority);
        made.task->base_priority = made.task->priority;
        made.task->ceiling = HELIOS_PRIORITIES - 1;
        return made;
    }

    void Set(task *task, unsigned part, uint64_t address) {
        EXPECT_EQ(task_set_part(task, part, At(address), At(address)->version), CAP_OK);
    }

    // One that is ready to run.
    Made Ready(unsigned priority) {
        Made made = NewTask(priority);
        made.task->suspended = 0;
        made.task->state = HELIOS_TASK_READY;
        task_make_ready(made.task);
        return made;
    }

    // Leaves the kernel for the best task; which one runs, NULL if none can.
    task *Run() {
        host_exit how = host_run([](void *) { sched_resume(Current()); }, nullptr);
        EXPECT_TRUE(how == HOST_RETURNED || how == HOST_IDLE) << how;
        return host_percpu->current;
    }

    static task *Current() {
        return host_percpu->current;
    }

    // A system call of the current task; returns who runs then.
    task *Enter(uint64_t number, uint64_t capability = 0, uint64_t tag = 0,
                std::vector<uint64_t> params = {}, const std::vector<uint64_t> &caps = {}) {
        task *current = Current();
        for (size_t i = 4; i < params.size(); i++) {
            current->buffer->params[i] = params[i];
        }
        params.resize(std::max<size_t>(params.size(), 4));
        for (size_t i = 0; i < caps.size(); i++) {
            current->buffer->caps[i] = caps[i];
        }
        arch_task *next = nullptr;
        host_exit how = host_syscall(number, capability, tag, params.data(), &next);
        EXPECT_TRUE(how == HOST_RETURNED || how == HOST_IDLE) << how << host_output();
        return host_percpu->current;
    }

    // call{caps}(params) of the current task, which goes on: its result.
    message_registers Invoke(uint64_t capability, uint32_t label,
                             const std::vector<uint64_t> &params = {},
                             const std::vector<uint64_t> &caps = {}) {
        task *current = Current();
        uint32_t before = current->arch.result_count;
        uint64_t tag = helios_tag(label, static_cast<uint32_t>(caps.size()),
                                  static_cast<uint32_t>(params.size()), 0);
        Enter(HELIOS_SYS_CALL, capability, tag, params, caps);
        EXPECT_EQ(current->arch.result_count, before + 1) << "exactly one answer";
        return current->arch.result;
    }

    // A task of this priority runs and enters the kernel to wait for something.
    void Block(task *task, uint64_t number, uint64_t capability, uint64_t tag = 0,
               const std::vector<uint64_t> &params = {}) {
        while (Current() != task) {
            ASSERT_NE(Current(), nullptr);
            ASSERT_NE(Enter(HELIOS_SYS_YIELD), nullptr);
        }
        Enter(number, capability, tag, params);
    }

    static uint32_t Status(const task *task) {
        return helios_tag_label(task->arch.result.tag);
    }

    static uint32_t Flags(const task *task) {
        return helios_tag_flags(task->arch.result.tag);
    }

    // Time passes up to this moment and the interrupt of the timer, if it is due, is taken.
    task *At(uint64_t *counter, uint64_t when) {
        *counter = std::max(*counter, when);
        return Interrupt();
    }

    task *Interrupt() {
        arch_task *next = nullptr;
        host_exit how = host_interrupt_deliver(&next);
        EXPECT_TRUE(how == HOST_RETURNED || how == HOST_IDLE) << how;
        return host_percpu->current;
    }

    // The run queues agree with themselves and with the tasks in them.
    static void CheckQueues() {
        const percpu *cpu = host_percpu;
        for (unsigned priority = 0; priority < HELIOS_PRIORITIES; priority++) {
            const task *before = nullptr;
            for (const task *task = cpu->ready[priority].first; task != nullptr;
                 task = task->queue.next) {
                EXPECT_EQ(task->queue.prev, before);
                EXPECT_EQ(task->priority, priority);
                EXPECT_EQ(task->queued, 1);
                EXPECT_EQ(task->suspended, 0);
                EXPECT_EQ(task->state, HELIOS_TASK_READY);
                EXPECT_NE(task, cpu->current);
                before = task;
            }
            EXPECT_EQ(cpu->ready[priority].last, before);
            EXPECT_EQ(cpu->ready_mask >> priority & 1, before != nullptr);
        }
    }

    cspace *cspace_ = nullptr;
    uint64_t cspace_slot_ = 0;
    uint64_t memory_slot_ = 0;
};

#define EXPECT_REFUSED(result, error, argument, found, wanted)                                     \
    do {                                                                                           \
        message_registers refusal = (result);                                                      \
        EXPECT_EQ(helios_tag_label(refusal.tag), static_cast<uint32_t>(error));                    \
        EXPECT_EQ(refusal.params[0], static_cast<uint64_t>(argument));                             \
        EXPECT_EQ(refusal.params[1], static_cast<uint64_t>(found));                                \
        EXPECT_EQ(refusal.params[2], static_cast<uint64_t>(wanted));                               \
    } while (0)

#endif // HELIOS_KERNEL_TESTING_TASK_MACHINE_H
