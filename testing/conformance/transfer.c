// SPDX-License-Identifier: GPL-3.0-only
//
// What a message carries: 0 to 64 words, and capabilities.
#include "testing/conformance/actor.h"

#define NBRECV(endpoint) invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0)

static uint64_t word(uint64_t count, uint64_t index) {
    return count << 32 | (index + 1);
}

static void send_words(uint64_t endpoint, unsigned count) {
    actor_make(0);
    struct helios_message message = {.capability = endpoint, .tag = helios_tag(1, 0, count, 0)};
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        uint64_t *words = i < HELIOS_REGISTER_PARAMS ? message.params : actor_buffer(0)->params;
        words[i] = word(count, i);
    }
    actor_send(0, HELIOS_SYS_SEND, &message);
}

TEST_CASE(every_number_of_words_arrives) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    for (unsigned count = 0; count <= HELIOS_MAX_PARAMS; count++) {
        send_words(endpoint, count);
        struct helios_message got = NBRECV(endpoint);
        EXPECT_EQ(got.tag, helios_tag(1, 0, count, 0));
        for (unsigned i = 0; i < count; i++) {
            uint64_t *words = i < HELIOS_REGISTER_PARAMS ? got.params : helios_buffer->params;
            EXPECT_EQ(words[i], word(count, i));
        }
        EXPECT_DONE(0);
    }
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(words_that_were_not_sent_are_not_written) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    send_words(endpoint, 5);
    helios_buffer->params[5] = 0x5151;
    NBRECV(endpoint);
    EXPECT_EQ(helios_buffer->params[4], word(5, 4));
    EXPECT_EQ(helios_buffer->params[5], 0x5151);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(answer_of_64_words_arrives) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, 0, 0);
    NBRECV(endpoint);
    for (unsigned i = HELIOS_REGISTER_PARAMS; i < HELIOS_MAX_PARAMS; i++) {
        helios_buffer->params[i] = word(9, i);
    }
    EXPECT_EQ(
        invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(0, 0, HELIOS_MAX_PARAMS, 0), 1, 2)
            .tag,
        0);
    EXPECT_DONE(0);
    for (unsigned i = HELIOS_REGISTER_PARAMS; i < HELIOS_MAX_PARAMS; i++) {
        EXPECT_EQ(actor_buffer(0)->params[i], word(9, i));
    }
    actor_end(0);
    destroy_slot(endpoint);
}

// Actor 0 sends this capability.
static void send_cap(uint64_t through, uint64_t capability) {
    actor_make(0);
    actor_buffer(0)->caps[0] = capability;
    actor_do(0, HELIOS_SYS_SEND, through, helios_tag(1, 1, 0, 0), 0);
}

// The case offers one slot from now on, or all as it did.
static void offer(uint64_t slot) {
    helios_buffer->receive[0] = slot;
    helios_buffer->receive_count = 1;
}

static void offer_all(void) {
    helios_buffer->receive[0] = HELIOS_CADDR_UNDEF;
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
}

TEST_CASE(capability_arrives_in_any_free_slot) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t object = make_object(HELIOS_TYPE_NOTIFICATION);
    send_cap(endpoint, object);
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(1, 1, 0, 0));
    EXPECT_EQ(helios_buffer->unwrapped, 0);
    uint64_t arrived = helios_buffer->caps[0];
    EXPECT_TRUE(arrived != object);
    EXPECT_TYPE(arrived, HELIOS_TYPE_NOTIFICATION);
    destroy_slot(arrived);
    actor_end(0);
    destroy_slot(object);
    destroy_slot(endpoint);
}

TEST_CASE(capability_arrives_in_the_slot_that_is_named) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    send_cap(endpoint, HELIOS_INIT_POWER);
    uint64_t slot = free_slot();
    offer(slot);
    NBRECV(endpoint);
    offer_all();
    EXPECT_EQ(helios_buffer->caps[0], slot);
    EXPECT_TYPE(slot, HELIOS_TYPE_POWER);
    destroy_slot(slot);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(capability_arrives_with_its_rights_and_badge) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t object = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t badged = copy_with(object, HELIOS_RIGHT_WRITE, 0x99);
    send_cap(endpoint, badged);
    NBRECV(endpoint);
    uint64_t arrived = helios_buffer->caps[0];
    struct helios_answer what = helios_identify(arrived);
    EXPECT_EQ(what.value, HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(what.more[0], HELIOS_RIGHT_WRITE);
    EXPECT_EQ(what.more[1], 0x99);
    const uint64_t all[] = {arrived, badged, object, endpoint};
    actor_end(0);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, all, 4);
}

