// SPDX-License-Identifier: GPL-3.0-only
//
// Notifications: signal, wait, nbwait, and what is bound to a task.
#include "testing/conformance/actor.h"

#define SIGNAL(capability) invoke(HELIOS_SYS_SIGNAL, capability, 0, 0, 0)
#define NBWAIT(capability) invoke(HELIOS_SYS_NBWAIT, capability, 0, 0, 0)

static void expect_word(struct helios_message result, uint64_t word) {
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 1, 0));
    EXPECT_EQ(result.capability, word);
    EXPECT_EQ(result.params[0], word);
}

TEST_CASE(unbadged_signal_sets_bit_zero) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    EXPECT_EQ(SIGNAL(word).tag, 0);
    expect_word(NBWAIT(word), 1);
    destroy_slot(word);
}

TEST_CASE(badged_signal_sets_the_bits_of_the_badge) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t badged = copy_with(word, HELIOS_RIGHT_ALL, 0x8000000000000012);
    SIGNAL(badged);
    expect_word(NBWAIT(word), 0x8000000000000012);
    destroy_slot(badged);
    destroy_slot(word);
}

TEST_CASE(signals_are_collected) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t badged = copy_with(word, HELIOS_RIGHT_ALL, 6);
    SIGNAL(badged);
    SIGNAL(word);
    SIGNAL(badged);
    expect_word(NBWAIT(word), 7);
    destroy_slot(badged);
    destroy_slot(word);
}

TEST_CASE(nbwait_takes_the_word) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    SIGNAL(word);
    NBWAIT(word);
    EXPECT_REFUSAL(NBWAIT(word), HELIOS_ERROR_WOULD_BLOCK, HELIOS_ARGUMENT_NONE, 0, 0);
    destroy_slot(word);
}

TEST_CASE(wait_returns_at_once_if_signalled) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    SIGNAL(word);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    EXPECT_DONE(0);
    expect_word(actor_result(0), 1);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(signal_wakes_who_waits) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_WAITING);
    SIGNAL(word);
    EXPECT_DONE(0);
    expect_word(actor_result(0), 1);
    EXPECT_REFUSAL(NBWAIT(word), HELIOS_ERROR_WOULD_BLOCK, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(signal_wakes_the_longest_waiter) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    for (unsigned i = 0; i < 3; i++) {
        actor_do(i, HELIOS_SYS_WAIT, word, 0, 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        SIGNAL(word);
        for (unsigned j = 0; j < 3; j++) {
            EXPECT_EQ(actor_is_done(j), j <= i);
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        actor_end(i);
    }
    destroy_slot(word);
}

TEST_CASE(signal_needs_write) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t reader = copy_with(word, HELIOS_RIGHT_READ, 0);
    EXPECT_REFUSAL(SIGNAL(reader), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    destroy_slot(reader);
    destroy_slot(word);
}

TEST_CASE(wait_and_nbwait_need_read) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t writer = copy_with(word, HELIOS_RIGHT_WRITE, 0);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_WAIT, writer, 0, 0, 0), HELIOS_ERROR_RIGHTS,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    EXPECT_REFUSAL(NBWAIT(writer), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY,
                   HELIOS_RIGHT_WRITE, HELIOS_RIGHT_READ);
    destroy_slot(writer);
    destroy_slot(word);
}

TEST_CASE(signal_takes_no_arguments) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_SIGNAL, word, helios_tag(0, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_SIGNAL, word, helios_tag(0, 0, 1, 0), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_SIGNAL, word, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, HELIOS_FLAG_DEADLINE, 0);
    destroy_slot(word);
}

TEST_CASE(nbwait_takes_no_deadline) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_NBWAIT, word, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, HELIOS_FLAG_DEADLINE, 0);
    destroy_slot(word);
}

TEST_CASE(wait_ends_at_its_deadline) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t when = deadline_soon();
    actor_make(0);
    actor_buffer(0)->deadline = when;
    actor_do(0, HELIOS_SYS_WAIT, word, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0);
    sleep_past(when, actor_waits);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(wait_whose_deadline_has_passed_does_not_wait) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    helios_buffer->deadline = 0;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_WAIT, word, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0),
                   HELIOS_ERROR_DEADLINE, HELIOS_ARGUMENT_DEADLINE, 0, 0);
    destroy_slot(word);
}

