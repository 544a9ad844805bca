// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/ipc_wait.h"
#include "kernel/testing/ipc_world.h"

namespace {

class PollTest : public IpcWorld {
  protected:
    static void Ask(Actor &actor, std::initializer_list<helios_poll> entries) {
        std::copy(entries.begin(), entries.end(), actor.buffer.poll);
    }

    message_registers Poll(Actor &actor, std::initializer_list<helios_poll> entries) {
        Ask(actor, entries);
        return Call(actor, HELIOS_SYS_POLL, 0, Tag(0, 1), {entries.size()});
    }

    message_registers Poll(Actor &actor, std::initializer_list<helios_poll> entries,
                           uint64_t deadline) {
        Ask(actor, entries);
        return Call(actor, HELIOS_SYS_POLLX, 0, Tag(0, 2), {entries.size(), deadline});
    }

    static void ExpectReady(Actor &actor, std::initializer_list<uint32_t> ready) {
        uint64_t count = 0;
        const helios_poll *entry = actor.buffer.poll;
        for (uint32_t events : ready) {
            EXPECT_EQ((entry++)->ready, events);
            count += events != 0;
        }
        EXPECT_EQ(Result(actor).tag, helios_tag(HELIOS_OK, 0, 1, 0));
        EXPECT_EQ(Result(actor).params[0], count);
        EXPECT_EQ(State(actor), HELIOS_TASK_READY);
    }
};

constexpr uint32_t kRecv = HELIOS_POLL_RECV;
constexpr uint32_t kSend = HELIOS_POLL_SEND;
constexpr uint32_t kOld = 0xffff; // `ready` before

TEST_F(PollTest, AWaitingSenderIsReadiness) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    ExpectReady(server(), {kRecv});
}

TEST_F(PollTest, AWaitingCallerIsReadiness) {
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Poll(server(), {{kEndpoint, kRecv | kSend, kOld}});
    ExpectReady(server(), {kRecv});
}

TEST_F(PollTest, AWaitingReceiverIsReadiness) {
    Call(client(), HELIOS_SYS_RECV, kEndpoint);
    Poll(server(), {{kEndpoint, kRecv | kSend, kOld}});
    ExpectReady(server(), {kSend});
}

TEST_F(PollTest, AReceiverThatMayComeBackIsReadiness) {
    endpoint_.away = 1; // another CPU tries to serve it
    Poll(server(), {{kEndpoint, kRecv | kSend, kOld}});
    ExpectReady(server(), {kSend});
    endpoint_.away = 0;
}

TEST_F(PollTest, ASignalIsReadiness) {
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    Poll(server(), {{kNotification, kRecv, kOld}});
    ExpectReady(server(), {kRecv});
    EXPECT_EQ(notification_.word, 1u) << "poll takes nothing";
}

TEST_F(PollTest, AllThatAreReadyAreTold) {
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    Call(client(), HELIOS_SYS_SEND, kOther);
    Poll(server(),
         {{kEndpoint, kRecv, kOld}, {kNotification, kRecv, kOld}, {kOther, kRecv | kSend, kOld}});
    ExpectReady(server(), {0, kRecv, kRecv});
}

TEST_F(PollTest, ASenderWakes) {
    Poll(server(), {{kOther, kRecv, kOld}, {kEndpoint, kRecv, kOld}, {kNotification, kRecv, kOld}});
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    ExpectReady(server(), {0, kRecv, 0});
    EXPECT_EQ(running_, &server().task);
    EXPECT_EQ(other_.pollers, nullptr);
    EXPECT_EQ(notification_.pollers, nullptr);
}

TEST_F(PollTest, AReceiverWakes) {
    Poll(server(), {{kEndpoint, kSend, kOld}});
    Call(client(), HELIOS_SYS_RECV, kEndpoint);
    ExpectReady(server(), {kSend});
}

