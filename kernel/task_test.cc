// SPDX-License-Identifier: GPL-3.0-only
//
// A task in every state, and everything that can be done to it there.
#include "kernel/task.h"

#include "kernel/testing/task_machine.h"
#include "uapi/fault.h"

namespace {

enum State {
    kInactive,
    kQueued,
    kOperating, // inside a long operation
    kSending,
    kReceiving,
    kCalling,         // nobody has received the call
    kReceived,        // the actor has
    kSaved,           // and has stored the Reply
    kWaiting,         // for a notification
    kPolling,         // both
    kSleeping,        // with a deadline
    kFaulted,         // nobody has received the message
    kFaultedReceived, // the actor has
    kServing,         // it has received the call of a client
};

constexpr State kStates[] = {
    kInactive, kQueued,  kOperating, kSending,  kReceiving, kCalling,         kReceived,
    kSaved,    kWaiting, kPolling,   kSleeping, kFaulted,   kFaultedReceived, kServing,
};

std::string Name(const ::testing::TestParamInfo<State> &info) {
    static const char *const names[] = {
        "Inactive", "Queued",  "Operating", "Sending",  "Receiving", "Calling",         "Received",
        "Saved",    "Waiting", "Polling",   "Sleeping", "Faulted",   "FaultedReceived", "Serving",
    };
    return names[info.param];
}

int steps;
int aborts;

operation_result Step(task *task) {
    steps++;
    arch_task_set_message(&task->arch, 0, helios_tag(HELIOS_OK, 0, 1, 0), 77, 0, 0, 0);
    return OPERATION_DONE;
}

void Abort(task *) {
    aborts++;
}

class TaskStates : public TaskMachine, public ::testing::WithParamInterface<State> {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        steps = 0;
        aborts = 0;
        endpoint_ = New(HELIOS_TYPE_ENDPOINT);
        notification_ = New(HELIOS_TYPE_NOTIFICATION);
        actor_ = NewTask(40);
        client_ = NewTask(2);
        subject_ = NewTask(20);
        subject_.task->arch.registers[0] = 0x1000;
        Bring(GetParam());
        EXPECT_EQ(Current(), actor_.task);
        CheckQueues();
    }

    static void Start(const Made &made) {
        made.task->suspended = 0;
        made.task->state = HELIOS_TASK_READY;
        task_make_ready(made.task);
    }

    // The actor, which is the most important one, goes on from here.
    void Act() {
        Start(actor_);
        Run();
    }

    void Bring(State state) {
        if (state == kInactive) {
            Act();
            return;
        }
        Start(subject_);
        Run();
        BringRunning(state);
    }

    void Fault() {
        Set(subject_.task, HELIOS_TASK_FAULT_ENDPOINT, endpoint_);
        subject_.task->arch.is_short = false;
        host_run(
            [](void *) {
                fault fault = {FAULT_WRITE, 0x5000, 0x1000, 7};
                kernel_user_fault(&fault);
            },
            nullptr);
    }

