// SPDX-License-Identifier: GPL-3.0-only
//
// Every state in which a task waits for others, and every way to leave it.
#include "kernel/ipc.h"

#include "kernel/fault.h"
#include "kernel/testing/ipc_world.h"
#include "uapi/fault.h"

namespace {

constexpr uint64_t kReply = 20;
constexpr uint64_t kTask = 21; // the fourth task's capability to the one that is killed

class IpcTest : public IpcWorld {
  protected:
    // The last capability to the task goes.
    void Kill(Actor &actor) {
        cap_make(Take(fourth(), kTask), &actor.task.object, HELIOS_RIGHT_ALL, 0);
        message_registers result =
            Call(fourth(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_DESTROY, 1), {kTask});
        EXPECT_EQ(result.tag, Tag(HELIOS_OK, 1));
        EXPECT_EQ(reaper_depth(), 0u);
    }

    void SetFaultEndpoint(Actor &actor, uint64_t capability) {
        slot *source = &actor.slots[capability];
        ASSERT_EQ(reference_set(&actor.task.fault_reference, REFERENCE_TASK_FAULT, source,
                                source->version),
                  CAP_OK);
    }

    // The task faults at an address, with its registers as they are.
    task *Fault(Actor &actor) {
        Switch(actor);
        actor.task.arch.is_short = false;
        for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
            actor.task.arch.registers[i] = 500 + i;
        }
        const fault fault = {FAULT_WRITE, 0x1234, 500, 6};
        task *next = nullptr;
        EXPECT_TRUE(ipc_send_fault(&actor.task, &fault, HELIOS_FAULT_WRITE, &next));
        if (next == nullptr) {
            host_percpu->current = nullptr;
        } else {
            sched_resume(next);
        }
        Audit();
        return next;
    }

    void TearDown() override {
        for (auto &actor : actors_) {
            reference_clear(&actor->task.fault_reference);
        }
        IpcWorld::TearDown();
    }
};

// Every state. -----------------------------------------------------------------------------------

enum Way {
    kSending,
    kReceiving,
    kCallQueued,
    kCallReceived,
    kCallStored,
    kWaiting,
    kPolling,
    kFaultQueued,
    kFaultReceived,
    kWays,
};

class EveryState : public IpcTest, public ::testing::WithParamInterface<Way> {
  protected:
    // Gets the client into the state; `flags`: of its tag.
    void Block(uint32_t flags = 0) {
        switch (GetParam()) {
        case kSending:
            Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 0, flags));
            break;
        case kReceiving:
            Call(client(), HELIOS_SYS_RECV, kEndpoint, Tag(7, 0, flags));
            break;
        case kCallReceived:
        case kCallStored:
            Call(server(), HELIOS_SYS_RECV, kEndpoint);
            [[fallthrough]];
        case kCallQueued:
            Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0, flags));
            break;
        case kWaiting:
            Call(client(), HELIOS_SYS_WAIT, kNotification, Tag(7, 0, flags));
            break;
        case kPolling:
            client().buffer.poll[0] = {kEndpoint, HELIOS_POLL_RECV, 0};
            client().buffer.poll[1] = {kNotification, HELIOS_POLL_RECV, 0};
            Call(client(), HELIOS_SYS_POLLX, 0, Tag(0, 2), {2, client().buffer.deadline});
            break;
        case kFaultReceived:
            Call(server(), HELIOS_SYS_RECV, kEndpoint);
            [[fallthrough]];
        case kFaultQueued:
            SetFaultEndpoint(client(), kEndpoint);
            Fault(client());
            break;
        case kWays:
            break;
        }
        if (GetParam() == kCallStored) {
            Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_SAVE_REPLY, 1), {kReply});
        }
    }

    void BlockForLong() {
        client().buffer.deadline = deadline_now_ns() + 3600 * kSecond;
        // Somebody is ready, so that the machine does not idle until then.
        sched_enqueue(&fourth().task);
        Block();
    }

    bool IsFault() const {
        return GetParam() == kFaultQueued || GetParam() == kFaultReceived;
    }

    bool IsReceived() const {
        return GetParam() == kCallReceived || GetParam() == kFaultReceived;
    }

    void ExpectNothingIsLeft() {
        EXPECT_EQ(client().task.blocked_on, nullptr);
        EXPECT_EQ(client().task.deadline.when, 0u);
        EXPECT_EQ(client().task.callee, nullptr);
        EXPECT_EQ(endpoint_.waiters.first, nullptr);
        EXPECT_EQ(endpoint_.pollers, nullptr);
        EXPECT_EQ(notification_.waiters.first, nullptr);
        EXPECT_EQ(notification_.pollers, nullptr);
        EXPECT_EQ(server().task.caller, nullptr);
    }

    void ExpectRefusal(helios_error error) {
        if (IsFault()) {
            EXPECT_EQ(client().task.suspended, 1);
            EXPECT_EQ(client().task.queued, 0);
            EXPECT_EQ(client().task.arch.registers[3], 503u) << "it stands as it stood";
        } else {
            uint32_t flags = GetParam() == kReceiving ? HELIOS_FLAG_ERROR : 0;
            EXPECT_EQ(Result(client()).tag, helios_tag(error, 0, 3, flags));
        }
        EXPECT_EQ(State(client()), HELIOS_TASK_READY);
        ExpectNothingIsLeft();
        Audit();
    }
};