TEST_CASE(thirty_two_capabilities_arrive) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        actor_buffer(0)->caps[i] = i % 2 == 0 ? HELIOS_INIT_POWER : HELIOS_INIT_TASK;
    }
    actor_do(0, HELIOS_SYS_SEND, endpoint, helios_tag(1, HELIOS_MAX_CAPS, 0, 0), 0);
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(1, HELIOS_MAX_CAPS, 0, 0));
    uint64_t arrived[HELIOS_MAX_CAPS];
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        arrived[i] = helios_buffer->caps[i];
    }
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        EXPECT_TYPE(arrived[i], i % 2 == 0 ? HELIOS_TYPE_POWER : HELIOS_TYPE_TASK);
    }
    helios_cspace_destroy(HELIOS_INIT_CSPACE, arrived, HELIOS_MAX_CAPS);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(own_endpoint_arrives_as_its_badge) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t badged = copy_with(endpoint, HELIOS_RIGHT_WRITE, 0x4242);
    send_cap(endpoint, badged);
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(1, 1, 0, 0));
    EXPECT_EQ(helios_buffer->unwrapped, 1);
    EXPECT_EQ(helios_buffer->caps[0], 0x4242);
    actor_end(0);
    destroy_slot(badged);
    destroy_slot(endpoint);
}

TEST_CASE(own_endpoint_needs_no_slot) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    send_cap(endpoint, endpoint);
    helios_buffer->receive_count = 0;
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(1, 1, 0, 0));
    offer_all();
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(other_endpoint_arrives_as_a_capability) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t other = make_object(HELIOS_TYPE_ENDPOINT);
    send_cap(endpoint, other);
    NBRECV(endpoint);
    EXPECT_EQ(helios_buffer->unwrapped, 0);
    uint64_t arrived = helios_buffer->caps[0];
    EXPECT_TYPE(arrived, HELIOS_TYPE_ENDPOINT);
    const uint64_t all[] = {arrived, other, endpoint};
    actor_end(0);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, all, 3);
}

TEST_CASE(answer_brings_a_capability) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, 0, 0);
    NBRECV(endpoint);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(0, 1, 0, 0), 0, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(0, 1, 0, 0));
    uint64_t arrived = actor_buffer(0)->caps[0];
    EXPECT_TYPE(arrived, HELIOS_TYPE_POWER);
    destroy_slot(arrived);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(sender_of_an_empty_slot_is_refused) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t empty = free_slot();
    helios_buffer->caps[0] = empty;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_NBSEND, endpoint, helios_tag(1, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, empty, slots);
    destroy_slot(endpoint);
}

TEST_CASE(capability_that_went_meanwhile_fails_the_send) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t object = make_object(HELIOS_TYPE_NOTIFICATION);
    send_cap(endpoint, object);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_SENDING);
    destroy_slot(object);
    EXPECT_EQ(helios_tag_label(NBRECV(endpoint).tag), HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_ACTOR_REFUSED(0, HELIOS_ERROR_CAPABILITY);
    actor_end(0);
    destroy_slot(endpoint);
}

// The sender is told how the receiver's slots are wrong; the receiver goes on.
static void expect_receiver_error(uint64_t endpoint, enum helios_error how) {
    send_cap(endpoint, HELIOS_INIT_POWER);
    EXPECT_EQ(helios_tag_label(NBRECV(endpoint).tag), HELIOS_ERROR_WOULD_BLOCK);
    offer_all();
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, how, 1);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(receiver_without_slots_is_the_senders_error) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    helios_buffer->receive_count = 0;
    expect_receiver_error(endpoint, HELIOS_ERROR_RECEIVER);
}

TEST_CASE(occupied_receive_slot_is_the_senders_error) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    offer(HELIOS_INIT_CSPACE);
    expect_receiver_error(endpoint, HELIOS_ERROR_OCCUPIED);
}

TEST_CASE(receive_slot_outside_is_the_senders_error) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    offer(helios_test_bootinfo->cspace_slots);
    expect_receiver_error(endpoint, HELIOS_ERROR_RANGE);
}

TEST_CASE(sender_whose_message_does_not_fit_is_passed_over) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    send_cap(endpoint, HELIOS_INIT_POWER);
    actor_do(1, HELIOS_SYS_SEND, endpoint, helios_tag(2, 0, 0, 0), 0);
    helios_buffer->receive_count = 0;
    EXPECT_EQ(NBRECV(endpoint).tag, helios_tag(2, 0, 0, 0));
    offer_all();
    EXPECT_ACTOR_REFUSED(0, HELIOS_ERROR_RECEIVER);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(answer_that_does_not_fit_can_be_tried_again) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    actor_buffer(0)->receive_count = 0;
    actor_do(0, HELIOS_SYS_CALL, endpoint, 0, 0);
    NBRECV(endpoint);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(0, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_RECEIVER, 1);
    EXPECT_BLOCKED(0);
    EXPECT_EQ(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, 0, 0, 0).tag, 0);
    EXPECT_DONE(0);
    actor_end(0);
    destroy_slot(endpoint);
}