    // The subject is current.
    void BringRunning(State state) {
        uint64_t call = helios_tag(1, 0, 0, 0);
        switch (state) {
        case kSending:
            Enter(HELIOS_SYS_SEND, endpoint_, call);
            break;
        case kReceiving:
            Enter(HELIOS_SYS_RECV, endpoint_);
            break;
        case kCalling:
        case kReceived:
        case kSaved:
            Enter(HELIOS_SYS_CALL, endpoint_, call);
            break;
        case kWaiting:
            Enter(HELIOS_SYS_WAIT, notification_);
            break;
        case kPolling:
            subject_.task->buffer->poll[0] = {endpoint_, HELIOS_POLL_RECV | HELIOS_POLL_SEND, 0};
            subject_.task->buffer->poll[1] = {notification_, HELIOS_POLL_RECV, 0};
            Enter(HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), {2});
            break;
        case kSleeping:
            Start(client_); // an idle CPU would wait for the deadline
            subject_.task->buffer->deadline = host_counter + 1000000;
            Enter(HELIOS_SYS_WAIT, notification_, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE));
            break;
        case kFaulted:
        case kFaultedReceived:
            Fault();
            break;
        case kServing:
            Enter(HELIOS_SYS_RECV, endpoint_);
            Start(client_);
            Run();
            Enter(HELIOS_SYS_CALL, endpoint_, call);
            ASSERT_EQ(subject_.task->caller, client_.task);
            break;
        default:
            break;
        }
        Finish(state);
    }

    void Finish(State state) {
        if (Current() == subject_.task) { // the actor becomes ready and preempts it
            Start(actor_);
            Enter(HELIOS_SYS_IDENTIFY, endpoint_);
            if (state == kOperating) {
                subject_.task->operation = {};
                subject_.task->operation.step = Step;
                subject_.task->operation.abort = Abort;
            }
        } else {
            Act();
        }
        if (state == kReceived || state == kSaved || state == kFaultedReceived) {
            Enter(HELIOS_SYS_RECV, endpoint_);
            ASSERT_EQ(actor_.task->caller, subject_.task);
        }
        if (state == kSaved) {
            message_registers saved = Invoke(cspace_slot_, HELIOS_CSPACE_SAVE_REPLY, {kNone});
            ASSERT_EQ(helios_tag_label(saved.tag), HELIOS_OK);
            reply_ = saved.params[0];
        }
        results_ = subject_.task->arch.result_count;
    }

    bool IsBlocked() {
        return GetParam() >= kSending && GetParam() <= kFaultedReceived;
    }

    bool IsFaulted() {
        return GetParam() == kFaulted || GetParam() == kFaultedReceived;
    }

    // Nothing that tasks wait at knows the subject.
    void CheckThatNobodyKnowsIt() {
        if (At(endpoint_)->type == HELIOS_TYPE_ENDPOINT) {
            EXPECT_EQ(endpoint_of(At(endpoint_)->object)->waiters.first, nullptr);
            EXPECT_EQ(endpoint_of(At(endpoint_)->object)->pollers, nullptr);
        }
        if (At(notification_)->type == HELIOS_TYPE_NOTIFICATION) {
            EXPECT_EQ(notification_of(At(notification_)->object)->waiters.first, nullptr);
            EXPECT_EQ(notification_of(At(notification_)->object)->pollers, nullptr);
        }
        EXPECT_EQ(actor_.task->caller, nullptr);
        EXPECT_EQ(host_percpu->deadlines, nullptr);
        for (unsigned i = 0; i < HELIOS_PRIORITIES; i++) {
            for (task *at = host_percpu->ready[i].first; at != nullptr; at = at->queue.next) {
                EXPECT_NE(at, subject_.task);
            }
        }
    }

    // An answer that comes too late is refused.
    void CheckThatNobodyCanAnswer() {
        Enter(HELIOS_SYS_REPLY, kNone, helios_tag(0, 0, 0, 0));
        EXPECT_EQ(Status(actor_.task), HELIOS_ERROR_NO_CALL);
        if (GetParam() == kSaved) {
            Enter(HELIOS_SYS_REPLY, reply_, helios_tag(0, 0, 0, 0));
            EXPECT_EQ(Status(actor_.task), HELIOS_ERROR_NO_CALL);
        }
    }

    uint64_t endpoint_ = 0;
    uint64_t notification_ = 0;
    uint64_t reply_ = 0;
    uint32_t results_ = 0;
    Made actor_ = {};
    Made client_ = {};
    Made subject_ = {};
};

INSTANTIATE_TEST_SUITE_P(All, TaskStates, ::testing::ValuesIn(kStates), Name);

