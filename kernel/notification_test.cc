// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/ipc_wait.h"
#include "kernel/testing/ipc_world.h"

namespace {

class NotificationTest : public IpcWorld {
  protected:
    message_registers Signal(Actor &actor) {
        return Call(actor, HELIOS_SYS_SIGNAL, kNotification);
    }

    message_registers Wait(Actor &actor, uint64_t tag = 0) {
        return Call(actor, HELIOS_SYS_WAIT, kNotification, tag);
    }

    void Bind(Actor &actor) {
        slot *source = &actor.slots[kNotification];
        ASSERT_EQ(reference_set(&actor.task.notification_reference, REFERENCE_TASK_NOTIFICATION,
                                source, source->version),
                  CAP_OK);
        ASSERT_TRUE(notification_bind(&notification_, &actor.task));
        notification_begin_bound(&notification_, &actor.task);
    }

    static void ExpectWord(const message_registers &result, uint64_t word) {
        EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 1, 0));
        EXPECT_EQ(result.badge, word);
        EXPECT_EQ(result.params[0], word);
    }

    static void ExpectNotified(const message_registers &result, uint64_t word, uint32_t flags = 0) {
        EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 1, HELIOS_FLAG_NOTIFIED | flags));
        EXPECT_EQ(result.badge, word);
        EXPECT_EQ(result.params[0], word);
    }
};

TEST_F(NotificationTest, ASignalIsKept) {
    EXPECT_DONE(Signal(server()));
    EXPECT_EQ(running_, &server().task);
    ExpectWord(Wait(client()), 2);
    EXPECT_EQ(notification_.word, 0u);
}

TEST_F(NotificationTest, SignalsGather) {
    Signal(server());
    Signal(third());
    Signal(server());
    ExpectWord(Wait(client()), 6);
}

TEST_F(NotificationTest, AnUnbadgedSignalSetsTheFirstFlag) {
    EXPECT_EQ(notification_signal(&notification_, 0), nullptr);
    ExpectWord(Wait(client()), 1);
}

TEST_F(NotificationTest, WaitWaitsForASignal) {
    Wait(client());
    EXPECT_FALSE(HasReturned());
    EXPECT_EQ(State(client()), HELIOS_TASK_WAITING);
    EXPECT_DONE(Signal(third()));
    ExpectWord(Result(client()), 4);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(notification_.word, 0u);
}

TEST_F(NotificationTest, TheLongestWaiterGetsTheSignal) {
    Wait(client());
    Wait(server());
    Signal(third());
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(State(server()), HELIOS_TASK_WAITING);
    Signal(fourth());
    ExpectWord(Result(server()), 8);
}

TEST_F(NotificationTest, AMoreImportantWaiterRunsAtOnce) {
    client().task.priority = client().task.base_priority = 20;
    Wait(client());
    Signal(server());
    EXPECT_EQ(running_, &client().task);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
}

TEST_F(NotificationTest, AnEqualWaiterRunsLater) {
    Wait(client());
    Signal(server());
    EXPECT_EQ(running_, &server().task);
}

TEST_F(NotificationTest, NbwaitDoesNotWait) {
    EXPECT_REFUSED(Call(client(), HELIOS_SYS_NBWAIT, kNotification), HELIOS_ERROR_WOULD_BLOCK, 0, 0,
                   0);
    Signal(server());
    ExpectWord(Call(client(), HELIOS_SYS_NBWAIT, kNotification), 2);
}

