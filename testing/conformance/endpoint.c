// SPDX-License-Identifier: GPL-3.0-only
//
// Endpoints: who meets whom, what arrives, and how a wait ends.
#include "testing/conformance/actor.h"

#define TAG(label, params) helios_tag(label, 0, params, 0)
#define DEADLINE_TAG       helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE)
#define NBRECV(endpoint)   invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0)

static struct helios_message reply(uint64_t tag, uint64_t p0) {
    return invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, tag, p0, 0x77);
}

TEST_CASE(send_waits_for_a_receiver) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(5, 4), 9);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_SENDING);
    struct helios_message got = NBRECV(endpoint);
    EXPECT_EQ(got.tag, TAG(5, 4));
    EXPECT_EQ(got.params[0], 9);
    EXPECT_EQ(got.params[3], 0x444);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, 0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(recv_waits_for_a_sender) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(invoke(HELIOS_SYS_SEND, endpoint, TAG(6, 4), 10, 11).tag, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(6, 4));
    EXPECT_EQ(actor_result(0).params[0], 10);
    EXPECT_EQ(actor_result(0).params[3], 0x4444);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(nbsend_reaches_who_waits) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    EXPECT_EQ(invoke(HELIOS_SYS_NBSEND, endpoint, TAG(6, 1), 10, 0).tag, 0);
    EXPECT_EQ(actor_result(0).tag, TAG(6, 1));
    EXPECT_EQ(actor_result(0).params[0], 10);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(nbsend_does_not_wait) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_NBSEND, endpoint, 0, 0, 0), HELIOS_ERROR_WOULD_BLOCK,
                   HELIOS_ARGUMENT_NONE, 0, 0);
    destroy_slot(endpoint);
}

TEST_CASE(nbrecv_does_not_wait) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    struct helios_message result = NBRECV(endpoint);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_ERROR_WOULD_BLOCK, 0, 3, HELIOS_FLAG_ERROR));
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_NONE);
    destroy_slot(endpoint);
}

TEST_CASE(badge_of_the_sender_arrives) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t badged = copy_with(endpoint, HELIOS_RIGHT_WRITE, 0xfedcba9876543210);
    actor_do(0, HELIOS_SYS_SEND, badged, TAG(1, 0), 0);
    EXPECT_EQ(NBRECV(endpoint).capability, 0xfedcba9876543210);
    actor_end(0);
    destroy_slot(badged);
    destroy_slot(endpoint);
}

TEST_CASE(unbadged_sender_has_badge_zero) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(1, 0), 0);
    struct helios_message got = NBRECV(endpoint);
    EXPECT_EQ(got.tag, TAG(1, 0));
    EXPECT_EQ(got.capability, 0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(all_bits_of_a_label_arrive) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(0xffffffff, 0), 0);
    EXPECT_EQ(NBRECV(endpoint).tag, TAG(0xffffffff, 0));
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(longest_waiting_sender_is_served_first) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    for (unsigned i = 0; i < 4; i++) {
        actor_do(i, i % 2 == 0 ? HELIOS_SYS_SEND : HELIOS_SYS_CALL, endpoint, TAG(i, 0), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(helios_tag_label(NBRECV(endpoint).tag), i);
    }
    for (unsigned i = 0; i < 4; i++) {
        actor_end(i);
    }
    destroy_slot(endpoint);
}

TEST_CASE(longest_waiting_receiver_is_served_first) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    for (unsigned i = 0; i < 3; i++) {
        actor_do(i, HELIOS_SYS_RECV, endpoint, 0, 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        invoke(HELIOS_SYS_NBSEND, endpoint, TAG(i, 0), 0, 0);
        EXPECT_DONE(i);
        EXPECT_EQ(actor_result(i).tag, TAG(i, 0));
    }
    for (unsigned i = 0; i < 3; i++) {
        actor_end(i);
    }
    destroy_slot(endpoint);
}