TEST_P(TaskStates, QueryTellsTheState) {
    static const helios_task_state states[] = {
        HELIOS_TASK_INACTIVE,  HELIOS_TASK_READY,   HELIOS_TASK_READY,   HELIOS_TASK_SENDING,
        HELIOS_TASK_RECEIVING, HELIOS_TASK_CALLING, HELIOS_TASK_CALLING, HELIOS_TASK_CALLING,
        HELIOS_TASK_WAITING,   HELIOS_TASK_POLLING, HELIOS_TASK_WAITING, HELIOS_TASK_FAULTED,
        HELIOS_TASK_FAULTED,   HELIOS_TASK_READY,
    };
    uint64_t suspended = GetParam() == kInactive ? 1 : 0;
    EXPECT_EQ(Invoke(subject_.slot, HELIOS_TASK_QUERY).params[1],
              states[GetParam()] | suspended << 8);
}

TEST_P(TaskStates, CancelEndsWhatItIsBlockedIn) {
    message_registers answer = Invoke(subject_.slot, HELIOS_TASK_CANCEL);
    EXPECT_EQ(helios_tag_label(answer.tag), HELIOS_OK);
    bool had_something = IsBlocked() || GetParam() == kOperating;
    EXPECT_EQ(answer.params[0], had_something);
    if (had_something) {
        EXPECT_EQ(subject_.task->state, HELIOS_TASK_READY);
        EXPECT_EQ(subject_.task->suspended, IsFaulted());
    }
    if (had_something && !IsFaulted()) {
        EXPECT_GT(subject_.task->arch.result_count, results_);
        EXPECT_EQ(Status(subject_.task), HELIOS_ERROR_CANCELLED);
        EXPECT_EQ(Flags(subject_.task), GetParam() == kReceiving ? HELIOS_FLAG_ERROR : 0);
        sched_dequeue(subject_.task);
        CheckThatNobodyKnowsIt();
        sched_enqueue(subject_.task);
        CheckThatNobodyCanAnswer();
    }
    EXPECT_EQ(aborts, GetParam() == kOperating);
}

