// SPDX-License-Identifier: GPL-3.0-only
//
// poll and pollx: what is ready, and until when.
#include "testing/conformance/actor.h"

// An entry of the case's own buffer.
static void entry(unsigned index, uint64_t capability, uint32_t events) {
    helios_buffer->poll[index] =
        (struct helios_poll){.capability = capability, .events = events, .ready = 0xff};
}

// Looks, and does not wait.
static struct helios_message look(uint64_t count) {
    return invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), count, 0);
}

// What is refused is refused by both.
#define EXPECT_POLL_REFUSED(count, error, argument, found, wanted)                                 \
    do {                                                                                           \
        EXPECT_REFUSAL(look(count), error, argument, found, wanted);                               \
        EXPECT_REFUSAL(invoke(HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), count, 0), error,        \
                       argument, found, wanted);                                                   \
    } while (0)

// Actor 0 polls for one thing without a deadline.
static void poll_one(uint64_t capability, uint32_t events) {
    actor_make(0);
    actor_buffer(0)->poll[0] =
        (struct helios_poll){.capability = capability, .events = events, .ready = 0xff};
    actor_do(0, HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), 1);
}

TEST_CASE(signalled_notification_is_ready) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    invoke(HELIOS_SYS_SIGNAL, word, 0, 0, 0);
    entry(0, word, HELIOS_POLL_RECV);
    EXPECT_ANSWER(look(1), 1);
    EXPECT_EQ(helios_buffer->poll[0].ready, HELIOS_POLL_RECV);
    destroy_slot(word);
}

TEST_CASE(poll_takes_nothing) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    invoke(HELIOS_SYS_SIGNAL, word, 0, 0, 0);
    entry(0, word, HELIOS_POLL_RECV);
    look(1);
    EXPECT_EQ(invoke(HELIOS_SYS_NBWAIT, word, 0, 0, 0).params[0], 1);
    destroy_slot(word);
}

TEST_CASE(idle_notification_is_not_ready) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    entry(0, word, HELIOS_POLL_RECV);
    EXPECT_REFUSAL(look(1), HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    destroy_slot(word);
}

TEST_CASE(endpoint_with_a_sender_is_ready_to_receive) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_SEND, endpoint, 0, 0);
    entry(0, endpoint, HELIOS_POLL_RECV | HELIOS_POLL_SEND);
    EXPECT_ANSWER(look(1), 1);
    EXPECT_EQ(helios_buffer->poll[0].ready, HELIOS_POLL_RECV);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(endpoint_with_a_receiver_is_ready_to_send) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    entry(0, endpoint, HELIOS_POLL_RECV | HELIOS_POLL_SEND);
    EXPECT_ANSWER(look(1), 1);
    EXPECT_EQ(helios_buffer->poll[0].ready, HELIOS_POLL_SEND);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(poll_counts_what_is_ready) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t idle = make_object(HELIOS_TYPE_NOTIFICATION);
    invoke(HELIOS_SYS_SIGNAL, word, 0, 0, 0);
    entry(0, word, HELIOS_POLL_RECV);
    entry(1, idle, HELIOS_POLL_RECV);
    entry(2, word, HELIOS_POLL_RECV);
    EXPECT_ANSWER(look(3), 2);
    EXPECT_EQ(helios_buffer->poll[1].ready, 0);
    EXPECT_EQ(helios_buffer->poll[2].ready, HELIOS_POLL_RECV);
    destroy_slot(word);
    destroy_slot(idle);
}

TEST_CASE(signal_wakes_who_polls) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    poll_one(word, HELIOS_POLL_RECV);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_POLLING);
    invoke(HELIOS_SYS_SIGNAL, word, 0, 0, 0);
    EXPECT_DONE(0);
    EXPECT_ANSWER(actor_result(0), 1);
    EXPECT_EQ(actor_buffer(0)->poll[0].ready, HELIOS_POLL_RECV);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(sender_wakes_who_polls) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    poll_one(endpoint, HELIOS_POLL_RECV);
    actor_do(1, HELIOS_SYS_SEND, endpoint, 0, 0);
    EXPECT_DONE(0);
    EXPECT_BLOCKED(1);
    EXPECT_EQ(actor_buffer(0)->poll[0].ready, HELIOS_POLL_RECV);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(receiver_wakes_who_polls_to_send) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    poll_one(endpoint, HELIOS_POLL_SEND);
    actor_do(1, HELIOS_SYS_RECV, endpoint, 0, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_buffer(0)->poll[0].ready, HELIOS_POLL_SEND);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(who_polls_does_not_count_as_a_receiver) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    poll_one(endpoint, HELIOS_POLL_RECV);
    EXPECT_EQ(helios_tag_label(invoke(HELIOS_SYS_NBSEND, endpoint, 0, 0, 0).tag),
              HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_BLOCKED(0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(polled_object_that_goes_is_gone) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    poll_one(word, HELIOS_POLL_RECV);
    destroy_slot(word);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL, 0, 0);
    actor_end(0);
}