TEST_CASE(call_waits_for_its_answer) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(3, 2), 8);
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(3, 0, 2, HELIOS_FLAG_CALL));
    EXPECT_EQ(actor_state(0), HELIOS_TASK_CALLING);
    EXPECT_EQ(reply(TAG(55, 2), 66).tag, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(55, 2));
    EXPECT_EQ(actor_result(0).params[0], 66);
    EXPECT_EQ(actor_result(0).params[1], 0x77);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(answer_has_no_badge) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t badged = copy_with(endpoint, HELIOS_RIGHT_WRITE, 12);
    actor_do(0, HELIOS_SYS_CALL, badged, TAG(3, 0), 0);
    NBRECV(endpoint);
    reply(TAG(0, 0), 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).capability, 0);
    actor_end(0);
    destroy_slot(badged);
    destroy_slot(endpoint);
}

TEST_CASE(call_reaches_a_waiting_server_at_once) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    actor_do(1, HELIOS_SYS_CALL, endpoint, TAG(4, 1), 5);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(4, 0, 1, HELIOS_FLAG_CALL));
    actor_do(0, HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, TAG(6, 1), 7);
    EXPECT_DONE(1);
    EXPECT_EQ(actor_result(1).tag, TAG(6, 1));
    EXPECT_EQ(actor_result(1).params[0], 7);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(reply_and_receive_answers_and_takes_the_next_message) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    actor_do(1, HELIOS_SYS_CALL, endpoint, TAG(2, 0), 0);
    NBRECV(endpoint);
    struct helios_message next =
        invoke(HELIOS_SYS_NBRECV, endpoint, helios_tag(9, 0, 1, HELIOS_FLAG_REPLY), 19, 0);
    EXPECT_EQ(next.tag, helios_tag(2, 0, 0, HELIOS_FLAG_CALL));
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(9, 1));
    EXPECT_EQ(actor_result(0).params[0], 19);
    EXPECT_BLOCKED(1);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(reply_and_receive_without_a_call_says_so_and_receives) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(2, 0), 0);
    struct helios_message next =
        invoke(HELIOS_SYS_NBRECV, endpoint, helios_tag(9, 0, 0, HELIOS_FLAG_REPLY), 0, 0);
    EXPECT_EQ(next.tag, helios_tag(2, 0, 0, HELIOS_FLAG_REPLY_FAILED));
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(receiving_again_abandons_the_caller) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    NBRECV(endpoint);
    NBRECV(endpoint);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_ABANDONED, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(server_that_ends_abandons_its_caller) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    actor_do(1, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    actor_end(0);
    EXPECT_DONE(1);
    EXPECT_REFUSAL(actor_result(1), HELIOS_ERROR_ABANDONED, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(1);
    destroy_slot(endpoint);
}

// Rights and tags. ---------------------------------------------------------------------------

static void expect_needs_write(uint64_t number) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t reader = copy_with(endpoint, HELIOS_RIGHT_READ, 0);
    EXPECT_REFUSAL(invoke(number, reader, TAG(1, 0), 0, 0), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    destroy_slot(reader);
    destroy_slot(endpoint);
}

TEST_CASE(send_needs_write) {
    expect_needs_write(HELIOS_SYS_SEND);
}

TEST_CASE(nbsend_needs_write) {
    expect_needs_write(HELIOS_SYS_NBSEND);
}

TEST_CASE(call_needs_write) {
    expect_needs_write(HELIOS_SYS_CALL);
}

static void expect_needs_read(uint64_t number) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t writer = copy_with(endpoint, HELIOS_RIGHT_WRITE, 0);
    struct helios_message result = invoke(number, writer, 0, 0, 0);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_ERROR_RIGHTS, 0, 3, HELIOS_FLAG_ERROR));
    EXPECT_EQ(result.params[1], HELIOS_RIGHT_WRITE);
    EXPECT_EQ(result.params[2], HELIOS_RIGHT_READ);
    destroy_slot(writer);
    destroy_slot(endpoint);
}

