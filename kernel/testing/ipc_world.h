// SPDX-License-Identifier: GPL-3.0-only
//
// For tests of IPC: four tasks with a CSpace, a buffer and an address space each, two endpoints, a
// notification, and the kernel's own entry. What must hold of queues and links is checked after
// every system call.
#ifndef HELIOS_KERNEL_TESTING_IPC_WORLD_H
#define HELIOS_KERNEL_TESTING_IPC_WORLD_H

#include <array>
#include <initializer_list>
#include <memory>
#include <vector>

#include "arch/host/host.h"
#include "kernel/cspace.h"
#include "kernel/deadline.h"
#include "kernel/ipc.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/vspace.h"
#include "testing/audit/audit.h"
#include "gtest/gtest.h"

// Where every task has what. Each has the capability to an endpoint with a badge of its own.
constexpr uint64_t kSelf = 1;         // its CSpace
constexpr uint64_t kEndpoint = 2;     // badge: 100 + number of the task
constexpr uint64_t kOther = 3;        // another endpoint, unbadged
constexpr uint64_t kNotification = 4; // badge: 1 << number of the task
constexpr uint64_t kFree = 8;         // the first free slot
constexpr uint64_t kSlots = 32;

constexpr uint8_t kPriority = 10;
constexpr uint64_t kSecond = 1000000000; // ticks of the clock

struct Actor {
    alignas(4096) helios_ipc_buffer buffer;
    alignas(sizeof(struct table_block)) struct table_block space;
    struct task task;
    struct cspace cspace;
    std::array<slot, kSlots> slots;
};

class IpcWorld : public ::testing::Test {
  protected:
    IpcWorld() {
        host_reset();
        reaper_reset();
        host_counter = 0;
        percpu *self = host_percpu->self;
        *host_percpu = {};
        host_percpu->self = self;
        deadline_init(kSecond);
        sched_init(host_percpu);
        host_percpu->reschedule = 0;
        endpoint_init(&endpoint_.object, nullptr, nullptr);
        endpoint_init(&other_.object, nullptr, nullptr);
        notification_init(&notification_.object, nullptr, nullptr);
        for (unsigned i = 0; i < 4; i++) {
            actors_.push_back(std::make_unique<Actor>());
            Create(*actors_[i], i);
        }
    }

    void TearDown() override {
        Audit();
        for (auto &actor : actors_) {
            EXPECT_EQ(audit_cspace(&actor->cspace), "");
            EXPECT_EQ(audit_ring(&actor->task.reply), "");
        }
    }

    Actor &client() {
        return *actors_[0];
    }
    Actor &server() {
        return *actors_[1];
    }
    Actor &third() {
        return *actors_[2];
    }
    Actor &fourth() {
        return *actors_[3];
    }

    // Making things.

    static slot *Take(Actor &actor, uint64_t address) {
        helios_error error = HELIOS_OK;
        return cspace_take_slot(&actor.cspace, address, &error);
    }

    static void Give(Actor &to, uint64_t address, Actor &from, uint64_t source, uint64_t badge,
                     unsigned rights = HELIOS_RIGHT_ALL) {
        slot *origin = &from.slots[source];
        ASSERT_EQ(cap_copy(Take(to, address), origin, origin->version, rights, badge), CAP_OK);
    }

    // A capability to the first task's endpoint with fewer rights, in slot `address`.
    void Restrict(Actor &actor, uint64_t address, unsigned rights) {
        Give(actor, address, client(), kEndpoint, actor.slots[kEndpoint].badge, rights);
    }

    // Running.

    // Whoever runs makes way.
    static void Switch(Actor &actor) {
        percpu *cpu = host_percpu;
        if (cpu->current == &actor.task) {
            return;
        }
        ASSERT_EQ(actor.task.state, HELIOS_TASK_READY);
        ASSERT_EQ(actor.task.suspended, 0);
        if (cpu->current != nullptr && cpu->current->queued == 0) {
            sched_enqueue(cpu->current);
        }
        if (actor.task.queued != 0) {
            sched_dequeue(&actor.task);
        }
        cpu->current = &actor.task;
    }