TEST_CASE(wait_takes_a_word_after_its_deadline) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    SIGNAL(word);
    helios_buffer->deadline = 0;
    expect_word(invoke(HELIOS_SYS_WAIT, word, helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE), 0, 0), 1);
    destroy_slot(word);
}

TEST_CASE(destroyed_notification_wakes_with_gone) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    destroy_slot(word);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    actor_end(0);
}

TEST_CASE(cancelled_wait_says_so) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_CANCELLED, HELIOS_ARGUMENT_NONE, 0, 0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(suspended_waiter_still_gets_its_word) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    helios_task_suspend(actor_task(0));
    SIGNAL(word);
    EXPECT_BLOCKED(0);
    helios_task_resume(actor_task(0));
    EXPECT_DONE(0);
    expect_word(actor_result(0), 1);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(resume_does_not_end_a_wait) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    helios_task_suspend(actor_task(0));
    EXPECT_EQ(actor_state(0), HELIOS_TASK_WAITING + 256);
    helios_task_resume(actor_task(0));
    EXPECT_EQ(actor_state(0), HELIOS_TASK_WAITING);
    EXPECT_BLOCKED(0);
    actor_end(0);
    destroy_slot(word);
}

TEST_CASE(destroyed_waiter_takes_no_signal) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    actor_end(0);
    SIGNAL(word);
    expect_word(NBWAIT(word), 1);
    destroy_slot(word);
}

// A task in recv with a bound notification.
static void bind_receiver(uint64_t endpoint, uint64_t word) {
    actor_make(0);
    EXPECT_EQ(helios_task_bind(actor_task(0), word).status, HELIOS_OK);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
}

TEST_CASE(bound_notification_ends_recv) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    bind_receiver(endpoint, word);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_RECEIVING);
    SIGNAL(word);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(HELIOS_OK, 0, 1, HELIOS_FLAG_NOTIFIED));
    EXPECT_EQ(actor_result(0).capability, 1);
    EXPECT_EQ(actor_result(0).params[0], 1);
    actor_end(0);
    destroy_slot(endpoint);
    destroy_slot(word);
}

TEST_CASE(signal_from_before_ends_recv_of_the_bound_task) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    SIGNAL(word);
    bind_receiver(endpoint, word);
    EXPECT_DONE(0);
    EXPECT_EQ(helios_tag_flags(actor_result(0).tag), HELIOS_FLAG_NOTIFIED);
    actor_end(0);
    destroy_slot(endpoint);
    destroy_slot(word);
}

TEST_CASE(unbound_notification_does_not_end_recv) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    bind_receiver(endpoint, word);
    EXPECT_EQ(helios_task_unbind(actor_task(0)).status, HELIOS_OK);
    SIGNAL(word);
    EXPECT_BLOCKED(0);
    expect_word(NBWAIT(word), 1);
    actor_end(0);
    destroy_slot(endpoint);
    destroy_slot(word);
}

TEST_CASE(bound_notification_is_bound_once) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_make(0);
    actor_make(1);
    helios_task_bind(actor_task(0), word);
    struct helios_answer again = helios_task_bind(actor_task(1), word);
    EXPECT_EQ(again.status, HELIOS_ERROR_OCCUPIED);
    EXPECT_EQ(again.value, HELIOS_ARGUMENT_CAP);
    actor_end(0);
    actor_end(1);
    destroy_slot(word);
}

TEST_CASE(task_that_ends_lets_its_notification_go) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_make(0);
    actor_make(1);
    helios_task_bind(actor_task(0), word);
    actor_end(0);
    EXPECT_EQ(helios_task_bind(actor_task(1), word).status, HELIOS_OK);
    actor_end(1);
    destroy_slot(word);
}

TEST_CASE(bind_needs_read_and_a_notification) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    uint64_t writer = copy_with(word, HELIOS_RIGHT_WRITE, 0);
    actor_make(0);
    EXPECT_EQ(helios_task_bind(actor_task(0), writer).status, HELIOS_ERROR_RIGHTS);
    EXPECT_EQ(helios_task_bind(actor_task(0), HELIOS_INIT_POWER).status, HELIOS_ERROR_TYPE);
    actor_end(0);
    destroy_slot(writer);
    destroy_slot(word);
}
