// SPDX-License-Identifier: GPL-3.0-only
//
// The wrappers of userland/helios.
#include "userland/helios/console.h"

#include "testing/conformance/actor.h"
#include "userland/helios/ipc.h"

TEST_CASE(library_writes_text) {
    struct helios_answer answer = helios_writecons("text\n", 5);
    EXPECT_EQ(answer.status, HELIOS_OK);
    EXPECT_EQ(answer.value, 5);
}

TEST_CASE(library_reports_a_text_that_is_too_long) {
    static const char text[HELIOS_MAX_TEXT + 1];
    struct helios_answer answer = helios_writecons(text, sizeof(text));
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.found, HELIOS_MAX_TEXT + 1);
    EXPECT_EQ(answer.wanted, HELIOS_MAX_TEXT);
}

TEST_CASE(library_cuts_long_output_off) {
    helios_printf("%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s%90s"
                  "%90s%90s%90s%90s\n",
                  "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15",
                  "16", "17", "18", "19", "20", "21", "22", "23", "24");
    // The line end would have been the 2161st character; only the next line has one.
    helios_printf("\n");
}

TEST_CASE(library_identifies) {
    EXPECT_EQ(helios_identify(HELIOS_INIT_POWER).value, HELIOS_TYPE_POWER);
    EXPECT_EQ(helios_identify(~0ull).status, HELIOS_ERROR_CAPABILITY);
}

TEST_CASE(library_reports_a_refused_call) {
    struct helios_answer answer = helios_call(HELIOS_INIT_POWER, 1234, 0, 0, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_INVOCATION);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_LABEL);
    EXPECT_EQ(answer.found, 1234);
}

// 128 + 1 would be one word in the tag.
TEST_CASE(library_has_too_many_words_refused) {
    static const uint64_t slots[129];
    struct helios_answer answer = helios_cspace_destroy(HELIOS_INIT_CSPACE, slots, 129);
    EXPECT_EQ(answer.status, HELIOS_ERROR_ARGUMENTS);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_PARAM_COUNT);
    EXPECT_EQ(answer.wanted, HELIOS_MAX_PARAMS);
}

TEST_CASE(library_sends_a_message) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    struct helios_message message = {.tag = helios_tag(7, 0, 2, 0), .params = {5, 6}};
    EXPECT_EQ(helios_send(endpoint, message).status, HELIOS_OK);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(7, 0, 2, 0));
    EXPECT_EQ(actor_result(0).params[1], 6);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(library_answers_and_receives) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(0, HELIOS_SYS_CALL, endpoint, helios_tag(7, 0, 1, 0), 5);
    actor_do(1, HELIOS_SYS_CALL, endpoint, helios_tag(8, 0, 1, 0), 6);
    struct helios_message message;
    EXPECT_EQ(helios_recv(endpoint, 0, &message), HELIOS_FLAG_CALL);
    message.tag = helios_tag(HELIOS_OK, 0, 1, 0);
    message.params[0] = 50;
    EXPECT_EQ(helios_reply_recv(endpoint, &message), HELIOS_FLAG_CALL);
    EXPECT_EQ(helios_tag_label(message.tag), 8);
    EXPECT_EQ(message.params[0], 6);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).params[0], 50);
    message.tag = helios_tag(HELIOS_OK, 0, 0, 0);
    EXPECT_EQ(helios_reply(HELIOS_CADDR_UNDEF, message).status, HELIOS_OK);
    EXPECT_DONE(1);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

TEST_CASE(library_says_that_nobody_is_there) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    struct helios_message message = {0};
    EXPECT_EQ(helios_nbsend(endpoint, message).status, HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_EQ(helios_nbrecv(endpoint, &message), HELIOS_FLAG_ERROR);
    EXPECT_EQ(helios_answer_of(&message).status, HELIOS_ERROR_WOULD_BLOCK);
    message = helios_message_of(0, 0, 0);
    EXPECT_EQ(helios_reply(HELIOS_CADDR_UNDEF, message).status, HELIOS_ERROR_NO_CALL);
    destroy_slot(endpoint);
}

TEST_CASE(library_waits_until_a_deadline) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    struct helios_message message;
    helios_buffer->deadline = 0;
    EXPECT_EQ(helios_recv(endpoint, HELIOS_FLAG_DEADLINE, &message), HELIOS_FLAG_ERROR);
    EXPECT_EQ(helios_answer_of(&message).status, HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(helios_wait(word, HELIOS_FLAG_DEADLINE).status, HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(helios_pollx(0, 0).status, HELIOS_ERROR_DEADLINE);
    destroy_slot(word);
    destroy_slot(endpoint);
}

TEST_CASE(library_polls) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    helios_buffer->poll[0] = (struct helios_poll){.capability = word, .events = HELIOS_POLL_RECV};
    EXPECT_EQ(helios_pollx(1, 0).status, HELIOS_ERROR_DEADLINE);
    EXPECT_EQ(helios_signal(word).status, HELIOS_OK);
    EXPECT_EQ(helios_poll(1).value, 1);
    EXPECT_EQ(helios_buffer->poll[0].ready, HELIOS_POLL_RECV);
    EXPECT_EQ(helios_nbwait(word).value, 1);
    destroy_slot(word);
}