    // A system call of this task. The result is its own; see HasAnswer.
    message_registers Call(Actor &actor, uint64_t number, uint64_t capability, uint64_t tag = 0,
                           std::initializer_list<uint64_t> params = {}) {
        Switch(actor);
        uint64_t registers[4] = {};
        unsigned i = 0;
        for (uint64_t param : params) {
            (i < 4 ? registers : actor.buffer.params)[i] = param;
            i++;
        }
        answers_ = actor.task.arch.result_count;
        caller_ = &actor;
        arch_task *resumed = nullptr;
        host_exit how = host_syscall(number, capability, tag, registers, &resumed);
        EXPECT_NE(how, HOST_HALTED) << host_output();
        idle_ = how == HOST_IDLE;
        host_percpu->reschedule = 0; // an idle machine would have found somebody
        running_ = idle_ ? nullptr : reinterpret_cast<task *>(resumed);
        Audit();
        return actor.task.arch.result;
    }

    // Whether the last system call has returned (else it blocks).
    bool HasReturned() const {
        return caller_->task.arch.result_count == answers_ + 1;
    }

    // A message of these parameters.
    static uint64_t Tag(uint32_t label, uint32_t params, uint32_t flags = 0, uint32_t caps = 0) {
        return helios_tag(label, caps, params, flags);
    }

    // The deadline of HELIOS_FLAG_DEADLINE: this many nanoseconds from now.
    static void SetDeadline(Actor &actor, uint64_t nanoseconds) {
        actor.buffer.deadline = deadline_now_ns() + nanoseconds;
    }

    // Lets the machine idle until the deadline that comes first. Nobody is ready.
    void LetTimePass(Actor &actor) {
        Switch(actor);
        Call(actor, HELIOS_SYS_POLLX, 0, Tag(0, 2), {0, deadline_now_ns() + 3600 * kSecond});
    }

    // Checking.

    static message_registers Result(Actor &actor) {
        return actor.task.arch.result;
    }

    static helios_task_state State(Actor &actor) {
        return static_cast<helios_task_state>(actor.task.state);
    }

    void Audit() {
        AuditQueue(&endpoint_.object, endpoint_.waiters);
        AuditQueue(&other_.object, other_.waiters);
        AuditQueue(&notification_.object, notification_.waiters);
        AuditPollers(&endpoint_.object, &endpoint_.pollers, endpoint_.poller_count);
        AuditPollers(&other_.object, &other_.pollers, other_.poller_count);
        AuditPollers(&notification_.object, &notification_.pollers, notification_.poller_count);
        for (auto &actor : actors_) {
            AuditTask(&actor->task);
        }
    }

    std::vector<std::unique_ptr<Actor>> actors_;
    endpoint endpoint_ = {};
    endpoint other_ = {};
    notification notification_ = {};
    task *running_ = nullptr; // after the last system call
    bool idle_ = false;       // nobody could run after it

  private:
    void Create(Actor &actor, unsigned number) {
        task_init(&actor.task.object, nullptr, nullptr);
        actor.task.state = HELIOS_TASK_READY;
        actor.task.suspended = 0;
        actor.task.priority = actor.task.base_priority = kPriority;
        actor.task.ceiling = HELIOS_PRIORITIES - 1;
        actor.task.vspace = &actor.space.vspace;
        actor.space.vspace.asid = number + 1;
        actor.space.vspace.root_word = arch_root_word(0, number + 1);
        actor.task.cspace = &actor.cspace;
        actor.task.buffer = &actor.buffer;
        cspace_init(&actor.cspace, nullptr, actor.slots.data(), kSlots);
        cspace_init_slots(&actor.cspace, 0, kSlots);
        cap_make(Take(actor, kSelf), &actor.cspace.object, HELIOS_RIGHT_ALL, 0);
        if (number == 0) {
            MakeOriginals(actor);
        } else {
            Give(actor, kEndpoint, client(), kEndpoint, 100 + number);
            Give(actor, kOther, client(), kOther, 0);
            Give(actor, kNotification, client(), kNotification, 1u << number);
        }
    }

    void MakeOriginals(Actor &actor) {
        cap_make(Take(actor, kEndpoint), &endpoint_.object, HELIOS_RIGHT_ALL, 100);
        cap_make(Take(actor, kOther), &other_.object, HELIOS_RIGHT_ALL, 0);
        cap_make(Take(actor, kNotification), &notification_.object, HELIOS_RIGHT_ALL, 1);
    }

