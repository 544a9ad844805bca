// SPDX-License-Identifier: GPL-3.0-only
//
// Tags that the system calls do not take: numbers of capabilities and parameters, flags.
#include "testing/conformance/world.h"

enum { ALLOWED_NONE = 0, DEADLINE = HELIOS_FLAG_DEADLINE, REPLY = HELIOS_FLAG_REPLY };

struct tagged {
    uint64_t number;
    uint64_t type;   // of its capability; 0: it has none
    uint32_t params; // that it takes; more than HELIOS_MAX_PARAMS: any number
    uint32_t flags;  // that it takes
};

#define IS_MESSAGE (HELIOS_MAX_PARAMS + 1)

static void expect_refused(const struct tagged *what, uint64_t tag, uint64_t argument,
                           uint64_t found) {
    uint64_t object = what->type != 0 ? world_make(what->type, 0) : 0;
    struct helios_message result = invoke(what->number, object, tag, 0, 0);
    EXPECT_EQ(helios_tag_label(result.tag), HELIOS_ERROR_ARGUMENTS);
    EXPECT_EQ(result.params[0], argument);
    EXPECT_EQ(result.params[1], found);
    world_drop(object);
}

static void try_caps(const struct tagged *what) {
    uint32_t caps = what->params == IS_MESSAGE ? HELIOS_MAX_CAPS + 1 : 1;
    uint32_t params = what->params == IS_MESSAGE ? 0 : what->params;
    expect_refused(what, helios_tag(0, caps, params, 0), HELIOS_ARGUMENT_CAP_COUNT, caps);
}

static void try_params(const struct tagged *what) {
    static const uint32_t counts[] = {0, 1, 2, 3, 4, 5, HELIOS_MAX_PARAMS, IS_MESSAGE};
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        bool is_fine =
            counts[i] == what->params || (what->params == IS_MESSAGE && counts[i] < IS_MESSAGE);
        if (!is_fine || counts[i] == IS_MESSAGE) {
            expect_refused(what, helios_tag(0, 0, counts[i], 0), HELIOS_ARGUMENT_PARAM_COUNT,
                           counts[i]);
        }
    }
}

static void try_flags(const struct tagged *what) {
    uint32_t params = what->params == IS_MESSAGE ? 0 : what->params;
    for (uint32_t bit = 0; bit < 16; bit++) {
        uint32_t flag = 1u << bit;
        if ((flag & what->flags) == 0) {
            expect_refused(what, helios_tag(0, 0, params, flag), HELIOS_ARGUMENT_FLAGS, flag);
        }
    }
}

// Bits of the tag that mean nothing.
static void try_reserved_bits(const struct tagged *what) {
    static const unsigned bits[] = {38, 39, 47};
    uint32_t params = what->params == IS_MESSAGE ? 0 : what->params;
    for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        expect_refused(what, helios_tag(0, 0, params, 0) | 1ull << bits[i], HELIOS_ARGUMENT_FLAGS,
                       0);
    }
}

#define TAGGED(name, ...)                                                                          \
    static const struct tagged tagged_##name = {__VA_ARGS__};                                      \
    TEST_CASE(name##_refuses_another_number_of_capabilities) {                                     \
        try_caps(&tagged_##name);                                                                  \
    }                                                                                              \
    TEST_CASE(name##_refuses_another_number_of_parameters) {                                       \
        try_params(&tagged_##name);                                                                \
    }                                                                                              \
    TEST_CASE(name##_refuses_every_flag_that_is_not_its_own) {                                     \
        try_flags(&tagged_##name);                                                                 \
    }                                                                                              \
    TEST_CASE(name##_refuses_bits_that_mean_nothing) {                                             \
        try_reserved_bits(&tagged_##name);                                                         \
    }

TAGGED(send, HELIOS_SYS_SEND, HELIOS_TYPE_ENDPOINT, IS_MESSAGE, DEADLINE)
TAGGED(call, HELIOS_SYS_CALL, HELIOS_TYPE_ENDPOINT, IS_MESSAGE, DEADLINE)
TAGGED(nbsend, HELIOS_SYS_NBSEND, HELIOS_TYPE_ENDPOINT, IS_MESSAGE, ALLOWED_NONE)
TAGGED(recv, HELIOS_SYS_RECV, HELIOS_TYPE_ENDPOINT, 0, DEADLINE | REPLY)
TAGGED(nbrecv, HELIOS_SYS_NBRECV, HELIOS_TYPE_ENDPOINT, 0, REPLY)
TAGGED(signal, HELIOS_SYS_SIGNAL, HELIOS_TYPE_NOTIFICATION, 0, ALLOWED_NONE)
TAGGED(wait, HELIOS_SYS_WAIT, HELIOS_TYPE_NOTIFICATION, 0, DEADLINE)
TAGGED(nbwait, HELIOS_SYS_NBWAIT, HELIOS_TYPE_NOTIFICATION, 0, ALLOWED_NONE)
TAGGED(poll, HELIOS_SYS_POLL, 0, 1, ALLOWED_NONE)
TAGGED(pollx, HELIOS_SYS_POLLX, 0, 2, ALLOWED_NONE)

// reply is refused so although there is no call to answer.
static struct helios_message reply(uint64_t tag) {
    return invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, tag, 0, 0);
}

TEST_CASE(reply_refuses_more_capabilities_than_a_message_has) {
    EXPECT_REFUSAL(reply(helios_tag(0, HELIOS_MAX_CAPS + 1, 0, 0)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_CAP_COUNT, HELIOS_MAX_CAPS + 1, HELIOS_MAX_CAPS);
}

TEST_CASE(reply_refuses_more_parameters_than_a_message_has) {
    EXPECT_REFUSAL(reply(helios_tag(0, 0, HELIOS_MAX_PARAMS + 1, 0)), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, HELIOS_MAX_PARAMS + 1, HELIOS_MAX_PARAMS);
}

TEST_CASE(reply_refuses_every_flag) {
    for (uint32_t bit = 0; bit < 16; bit++) {
        EXPECT_REFUSAL(reply(helios_tag(0, 0, 0, 1u << bit)), HELIOS_ERROR_ARGUMENTS,
                       HELIOS_ARGUMENT_FLAGS, 1u << bit, 0);
    }
}
