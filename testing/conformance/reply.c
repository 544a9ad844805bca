// SPDX-License-Identifier: GPL-3.0-only
//
// The right to answer a call: the pending one, and Reply capabilities.
#include "testing/conformance/actor.h"

#define TAG(label, params) helios_tag(label, 0, params, 0)
#define NBRECV(endpoint)   invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0)

static struct helios_message reply(uint64_t capability) {
    return invoke(HELIOS_SYS_REPLY, capability, TAG(21, 1), 22, 0);
}

// Actor 0 has called, and the case has received that.
static uint64_t receive_call(void) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(1, 0), 0);
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(1, 0, 0, HELIOS_FLAG_CALL));
    return endpoint;
}

static uint64_t save(void) {
    struct helios_answer saved = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(saved.status, HELIOS_OK);
    return saved.value;
}

static void finish(uint64_t endpoint) {
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(reply_without_a_call_is_refused) {
    EXPECT_REFUSAL(reply(HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0,
                   0);
}

TEST_CASE(pending_call_is_answered_once) {
    uint64_t endpoint = receive_call();
    EXPECT_EQ(reply(HELIOS_CADDR_UNDEF).tag, 0);
    EXPECT_REFUSAL(reply(HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0,
                   0);
    finish(endpoint);
}

TEST_CASE(send_leaves_nothing_to_answer) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, TAG(1, 0), 0);
    NBRECV(endpoint);
    EXPECT_EQ(helios_tag_label(reply(HELIOS_CADDR_UNDEF).tag), HELIOS_ERROR_NO_CALL);
    finish(endpoint);
}

TEST_CASE(save_reply_without_a_call_is_refused) {
    struct helios_answer answer = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_CALL);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_NONE);
}

TEST_CASE(save_reply_refuses_an_occupied_slot) {
    uint64_t endpoint = receive_call();
    struct helios_answer answer = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_INIT_POWER);
    EXPECT_EQ(answer.status, HELIOS_ERROR_OCCUPIED);
    EXPECT_EQ(answer.found, HELIOS_INIT_POWER);
    EXPECT_EQ(reply(HELIOS_CADDR_UNDEF).tag, 0);
    finish(endpoint);
}

TEST_CASE(save_reply_takes_an_explicit_slot) {
    uint64_t endpoint = receive_call();
    uint64_t slot = free_slot();
    EXPECT_EQ(helios_cspace_save_reply(HELIOS_INIT_CSPACE, slot).value, slot);
    EXPECT_TYPE(slot, HELIOS_TYPE_REPLY);
    destroy_slot(slot);
    finish(endpoint);
}

TEST_CASE(saved_reply_answers_the_call) {
    uint64_t endpoint = receive_call();
    EXPECT_EQ(reply(save()).tag, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, TAG(21, 1));
    EXPECT_EQ(actor_result(0).params[0], 22);
    finish(endpoint);
}

TEST_CASE(reply_uses_its_capability_up) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    reply(saved);
    EXPECT_TYPE(saved, HELIOS_TYPE_NULL);
    finish(endpoint);
}

TEST_CASE(saved_call_is_no_longer_pending) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    EXPECT_EQ(helios_tag_label(reply(HELIOS_CADDR_UNDEF).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_BLOCKED(0);
    destroy_slot(saved);
    finish(endpoint);
}

TEST_CASE(receiving_again_keeps_a_saved_call) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    NBRECV(endpoint);
    EXPECT_BLOCKED(0);
    EXPECT_EQ(reply(saved).tag, 0);
    EXPECT_DONE(0);
    finish(endpoint);
}

TEST_CASE(saved_calls_are_answered_in_any_order) {
    uint64_t endpoint = receive_call();
    uint64_t first = save();
    actor_do(1, HELIOS_SYS_CALL, endpoint, TAG(2, 0), 0);
    NBRECV(endpoint);
    uint64_t second = save();
    reply(second);
    EXPECT_DONE(1);
    EXPECT_BLOCKED(0);
    reply(first);
    EXPECT_DONE(0);
    actor_end(1);
    finish(endpoint);
}

TEST_CASE(destroyed_reply_abandons_the_caller) {
    uint64_t endpoint = receive_call();
    destroy_slot(save());
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_ABANDONED, HELIOS_ARGUMENT_NONE, 0, 0);
    finish(endpoint);
}

TEST_CASE(caller_waits_while_a_copy_of_the_reply_lives) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    uint64_t copy = copy_with(saved, HELIOS_RIGHT_ALL, 0);
    destroy_slot(saved);
    EXPECT_BLOCKED(0);
    EXPECT_EQ(reply(copy).tag, 0);
    EXPECT_DONE(0);
    finish(endpoint);
}

TEST_CASE(copy_of_a_used_reply_is_left_over) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    uint64_t copy = copy_with(saved, HELIOS_RIGHT_ALL, 0);
    reply(saved);
    EXPECT_REFUSAL(reply(copy), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    destroy_slot(copy);
    finish(endpoint);
}

TEST_CASE(left_over_reply_does_not_answer_the_next_call) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    uint64_t copy = copy_with(saved, HELIOS_RIGHT_ALL, 0);
    reply(saved);
    actor_do(0, HELIOS_SYS_CALL, endpoint, TAG(2, 0), 0);
    NBRECV(endpoint);
    EXPECT_EQ(helios_tag_label(reply(copy).tag), HELIOS_ERROR_NO_CALL);
    EXPECT_BLOCKED(0);
    destroy_slot(copy);
    EXPECT_BLOCKED(0);
    finish(endpoint);
}

TEST_CASE(reply_needs_write) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    uint64_t reader = copy_with(saved, HELIOS_RIGHT_READ, 0);
    EXPECT_REFUSAL(reply(reader), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    destroy_slot(reader);
    destroy_slot(saved);
    finish(endpoint);
}

TEST_CASE(reply_after_cancel_is_refused) {
    uint64_t endpoint = receive_call();
    uint64_t saved = save();
    helios_task_cancel(actor_task(0));
    EXPECT_ACTOR_REFUSED(0, HELIOS_ERROR_CANCELLED);
    EXPECT_EQ(helios_tag_label(reply(saved).tag), HELIOS_ERROR_NO_CALL);
    destroy_slot(saved);
    finish(endpoint);
}

TEST_CASE(pending_reply_to_a_task_that_ended_is_refused) {
    uint64_t endpoint = receive_call();
    actor_end(0);
    EXPECT_EQ(helios_tag_label(reply(HELIOS_CADDR_UNDEF).tag), HELIOS_ERROR_NO_CALL);
    destroy_slot(endpoint);
}

TEST_CASE(call_outlives_the_endpoint_it_came_through) {
    uint64_t endpoint = receive_call();
    destroy_slot(endpoint);
    EXPECT_BLOCKED(0);
    EXPECT_EQ(reply(HELIOS_CADDR_UNDEF).tag, 0);
    EXPECT_DONE(0);
    actor_end(0);
}

TEST_CASE(reply_takes_no_deadline) {
    uint64_t endpoint = receive_call();
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF,
                          helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, HELIOS_FLAG_DEADLINE, 0);
    EXPECT_BLOCKED(0);
    finish(endpoint);
}

TEST_CASE(answer_with_an_empty_slot_is_refused) {
    uint64_t endpoint = receive_call();
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t empty = free_slot();
    helios_buffer->caps[0] = empty;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(0, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, empty, slots);
    EXPECT_BLOCKED(0);
    finish(endpoint);
}