TEST_F(PollTest, AReceiverThatRepliesFirstWakes) {
    Call(third(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Poll(server(), {{kEndpoint, kSend, kOld}});
    Call(third(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    ExpectReady(server(), {kSend});
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(PollTest, ASignalWakes) {
    Poll(server(), {{kNotification, kRecv, kOld}});
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    ExpectReady(server(), {kRecv});
    EXPECT_EQ(notification_.word, 1u);
}

TEST_F(PollTest, AFaultMessageWakes) {
    slot *source = &client().slots[kEndpoint];
    reference_set(&client().task.fault_reference, REFERENCE_TASK_FAULT, source, source->version);
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    Switch(client());
    const fault fault = {FAULT_READ, 0, 0, 0};
    task *next = nullptr;
    client().task.arch.is_short = false;
    EXPECT_TRUE(ipc_send_fault(&client().task, &fault, 1, &next));
    ExpectReady(server(), {kRecv});
    reference_clear(&client().task.fault_reference);
}

TEST_F(PollTest, WhatIsNotAskedForDoesNotWake) {
    Poll(server(), {{kEndpoint, kSend, kOld}});
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
}

TEST_F(PollTest, AllPollersWake) {
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    Poll(third(), {{kEndpoint, kSend, kOld}});
    Poll(fourth(), {{kOther, kRecv, kOld}, {kEndpoint, kRecv, kOld}});
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    ExpectReady(server(), {kRecv});
    ExpectReady(fourth(), {0, kRecv});
    EXPECT_EQ(State(third()), HELIOS_TASK_POLLING);
}

TEST_F(PollTest, APollerIsNoReceiver) {
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    EXPECT_REFUSED(Call(client(), HELIOS_SYS_NBSEND, kEndpoint), HELIOS_ERROR_WOULD_BLOCK, 0, 0, 0);
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    Poll(third(), {{kEndpoint, kSend, kOld}}, 0);
    EXPECT_EQ(helios_tag_label(Result(third()).tag), HELIOS_ERROR_DEADLINE);
}

TEST_F(PollTest, AMessageThatIsTakenAtOnceWakesNobody) {
    Call(third(), HELIOS_SYS_RECV, kEndpoint);
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
}

TEST_F(PollTest, ASignalThatIsTakenAtOnceWakesNobody) {
    Call(third(), HELIOS_SYS_WAIT, kNotification);
    Poll(server(), {{kNotification, kRecv, kOld}});
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
}

TEST_F(PollTest, OneObjectCanBePolledTwice) {
    Poll(server(), {{kEndpoint, kRecv, kOld}, {kEndpoint, kSend, kOld}});
    Call(client(), HELIOS_SYS_RECV, kEndpoint);
    ExpectReady(server(), {0, kSend});
    EXPECT_EQ(endpoint_.pollers, nullptr);
}

TEST_F(PollTest, ThirtyTwoEntriesCanBePolled) {
    for (helios_poll &entry : server().buffer.poll) {
        entry = {kOther, kRecv, kOld};
    }
    server().buffer.poll[31] = {kEndpoint, kRecv, kOld};
    Call(server(), HELIOS_SYS_POLL, 0, Tag(0, 1), {32});
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(server().buffer.poll[31].ready, kRecv);
    EXPECT_EQ(other_.pollers, nullptr);
}

// Time. ------------------------------------------------------------------------------------------

TEST_F(PollTest, ADeadlineEndsThePoll) {
    Poll(server(), {{kEndpoint, kRecv, kOld}}, deadline_now_ns() + kSecond);
    EXPECT_EQ(running_, &server().task) << "the machine was idle until then";
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    EXPECT_GE(deadline_now_ns(), kSecond);
    EXPECT_EQ(endpoint_.pollers, nullptr);
}

TEST_F(PollTest, ADeadlineInThePastIsALook) {
    EXPECT_REFUSED(Poll(server(), {{kEndpoint, kRecv, kOld}}, 0), HELIOS_ERROR_DEADLINE,
                   HELIOS_ARGUMENT_DEADLINE, 0, 0);
    EXPECT_EQ(server().buffer.poll[0].ready, 0u);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    Poll(server(), {{kEndpoint, kRecv, kOld}}, 0);
    ExpectReady(server(), {kRecv});
}

TEST_F(PollTest, NoEntriesIsASleep) {
    server().task.buffer = nullptr;
    uint64_t until = deadline_now_ns() + kSecond;
    Poll(server(), {}, until);
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    EXPECT_GE(deadline_now_ns(), until);
}

TEST_F(PollTest, WhatComesFirstDisarmsTheDeadline) {
    Poll(server(), {{kEndpoint, kRecv, kOld}}, deadline_now_ns() + kSecond);
    EXPECT_EQ(server().task.deadline.when, 0u);
    Switch(client());
    sched_enqueue(&client().task);
    host_percpu->current = nullptr;
    Poll(server(), {{kEndpoint, kRecv, kOld}}, deadline_now_ns() + kSecond);
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    ExpectReady(server(), {kRecv});
    EXPECT_EQ(server().task.deadline.when, 0u);
}

// Refusals. --------------------------------------------------------------------------------------

TEST_F(PollTest, MalformedRequestsAreRefused) {
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_POLL, 0, Tag(0, 2), {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 1);
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_POLLX, 0, Tag(0, 1), {1}), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_POLL, 0, Tag(0, 1), {33}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 33, 32);
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_POLL, 0, Tag(0, 1), {0}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 0, 1);
}

TEST_F(PollTest, EntriesNeedABuffer) {
    server().task.buffer = nullptr;
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_POLL, 0, Tag(0, 1), {1}), HELIOS_ERROR_BUFFER, 0, 0,
                   0);
}

