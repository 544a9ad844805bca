// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/ipc_wait.h"
#include "kernel/testing/ipc_world.h"

namespace {

constexpr uint64_t kReply = 20;

class ReplyTest : public IpcWorld {
  protected:
    // The client calls, the server has received it.
    void Begin(Actor &caller) {
        Call(server(), HELIOS_SYS_RECV, kEndpoint);
        Call(caller, HELIOS_SYS_CALL, kEndpoint, Tag(7, 0));
    }

    message_registers Save(Actor &actor, uint64_t slot) {
        return Call(actor, HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_SAVE_REPLY, 1), {slot});
    }

    void BeginAndSave() {
        Begin(client());
        EXPECT_EQ(Save(server(), kReply).tag, Tag(HELIOS_OK, 1));
    }

    message_registers Reply(Actor &actor, uint64_t capability, uint64_t tag = 0) {
        return Call(actor, HELIOS_SYS_REPLY, capability, tag);
    }

    message_registers Destroy(Actor &actor, uint64_t slot) {
        return Call(actor, HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_DESTROY, 1), {slot});
    }

    static constexpr uint64_t kPending = HELIOS_CADDR_UNDEF;
};

TEST_F(ReplyTest, ReplyEndsTheCall) {
    Begin(client());
    EXPECT_DONE(Reply(server(), kPending, Tag(3, 1)));
    EXPECT_EQ(Result(client()).tag, Tag(3, 1));
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(running_, &server().task);
}

TEST_F(ReplyTest, ThereMustBeACall) {
    EXPECT_REFUSED(Reply(server(), kPending), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0,
                   0);
}

TEST_F(ReplyTest, ACallIsAnsweredOnce) {
    Begin(client());
    Reply(server(), kPending);
    EXPECT_REFUSED(Reply(server(), kPending), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0,
                   0);
}

TEST_F(ReplyTest, ASendCantBeAnswered) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    Call(client(), HELIOS_SYS_SEND, kEndpoint);
    EXPECT_EQ(helios_tag_label(Reply(server(), kPending).tag), HELIOS_ERROR_NO_CALL);
}

TEST_F(ReplyTest, OnlyTheReceiverCanAnswer) {
    Begin(client());
    EXPECT_EQ(helios_tag_label(Reply(third(), kPending).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
}

TEST_F(ReplyTest, AMalformedTagIsRefused) {
    Begin(client());
    EXPECT_REFUSED(Reply(server(), kPending, Tag(0, 65)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 65, 64);
    EXPECT_REFUSED(Reply(server(), kPending, Tag(0, 0, 0, 33)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, 33, 32);
    EXPECT_REFUSED(Reply(server(), kPending, Tag(0, 0, 1)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_FLAGS, 1, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
}

TEST_F(ReplyTest, AnotherTypeIsRefused) {
    EXPECT_REFUSED(Reply(server(), kSelf), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_TYPE_CSPACE, HELIOS_TYPE_REPLY);
    EXPECT_REFUSED(Reply(server(), kFree), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY,
                   kFree, kSlots);
}

TEST_F(ReplyTest, ReceivingAgainAbandonsTheCall) {
    Begin(client());
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_ABANDONED, 0, 0, 0);
    EXPECT_EQ(running_, &client().task);
}

TEST_F(ReplyTest, NbrecvAbandonsTheCallToo) {
    Begin(client());
    Call(server(), HELIOS_SYS_NBRECV, kEndpoint);
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_ABANDONED, 0, 0, 0);
}

TEST_F(ReplyTest, ARefusedRecvAbandonsNothing) {
    Begin(client());
    Call(server(), HELIOS_SYS_RECV, kFree, Tag(0, 0, HELIOS_FLAG_REPLY));
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_DONE(Reply(server(), kPending));
}

TEST_F(ReplyTest, NbrecvCanAnswer) {
    Begin(client());
    message_registers result =
        Call(server(), HELIOS_SYS_NBRECV, kEndpoint, Tag(5, 0, HELIOS_FLAG_REPLY));
    EXPECT_NO_MESSAGE(result, HELIOS_ERROR_WOULD_BLOCK, 0u);
    EXPECT_EQ(Result(client()).tag, Tag(5, 0));
}

TEST_F(ReplyTest, ReplyAndReceiveTakesAWaitingMessage) {
    Begin(client());
    Call(third(), HELIOS_SYS_CALL, kEndpoint, Tag(8, 0));
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(5, 0, HELIOS_FLAG_REPLY)).tag,
              Tag(8, 0, HELIOS_FLAG_CALL));
    EXPECT_EQ(Result(client()).tag, Tag(5, 0));
    EXPECT_EQ(server().task.caller, &third().task);
}

TEST_F(ReplyTest, AFailedReplyDoesNotStopTheReceive) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, 0));
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY)).tag,
              Tag(7, 0, HELIOS_FLAG_REPLY_FAILED));
}

