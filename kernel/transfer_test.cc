// SPDX-License-Identifier: GPL-3.0-only
//
// What a message carries: long parameters and capabilities, and who is told when it does not fit.
#include <cstring>

#include "kernel/ipc_wait.h"
#include "kernel/testing/ipc_world.h"

namespace {

class TransferTest : public IpcWorld {
  protected:
    // The server offers these slots for capabilities.
    static void Offer(Actor &actor, std::initializer_list<uint64_t> slots) {
        actor.buffer.receive_count = slots.size();
        std::copy(slots.begin(), slots.end(), actor.buffer.receive);
    }

    static void Load(Actor &actor, std::initializer_list<uint64_t> caps) {
        std::copy(caps.begin(), caps.end(), actor.buffer.caps);
    }

    void Receive() {
        Call(server(), HELIOS_SYS_RECV, kEndpoint);
    }

    message_registers Send(uint32_t params, uint32_t caps) {
        return Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(7, params, 0, caps));
    }

    static uint64_t FreeSlots(const Actor &actor) {
        return actor.cspace.free_count;
    }
};

constexpr uint64_t kAny = HELIOS_CADDR_UNDEF;

// Long messages. ---------------------------------------------------------------------------------

TEST_F(TransferTest, AllParametersTravel) {
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        client().buffer.params[i] = 1000 + i;
        server().buffer.params[i] = 0;
    }
    Receive();
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, HELIOS_MAX_PARAMS), {1, 2, 3, 4});
    EXPECT_EQ(Result(server()).tag, Tag(7, HELIOS_MAX_PARAMS, HELIOS_FLAG_CALL));
    EXPECT_EQ(Result(server()).params[3], 4u);
    EXPECT_EQ(server().buffer.params[3], 0u) << "these travel in registers";
    EXPECT_EQ(server().buffer.params[4], 1004u);
    EXPECT_EQ(server().buffer.params[63], 1063u);
}

TEST_F(TransferTest, OnlyWhatIsAnnouncedTravels) {
    std::memset(&client().buffer, 0xee, sizeof(client().buffer));
    std::memset(&server().buffer, 0, sizeof(server().buffer));
    Receive();
    Send(6, 0);
    EXPECT_EQ(server().buffer.params[5], 0xeeeeeeeeeeeeeeeeu);
    EXPECT_EQ(server().buffer.params[6], 0u);
    EXPECT_EQ(server().buffer.caps[0], 0u);
}

TEST_F(TransferTest, AnswersCanBeLong) {
    Receive();
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    server().buffer.params[63] = 77;
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(1, HELIOS_MAX_PARAMS)));
    EXPECT_EQ(client().buffer.params[63], 77u);
}

TEST_F(TransferTest, AQueuedSendersBufferIsReadAtDelivery) {
    client().buffer.params[4] = 1;
    Send(5, 0);
    client().buffer.params[4] = 2;
    Receive();
    EXPECT_EQ(server().buffer.params[4], 2u);
}

TEST_F(TransferTest, TasksMayShareABuffer) {
    client().task.buffer = &server().buffer;
    server().buffer.params[4] = 5;
    Receive();
    EXPECT_DONE(Send(5, 0));
    EXPECT_EQ(server().buffer.params[4], 5u);
}

TEST_F(TransferTest, ALongMessageNeedsTheSendersBuffer) {
    client().task.buffer = nullptr;
    Receive();
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
        EXPECT_REFUSED(Call(client(), number, kEndpoint, Tag(7, 5)), HELIOS_ERROR_BUFFER, 0, 0, 0);
        EXPECT_REFUSED(Call(client(), number, kEndpoint, Tag(7, 0, 0, 1)), HELIOS_ERROR_BUFFER, 0,
                       0, 0);
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, AShortMessageNeedsNoBuffer) {
    client().task.buffer = nullptr;
    server().task.buffer = nullptr;
    Receive();
    EXPECT_DONE(Send(4, 0));
    EXPECT_EQ(Result(server()).tag, Tag(7, 4));
}

TEST_F(TransferTest, AReceiverWithoutABufferGoesOnWaiting) {
    server().task.buffer = nullptr;
    Receive();
    EXPECT_REFUSED(Send(5, 0), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_PARAM_COUNT, 5,
                   HELIOS_REGISTER_PARAMS);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_REFUSED(Send(0, 1), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_BUFFER,
                   1);
    EXPECT_DONE(Send(1, 0));
}

