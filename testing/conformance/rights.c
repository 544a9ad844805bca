// SPDX-License-Identifier: GPL-3.0-only
//
// All 16 combinations of rights with each system call that needs one. Where they are enough the
// call ends at once: what would wait has a deadline that has passed. Invocations: invocations.c.
#include "testing/conformance/actor.h"
#include "testing/conformance/world.h"

enum {
    READ = HELIOS_RIGHT_READ,
    WRITE = HELIOS_RIGHT_WRITE,
    GRANT = HELIOS_RIGHT_GRANT,
    PAST = 1, // ns after the clock began
};

struct rights_of {
    uint64_t number;
    uint64_t type;   // of the object
    uint32_t caps;   // that are sent along
    uint32_t flags;  // of the tag
    uint64_t needed; // all of these
    uint64_t status; // with them
};

static void try_all(const struct rights_of *what) {
    uint64_t object = world_make(what->type, 0);
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        uint64_t capability = world_copy(object, rights);
        helios_buffer->deadline = PAST;
        helios_buffer->caps[0] = HELIOS_INIT_POWER;
        struct helios_message result =
            invoke(what->number, capability, helios_tag(1, what->caps, 0, what->flags), 0, 0);
        if ((rights & what->needed) == what->needed) {
            EXPECT_EQ(helios_tag_label(result.tag), what->status);
        } else {
            EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_RIGHTS);
            EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_CAPABILITY);
            EXPECT_EQ(result.params[1], rights);
            EXPECT_EQ(result.params[2], what->needed);
        }
        world_drop(capability);
    }
    world_drop(object);
}

#define RIGHTS(name, ...)                                                                          \
    TEST_CASE(name##_wants_its_rights_of_all_sixteen_combinations) {                               \
        static const struct rights_of what = {__VA_ARGS__};                                        \
        try_all(&what);                                                                            \
    }

#define ENDPOINT     HELIOS_TYPE_ENDPOINT
#define NOTIFICATION HELIOS_TYPE_NOTIFICATION
#define DEADLINE     HELIOS_FLAG_DEADLINE

RIGHTS(send, HELIOS_SYS_SEND, ENDPOINT, 0, DEADLINE, WRITE, HELIOS_ERROR_DEADLINE)
RIGHTS(call, HELIOS_SYS_CALL, ENDPOINT, 0, DEADLINE, WRITE, HELIOS_ERROR_DEADLINE)
RIGHTS(nbsend, HELIOS_SYS_NBSEND, ENDPOINT, 0, 0, WRITE, HELIOS_ERROR_WOULD_BLOCK)
RIGHTS(send_of_a_capability, HELIOS_SYS_SEND, ENDPOINT, 1, DEADLINE, WRITE | GRANT,
       HELIOS_ERROR_DEADLINE)
RIGHTS(call_with_a_capability, HELIOS_SYS_CALL, ENDPOINT, 1, DEADLINE, WRITE | GRANT,
       HELIOS_ERROR_DEADLINE)
RIGHTS(nbsend_of_a_capability, HELIOS_SYS_NBSEND, ENDPOINT, 1, 0, WRITE | GRANT,
       HELIOS_ERROR_WOULD_BLOCK)
RIGHTS(recv, HELIOS_SYS_RECV, ENDPOINT, 0, DEADLINE, READ, HELIOS_ERROR_DEADLINE)
RIGHTS(nbrecv, HELIOS_SYS_NBRECV, ENDPOINT, 0, 0, READ, HELIOS_ERROR_WOULD_BLOCK)
RIGHTS(signal, HELIOS_SYS_SIGNAL, NOTIFICATION, 0, 0, WRITE, HELIOS_OK)
RIGHTS(wait, HELIOS_SYS_WAIT, NOTIFICATION, 0, DEADLINE, READ, HELIOS_ERROR_DEADLINE)
RIGHTS(nbwait, HELIOS_SYS_NBWAIT, NOTIFICATION, 0, 0, READ, HELIOS_ERROR_WOULD_BLOCK)

static void try_poll(uint64_t type, uint32_t events, uint64_t needed) {
    uint64_t object = world_make(type, 0);
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        uint64_t capability = world_copy(object, rights);
        helios_buffer->poll[0] = (struct helios_poll){.capability = capability, .events = events};
        struct helios_message result = invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 1, PAST);
        if ((rights & needed) == needed) {
            EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_DEADLINE);
        } else {
            EXPECT_REFUSAL(result, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_POLL, rights, needed);
        }
        world_drop(capability);
    }
    world_drop(object);
}

TEST_CASE(poll_to_receive_wants_its_right_of_all_sixteen_combinations) {
    try_poll(ENDPOINT, HELIOS_POLL_RECV, READ);
    try_poll(NOTIFICATION, HELIOS_POLL_RECV, READ);
}

TEST_CASE(poll_to_send_wants_its_right_of_all_sixteen_combinations) {
    try_poll(ENDPOINT, HELIOS_POLL_SEND, WRITE);
}

TEST_CASE(poll_for_both_wants_both_rights_of_all_sixteen_combinations) {
    try_poll(ENDPOINT, HELIOS_POLL_RECV | HELIOS_POLL_SEND, READ | WRITE);
}

TEST_CASE(reply_wants_its_right_of_all_sixteen_combinations) {
    const uint64_t tag = helios_tag(0, 0, 0, 0);
    uint64_t endpoint = make_object(ENDPOINT);
    actor_make(0);
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        actor_do(0, HELIOS_SYS_CALL, endpoint, tag, 0);
        invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0);
        uint64_t saved = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF).value;
        uint64_t copy = world_copy(saved, rights);
        struct helios_message result = invoke(HELIOS_SYS_REPLY, copy, tag, 0, 0);
        if ((rights & WRITE) != 0) {
            EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
            world_drop(saved); // used up is the copy only
        } else {
            EXPECT_REFUSAL(result, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, rights, WRITE);
            world_drop(copy);
            EXPECT_EQ(helios_tag_label(invoke(HELIOS_SYS_REPLY, saved, tag, 0, 0).tag), HELIOS_OK);
        }
        EXPECT_DONE(0);
    }
    actor_end(0);
    destroy_slot(endpoint);
}