TEST_F(ReplyTest, AFailedReplyIsToldWhenTheMessageComesLater) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0));
    EXPECT_EQ(Result(server()).tag, Tag(7, 0, HELIOS_FLAG_REPLY_FAILED | HELIOS_FLAG_CALL));
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY));
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0));
    EXPECT_EQ(Result(server()).tag, Tag(7, 0, HELIOS_FLAG_CALL)) << "and once only";
}

TEST_F(ReplyTest, AFailedReplyIsToldWithARefusal) {
    EXPECT_NO_MESSAGE(Call(server(), HELIOS_SYS_NBRECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY)),
                      HELIOS_ERROR_WOULD_BLOCK, HELIOS_FLAG_REPLY_FAILED);
}

TEST_F(ReplyTest, AnUnfitAnswerWithReceiveAbandonsTheCall) {
    Begin(client());
    client().task.buffer = nullptr;
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 5, HELIOS_FLAG_REPLY));
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_ABANDONED, 0, 0, 0);
}

TEST_F(ReplyTest, AnAnswerWithoutABufferForItFailsWithTheReceive) {
    Begin(client());
    server().task.buffer = nullptr;
    EXPECT_NO_MESSAGE(Call(server(), HELIOS_SYS_NBRECV, kEndpoint, Tag(0, 5, HELIOS_FLAG_REPLY)),
                      HELIOS_ERROR_WOULD_BLOCK, HELIOS_FLAG_REPLY_FAILED);
}

// Stored. ----------------------------------------------------------------------------------------

TEST_F(ReplyTest, TheRightToAnswerCanBeStored) {
    BeginAndSave();
    EXPECT_EQ(server().slots[kReply].type, HELIOS_TYPE_REPLY);
    EXPECT_EQ(server().task.caller, nullptr);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_EQ(helios_tag_label(Reply(server(), kPending).tag), HELIOS_ERROR_NO_CALL);
}