TEST_F(PollTest, EveryEntryMustBeSomethingToPoll) {
    EXPECT_REFUSED(Poll(server(), {{kEndpoint, kRecv, 0}, {kFree, kRecv, 0}}),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_POLL + 1, kFree, kSlots);
    EXPECT_REFUSED(Poll(server(), {{kEndpoint, kRecv, 0}, {kSelf, kRecv, 0}}), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_POLL + 1, HELIOS_TYPE_CSPACE, HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(endpoint_.pollers, nullptr);
}

TEST_F(PollTest, EventsMustBeKnown) {
    EXPECT_REFUSED(Poll(server(), {{kEndpoint, 0, 0}}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_POLL, 0,
                   3);
    EXPECT_REFUSED(Poll(server(), {{kEndpoint, 5, 0}}), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_POLL, 5,
                   3);
    EXPECT_REFUSED(Poll(server(), {{kNotification, kSend, 0}}), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_POLL, kSend, kRecv);
}

TEST_F(PollTest, PollingNeedsTheRightToFollow) {
    Restrict(server(), kFree, HELIOS_RIGHT_READ);
    Restrict(server(), kFree + 1, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Poll(server(), {{kFree, kSend, 0}}), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_POLL,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Poll(server(), {{kFree + 1, kRecv, 0}}), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_POLL, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
}

TEST_F(PollTest, AnObjectHasALimitedNumberOfPollers) {
    for (unsigned i = 0; i < HELIOS_MAX_POLL; i++) {
        third().buffer.poll[i] = {kEndpoint, kRecv, 0};
    }
    static_assert(HELIOS_MAX_POLL == IPC_MAX_POLLERS, "one task fills it");
    Call(third(), HELIOS_SYS_POLL, 0, Tag(0, 1), {HELIOS_MAX_POLL});
    EXPECT_REFUSED(Poll(server(), {{kOther, kRecv, 0}, {kEndpoint, kRecv, 0}}), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_POLL + 1, 0, IPC_MAX_POLLERS);
    EXPECT_EQ(other_.pollers, nullptr);
}

// Ends. ------------------------------------------------------------------------------------------

TEST_F(PollTest, ABufferThatVanishesIsTold) {
    Poll(server(), {{kEndpoint, kRecv, kOld}});
    server().task.buffer = nullptr;
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_BUFFER, 0, 0, 0);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
}

TEST_F(PollTest, ItCanBeCancelled) {
    Poll(server(), {{kEndpoint, kRecv, kOld}, {kNotification, kRecv, kOld}});
    EXPECT_TRUE(ipc_unblock(&server().task, HELIOS_ERROR_CANCELLED));
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_CANCELLED, 0, 0, 0);
    EXPECT_EQ(endpoint_.pollers, nullptr);
    EXPECT_EQ(notification_.pollers, nullptr);
}

TEST_F(PollTest, TheEndOfAnObjectEndsThePoll) {
    Poll(server(), {{kOther, kRecv, kOld}, {kEndpoint, kRecv, kOld}});
    EXPECT_TRUE(endpoint_reap(&endpoint_.object));
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL + 1, 0, 0);
    EXPECT_EQ(other_.pollers, nullptr);
}

TEST_F(PollTest, TheEndOfANotificationEndsThePoll) {
    Poll(server(), {{kNotification, kRecv, kOld}});
    EXPECT_TRUE(notification_reap(&notification_.object));
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL, 0, 0);
}

TEST_F(PollTest, WhatSomebodyElseHasTakenMeanwhileWakesNobody) {
    Poll(server(), {{kNotification, kRecv, kOld}});
    poll_wake(&notification_.object, false); // by somebody who has been slow
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    ExpectReady(server(), {kRecv});
}

TEST_F(PollTest, OneWhoIsClaimedIsLeftToWhoeverHasClaimedHim) {
    Poll(server(), {{kNotification, kRecv, kOld}, {kEndpoint, kRecv, kOld}});
    ASSERT_TRUE(poll_claim(&server().task)); // by another CPU
    Call(client(), HELIOS_SYS_SIGNAL, kNotification);
    EXPECT_FALSE(endpoint_reap(&endpoint_.object)) << "he is in its list";
    EXPECT_EQ(State(server()), HELIOS_TASK_POLLING);
    EXPECT_EQ(notification_.poller_count, 1u);
    EXPECT_EQ(endpoint_.poller_count, 1u);
    server().task.poll_claim = POLL_OPEN;
    EXPECT_TRUE(endpoint_reap(&endpoint_.object));
    EXPECT_REFUSED(Result(server()), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL + 1, 0, 0);
}

} // namespace