TEST_F(NotificationTest, SignalNeedsWriteAndWaitRead) {
    Give(third(), kFree, client(), kNotification, 1, HELIOS_RIGHT_READ);
    Give(third(), kFree + 1, client(), kNotification, 1, HELIOS_RIGHT_WRITE);
    EXPECT_REFUSED(Call(third(), HELIOS_SYS_SIGNAL, kFree), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    for (uint64_t number : {HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSED(Call(third(), number, kFree + 1), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    }
}

TEST_F(NotificationTest, ADyingNotificationIsRefused) {
    EXPECT_EQ(notification_signal(&notification_, 1), nullptr);
    notification_.object.state = OBJECT_DYING;
    EXPECT_REFUSED(Signal(server()), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    for (uint64_t number : {HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSED(Call(client(), number, kNotification), HELIOS_ERROR_GONE,
                       HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    EXPECT_EQ(notification_.word, 1u);
    notification_.object.state = OBJECT_LIVE;
}

TEST_F(NotificationTest, AnotherTypeIsRefused) {
    for (uint64_t number : {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSED(Call(client(), number, kEndpoint), HELIOS_ERROR_TYPE,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_ENDPOINT, HELIOS_TYPE_NOTIFICATION);
        EXPECT_REFUSED(Call(client(), number, kFree), HELIOS_ERROR_CAPABILITY,
                       HELIOS_ARGUMENT_CAPABILITY, kFree, kSlots);
    }
}

TEST_F(NotificationTest, ThereIsNoMessage) {
    for (uint64_t number : {HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT, HELIOS_SYS_NBWAIT}) {
        EXPECT_REFUSED(Call(client(), number, kNotification, Tag(0, 1)), HELIOS_ERROR_ARGUMENTS,
                       HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
        EXPECT_REFUSED(Call(client(), number, kNotification, Tag(0, 0, 0, 1)),
                       HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
        EXPECT_EQ(Call(client(), number, kNotification, Tag(0, 0, HELIOS_FLAG_REPLY)).params[0],
                  HELIOS_ARGUMENT_FLAGS);
    }
    EXPECT_EQ(
        Call(client(), HELIOS_SYS_NBWAIT, kNotification, Tag(0, 0, HELIOS_FLAG_DEADLINE)).params[0],
        HELIOS_ARGUMENT_FLAGS);
}

TEST_F(NotificationTest, ANotificationIsNoTargetOfACall) {
    EXPECT_EQ(helios_tag_label(Call(client(), HELIOS_SYS_CALL, kNotification).tag),
              HELIOS_ERROR_INVOCATION);
}

// Bound. -----------------------------------------------------------------------------------------

TEST_F(NotificationTest, ABoundNotificationEndsARecv) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_DONE(Signal(third()));
    ExpectNotified(Result(server()), 4);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
    EXPECT_EQ(endpoint_.waiters.first, nullptr);
    EXPECT_EQ(notification_.word, 0u);
}

TEST_F(NotificationTest, WhatWasSignalledBeforeComesBeforeMessages) {
    Bind(server());
    Signal(third());
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    ExpectNotified(Call(server(), HELIOS_SYS_RECV, kEndpoint), 4);
    EXPECT_EQ(State(client()), HELIOS_TASK_SENDING);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
}

TEST_F(NotificationTest, NbrecvLearnsOfItToo) {
    Bind(server());
    Signal(third());
    ExpectNotified(Call(server(), HELIOS_SYS_NBRECV, kEndpoint), 4);
}

TEST_F(NotificationTest, ReplyAndReceiveLearnsOfItToo) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Signal(third());
    ExpectNotified(Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(3, 0, HELIOS_FLAG_REPLY)), 4);
    EXPECT_EQ(Result(client()).tag, Tag(3, 0));
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(NotificationTest, AFailedReplyIsToldWithIt) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    Signal(third());
    ExpectNotified(Result(server()), 4, HELIOS_FLAG_REPLY_FAILED);
}

TEST_F(NotificationTest, WhoWaitsComesBeforeTheBoundTask) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Wait(client());
    Signal(third());
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    ExpectWord(Result(client()), 4);
}

TEST_F(NotificationTest, ABoundTaskThatWaitsForSomethingElseIsLeftAlone) {
    Bind(client());
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Signal(third());
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_EQ(notification_.word, 4u);
}

TEST_F(NotificationTest, BindingDeliversWhatIsThere) {
    Signal(third());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Bind(server());
    ExpectNotified(Result(server()), 4);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
}

TEST_F(NotificationTest, OneTaskCanBeBound) {
    Bind(server());
    EXPECT_FALSE(notification_bind(&notification_, &third().task));
    notification_unbind(&notification_, &third().task);
    EXPECT_FALSE(notification_bind(&notification_, &third().task)) << "it was not the third's";
    notification_unbind(&notification_, &server().task);
    EXPECT_TRUE(notification_bind(&notification_, &third().task));
    notification_unbind(&notification_, &third().task);
}

TEST_F(NotificationTest, AnUnboundTaskGoesOnWaiting) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    notification_unbind(&notification_, &server().task);
    reference_clear(&server().task.notification_reference);
    Signal(third());
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(notification_.word, 4u);
}

// The reference goes later if another CPU revokes what it was made from.
TEST_F(NotificationTest, WhatIsSignalledAfterTheBindingHasEndedStays) {
    Bind(server());
    notification_unbind(&notification_, &server().task);
    Signal(third());
    const message_registers result = Call(server(), HELIOS_SYS_NBRECV, kEndpoint);
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_EQ(notification_.word, 4u);
    reference_clear(&server().task.notification_reference);
}

TEST_F(NotificationTest, ABoundTaskStillReceivesFast) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    EXPECT_EQ(running_, &client().task);
    Signal(client());
    ExpectNotified(Result(server()), 1);
}

TEST_F(NotificationTest, AClaimedReceiverFindsTheSignalWhenItIsPutBack) {
    Bind(server());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    ASSERT_TRUE(ipc_take_waiter(&server().task, HELIOS_TASK_RECEIVING)); // by another CPU
    EXPECT_DONE(Signal(client()));
    EXPECT_EQ(notification_.word, 1u) << "who signals does not wait";
    task_queue_push_first(&endpoint_.waiters, &server().task);
    task_set_blocked_on(&server().task, &endpoint_.object);
    notification_look_again(&server().task);
    ExpectNotified(Result(server()), 1);
    EXPECT_EQ(endpoint_.waiters.first, nullptr);
}

// From interrupts. -------------------------------------------------------------------------------

TEST_F(NotificationTest, AnInterruptMakesItsWaiterReady) {
    client().task.priority = client().task.base_priority = 20;
    Wait(client());
    task_make_ready(notification_signal(&notification_, 32));
    ExpectWord(Result(client()), 32);
    EXPECT_EQ(client().task.queued, 1);
}

} // namespace