TEST_P(EveryState, IsWhatItsNameSays) {
    constexpr helios_task_state kStates[kWays] = {
        HELIOS_TASK_SENDING, HELIOS_TASK_RECEIVING, HELIOS_TASK_CALLING,
        HELIOS_TASK_CALLING, HELIOS_TASK_CALLING,   HELIOS_TASK_WAITING,
        HELIOS_TASK_POLLING, HELIOS_TASK_FAULTED,   HELIOS_TASK_FAULTED,
    };
    BlockForLong();
    EXPECT_EQ(State(client()), kStates[GetParam()]);
}

TEST_P(EveryState, EndsWhenCancelled) {
    BlockForLong();
    EXPECT_TRUE(ipc_unblock(&client().task, HELIOS_ERROR_CANCELLED));
    ExpectRefusal(HELIOS_ERROR_CANCELLED);
    EXPECT_FALSE(ipc_unblock(&client().task, HELIOS_ERROR_CANCELLED)) << "it is not blocked now";
}

TEST_P(EveryState, EndsWhenTheTaskIsKilled) {
    BlockForLong();
    uint64_t before = sched_task_count();
    Kill(client());
    EXPECT_EQ(sched_task_count(), before - 1);
    ExpectNothingIsLeft();
    if (IsReceived()) {
        EXPECT_EQ(helios_tag_label(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF).tag),
                  HELIOS_ERROR_NO_CALL);
    }
    if (GetParam() == kCallStored) {
        EXPECT_EQ(server().slots[kReply].type, HELIOS_TYPE_NULL) << "the caller took it along";
    }
}

TEST_P(EveryState, EndsWhenItsObjectsDie) {
    BlockForLong();
    EXPECT_TRUE(endpoint_reap(&endpoint_.object));
    EXPECT_TRUE(notification_reap(&notification_.object));
    if (IsReceived() || GetParam() == kCallStored) {
        EXPECT_NE(State(client()), HELIOS_TASK_READY) << "the endpoint has done its part";
    } else {
        ExpectRefusal(HELIOS_ERROR_GONE);
    }
}

TEST_P(EveryState, EndsWhenWhoIsToAnswerIsKilled) {
    BlockForLong();
    Kill(server());
    if (IsReceived()) {
        ExpectRefusal(HELIOS_ERROR_ABANDONED);
    } else {
        EXPECT_NE(State(client()), HELIOS_TASK_READY);
    }
}