    static void AuditQueue(const object *object, const task_queue &queue) {
        const task *last = nullptr;
        for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
            EXPECT_EQ(task->blocked_on, object);
            EXPECT_EQ(task->queued, 0);
            EXPECT_EQ(task->state == HELIOS_TASK_RECEIVING,
                      queue.first->state == HELIOS_TASK_RECEIVING)
                << "senders and receivers in one queue";
            if (last != nullptr) {
                EXPECT_EQ(task->queue.prev, last);
            }
            last = task;
        }
        if (last != nullptr) {
            EXPECT_EQ(queue.last, last);
        }
    }

    static void AuditPollers(const object *object, poll_link *const *list, uint32_t count) {
        for (poll_link *const *at = list; *at != nullptr; at = &(*at)->next) {
            EXPECT_EQ((*at)->prev, at);
            EXPECT_EQ((*at)->object, object);
            count--;
        }
        EXPECT_EQ(count, 0u);
    }

    static bool IsQueued(const task *wanted) {
        const object *object = wanted->blocked_on;
        const task_queue &queue = object->type == HELIOS_TYPE_ENDPOINT
                                      ? reinterpret_cast<const endpoint *>(object)->waiters
                                      : reinterpret_cast<const notification *>(object)->waiters;
        for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
            if (task == wanted) {
                return true;
            }
        }
        return false;
    }

    static void AuditTask(const task *task) {
        bool is_blocked = task->state != HELIOS_TASK_READY && task->state != HELIOS_TASK_INACTIVE;
        if (task->blocked_on != nullptr) {
            EXPECT_TRUE(IsQueued(task));
        }
        if (!is_blocked) {
            EXPECT_EQ(task->blocked_on, nullptr);
            EXPECT_EQ(task->message_flags, 0);
            EXPECT_EQ(task->poll_count, 0);
            EXPECT_EQ(task->callee, nullptr);
            EXPECT_EQ(task->reply_count, 0u);
        }
        EXPECT_EQ((task->message_flags & MESSAGE_DEADLINE) != 0 ||
                      (task->state == HELIOS_TASK_POLLING && task->deadline.when != 0),
                  task->deadline.when != 0);
        if (task->caller != nullptr) {
            EXPECT_EQ(task->caller->callee, task);
            EXPECT_EQ(task->caller->blocked_on, nullptr);
        }
        if (task->callee != nullptr) {
            EXPECT_EQ(task->callee->caller, task);
            EXPECT_EQ(task->reply_count, 0u);
        }
        EXPECT_EQ(task->in_fault != 0, task->state == HELIOS_TASK_FAULTED);
        for (const poll_link &link : task->polls) {
            if (link.prev != nullptr) {
                EXPECT_LT(&link - task->polls, task->poll_count);
            }
        }
    }

    Actor *caller_ = nullptr;
    uint32_t answers_ = 0;
};

// The result of a system call that was refused.
#define EXPECT_REFUSED(result, error, argument, found, wanted)                                     \
    do {                                                                                           \
        message_registers refusal = (result);                                                      \
        EXPECT_EQ(refusal.tag, helios_tag(error, 0, 3, 0));                                        \
        EXPECT_EQ(refusal.params[0], static_cast<uint64_t>(argument));                             \
        EXPECT_EQ(refusal.params[1], static_cast<uint64_t>(found));                                \
        EXPECT_EQ(refusal.params[2], static_cast<uint64_t>(wanted));                               \
    } while (0)

// The same of a recv, with more flags than HELIOS_FLAG_ERROR perhaps.
#define EXPECT_NO_MESSAGE(result, error, flags)                                                    \
    EXPECT_EQ((result).tag, helios_tag(error, 0, 3, HELIOS_FLAG_ERROR | (flags)))

#define EXPECT_DONE(result)                                                                        \
    do {                                                                                           \
        message_registers done = (result);                                                         \
        EXPECT_EQ(done.tag, 0u);                                                                   \
        EXPECT_EQ(done.badge, 0u);                                                                 \
    } while (0)

#endif // HELIOS_KERNEL_TESTING_IPC_WORLD_H