TEST_P(TaskStates, SuspendedTaskKeepsItsPlace) {
    uint8_t state = subject_.task->state;
    object *on = subject_.task->blocked_on;
    EXPECT_EQ(helios_tag_label(Invoke(subject_.slot, HELIOS_TASK_SUSPEND).tag), HELIOS_OK);
    EXPECT_EQ(subject_.task->suspended, 1);
    EXPECT_EQ(subject_.task->state, state);
    EXPECT_EQ(subject_.task->blocked_on, on);
    EXPECT_EQ(subject_.task->queued, 0);
    EXPECT_EQ(aborts, 0);
    Invoke(subject_.slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(subject_.task->suspended, 0);
    EXPECT_EQ(subject_.task->state, GetParam() == kInactive ? HELIOS_TASK_READY : state);
    EXPECT_EQ(subject_.task->queued, !IsBlocked());
}

TEST_P(TaskStates, SuspendingTwiceIsTheSameAsOnce) {
    Invoke(subject_.slot, HELIOS_TASK_SUSPEND);
    Invoke(subject_.slot, HELIOS_TASK_SUSPEND);
    Invoke(subject_.slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(subject_.task->suspended, 0);
    EXPECT_EQ(subject_.task->queued, !IsBlocked());
}

TEST_P(TaskStates, ResumingARunnableTaskDoesNothing) {
    Invoke(subject_.slot, HELIOS_TASK_RESUME);
    Invoke(subject_.slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(subject_.task->queued, !IsBlocked());
}

TEST_P(TaskStates, CancelledWhileSuspendedItRunsOnceItIsResumed) {
    Invoke(subject_.slot, HELIOS_TASK_SUSPEND);
    Invoke(subject_.slot, HELIOS_TASK_CANCEL);
    EXPECT_EQ(subject_.task->queued, 0);
    Invoke(subject_.slot, HELIOS_TASK_RESUME);
    EXPECT_EQ(subject_.task->queued, 1);
}

TEST_P(TaskStates, WrittenRegistersAreTheTasksWhateverItWasBlockedIn) {
    std::vector<uint64_t> params(4 + ARCH_REGISTER_COUNT);
    params[0] = 0b1001;
    params[4] = 0xabc000;
    params[7] = 42;
    EXPECT_EQ(helios_tag_label(Invoke(subject_.slot, HELIOS_TASK_WRITE_REGISTERS, params).tag),
              HELIOS_OK);
    EXPECT_EQ(subject_.task->arch.registers[0], 0xabc000u);
    EXPECT_EQ(subject_.task->arch.registers[3], 42u);
    EXPECT_FALSE(subject_.task->arch.is_short) << "no answer comes any more";
    EXPECT_EQ(subject_.task->operation.step, nullptr);
    EXPECT_EQ(aborts, GetParam() == kOperating);
    EXPECT_EQ(subject_.task->state,
              GetParam() == kInactive ? HELIOS_TASK_INACTIVE : HELIOS_TASK_READY);
    EXPECT_EQ(subject_.task->queued, !IsFaulted() && GetParam() != kInactive);
    if (GetParam() != kServing) {
        CheckThatNobodyCanAnswer();
    }
}

TEST_P(TaskStates, ReadingRegistersChangesNothing) {
    uint8_t state = subject_.task->state;
    message_registers answer = Invoke(subject_.slot, HELIOS_TASK_READ_REGISTERS);
    EXPECT_EQ(answer.params[1], ARCH_REGISTER_COUNT);
    EXPECT_EQ(answer.params[0],
              subject_.task->arch.is_short ? 7u : (1u << ARCH_REGISTER_COUNT) - 1);
    EXPECT_EQ(actor_.task->buffer->params[4], 0x1000u);
    EXPECT_EQ(subject_.task->state, state);
}

TEST_P(TaskStates, DestroyedTaskLeavesNothingBehind) {
    uint64_t before = FreeFrames();
    message_registers answer = Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY,
                                      {subject_.slot, subject_.vspace_slot, subject_.buffer_slot});
    EXPECT_EQ(answer.params[0], 3u);
    EXPECT_EQ(reaper_depth(), 0u);
    CheckThatNobodyKnowsIt();
    CheckQueues();
    EXPECT_EQ(FreeFrames(), before + 1 + 4 + 1) << "the task, its address space, its buffer";
    EXPECT_EQ(sched_task_count(), 2u);
    EXPECT_EQ(aborts, GetParam() == kOperating);
    if (GetParam() == kServing) {
        EXPECT_EQ(Status(client_.task), HELIOS_ERROR_ABANDONED);
        EXPECT_EQ(client_.task->queued, 1);
    }
    if (GetParam() == kSaved) {
        EXPECT_EQ(At(reply_)->type, HELIOS_TYPE_NULL) << "the Reply of a dead caller";
    }
    Enter(HELIOS_SYS_REPLY, kNone, helios_tag(0, 0, 0, 0));
    EXPECT_EQ(Status(actor_.task), HELIOS_ERROR_NO_CALL);
}

TEST_P(TaskStates, WithoutItsAddressSpaceItIsInactive) {
    message_registers answer = Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {subject_.vspace_slot});
    ASSERT_EQ(helios_tag_label(answer.tag), HELIOS_OK);
    EXPECT_EQ(subject_.task->vspace, nullptr);
    if (GetParam() == kOperating) {
        EXPECT_EQ(subject_.task->state, HELIOS_TASK_READY) << "the kernel's work is finished first";
        Invoke(actor_.slot, HELIOS_TASK_SUSPEND);
        EXPECT_EQ(steps, 1);
        EXPECT_EQ(Current(), nullptr);
    }
    EXPECT_EQ(subject_.task->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(subject_.task->queued, 0);
    EXPECT_EQ(aborts, 0);
    CheckThatNobodyKnowsIt();
}

TEST_P(TaskStates, WithoutAnAddressSpaceItIsNotResumed) {
    Invoke(subject_.slot, HELIOS_TASK_SUSPEND);
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {subject_.vspace_slot});
    uint64_t state = GetParam() == kOperating ? HELIOS_TASK_READY : HELIOS_TASK_INACTIVE;
    EXPECT_REFUSED(Invoke(subject_.slot, HELIOS_TASK_RESUME), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, state, HELIOS_TASK_READY);
    Invoke(subject_.slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {actor_.vspace_slot});
    EXPECT_EQ(helios_tag_label(Invoke(subject_.slot, HELIOS_TASK_RESUME).tag), HELIOS_OK);
    EXPECT_EQ(subject_.task->queued, 1);
}

TEST_P(TaskStates, LosingOtherPartsChangesNothingAboutItsState) {
    uint8_t state = subject_.task->state;
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {subject_.buffer_slot});
    Destroy(subject_.buffer_slot);
    EXPECT_EQ(subject_.task->buffer, nullptr);
    EXPECT_EQ(subject_.task->buffer_reference.object, nullptr);
    EXPECT_EQ(subject_.task->state, state);
    CheckQueues();
}