TEST_CASE(recv_needs_read) {
    expect_needs_read(HELIOS_SYS_RECV);
}

TEST_CASE(nbrecv_needs_read) {
    expect_needs_read(HELIOS_SYS_NBRECV);
}

TEST_CASE(capabilities_need_grant) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t writer = copy_with(endpoint, HELIOS_RIGHT_WRITE, 0);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, writer, helios_tag(1, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE,
                   HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT);
    destroy_slot(writer);
    destroy_slot(endpoint);
}

TEST_CASE(message_has_at_most_64_parameters) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_NBSEND, endpoint, TAG(1, 65), 0, 0), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 65, HELIOS_MAX_PARAMS);
    destroy_slot(endpoint);
}

TEST_CASE(message_has_at_most_32_capabilities) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_NBSEND, endpoint, helios_tag(1, 33, 0, 0), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 33, HELIOS_MAX_CAPS);
    destroy_slot(endpoint);
}

TEST_CASE(sender_can_not_set_flags_of_the_kernel) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    for (unsigned bit = 0; bit < 16; bit++) {
        uint32_t flag = 1u << bit;
        EXPECT_REFUSAL(invoke(HELIOS_SYS_NBSEND, endpoint, helios_tag(1, 0, 0, flag), 0, 0),
                       HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, flag, 0);
    }
    destroy_slot(endpoint);
}

TEST_CASE(recv_takes_parameters_with_reply_only) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    struct helios_message result = invoke(HELIOS_SYS_RECV, endpoint, TAG(0, 2), 0, 0);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_ERROR_ARGUMENTS, 0, 3, HELIOS_FLAG_ERROR));
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_PARAM_COUNT);
    EXPECT_EQ(result.params[1], 2);
    destroy_slot(endpoint);
}

// How a wait ends. ---------------------------------------------------------------------------

// For each: the state that the call waits in. recv says by a flag that there is no message.
#define ENDS(name, number, state, end, error)                                                      \
    TEST_CASE(name) {                                                                              \
        uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);                                     \
        actor_do(0, number, endpoint, 0, 0);                                                       \
        EXPECT_EQ(actor_state(0), state);                                                          \
        end;                                                                                       \
        EXPECT_DONE(0);                                                                            \
        uint32_t flags = (number) == HELIOS_SYS_RECV ? HELIOS_FLAG_ERROR : 0;                      \
        EXPECT_EQ(actor_result(0).tag, helios_tag(error, 0, 3, flags));                            \
        actor_end(0);                                                                              \
        destroy_slot(endpoint);                                                                    \
    }

ENDS(cancelled_send_says_so, HELIOS_SYS_SEND, HELIOS_TASK_SENDING,
     EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1), HELIOS_ERROR_CANCELLED)
ENDS(cancelled_recv_says_so, HELIOS_SYS_RECV, HELIOS_TASK_RECEIVING,
     EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1), HELIOS_ERROR_CANCELLED)
ENDS(cancelled_call_says_so, HELIOS_SYS_CALL, HELIOS_TASK_CALLING,
     EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1), HELIOS_ERROR_CANCELLED)
ENDS(send_to_a_destroyed_endpoint_is_gone, HELIOS_SYS_SEND, HELIOS_TASK_SENDING,
     destroy_slot(endpoint), HELIOS_ERROR_GONE)
ENDS(recv_of_a_destroyed_endpoint_is_gone, HELIOS_SYS_RECV, HELIOS_TASK_RECEIVING,
     destroy_slot(endpoint), HELIOS_ERROR_GONE)
ENDS(call_to_a_destroyed_endpoint_is_gone, HELIOS_SYS_CALL, HELIOS_TASK_CALLING,
     destroy_slot(endpoint), HELIOS_ERROR_GONE)

