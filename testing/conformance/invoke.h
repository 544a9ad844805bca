// SPDX-License-Identifier: GPL-3.0-only
//
// What the cases have in common.
#ifndef HELIOS_TESTING_CONFORMANCE_INVOKE_H
#define HELIOS_TESTING_CONFORMANCE_INVOKE_H

#include <stdint.h>

#include "testing/conformance/refusals.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"
#include "userland/helios/syscall.h"
#include "userland/test/test.h"

#ifdef __cplusplus
extern "C" {
#endif

// A system call with any registers.
static inline struct helios_message invoke(uint64_t number, uint64_t capability, uint64_t tag,
                                           uint64_t p0, uint64_t p1) {
    struct helios_message message = {
        .capability = capability,
        .tag = tag,
        .params = {p0, p1, 0x3333, 0x4444},
    };
    refusals_syscall(number, &message);
    return message;
}

// A refusal has three parameters, no capability, no badge and nothing else.
#define EXPECT_REFUSAL(result, error, argument, found_there, wanted_there)                         \
    do {                                                                                           \
        struct helios_message refusal = (result);                                                  \
        EXPECT_EQ(refusal.tag, helios_tag(error, 0, 3, 0));                                        \
        EXPECT_EQ(refusal.params[0], argument);                                                    \
        EXPECT_EQ(refusal.params[1], found_there);                                                 \
        EXPECT_EQ(refusal.params[2], wanted_there);                                                \
        EXPECT_EQ(refusal.params[3], 0);                                                           \
        EXPECT_EQ(refusal.capability, 0);                                                          \
    } while (0)

// Success with a value.
#define EXPECT_ANSWER(result, expected_value)                                                      \
    do {                                                                                           \
        struct helios_message answer = (result);                                                   \
        EXPECT_EQ(answer.tag, helios_tag(HELIOS_OK, 0, 1, 0));                                     \
        EXPECT_EQ(answer.params[0], expected_value);                                               \
        EXPECT_EQ(answer.params[1], 0);                                                            \
        EXPECT_EQ(answer.params[2], 0);                                                            \
        EXPECT_EQ(answer.params[3], 0);                                                            \
        EXPECT_EQ(answer.capability, 0);                                                           \
    } while (0)

// What lies at an address of the task's own CSpace. identify answers four values.
#define EXPECT_TYPE(address, expected_type)                                                        \
    do {                                                                                           \
        struct helios_message identified = invoke(HELIOS_SYS_IDENTIFY, address, 0, 0, 0);          \
        EXPECT_EQ(identified.tag, helios_tag(HELIOS_OK, 0, 4, 0));                                 \
        EXPECT_EQ(identified.params[0], expected_type);                                            \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_INVOKE_H