TEST_F(TransferTest, AReceiverThatGoesOnWaitingKeepsItsPlace) {
    server().task.buffer = nullptr;
    Receive();
    Call(third(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(helios_tag_label(Send(5, 0).tag), HELIOS_ERROR_RECEIVER);
    EXPECT_DONE(Send(1, 0));
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
    EXPECT_EQ(State(third()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, ASendersBufferCanVanishWhileItWaits) {
    Send(5, 0);
    client().task.buffer = nullptr;
    Receive();
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_BUFFER, 0, 0, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_READY);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, AReceiversBufferCanVanishWhileItWaits) {
    Receive();
    server().task.buffer = nullptr;
    EXPECT_EQ(helios_tag_label(Send(5, 0).tag), HELIOS_ERROR_RECEIVER);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, ACallersBufferCanVanishWhileItWaits) {
    Receive();
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    client().task.buffer = nullptr;
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 5)),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_PARAM_COUNT, 5, HELIOS_REGISTER_PARAMS);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING) << "the call can still be answered";
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 4)));
}

TEST_F(TransferTest, AServerWithoutABufferCantAnswerAtLength) {
    Receive();
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    server().task.buffer = nullptr;
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 5)),
                   HELIOS_ERROR_BUFFER, 0, 0, 0);
    EXPECT_EQ(State(client()), HELIOS_TASK_CALLING);
}

// Capabilities. ----------------------------------------------------------------------------------

TEST_F(TransferTest, CapabilitiesArriveWhereTheyAreOffered) {
    Offer(server(), {20, kAny});
    Load(client(), {kOther, kNotification});
    Receive();
    EXPECT_DONE(Send(1, 2));
    EXPECT_EQ(Result(server()).tag, Tag(7, 1, 0, 2));
    EXPECT_EQ(server().buffer.caps[0], 20u);
    EXPECT_EQ(server().slots[20].object, &other_.object);
    uint64_t second = server().buffer.caps[1];
    EXPECT_EQ(server().slots[second].object, &notification_.object);
    EXPECT_EQ(server().slots[second].badge, 1u);
    EXPECT_EQ(server().slots[second].rights, HELIOS_RIGHT_ALL);
    EXPECT_EQ(server().buffer.unwrapped, 0u);
    EXPECT_EQ(client().slots[kOther].object, &other_.object) << "the sender keeps its own";
}

TEST_F(TransferTest, TheyArriveFromAQueuedSender) {
    Load(client(), {kOther});
    Call(client(), HELIOS_SYS_CALL, kEndpoint, Tag(7, 0, 0, 1));
    Offer(server(), {kAny});
    Receive();
    EXPECT_EQ(Result(server()).tag, Tag(7, 0, HELIOS_FLAG_CALL, 1));
    EXPECT_EQ(server().slots[server().buffer.caps[0]].object, &other_.object);
}

TEST_F(TransferTest, TheyArriveWithAnswers) {
    Receive();
    Offer(client(), {kAny});
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Load(server(), {kOther});
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 0, 0, 1)));
    EXPECT_EQ(Result(client()).tag, Tag(0, 0, 0, 1));
    EXPECT_EQ(client().slots[client().buffer.caps[0]].object, &other_.object);
}

TEST_F(TransferTest, TheyArriveWithReplyAndReceive) {
    Receive();
    Offer(client(), {kAny});
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Load(server(), {kOther});
    Call(server(), HELIOS_SYS_RECV, kEndpoint, Tag(0, 0, HELIOS_FLAG_REPLY, 1));
    EXPECT_EQ(client().slots[client().buffer.caps[0]].object, &other_.object);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, AsManyAsFitTravel) {
    for (unsigned i = 0; i < 20; i++) {
        server().buffer.receive[i] = kAny;
        client().buffer.caps[i] = kOther;
    }
    server().buffer.receive_count = 20;
    Receive();
    EXPECT_DONE(Send(0, 20));
    EXPECT_EQ(FreeSlots(server()), kSlots - 4 - 20);
}

TEST_F(TransferTest, ACapabilityToTheEndpointItselfArrivesAsItsBadge) {
    Give(client(), kFree, client(), kEndpoint, 4711);
    Offer(server(), {20});
    Load(client(), {kFree, kOther, kFree});
    Receive();
    EXPECT_DONE(Send(0, 3));
    EXPECT_EQ(server().buffer.unwrapped, 5u);
    EXPECT_EQ(server().buffer.caps[0], 4711u);
    EXPECT_EQ(server().buffer.caps[1], 20u);
    EXPECT_EQ(server().buffer.caps[2], 4711u);
    EXPECT_EQ(server().slots[20].object, &other_.object);
}

TEST_F(TransferTest, ABadgeNeedsNoSlot) {
    Load(client(), {kEndpoint});
    server().buffer.receive_count = 0;
    Receive();
    EXPECT_DONE(Send(0, 1));
    EXPECT_EQ(server().buffer.caps[0], 100u);
}

TEST_F(TransferTest, InAnAnswerTheEndpointIsACapability) {
    Receive();
    Offer(client(), {20});
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Load(server(), {kEndpoint});
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 0, 0, 1)));
    EXPECT_EQ(client().slots[20].badge, 101u);
    EXPECT_EQ(client().buffer.unwrapped, 0u);
}