static void end_at_deadline(uint64_t number, uint32_t flags) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t when = deadline_soon();
    actor_make(0);
    actor_buffer(0)->deadline = when;
    actor_do(0, number, endpoint, DEADLINE_TAG, 0);
    sleep_past(when, actor_waits);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(HELIOS_ERROR_DEADLINE, 0, 3, flags));
    EXPECT_EQ(actor_result(0).params[0], HELIOS_ARGUMENT_DEADLINE);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(send_ends_at_its_deadline) {
    end_at_deadline(HELIOS_SYS_SEND, 0);
}

TEST_CASE(recv_ends_at_its_deadline) {
    end_at_deadline(HELIOS_SYS_RECV, HELIOS_FLAG_ERROR);
}

TEST_CASE(call_ends_at_its_deadline) {
    end_at_deadline(HELIOS_SYS_CALL, 0);
}

TEST_CASE(received_call_ends_at_its_deadline) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t when = deadline_soon();
    actor_make(0);
    actor_buffer(0)->deadline = when;
    actor_do(0, HELIOS_SYS_CALL, endpoint, DEADLINE_TAG, 0);
    NBRECV(endpoint);
    sleep_past(when, actor_waits);
    EXPECT_ACTOR_REFUSED(0, HELIOS_ERROR_DEADLINE);
    EXPECT_REFUSAL(reply(0, 0), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(send_whose_deadline_has_passed_does_not_wait) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    helios_buffer->deadline = 0;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_SEND, endpoint, DEADLINE_TAG, 0, 0), HELIOS_ERROR_DEADLINE,
                   HELIOS_ARGUMENT_DEADLINE, 0, 0);
    destroy_slot(endpoint);
}

TEST_CASE(call_that_is_over_is_not_received) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    helios_task_cancel(actor_task(0));
    EXPECT_EQ(helios_tag_label(NBRECV(endpoint).tag), HELIOS_ERROR_WOULD_BLOCK);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(sender_that_ends_leaves_the_queue) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(1, 0), 0);
    actor_do(1, HELIOS_SYS_SEND, endpoint, TAG(2, 0), 0);
    actor_end(0);
    EXPECT_EQ(NBRECV(endpoint).tag, TAG(2, 0));
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(receiver_that_ends_leaves_the_queue) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    actor_end(0);
    EXPECT_EQ(helios_tag_label(invoke(HELIOS_SYS_NBSEND, endpoint, 0, 0, 0).tag),
              HELIOS_ERROR_WOULD_BLOCK);
    destroy_slot(endpoint);
}

TEST_CASE(suspended_sender_can_be_received) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(1, 0), 0);
    helios_task_suspend(actor_task(0));
    EXPECT_EQ(actor_state(0), HELIOS_TASK_SENDING + 256);
    EXPECT_EQ(NBRECV(endpoint).tag, TAG(1, 0));
    EXPECT_BLOCKED(0);
    helios_task_resume(actor_task(0));
    EXPECT_DONE(0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(suspended_receiver_gets_its_message) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    helios_task_suspend(actor_task(0));
    EXPECT_EQ(invoke(HELIOS_SYS_NBSEND, endpoint, TAG(1, 0), 0, 0).tag, 0);
    EXPECT_BLOCKED(0);
    helios_task_resume(actor_task(0));
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(1, 0));
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(suspended_caller_gets_its_answer) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    NBRECV(endpoint);
    helios_task_suspend(actor_task(0));
    EXPECT_EQ(reply(TAG(8, 0), 0).tag, 0);
    EXPECT_BLOCKED(0);
    helios_task_resume(actor_task(0));
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(8, 0));
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(server_runs_with_the_priority_of_its_client) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    NBRECV(endpoint);
    EXPECT_EQ(helios_task_query(HELIOS_INIT_TASK).more[1] >> 8 & 0xff, ACTOR_PRIORITY);
    reply(TAG(0, 0), 0);
    EXPECT_EQ(helios_task_query(HELIOS_INIT_TASK).more[1] >> 8 & 0xff, 32);
    actor_end(0);
    destroy_slot(endpoint);
}
