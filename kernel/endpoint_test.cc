// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/ipc.h"

#include "kernel/testing/ipc_world.h"

namespace {

class EndpointTest : public IpcWorld {};

// Meeting. ---------------------------------------------------------------------------------------

TEST_F(EndpointTest, CallHandsTheCpuToTheWaitingReceiver) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_FALSE(HasReturned());
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 4), {1, 2, 3, 4});
    EXPECT_EQ(running_, &server().task);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    message_registers message = Result(server());
    EXPECT_EQ(message.badge, 100u);
    EXPECT_EQ(message.tag, Tag(7, 4, HELIOS_FLAG_CALL));
    EXPECT_EQ(message.params[0], 1u);
    EXPECT_EQ(message.params[3], 4u);
    EXPECT_EQ(host_record.active_asid, 2u);
}

TEST_F(EndpointTest, ReplyAndReceiveHandsTheCpuBack) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0));
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(9, 2, HELIOS_FLAG_REPLY), {5, 6, 7, 8});
    EXPECT_EQ(running_, &client().task);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    message_registers answer = Result(client());
    EXPECT_EQ(answer.badge, 0u);
    EXPECT_EQ(answer.tag, Tag(9, 2));
    EXPECT_EQ(answer.params[0], 5u);
    EXPECT_EQ(answer.params[1], 6u);
}

TEST_F(EndpointTest, CallWaitsForAReceiver) {
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 4), {1, 2, 3, 4});
    EXPECT_FALSE(HasReturned());
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    message_registers message = Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(message.badge, 100u);
    EXPECT_EQ(message.tag, Tag(7, 4, HELIOS_FLAG_CALL));
    EXPECT_EQ(message.params[3], 4u);
    EXPECT_EQ(running_, &server().task);
    EXPECT_EQ(server().task.caller, &client().task);
}

TEST_F(EndpointTest, SendToAWaitingReceiverReturnsAtOnce) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_DONE(Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 1), {11}));
    EXPECT_EQ(running_, &client().task);
    EXPECT_EQ(Result(server()).tag, Tag(7, 1));
    EXPECT_EQ(Result(server()).params[0], 11u);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
    EXPECT_EQ(server().task.caller, nullptr);
}

TEST_F(EndpointTest, SendWaitsForAReceiver) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 1), {11});
    EXPECT_EQ(State(client()), HELIOS_TASK_SENDING);
    message_registers message = Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(message.tag, Tag(7, 1));
    EXPECT_EQ(message.params[0], 11u);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_DONE(Result(client()));
}

TEST_F(EndpointTest, NbsendReachesAWaitingReceiver) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_DONE(Call(client(), HELIOS_SYS_NBSEND, kEndpoint, Tag(7, 0)));
    EXPECT_EQ(Result(server()).tag, Tag(7, 0));
}

TEST_F(EndpointTest, NbsendDoesNotWait) {
    EXPECT_REFUSED(Call(client(), HELIOS_SYS_NBSEND, kEndpoint), HELIOS_ERROR_WOULD_BLOCK, 0, 0, 0);
    Call(third(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_REFUSED(Call(client(), HELIOS_SYS_NBSEND, kEndpoint), HELIOS_ERROR_WOULD_BLOCK, 0, 0, 0);
}

TEST_F(EndpointTest, NbrecvTakesAWaitingMessage) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 0));
    EXPECT_EQ(Call(server(), HELIOS_SYS_NBRECV, kEndpoint).tag, Tag(7, 0));
}

TEST_F(EndpointTest, NbrecvDoesNotWait) {
    EXPECT_NO_MESSAGE(Call(server(), HELIOS_SYS_NBRECV, kEndpoint), HELIOS_ERROR_WOULD_BLOCK, 0u);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
}

TEST_F(EndpointTest, LongestWaitingSenderIsFirst) {
    Call(third(), HELIOS_SYS_SEND, kEndpoint, Tag(1, 0));
    fourth().task.priority = fourth().task.base_priority = 20;
    Call(fourth(), HELIOS_SYS_CALL, kEndpoint, Tag(2, 0));
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(3, 0));
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 102u);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 103u);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
}