TEST_F(TransferTest, RightsAndBadgeAreKept) {
    Restrict(client(), kFree, HELIOS_RIGHT_WRITE);
    Call(server(), HELIOS_SYS_RECV, kOther);
    Offer(server(), {20});
    Load(client(), {kFree});
    EXPECT_DONE(Call(client(), HELIOS_SYS_SEND, kOther, Tag(0, 0, 0, 1)));
    EXPECT_EQ(server().slots[20].rights, HELIOS_RIGHT_WRITE);
    EXPECT_EQ(server().slots[20].badge, 100u);
}

TEST_F(TransferTest, SendingNeedsGrant) {
    Restrict(third(), kFree, HELIOS_RIGHT_WRITE);
    Load(third(), {kOther});
    Offer(server(), {kAny});
    Receive();
    for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
        EXPECT_REFUSED(Call(third(), number, kFree, Tag(0, 0, 0, 1)), HELIOS_ERROR_RIGHTS,
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE,
                       HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT);
    }
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, NothingInTheSlotRefusesTheSend) {
    for (uint64_t bad : {kFree, kSlots, kAny}) {
        Load(client(), {kOther, bad});
        for (uint64_t number : {HELIOS_SYS_SEND, HELIOS_SYS_NBSEND, HELIOS_SYS_CALL}) {
            EXPECT_REFUSED(Call(client(), number, kEndpoint, Tag(0, 0, 0, 2)),
                           HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP + 1, bad, kSlots);
        }
    }
}

TEST_F(TransferTest, NothingInTheSlotLeavesAWaitingReceiverAlone) {
    Offer(server(), {kAny, kAny});
    Receive();
    Load(client(), {kOther, kFree});
    EXPECT_REFUSED(Send(0, 2), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP + 1, kFree, kSlots);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(FreeSlots(server()), kSlots - 4);
}

TEST_F(TransferTest, ACapabilityCanVanishWhileTheSenderWaits) {
    Give(client(), kFree, client(), kOther, 0);
    Load(client(), {kFree});
    Send(0, 1);
    cap_delete(&client().slots[kFree]);
    cspace_release_slot(&client().slots[kFree]);
    Offer(server(), {kAny});
    Receive();
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, kFree, kSlots);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, TheSendersCSpaceCanVanishWhileItWaits) {
    Load(client(), {kOther});
    Send(0, 1);
    client().task.cspace = nullptr;
    Offer(server(), {kAny});
    Receive();
    EXPECT_REFUSED(Result(client()), HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, kOther, 0);
}

TEST_F(TransferTest, TooFewOffersAreTheSendersProblem) {
    Offer(server(), {20});
    Load(client(), {kOther, kNotification});
    Receive();
    EXPECT_REFUSED(Send(0, 2), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE,
                   HELIOS_ERROR_RECEIVER, 2);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(server().slots[20].type, HELIOS_TYPE_NULL);
}

TEST_F(TransferTest, AnOccupiedSlotIsTheSendersProblem) {
    Offer(server(), {20, kSelf});
    Load(client(), {kOther, kNotification});
    Receive();
    EXPECT_REFUSED(Send(0, 2), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE,
                   HELIOS_ERROR_OCCUPIED, 2);
    EXPECT_EQ(FreeSlots(server()), kSlots - 4) << "nothing has arrived";
}

TEST_F(TransferTest, OneSlotOfferedTwiceIsTheSendersProblem) {
    Offer(server(), {20, 20});
    Load(client(), {kOther, kNotification});
    Receive();
    EXPECT_EQ(helios_tag_label(Send(0, 2).tag), HELIOS_ERROR_RECEIVER);
    EXPECT_EQ(FreeSlots(server()), kSlots - 4);
}

TEST_F(TransferTest, AFullCSpaceIsTheSendersProblem) {
    while (FreeSlots(server()) > 1) {
        Take(server(), kAny);
    }
    Offer(server(), {kAny, kAny});
    Load(client(), {kOther, kOther});
    Receive();
    EXPECT_REFUSED(Send(0, 2), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_NO_SLOT,
                   2);
    EXPECT_EQ(FreeSlots(server()), 1u);
    EXPECT_DONE(Send(0, 1));
    for (slot &slot : server().slots) { // what this test took
        if (slot.type == HELIOS_TYPE_NULL && !slot_is_free(&slot)) {
            cspace_release_slot(&slot);
        }
    }
}

TEST_F(TransferTest, TheReceiversCSpaceCanVanishWhileItWaits) {
    Offer(server(), {kAny});
    Load(client(), {kOther});
    Receive();
    server().task.cspace = nullptr;
    EXPECT_EQ(helios_tag_label(Send(0, 1).tag), HELIOS_ERROR_RECEIVER);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
}