TEST_P(EveryState, EndsWhenItsDeadlinePasses) {
    if (IsFault()) {
        return; // faults have none
    }
    SetDeadline(client(), kSecond);
    Block(HELIOS_FLAG_DEADLINE);
    if (running_ != &client().task) {
        Switch(server()); // it runs, since it has the call, or has stored it
        Call(server(), HELIOS_SYS_POLLX, 0, Tag(0, 2), {0, 2 * kSecond});
    }
    ExpectRefusal(HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(Result(client()).params[0], HELIOS_ARGUMENT_DEADLINE);
    EXPECT_GE(deadline_now_ns(), kSecond);
}

TEST_P(EveryState, EndsAtOnceIfItsDeadlineHasPassed) {
    if (IsFault() || GetParam() == kCallReceived || GetParam() == kCallStored) {
        return; // a message that can be delivered is
    }
    client().buffer.deadline = 0;
    Block(HELIOS_FLAG_DEADLINE);
    EXPECT_TRUE(HasReturned());
    EXPECT_EQ(running_, &client().task);
    ExpectRefusal(HELIOS_ERROR_DEADLINE);
}

TEST_P(EveryState, ADeadlineNeedsABuffer) {
    if (IsFault() || GetParam() == kPolling || GetParam() == kCallStored) {
        return;
    }
    client().task.buffer = nullptr;
    Block(HELIOS_FLAG_DEADLINE);
    EXPECT_EQ(helios_tag_label(Result(client()).tag), HELIOS_ERROR_BUFFER);
    EXPECT_EQ(Result(client()).params[0], HELIOS_ARGUMENT_DEADLINE);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_P(EveryState, ASuspendedTaskIsServedInItsPlace) {
    BlockForLong();
    client().task.suspended = 1;
    switch (GetParam()) {
    case kSending:
    case kCallQueued:
    case kFaultQueued:
        EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
        break;
    case kReceiving:
        EXPECT_DONE(Call(server(), HELIOS_SYS_SEND, kEndpoint, Tag(9, 0)));
        EXPECT_EQ(Result(client()).tag, Tag(9, 0));
        break;
    case kWaiting:
    case kPolling:
        EXPECT_DONE(Call(server(), HELIOS_SYS_SIGNAL, kNotification));
        break;
    default:
        break;
    }
    if (server().task.caller != nullptr) {
        EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF));
    } else if (GetParam() == kCallStored) {
        EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, kReply));
    }
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(client().task.suspended, 1);
    EXPECT_EQ(client().task.queued, 0);
    EXPECT_NE(running_, &client().task);
    ExpectNothingIsLeft();
}

std::string NameOf(const ::testing::TestParamInfo<Way> &way) {
    static const char *const kNames[kWays] = {
        "Sending", "Receiving", "CallQueued",  "CallReceived",  "CallStored",
        "Waiting", "Polling",   "FaultQueued", "FaultReceived",
    };
    return kNames[way.param];
}

INSTANTIATE_TEST_SUITE_P(Ipc, EveryState,
                         ::testing::Values(kSending, kReceiving, kCallQueued, kCallReceived,
                                           kCallStored, kWaiting, kPolling, kFaultQueued,
                                           kFaultReceived),
                         NameOf);

// Deadlines. -------------------------------------------------------------------------------------

TEST_F(IpcTest, TheDeadlineOfACallCoversTheAnswer) {
    SetDeadline(client(), kSecond);
    sched_enqueue(&fourth().task);
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0, HELIOS_FLAG_DEADLINE));
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
    EXPECT_NE(client().task.deadline.when, 0u);
    Call(server(), HELIOS_SYS_POLLX, 0, Tag(0, 2), {0, 2 * kSecond});
    Call(fourth(), HELIOS_SYS_POLLX, 0, Tag(0, 2), {0, 3 * kSecond});
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
}

TEST_F(IpcTest, AnAnswerInTimeDisarmsTheDeadline) {
    SetDeadline(client(), kSecond);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0, HELIOS_FLAG_DEADLINE));
    EXPECT_NE(client().task.deadline.when, 0u);
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(3, 0, HELIOS_FLAG_REPLY));
    EXPECT_EQ(Result(client()).tag, Tag(3, 0));
    EXPECT_EQ(client().task.deadline.when, 0u);
}