TEST_F(EndpointTest, LongestWaitingReceiverIsFirst) {
    Call(third(), HELIOS_SYS_RECV, kEndpoint);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(1, 0));
    EXPECT_EQ(State(third()), HELIOS_TASK_READY);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(2, 0));
    EXPECT_EQ(Result(server()).tag, Tag(2, 0));
}

TEST_F(EndpointTest, AWaiterInTheMiddleCanLeave) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    Call(third(), HELIOS_SYS_SEND, kEndpoint);
    Call(fourth(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_TRUE(ipc_unblock(&third().task, HELIOS_ERROR_CANCELLED));
    Audit();
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 103u);
}

TEST_F(EndpointTest, TheLastWaiterCanLeave) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    Call(third(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_TRUE(ipc_unblock(&third().task, HELIOS_ERROR_CANCELLED));
    Call(fourth(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 100u);
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).badge, 103u);
}

TEST_F(EndpointTest, AllRegistersOfAShortMessageTravel) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 0), {1, 2, 3, 4});
    EXPECT_EQ(Result(server()).params[3], 4u);
}

// What a call may say. ---------------------------------------------------------------------------

TEST_F(EndpointTest, SenderNeedsWrite) {
    Restrict(third(), kFree, HELIOS_RIGHT_READ | HELIOS_RIGHT_GRANT);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
        EXPECT_REFUSED(Call(third(), number, kFree), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ | HELIOS_RIGHT_GRANT,
                       HELIOS_RIGHT_WRITE);
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(EndpointTest, ReceiverNeedsRead) {
    Restrict(third(), kFree, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT);
    for (uint64_t number : {HELIOS_SYS_RECV, HELIOS_SYS_NBRECV}) {
        message_registers result = Call(third(), number, kFree);
        EXPECT_NO_MESSAGE(result, HELIOS_ERROR_RIGHTS, 0u);
        EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_CAPABILITY);
        EXPECT_EQ(result.params[2], HELIOS_RIGHT_READ);
    }
}

TEST_F(EndpointTest, NothingAtTheAddressIsRefused) {
    for (uint64_t address : {kFree, kSlots, uint64_t{HELIOS_CADDR_UNDEF}}) {
        for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
            EXPECT_REFUSED(Call(client(), number, address), HELIOS_ERROR_CAPABILITY,
                           HELIOS_ARGUMENT_CAPABILITY, address, kSlots);
        }
        for (uint64_t number : {HELIOS_SYS_RECV, HELIOS_SYS_NBRECV}) {
            EXPECT_NO_MESSAGE(Call(client(), number, address), HELIOS_ERROR_CAPABILITY, 0u);
        }
    }
}

TEST_F(EndpointTest, ATaskWithoutACSpaceIsRefused) {
    client().task.cspace = nullptr;
    EXPECT_REFUSED(Call(client(), HELIOS_SYS_CALL, kEndpoint), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAPABILITY, kEndpoint, 0);
    EXPECT_NO_MESSAGE(Call(client(), HELIOS_SYS_RECV, kEndpoint), HELIOS_ERROR_CAPABILITY, 0u);
}