TEST_F(TransferTest, AnUnfitAnswerLeavesTheCallAnswerable) {
    Receive();
    client().buffer.receive_count = 0;
    Call(client(), HELIOS_SYS_CALL, kEndpoint);
    Load(server(), {kOther});
    EXPECT_REFUSED(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, Tag(0, 0, 0, 1)),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_RECEIVER, 1);
    EXPECT_EQ(server().task.caller, &client().task);
    EXPECT_DONE(Call(server(), HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF));
}

TEST_F(TransferTest, ACapabilityThatIsBeingRevokedDoesNotTravel) {
    other_.object.revoking = 1;
    Offer(server(), {kAny});
    Load(client(), {kOther});
    Receive();
    EXPECT_REFUSED(Send(0, 1), HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAP, 0, 0);
    EXPECT_EQ(FreeSlots(server()), kSlots - 4);
    other_.object.revoking = 0;
}

TEST_F(TransferTest, ACapabilityToADyingObjectDoesNotTravel) {
    other_.object.state = OBJECT_DYING;
    Offer(server(), {kAny});
    Load(client(), {kOther});
    Receive();
    EXPECT_REFUSED(Send(0, 1), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAP, 0, 0);
    other_.object.state = OBJECT_LIVE;
}

TEST_F(TransferTest, ARefusedSenderMakesWayForTheNext) {
    Load(client(), {kOther});
    Send(0, 1);
    Call(third(), HELIOS_SYS_SEND, kEndpoint, Tag(9, 0));
    server().buffer.receive_count = 0;
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).tag, Tag(9, 0));
    EXPECT_EQ(helios_tag_label(Result(client()).tag), HELIOS_ERROR_RECEIVER);
}

// Many senders that can't be served are refused in steps.
class ManySenders : public IpcWorld {
  protected:
    ManySenders() {
        server().buffer.receive_count = 0;
        for (unsigned i = 0; i < 50; i++) {
            senders_.push_back(std::make_unique<Actor>());
            Actor &actor = *senders_.back();
            task *task = &actor.task;
            task_init(&task->object, nullptr, nullptr);
            task->suspended = 0;
            task->arch.is_short = true;
            task->cspace = &client().cspace;
            task->buffer = &actor.buffer;
            task->vspace = client().task.vspace;
            actor.buffer.caps[0] = kOther;
            task->tag = Tag(7, 0, 0, 1);
            task_queue_push(&endpoint_.waiters, task);
            ipc_block(task, &endpoint_.object, HELIOS_TASK_SENDING, 0, 0);
        }
    }

    std::vector<std::unique_ptr<Actor>> senders_;
};

TEST_F(ManySenders, TheReceiverGetsTheFirstThatFits) {
    Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(9, 0));
    EXPECT_EQ(Call(server(), HELIOS_SYS_RECV, kEndpoint).tag, Tag(9, 0));
    for (auto &sender : senders_) {
        EXPECT_EQ(sender->task.state, HELIOS_TASK_READY);
        EXPECT_EQ(helios_tag_label(sender->task.arch.result.tag), HELIOS_ERROR_RECEIVER);
    }
}

TEST_F(ManySenders, TheReceiverWaitsInTheEnd) {
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(State(server()), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(server().task.operation.step, nullptr);
    EXPECT_DONE(Call(client(), HELIOS_SYS_SEND, kEndpoint, Tag(9, 0)));
    EXPECT_EQ(Result(server()).tag, Tag(9, 0));
}

TEST_F(ManySenders, AMoreImportantTaskRunsInBetween) {
    task *important = &senders_[3]->task;
    important->priority = important->base_priority = 20;
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_EQ(running_, important);
    EXPECT_NE(server().task.operation.step, nullptr);
    EXPECT_EQ(senders_[49]->task.state, HELIOS_TASK_SENDING);
}

TEST_F(ManySenders, TheReceiveCanBeCancelledInBetween) {
    senders_[3]->task.priority = senders_[3]->task.base_priority = 20;
    Call(server(), HELIOS_SYS_RECV, kEndpoint);
    EXPECT_TRUE(task_unblock(&server().task, HELIOS_ERROR_CANCELLED));
    EXPECT_NO_MESSAGE(Result(server()), HELIOS_ERROR_CANCELLED, 0u);
    EXPECT_EQ(State(server()), HELIOS_TASK_READY);
    EXPECT_EQ(senders_[49]->task.state, HELIOS_TASK_SENDING);
}

TEST_F(ManySenders, NbrecvFindsNobodyInTheEnd) {
    EXPECT_NO_MESSAGE(Call(server(), HELIOS_SYS_NBRECV, kEndpoint), HELIOS_ERROR_WOULD_BLOCK, 0u);
}

} // namespace
