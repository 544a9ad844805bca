// SPDX-License-Identifier: GPL-3.0-only
//
// Objects for the cases to try things on, and what is tried on every invocation alike.
#ifndef HELIOS_TESTING_CONFORMANCE_WORLD_H
#define HELIOS_TESTING_CONFORMANCE_WORLD_H

#include "testing/conformance/invoke.h"
#include "userland/helios/objects.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WORLD_PAGE 4096ull

// Each case runs on another CPU than the one before it, and whatever it makes runs there too: a
// task that is more important than the case acts at once, and goes no further than it can.

// The Memory that everything is made of: the largest one.
uint64_t world_memory(void);

// An object of that Memory, in any free slot. 0 and the case fails if it can't be had.
uint64_t world_make(uint64_t type, uint64_t size);

// A Memory of 16 KiB. What is made of it is gone with it.
uint64_t world_small_memory(void);

// A Memory of 1 MiB, as above.
uint64_t world_medium_memory(void);

// A CSpace of four slots.
uint64_t world_small_cspace(void);

uint64_t world_page(void);
uint64_t world_vspace(void);
uint64_t world_notification(void);

// A DeviceMemory's first page as a DeviceMemory: not the console's. Made of the Memory.
uint64_t world_device(void);

// An ASIDPool; the handler of a line that nobody else uses, and that line.
uint64_t world_asid_pool(void);
uint64_t world_irq_handler(void);
uint64_t world_free_line(void);

// Copies of what there is only one of.
uint64_t world_power(void);
uint64_t world_irq_control(void);
uint64_t world_asid_control(void);

// A copy with these rights.
uint64_t world_copy(uint64_t capability, uint64_t rights);

// A copy of a badge.
uint64_t world_badged(uint64_t capability, uint64_t badge);

// Destroys a capability of the root task's CSpace.
void world_drop(uint64_t capability);

// What is free in the Memory, when all that is dying has gone.
uint64_t world_free_bytes(void);

// How many slots of the root task's CSpace are free.
uint64_t world_free_slots(void);

// One invocation, for what is the same of all of them.
struct world_invocation {
    uint64_t (*object)(void); // makes what it is tried on; it is dropped afterwards
    uint32_t label;
    uint32_t caps;
    uint32_t params;
    uint64_t right;  // that it needs
    uint64_t cap;    // its capability argument
    uint64_t p[4];   // arguments with which it does no harm
    uint64_t status; // what it answers to these
};

void world_try_param_counts(const struct world_invocation *invocation);
void world_try_cap_counts(const struct world_invocation *invocation);
void world_try_flags(const struct world_invocation *invocation);
void world_try_rights(const struct world_invocation *invocation);

// Cases that take all 16 combinations of rights, and wrong tags. Without the number of arguments
// for those that take a variable one.
#define INVOCATION_RIGHTS(name, ...)                                                               \
    static const struct world_invocation invocation_##name = {__VA_ARGS__};                        \
    TEST_CASE(name##_wants_its_right_of_all_sixteen_combinations) {                                \
        world_try_rights(&invocation_##name);                                                      \
    }                                                                                              \
    TEST_CASE(name##_refuses_flags) {                                                              \
        world_try_flags(&invocation_##name);                                                       \
    }

#define INVOCATION(name, ...)                                                                      \
    INVOCATION_RIGHTS(name, __VA_ARGS__)                                                           \
    TEST_CASE(name##_refuses_another_number_of_parameters) {                                       \
        world_try_param_counts(&invocation_##name);                                                \
    }                                                                                              \
    TEST_CASE(name##_refuses_another_number_of_capabilities) {                                     \
        world_try_cap_counts(&invocation_##name);                                                  \
    }

// An object refuses labels that it does not know.
#define UNKNOWN_LABELS(name, make, first_unknown)                                                  \
    TEST_CASE(name##_refuses_labels_that_it_does_not_know) {                                       \
        static const uint32_t labels[] = {0, first_unknown, ~0u};                                  \
        uint64_t object = make();                                                                  \
        for (unsigned i = 0; i < 3; i++) {                                                         \
            EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, object, helios_tag(labels[i], 0, 0, 0), 0, 0),  \
                           HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, labels[i], 0);          \
        }                                                                                          \
        world_drop(object);                                                                        \
    }

#define EXPECT_OK(result) EXPECT_EQ((result).status, HELIOS_OK)

// The refusal of a wrapper.
#define EXPECT_REFUSED(result, error, argument, found_there, wanted_there)                         \
    do {                                                                                           \
        struct helios_answer refused = (result);                                                   \
        EXPECT_EQ(refused.status, error);                                                          \
        EXPECT_EQ(refused.value, argument);                                                        \
        EXPECT_EQ(refused.found, found_there);                                                     \
        EXPECT_EQ(refused.wanted, wanted_there);                                                   \
    } while (0)

#define PARAM(index) (HELIOS_ARGUMENT_PARAM + (index))

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_WORLD_H