TEST_CASE(cancelled_poll_says_so) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    poll_one(word, HELIOS_POLL_RECV);
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_CANCELLED, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(sleep_ends_after_its_deadline) {
    uint64_t when = clock_now() + 2000000;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 0, when),
                   HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    EXPECT_TRUE(clock_now() >= when);
}

TEST_CASE(sleep_lets_others_run) {
    uint64_t when = deadline_soon();
    actor_make(0);
    helios_task_set_priority(actor_task(0), HELIOS_INIT_TASK, 10, 10);
    actor_do(0, HELIOS_SYS_IDENTIFY, HELIOS_INIT_POWER, 0, 0);
    EXPECT_BLOCKED(0);
    sleep_past(when, actor_waits);
    EXPECT_DONE(0);
    actor_end(0);
}

#define REFUSES(name, capability, events, error, found, wanted)                                    \
    TEST_CASE(name) {                                                                              \
        uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);                                     \
        uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);                                     \
        entry(0, word, HELIOS_POLL_RECV);                                                          \
        entry(1, capability, events);                                                              \
        EXPECT_POLL_REFUSED(2, error, HELIOS_ARGUMENT_POLL + 1, found, wanted);                    \
        destroy_slot(word);                                                                        \
        destroy_slot(endpoint);                                                                    \
    }

REFUSES(poll_refuses_an_empty_slot, 0, HELIOS_POLL_RECV, HELIOS_ERROR_CAPABILITY, 0,
        helios_test_bootinfo->cspace_slots)
REFUSES(poll_refuses_another_type, HELIOS_INIT_POWER, HELIOS_POLL_RECV, HELIOS_ERROR_TYPE,
        HELIOS_TYPE_POWER, HELIOS_TYPE_ENDPOINT)
REFUSES(poll_refuses_no_events, endpoint, 0, HELIOS_ERROR_RANGE, 0, 3)
REFUSES(poll_refuses_unknown_events, endpoint, 4, HELIOS_ERROR_RANGE, 4, 3)
REFUSES(notification_can_not_be_polled_to_send, word, HELIOS_POLL_SEND, HELIOS_ERROR_RANGE, 2, 1)

TEST_CASE(poll_to_receive_needs_read) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t writer = copy_with(word, HELIOS_RIGHT_WRITE, 0);
    entry(0, writer, HELIOS_POLL_RECV);
    EXPECT_POLL_REFUSED(1, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_POLL, HELIOS_RIGHT_WRITE,
                        HELIOS_RIGHT_READ);
    destroy_slot(writer);
    destroy_slot(word);
}

TEST_CASE(poll_to_send_needs_write) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t reader = copy_with(endpoint, HELIOS_RIGHT_READ, 0);
    entry(0, reader, HELIOS_POLL_SEND);
    EXPECT_POLL_REFUSED(1, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_POLL, HELIOS_RIGHT_READ,
                        HELIOS_RIGHT_WRITE);
    destroy_slot(reader);
    destroy_slot(endpoint);
}

TEST_CASE(poll_refuses_too_many_entries) {
    EXPECT_POLL_REFUSED(HELIOS_MAX_POLL + 1, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM,
                        HELIOS_MAX_POLL + 1, HELIOS_MAX_POLL);
}

TEST_CASE(poll_refuses_no_entries) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), 0, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, 0, 1);
}

// 32 entries of one task are as many as wait for an object.
TEST_CASE(thirty_third_entry_at_an_object_is_refused) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_make(0);
    for (unsigned i = 0; i < HELIOS_MAX_POLL; i++) {
        actor_buffer(0)->poll[i] =
            (struct helios_poll){.capability = word, .events = HELIOS_POLL_RECV};
    }
    actor_do(0, HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), HELIOS_MAX_POLL);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_POLLING);
    entry(0, word, HELIOS_POLL_RECV);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 1, ~0ull), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_POLL, 0, 32);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), 1, 0), HELIOS_ERROR_BUSY,
                   HELIOS_ARGUMENT_POLL, 0, 32);
    invoke(HELIOS_SYS_SIGNAL, word, 0, 0, 0);
    EXPECT_DONE(0);
    actor_end(0);
    destroy_slot(word);
}

// Actor 0 polls the second of two with a deadline that does not come.
static void pollx_second(uint64_t first, uint64_t second) {
    const struct helios_message message = {.tag = helios_tag(0, 0, 2, 0), .params = {2, ~0ull}};
    actor_make(0);
    actor_buffer(0)->poll[0] =
        (struct helios_poll){.capability = first, .events = HELIOS_POLL_RECV};
    actor_buffer(0)->poll[1] =
        (struct helios_poll){.capability = second, .events = HELIOS_POLL_RECV};
    actor_send(0, HELIOS_SYS_POLLX, &message);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_POLLING);
}

TEST_CASE(object_that_goes_under_pollx_is_named_by_its_entry) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    pollx_second(word, endpoint);
    destroy_slot(endpoint);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_POLL + 1, 0, 0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(cancelled_pollx_says_so) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    pollx_second(word, word);
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_CANCELLED, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(0);
    destroy_slot(word);
}
