// SPDX-License-Identifier: GPL-3.0-only
//
// Invocations that deliver a capability, for what they refuse alike (receive_slots.c).
#ifndef HELIOS_TESTING_CONFORMANCE_DELIVERY_H
#define HELIOS_TESTING_CONFORMANCE_DELIVERY_H

#include "testing/conformance/world.h"

#ifdef __cplusplus
extern "C" {
#endif

struct delivery {
    uint64_t (*object)(void); // it is dropped afterwards
    uint32_t label;
    uint32_t caps;
    uint32_t params;
    uint64_t (*p0)(void);
    uint64_t p1;
    uint64_t p2;
};

#define DELIVERY_SLOTS helios_test_bootinfo->cspace_slots

// With this slot and this number of slots offered.
void delivery_refuses(const struct delivery *delivery, uint64_t slot, uint64_t offered,
                      enum helios_error error, uint64_t found, uint64_t wanted);

// With a CSpace in which no slot is free.
void delivery_refuses_when_full(const struct delivery *delivery);

#define DELIVERS(name, ...)                                                                        \
    static const struct delivery delivery_##name = {__VA_ARGS__};                                  \
    TEST_CASE(name##_refuses_when_no_receive_slot_is_offered) {                                    \
        delivery_refuses(&delivery_##name, HELIOS_CADDR_UNDEF, 0, HELIOS_ERROR_RECEIVER, 0, 1);    \
    }                                                                                              \
    TEST_CASE(name##_refuses_more_receive_slots_than_there_can_be) {                               \
        delivery_refuses(&delivery_##name, HELIOS_CADDR_UNDEF, HELIOS_MAX_CAPS + 1,                \
                         HELIOS_ERROR_RECEIVER, HELIOS_MAX_CAPS + 1, 1);                           \
    }                                                                                              \
    TEST_CASE(name##_refuses_a_receive_slot_outside) {                                             \
        delivery_refuses(&delivery_##name, DELIVERY_SLOTS, 1, HELIOS_ERROR_RANGE, DELIVERY_SLOTS,  \
                         DELIVERY_SLOTS);                                                          \
    }                                                                                              \
    TEST_CASE(name##_refuses_a_receive_slot_in_use) {                                              \
        delivery_refuses(&delivery_##name, HELIOS_INIT_POWER, 1, HELIOS_ERROR_OCCUPIED,            \
                         HELIOS_INIT_POWER, DELIVERY_SLOTS);                                       \
    }                                                                                              \
    TEST_CASE(name##_refuses_when_no_slot_is_free) {                                               \
        delivery_refuses_when_full(&delivery_##name);                                              \
    }

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_DELIVERY_H