TEST_F(EndpointTest, RecvOnAnotherTypeIsRefused) {
    message_registers result = Call(client(), HELIOS_SYS_RECV, kNotification);
    EXPECT_NO_MESSAGE(result, HELIOS_ERROR_TYPE, 0u);
    EXPECT_EQ(result.params[1], HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(result.params[2], HELIOS_TYPE_ENDPOINT);
}

TEST_F(EndpointTest, TooMuchIsRefused) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
        EXPECT_REFUSED(Call(client(), number, kEndpoint, Tag(0, HELIOS_MAX_PARAMS + 1)),
                       HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, HELIOS_MAX_PARAMS + 1,
                       HELIOS_MAX_PARAMS);
        EXPECT_REFUSED(Call(client(), number, kEndpoint, Tag(0, 0, 0, HELIOS_MAX_CAPS + 1)),
                       HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, HELIOS_MAX_CAPS + 1,
                       HELIOS_MAX_CAPS);
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(EndpointTest, UnknownFlagsAreRefused) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    for (unsigned bit = 0; bit < 16; bit++) {
        uint32_t flag = 1u << bit;
        bool is_deadline = flag == HELIOS_FLAG_DEADLINE;
        EXPECT_REFUSED(Call(client(), HELIOS_SYS_NBSEND, kEndpoint, Tag(0, 0, flag)),
                       HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, flag, 0);
        if (!is_deadline) {
            EXPECT_REFUSED(Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(0, 0, flag)),
                           HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, flag,
                           HELIOS_FLAG_DEADLINE);
        }
        if (flag != HELIOS_FLAG_REPLY) {
            EXPECT_NO_MESSAGE(Call(client(), HELIOS_SYS_NBRECV, kEndpoint, Tag(0, 0, flag)),
                              HELIOS_ERROR_ARGUMENTS, 0u);
        }
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(EndpointTest, ReservedBitsOfTheTagAreRefused) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    for (unsigned bit : {38u, 39u, 47u}) {
        EXPECT_EQ(helios_tag_label(Call(client(), HELIOS_SYS_CALL, kEndpoint, 1ull << bit).tag),
                  HELIOS_ERROR_ARGUMENTS);
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(EndpointTest, RecvWithoutReplyTakesNoMessage) {
    EXPECT_EQ(Call(client(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 1)).params[0],
              HELIOS_ARGUMENT_PARAM_COUNT);
    EXPECT_EQ(Call(client(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, 0, 1)).params[0],
              HELIOS_ARGUMENT_CAP_COUNT);
}

TEST_F(EndpointTest, SendToAKernelObjectIsItsInvocation) {
    message_registers result = Call(client(), HELIOS_SYS_SEND, kSelf, Tag(HELIOS_CSPACE_QUERY, 0));
    EXPECT_EQ(result.tag, Tag(HELIOS_OK, 2));
    EXPECT_EQ(result.params[0], kSlots);
}

// Priority. --------------------------------------------------------------------------------------

class LendingTest : public IpcWorld {
  protected:
    void SetPriority(Actor &actor, uint8_t priority) {
        actor.task.priority = actor.task.base_priority = priority;
    }
};

TEST_F(LendingTest, ReceiverWorksWithItsCallersPriority) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    EXPECT_EQ(server().task.priority, 30);
    EXPECT_EQ(server().task.base_priority, kPriority);
}

TEST_F(LendingTest, AMoreImportantReceiverKeepsItsPriority) {
    SetPriority(server(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    EXPECT_EQ(server().task.priority, 30);
}

TEST_F(LendingTest, ACallTakenFromTheQueueLendsToo) {
    SetPriority(client(), 30);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(server().task.priority, 30);
}

TEST_F(LendingTest, WhatWasLentIsLentOn) {
    SetPriority(client(), 30);
    Call(third(), HELIOS_SYS_RECV, kOther);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_CALL, kOther);
    EXPECT_EQ(third().task.priority, 30);
}

TEST_F(LendingTest, SendLendsNothing) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(server().task.priority, kPriority);
}

TEST_F(LendingTest, ItEndsWithTheReply) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(server().task.priority, kPriority);
    EXPECT_EQ(running_, &client().task);
}

TEST_F(LendingTest, ItEndsWithTheNextReceive) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_RECV, kOther);
    EXPECT_EQ(server().task.priority, kPriority);
    EXPECT_EQ(running_, &client().task);
}

TEST_F(LendingTest, ItEndsWithReplyAndReceive) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    EXPECT_EQ(server().task.priority, kPriority);
}

TEST_F(LendingTest, ItEndsWithAnNbrecvThatFindsNobody) {
    SetPriority(client(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Call(server(), HELIOS_SYS_NBRECV, kOther);
    EXPECT_EQ(server().task.priority, kPriority);
    EXPECT_EQ(running_, &client().task);
}

TEST_F(LendingTest, AnsweringALessImportantCallerLetsTheBestRun) {
    SetPriority(server(), 30);
    SetPriority(third(), 20);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    sched_enqueue(&third().task);
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    EXPECT_EQ(running_, &third().task);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(LendingTest, SendingToAMoreImportantReceiverLetsItRun) {
    SetPriority(server(), 30);
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(running_, &server().task);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

} // namespace
