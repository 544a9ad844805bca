// SPDX-License-Identifier: GPL-3.0-only
//
// Whoever has received a call, or a fault message, and every way in which it does not answer: the
// other side of waits.c.
#include "testing/conformance/waiter.h"
#include "testing/conformance/world.h"

enum { SERVER = 1 }; // the actor; the waiter's helper is not needed here

// How the server has the call. -----------------------------------------------------------------

static void receive(void) {
    actor_do(SERVER, HELIOS_SYS_NBRECV, waiter.object, 0, 0);
    EXPECT_DONE(SERVER);
    EXPECT_TRUE(helios_tag_flags(actor_result(SERVER).tag) & HELIOS_FLAG_CALL);
}

static void receive_and_save(void) {
    receive();
    actor_do(SERVER, HELIOS_SYS_CALL, HELIOS_INIT_CSPACE,
             helios_tag(HELIOS_CSPACE_SAVE_REPLY, 0, 1, 0), HELIOS_CADDR_UNDEF);
    EXPECT_DONE(SERVER);
    EXPECT_EQ(helios_tag_label(actor_result(SERVER).tag), HELIOS_OK);
    waiter.reply = actor_result(SERVER).params[0];
}

static const struct waiter_state call_at_server = {
    .type = HELIOS_TYPE_ENDPOINT,
    .number = HELIOS_SYS_CALL,
    .state = HELIOS_TASK_CALLING,
    .take = receive,
};
static const struct waiter_state saved_call = {
    .type = HELIOS_TYPE_ENDPOINT,
    .number = HELIOS_SYS_CALL,
    .state = HELIOS_TASK_CALLING,
    .take = receive_and_save,
};
static const struct waiter_state fault_at_server = {
    .type = HELIOS_TYPE_ENDPOINT,
    .number = HELIOS_SYS_COUNT,
    .state = HELIOS_TASK_FAULTED,
    .take = receive,
};
static const struct waiter_state saved_fault = {
    .type = HELIOS_TYPE_ENDPOINT,
    .number = HELIOS_SYS_COUNT,
    .state = HELIOS_TASK_FAULTED,
    .take = receive_and_save,
};

// Ways. ------------------------------------------------------------------------------------

static void server_is_destroyed(void) {
    actor_end(SERVER);
}

static void server_receives_again(void) {
    actor_do(SERVER, HELIOS_SYS_NBRECV, waiter.object, 0, 0);
}

static void server_receives_from_another(void) {
    uint64_t other = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(SERVER, HELIOS_SYS_NBRECV, other, 0, 0);
    destroy_slot(other);
}

static void server_is_refused_to_receive(void) {
    actor_do(SERVER, HELIOS_SYS_NBRECV, HELIOS_INIT_POWER, 0, 0);
}

static void server_is_cancelled(void) {
    EXPECT_EQ(helios_task_cancel(actor_task(SERVER)).value, 0);
}

static void server_is_suspended(void) {
    EXPECT_OK(helios_task_suspend(actor_task(SERVER)));
}

static void server_sends(void) {
    uint64_t other = make_object(HELIOS_TYPE_ENDPOINT);
    actor_do(SERVER, HELIOS_SYS_NBSEND, other, 0, 0);
    destroy_slot(other);
}

static void reply_is_destroyed(void) {
    destroy_slot(waiter.reply);
}

static void reply_is_revoked(void) {
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, waiter.reply));
}

static void reply_is_moved_and_its_cspace_destroyed(void) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(helios_cspace_move(HELIOS_INIT_CSPACE, cspace, waiter.reply, 1));
    EXPECT_TRUE(!waiter_is_done());
    world_drop(cspace);
}

// Outcomes. ---------------------------------------------------------------------------------

static void is_told_abandoned(const struct waiter_state *state) {
    (void)state;
    EXPECT_TRUE(waiter_is_done());
    EXPECT_REFUSAL(waiter.message, HELIOS_ERROR_ABANDONED, HELIOS_ARGUMENT_NONE, 0, 0);
}

static void suspends_the_task(const struct waiter_state *state) {
    (void)state;
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), HELIOS_TASK_READY + 256);
}

static void changes_nothing(const struct waiter_state *state) {
    EXPECT_TRUE(!waiter_is_done());
    EXPECT_EQ(waiter_task_state(), state->state);
}

// The table. --------------------------------------------------------------------------------

static void try_way(const struct waiter_state *state, void (*way)(void),
                    void (*outcome)(const struct waiter_state *)) {
    waiter_begin(state, 0);
    way();
    outcome(state);
    waiter_end();
}

#define CELL(state, way, outcome)                                                                  \
    TEST_CASE(state##_when_##way##_##outcome) {                                                    \
        try_way(&(state), way, outcome);                                                           \
    }

#define WAYS_OF_A_SERVER(state, on_destroy, on_receive, on_other, on_refused, on_cancel,           \
                         on_suspend, on_send)                                                      \
    CELL(state, server_is_destroyed, on_destroy)                                                   \
    CELL(state, server_receives_again, on_receive)                                                 \
    CELL(state, server_receives_from_another, on_other)                                            \
    CELL(state, server_is_refused_to_receive, on_refused)                                          \
    CELL(state, server_is_cancelled, on_cancel)                                                    \
    CELL(state, server_is_suspended, on_suspend)                                                   \
    CELL(state, server_sends, on_send)

#define WAYS_OF_A_REPLY(state, on_destroy, on_revoke, on_cspace)                                   \
    CELL(state, reply_is_destroyed, on_destroy)                                                    \
    CELL(state, reply_is_revoked, on_revoke)                                                       \
    CELL(state, reply_is_moved_and_its_cspace_destroyed, on_cspace)

WAYS_OF_A_SERVER(call_at_server, is_told_abandoned, is_told_abandoned, is_told_abandoned,
                 changes_nothing, changes_nothing, changes_nothing, changes_nothing)
WAYS_OF_A_SERVER(fault_at_server, suspends_the_task, suspends_the_task, suspends_the_task,
                 changes_nothing, changes_nothing, changes_nothing, changes_nothing)
WAYS_OF_A_SERVER(saved_call, changes_nothing, changes_nothing, changes_nothing, changes_nothing,
                 changes_nothing, changes_nothing, changes_nothing)
WAYS_OF_A_SERVER(saved_fault, changes_nothing, changes_nothing, changes_nothing, changes_nothing,
                 changes_nothing, changes_nothing, changes_nothing)
WAYS_OF_A_REPLY(saved_call, is_told_abandoned, changes_nothing, is_told_abandoned)
WAYS_OF_A_REPLY(saved_fault, suspends_the_task, changes_nothing, suspends_the_task)