TEST_P(TaskStates, EndOfTheEndpointEndsWhatWaitsThere) {
    uint8_t state = subject_.task->state;
    // Its references go too.
    Invoke(cspace_slot_, HELIOS_CSPACE_REVOKE, {endpoint_});
    Invoke(cspace_slot_, HELIOS_CSPACE_DESTROY, {endpoint_});
    switch (GetParam()) {
    case kSending:
    case kReceiving:
    case kCalling:
        EXPECT_EQ(Status(subject_.task), HELIOS_ERROR_GONE);
        EXPECT_EQ(subject_.task->queued, 1);
        break;
    case kPolling:
        EXPECT_EQ(subject_.task->queued, 1);
        break;
    case kFaulted:
        EXPECT_EQ(subject_.task->state, HELIOS_TASK_READY);
        EXPECT_EQ(subject_.task->suspended, 1);
        break;
    default:
        EXPECT_EQ(subject_.task->state, state) << "what was received can be answered";
        break;
    }
}

TEST_P(TaskStates, DeadlineEndsTheWaitOfASleeperOnly) {
    host_counter += 2000000;
    Interrupt();
    if (GetParam() == kSleeping) {
        EXPECT_EQ(Status(subject_.task), HELIOS_ERROR_DEADLINE);
        EXPECT_EQ(subject_.task->queued, 1);
    } else {
        EXPECT_EQ(subject_.task->arch.result_count, results_);
    }
}

TEST_P(TaskStates, RaisedAboveTheActorItRunsIfItCan) {
    Enter(HELIOS_SYS_CALL, subject_.slot, helios_tag(HELIOS_TASK_SET_PRIORITY, 1, 2, 0), {50, 10},
          {actor_.slot});
    EXPECT_EQ(subject_.task->priority, 50);
    EXPECT_EQ(subject_.task->base_priority, 50);
    bool can_run = !IsBlocked() && GetParam() != kInactive;
    EXPECT_EQ(Current(), can_run ? subject_.task : actor_.task);
    EXPECT_EQ(steps, GetParam() == kOperating);
}

// What a task does to itself. ---------------------------------------------------------------------

class TaskItself : public TaskMachine {
  protected:
    void SetUp() override {
        TaskMachine::SetUp();
        self_ = Ready(20);
        other_ = Ready(10);
        Run();
    }

    task *Call(uint32_t label, const std::vector<uint64_t> &params = {}) {
        return Enter(HELIOS_SYS_CALL, self_.slot,
                     helios_tag(label, 0, static_cast<uint32_t>(params.size()), 0), params);
    }