TEST_F(ReplyTest, ThereMustBeACallToStore) {
    EXPECT_EQ(helios_tag_label(Save(server(), kReply).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_TRUE(slot_is_free(&server().slots[kReply]));
}

TEST_F(ReplyTest, AStoredReplyIsUsedUp) {
    BeginAndSave();
    EXPECT_DONE(Reply(server(), kReply, Tag(4, 0)));
    EXPECT_EQ(Result(client()).tag, Tag(4, 0));
    EXPECT_TRUE(slot_is_free(&server().slots[kReply]));
    EXPECT_REFUSED(Reply(server(), kReply), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY,
                   kReply, kSlots);
}

TEST_F(ReplyTest, ServersCanHaveManyCallersInStore) {
    BeginAndSave();
    Begin(third());
    EXPECT_EQ(Save(server(), kReply + 1).params[0], kReply + 1);
    Begin(fourth());
    EXPECT_DONE(Reply(server(), kReply + 1, Tag(2, 0)));
    EXPECT_DONE(Reply(server(), kReply, Tag(1, 0)));
    EXPECT_DONE(Reply(server(), kPending, Tag(3, 0)));
    EXPECT_EQ(Result(client()).tag, Tag(1, 0));
    EXPECT_EQ(Result(third()).tag, Tag(2, 0));
    EXPECT_EQ(Result(fourth()).tag, Tag(3, 0));
}

TEST_F(ReplyTest, ReceivingAgainLeavesAStoredCallAlone) {
    BeginAndSave();
    Call(server(), HELIOS_SYS_NBRECV, kEndpoint);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
}

TEST_F(ReplyTest, OneOfSeveralCopiesAnswers) {
    BeginAndSave();
    Give(third(), kReply, server(), kReply, server().slots[kReply].badge);
    EXPECT_EQ(client().task.reply_count, 2u);
    EXPECT_DONE(Reply(third(), kReply, Tag(4, 0)));
    EXPECT_EQ(Result(client()).tag, Tag(4, 0));
    EXPECT_REFUSED(Reply(server(), kReply), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    EXPECT_EQ(server().slots[kReply].type, HELIOS_TYPE_REPLY) << "a refusal uses nothing up";
}

TEST_F(ReplyTest, AnOldCopyDoesNotAnswerANewCall) {
    BeginAndSave();
    Give(third(), kReply, server(), kReply, server().slots[kReply].badge);
    Reply(third(), kReply);
    Begin(client());
    EXPECT_EQ(helios_tag_label(Reply(server(), kReply).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_EQ(Save(server(), kReply + 1).tag, Tag(HELIOS_OK, 1));
    EXPECT_EQ(helios_tag_label(Reply(server(), kReply).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_DONE(Reply(server(), kReply + 1));
}

TEST_F(ReplyTest, LastReplyThatGoesWhileSomebodyAnswersIsLeftToHim) {
    BeginAndSave();
    client().task.answering = 1; // through this Reply, on another CPU
    EXPECT_TRUE(cap_delete(&server().slots[kReply]));
    cspace_release_slot(&server().slots[kReply]);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_FALSE(reply_is_waited_for(&client().task));
    EXPECT_FALSE(reply_withdraw_call(&client().task)) << "nor is it the caller's to end";
    client().task.answering = 0; // so it ends
    reply_abandon(&client().task);
}

TEST_F(ReplyTest, DestroyingTheLastCopyAbandonsTheCall) {
    BeginAndSave();
    Give(third(), kReply, server(), kReply, server().slots[kReply].badge);
    Destroy(server(), kReply);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    Destroy(third(), kReply);
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_ABANDONED, 0, 0, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(ReplyTest, DestroyingAnOldCopyDisturbsNoNewCall) {
    BeginAndSave();
    Give(third(), kReply, server(), kReply, server().slots[kReply].badge);
    Reply(server(), kReply);
    Begin(client());
    Save(server(), kReply + 1);
    Destroy(third(), kReply);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_DONE(Reply(server(), kReply + 1));
}

TEST_F(ReplyTest, MovingAReplyKeepsIt) {
    BeginAndSave();
    Call(server(), HELIOS_SYS_CALL, kSelf, Tag(HELIOS_CSPACE_MOVE, 2), {kReply, kReply + 1});
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
    EXPECT_DONE(Reply(server(), kReply + 1));
}

TEST_F(ReplyTest, AReplyCanBeSentToAnotherServer) {
    BeginAndSave();
    Call(third(), HELIOS_SYS_RECV, kOther);
    third().buffer.receive_count = 1;
    third().buffer.receive[0] = kReply;
    server().buffer.caps[0] = kReply;
    EXPECT_DONE(Call(server(), HELIOS_SYS_SEND, kOther, Tag(0, 0, 0, 1)));
    EXPECT_DONE(Reply(third(), kReply, Tag(6, 0)));
    EXPECT_EQ(Result(client()).tag, Tag(6, 0));
}

TEST_F(ReplyTest, AnsweringNeedsWrite) {
    BeginAndSave();
    Give(third(), kReply, server(), kReply, server().slots[kReply].badge, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(Reply(third(), kReply), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
}

TEST_F(ReplyTest, AnUnfitAnswerUsesNothingUp) {
    BeginAndSave();
    client().task.buffer = nullptr;
    EXPECT_EQ(helios_tag_label(Reply(server(), kReply, Tag(0, 5)).tag), HELIOS_ERROR_RECEIVER);
    EXPECT_DONE(Reply(server(), kReply));
}

TEST_F(ReplyTest, AStoredReplyOutlivesACancelledCall) {
    BeginAndSave();
    EXPECT_TRUE(ipc_unblock(&client().task, HELIOS_ERROR_CANCELLED));
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_CANCELLED, 0, 0, 0);
    EXPECT_EQ(helios_tag_label(Reply(server(), kReply).tag), HELIOS_ERROR_NO_CALL);
    Destroy(server(), kReply);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
}

TEST_F(ReplyTest, LendingEndsWhenAStoredReplyIsUsed) {
    client().task.priority = client().task.base_priority = 30;
    BeginAndSave();
    EXPECT_EQ(server().task.priority, 30);
    Reply(server(), kReply);
    EXPECT_EQ(server().task.priority, kPriority);
}

TEST_F(ReplyTest, UsingAStoredReplyKeepsWhatAnotherCallerLends) {
    BeginAndSave();
    third().task.priority = third().task.base_priority = 30;
    Begin(third());
    Reply(server(), kReply);
    EXPECT_EQ(server().task.priority, 30);
}

TEST_F(ReplyTest, AReplyIsNoTargetOfACall) {
    BeginAndSave();
    EXPECT_EQ(helios_tag_label(Call(server(), HELIOS_SYS_CALL, kReply).tag),
              HELIOS_ERROR_INVOCATION);
}

} // namespace