TEST_F(IpcTest, AReceiverWithADeadlineCanBeCalled) {
    SetDeadline(server(), kSecond);
    sched_enqueue(&fourth().task);
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_DEADLINE));
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0));
    EXPECT_EQ(running_, &server().task);
    EXPECT_EQ(Result(server()).tag, Tag(7, 0, HELIOS_FLAG_CALL));
    EXPECT_EQ(server().task.deadline.when, 0u);
}

TEST_F(IpcTest, ADeadlineThatHasPassedStopsNoMessage) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    client().buffer.deadline = 0;
    EXPECT_DONE(Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 0, HELIOS_FLAG_DEADLINE)));
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    EXPECT_EQ(Call(client(), HELIOS_SYS_WAIT, kNotification, Tag(0, 0, HELIOS_FLAG_DEADLINE)).tag,
              Tag(0, 1));
}

// Death of an endpoint. --------------------------------------------------------------------------

TEST_F(IpcTest, TheLastCapabilityTakesTheEndpointWithIt) {
    endpoint own = {};
    endpoint_init(&own.object, nullptr, nullptr);
    cap_make(Take(client(), kFree), &own.object, HELIOS_RIGHT_ALL, 0);
    Give(server(), kFree, client(), kFree, 1);
    sched_enqueue(&fourth().task);
    Call(client(), HELIOS_SYS_RECV, kFree);
    Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_DESTROY, 1), {kFree});
    EXPECT_EQ(State(client()), HELIOS_TASK_RECEIVING) << "one capability is left";
    cap_delete(&client().slots[kFree]);
    cspace_release_slot(&client().slots[kFree]);
    while (reaper_depth() > 0) {
        reaper_step();
    }
    EXPECT_NO_MESSAGE(Result(client()), HELIOS_ERROR_GONE, 0u);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(IpcTest, RevokingACapabilityLeavesWaitersAlone) {
    Give(third(), kFree, client(), kEndpoint, 999);
    Call(third(), HELIOS_SYS_SEND, kFree);
    cap_delete(&third().slots[kFree]);
    cspace_release_slot(&third().slots[kFree]);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 999u);
}

TEST_F(IpcTest, ADyingEndpointIsRefused) {
    endpoint_.object.state = OBJECT_DYING;
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
        EXPECT_REFUSED(Call(client(), number, kEndpoint), HELIOS_ERROR_GONE,
                       HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    EXPECT_NO_MESSAGE(Call(client(), HELIOS_SYS_RECV, kEndpoint), HELIOS_ERROR_GONE, 0u);
    endpoint_.object.state = OBJECT_LIVE;
}

// Faults. ----------------------------------------------------------------------------------------

class FaultTest : public IpcTest {
  protected:
    void Begin() {
        Call(server(), HELIOS_SYS_RECV, kEndpoint);
        SetFaultEndpoint(client(), kEndpoint);
        EXPECT_EQ(Fault(client()), &server().task);
    }

    message_registers Answer(uint32_t label, std::initializer_list<uint64_t> params = {}) {
        return Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF,
                    Tag(label, static_cast<uint32_t>(params.size())), params);
    }

    uint64_t Register(unsigned number) {
        return client().task.arch.registers[number];
    }
};

TEST_F(FaultTest, AFaultIsACall) {
    Begin();
    message_registers message = Result(server());
    EXPECT_EQ(message.badge, 100u);
    EXPECT_EQ(message.tag, Tag(HELIOS_FAULT_WRITE, 4 + ARCH_REGISTER_COUNT,
                               HELIOS_FLAG_FAULT | HELIOS_FLAG_CALL));
    EXPECT_EQ(message.params[0], 0x1234u);
    EXPECT_EQ(message.params[1], 500u);
    EXPECT_EQ(message.params[2], 6u);
    EXPECT_EQ(message.params[3], ARCH_REGISTER_COUNT);
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        EXPECT_EQ(server().buffer.params[4 + i], 500 + i);
    }
    EXPECT_EQ(State(client()), HELIOS_TASK_FAULTED);
}

TEST_F(FaultTest, ItLendsPriority) {
    client().task.priority = client().task.base_priority = 30;
    Begin();
    EXPECT_EQ(server().task.priority, 30);
}