    Made self_ = {};
    Made other_ = {};
};

TEST_F(TaskItself, CanSuspendItself) {
    EXPECT_EQ(Call(HELIOS_TASK_SUSPEND), other_.task);
    Enter(HELIOS_SYS_CALL, self_.slot, helios_tag(HELIOS_TASK_RESUME, 0, 0, 0));
    EXPECT_EQ(Current(), self_.task);
    EXPECT_EQ(Status(self_.task), HELIOS_OK);
}

TEST_F(TaskItself, HasNothingToCancel) {
    EXPECT_EQ(Call(HELIOS_TASK_CANCEL), self_.task);
    EXPECT_EQ(self_.task->arch.result.params[0], 0u);
}

TEST_F(TaskItself, WritesItsRegistersInsteadOfGettingAnAnswer) {
    std::vector<uint64_t> params(4 + ARCH_REGISTER_COUNT);
    params[0] = 1;
    params[4] = 0x777000;
    EXPECT_EQ(Call(HELIOS_TASK_WRITE_REGISTERS, params), self_.task);
    EXPECT_EQ(self_.task->arch.registers[0], 0x777000u);
    EXPECT_EQ(self_.task->arch.result_count, 0u);
}

TEST_F(TaskItself, ReadsWhatASystemCallPreserves) {
    self_.task->arch.registers[1] = 0x8000;
    Call(HELIOS_TASK_READ_REGISTERS);
    EXPECT_EQ(self_.task->arch.result.params[0], 7u);
    EXPECT_EQ(self_.task->buffer->params[5], 0x8000u);
    EXPECT_EQ(self_.task->buffer->params[7], 0u) << "what is not saved is zero";
}

TEST_F(TaskItself, CanDestroyItself) {
    Enter(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0), {self_.slot});
    EXPECT_EQ(Current(), other_.task);
    EXPECT_EQ(At(self_.slot)->type, HELIOS_TYPE_NULL);
    // What is left of it is taken apart when there is nothing else to do.
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), nullptr);
    EXPECT_EQ(reaper_depth(), 0u);
    EXPECT_EQ(sched_task_count(), 1u);
}

TEST_F(TaskItself, CanDestroyItselfWithEverythingThatItHas) {
    uint64_t before = FreeFrames();
    Enter(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_DESTROY, 0, 3, 0),
          {self_.vspace_slot, self_.buffer_slot, self_.slot});
    EXPECT_EQ(Current(), other_.task);
    uint64_t notification = New(HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(Enter(HELIOS_SYS_WAIT, notification), nullptr);
    EXPECT_GE(FreeFrames(), before + 6 - 1);
}

TEST_F(TaskItself, CanTakeAwayItsOwnAddressSpace) {
    Enter(HELIOS_SYS_CALL, cspace_slot_, helios_tag(HELIOS_CSPACE_REVOKE, 0, 1, 0),
          {self_.vspace_slot});
    EXPECT_EQ(Current(), other_.task);
    EXPECT_EQ(self_.task->state, HELIOS_TASK_INACTIVE);
    EXPECT_EQ(Status(self_.task), HELIOS_OK);
}

TEST_F(TaskItself, CanMoveToAnotherAddressSpace) {
    Invoke(self_.slot, HELIOS_TASK_CONFIGURE, {HELIOS_TASK_VSPACE}, {other_.vspace_slot});
    EXPECT_EQ(Current(), self_.task);
    EXPECT_EQ(host_record.active_root, table_physical(&other_.task->vspace->root));
}

TEST_F(TaskItself, LowersItselfBelowOthers) {
    Enter(HELIOS_SYS_CALL, self_.slot, helios_tag(HELIOS_TASK_SET_PRIORITY, 1, 2, 0), {5, 63},
          {self_.slot});
    EXPECT_EQ(Current(), other_.task);
    EXPECT_EQ(self_.task->queued, 1);
}

} // namespace