TEST_F(FaultTest, ItWaitsForItsHandler) {
    SetFaultEndpoint(client(), kEndpoint);
    EXPECT_EQ(Fault(client()), nullptr);
    client().task.arch.registers[4] = 888; // a debugger was faster
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(server().buffer.params[8], 888u) << "registers are those at delivery";
}

TEST_F(FaultTest, AHandlerWithoutABufferIsToldWhatFits) {
    server().task.buffer = nullptr;
    Begin();
    EXPECT_EQ(Result(server()).tag,
              Tag(HELIOS_FAULT_WRITE, 4, HELIOS_FLAG_FAULT | HELIOS_FLAG_CALL));
    EXPECT_EQ(Result(server()).params[3], 0u);
    EXPECT_EQ(Result(server()).params[0], 0x1234u);
}

TEST_F(FaultTest, RetryLetsItGoOn) {
    Begin();
    EXPECT_DONE(Answer(HELIOS_FAULT_RETRY));
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(client().task.suspended, 0);
    EXPECT_EQ(client().task.queued, 1);
    EXPECT_EQ(Register(0), 500u);
    EXPECT_EQ(Register(3), 503u);
}

TEST_F(FaultTest, SkipMovesOn) {
    Begin();
    EXPECT_DONE(Answer(HELIOS_FAULT_SKIP, {4}));
    EXPECT_EQ(Register(0), 504u);
}

TEST_F(FaultTest, ReplyAndReceiveAnswersIt) {
    Begin();
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(HELIOS_FAULT_SKIP, 1, HELIOS_FLAG_REPLY), {4});
    EXPECT_EQ(running_, &client().task);
    EXPECT_EQ(Register(0), 504u);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(FaultTest, RegistersCanBeReplaced) {
    Begin();
    server().buffer.params[4] = 1;
    server().buffer.params[7] = 2;
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF,
                     Tag(HELIOS_FAULT_WRITE_REGISTERS, 8), {9}));
    EXPECT_EQ(Register(0), 1u);
    EXPECT_EQ(Register(3), 2u);
    EXPECT_EQ(Register(1), 501u);
}

TEST_F(FaultTest, AnUnknownAnswerSuspends) {
    Begin();
    EXPECT_DONE(Answer(77));
    EXPECT_EQ(client().task.suspended, 1);
    EXPECT_EQ(client().task.queued, 0);
    EXPECT_EQ(running_, &server().task);
}

TEST_F(FaultTest, AnswersBringNoCapabilities) {
    Begin();
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 0, 0, 1)),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_FAULTED);
}

TEST_F(FaultTest, AnAnswerThatNeedsABufferIsRefusedWithoutOne) {
    Begin();
    server().task.buffer = nullptr;
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF,
                        Tag(HELIOS_FAULT_WRITE_REGISTERS, 8), {9}),
                   HELIOS_ERROR_BUFFER, 0, 0, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_FAULTED);
}

TEST_F(FaultTest, TheAnswerCanBeStored) {
    Begin();
    Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_SAVE_REPLY, 1), {kReply});
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, kReply, Tag(HELIOS_FAULT_SKIP, 1), {4}));
    EXPECT_EQ(Register(0), 504u);
    EXPECT_EQ(client().task.suspended, 0);
}

TEST_F(FaultTest, TheEndOfTheReplySuspends) {
    Begin();
    Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_SAVE_REPLY, 1), {kReply});
    Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_DESTROY, 1), {kReply});
    EXPECT_EQ(client().task.suspended, 1);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(FaultTest, ReceivingAgainSuspends) {
    Begin();
    Call(server(), HELIOS_SYS_NBRECV, kEndpoint);
    EXPECT_EQ(client().task.suspended, 1);
}

TEST_F(FaultTest, WithoutAnEndpointNobodyIsTold) {
    const fault fault = {FAULT_WRITE, 0x1234, 500, 6};
    task *next = nullptr;
    EXPECT_FALSE(ipc_send_fault(&client().task, &fault, HELIOS_FAULT_WRITE, &next));
    EXPECT_EQ(client().task.in_fault, 0);
}

} // namespace
