// SPDX-License-Identifier: GPL-3.0-only
//
// Capabilities, and system calls on what is not there.
#include "testing/conformance/actor.h"

static uint64_t power(void) {
    return HELIOS_INIT_POWER;
}

static uint64_t slots(void) {
    return helios_test_bootinfo->cspace_slots;
}

// A slot that holds nothing.
static uint64_t empty_slot(void) {
    return free_slot();
}

TEST_CASE(yield_comes_back) {
    EXPECT_ANSWER(invoke(HELIOS_SYS_YIELD, 0, 0, 0, 0), 0);
}

TEST_CASE(yield_ignores_its_registers) {
    EXPECT_ANSWER(invoke(HELIOS_SYS_YIELD, ~0ull, ~0ull, ~0ull, ~0ull), 0);
}

TEST_CASE(identify_names_power) {
    EXPECT_TYPE(power(), HELIOS_TYPE_POWER);
}

TEST_CASE(identify_names_the_controls_on_every_machine) {
    EXPECT_TYPE(HELIOS_INIT_IRQ_CONTROL, HELIOS_TYPE_IRQ_CONTROL);
    EXPECT_TYPE(HELIOS_INIT_ASID_CONTROL, HELIOS_TYPE_ASID_CONTROL);
    EXPECT_TYPE(HELIOS_INIT_IO_CONTROL, HELIOS_TYPE_IO_CONTROL);
}

TEST_CASE(identify_names_an_empty_slot) {
    EXPECT_TYPE(0, HELIOS_TYPE_NULL);
    EXPECT_TYPE(empty_slot(), HELIOS_TYPE_NULL);
}

TEST_CASE(identify_refuses_the_first_address_outside) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_IDENTIFY, slots(), 0, 0, 0), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAPABILITY, slots(), slots());
}

TEST_CASE(identify_looks_at_all_bits_of_the_address) {
    for (unsigned bit = 24; bit < 64; bit++) {
        uint64_t address = power() | 1ull << bit;
        EXPECT_REFUSAL(invoke(HELIOS_SYS_IDENTIFY, address, 0, 0, 0), HELIOS_ERROR_CAPABILITY,
                       HELIOS_ARGUMENT_CAPABILITY, address, slots());
    }
}

TEST_CASE(call_refuses_a_null_slot) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, empty_slot(), helios_tag(1, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, empty_slot(), slots());
}

TEST_CASE(call_refuses_slot_zero) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, 0, helios_tag(1, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, 0, slots());
}

TEST_CASE(call_refuses_an_address_outside) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, ~0ull, helios_tag(1, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, ~0ull, slots());
}

TEST_CASE(power_refuses_label_zero) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(0, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 0, 0);
}

TEST_CASE(power_refuses_unknown_labels) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(99, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 99, 0);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(~0u, 0, 0, 0), 0, 0),
                   HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, ~0u, 0);
}

// If one of these were obeyed, the machine would be off and the case would fail for that.
TEST_CASE(power_off_refuses_parameters) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(HELIOS_POWER_OFF, 0, 1, 0), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, 1, 0);
}

TEST_CASE(power_off_refuses_capabilities) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(HELIOS_POWER_OFF, 1, 0, 0), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
}

TEST_CASE(reboot_refuses_flags) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_CALL, power(), helios_tag(HELIOS_POWER_REBOOT, 0, 0, 1), 0, 0),
                   HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS, 1, 0);
}

TEST_CASE(panic_test_is_disabled_by_default) {
    EXPECT_REFUSAL(
        invoke(HELIOS_SYS_CALL, power(), helios_tag(HELIOS_POWER_PANIC_TEST, 0, 0, 0), 0, 0),
        HELIOS_ERROR_DISABLED, HELIOS_ARGUMENT_LABEL, HELIOS_POWER_PANIC_TEST, 0);
}

// The system calls on Endpoints, Notifications and Replies, on what is none. Receiving says by a
// flag that there is no message.
#define RECEIVES(number) ((number) == HELIOS_SYS_RECV || (number) == HELIOS_SYS_NBRECV)

static struct helios_message try_call(uint64_t number, uint64_t capability) {
    struct helios_message result = invoke(number, capability, 0, 0, 0);
    if (RECEIVES(number)) {
        EXPECT_EQ(helios_tag_flags(result.tag), HELIOS_FLAG_ERROR);
        result.tag &= ~helios_tag(0, 0, 0, HELIOS_FLAG_ERROR);
    }
    return result;
}

#define REFUSES_ANOTHER_TYPE(name, number, wanted_type)                                            \
    TEST_CASE(name##_refuses_a_power_capability) {                                                 \
        EXPECT_REFUSAL(try_call(number, power()), HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY,   \
                       HELIOS_TYPE_POWER, wanted_type);                                            \
    }

#define REFUSES_WHAT_IS_THERE(name, number)                                                        \
    TEST_CASE(name##_refuses_a_null_slot) {                                                        \
        EXPECT_REFUSAL(try_call(number, empty_slot()), HELIOS_ERROR_CAPABILITY,                    \
                       HELIOS_ARGUMENT_CAPABILITY, empty_slot(), slots());                         \
    }                                                                                              \
    TEST_CASE(name##_refuses_an_address_outside) {                                                 \
        EXPECT_REFUSAL(try_call(number, slots()), HELIOS_ERROR_CAPABILITY,                         \
                       HELIOS_ARGUMENT_CAPABILITY, slots(), slots());                              \
    }

REFUSES_WHAT_IS_THERE(send, HELIOS_SYS_SEND)
REFUSES_WHAT_IS_THERE(recv, HELIOS_SYS_RECV)
REFUSES_ANOTHER_TYPE(recv, HELIOS_SYS_RECV, HELIOS_TYPE_ENDPOINT)
REFUSES_WHAT_IS_THERE(reply, HELIOS_SYS_REPLY)
REFUSES_ANOTHER_TYPE(reply, HELIOS_SYS_REPLY, HELIOS_TYPE_REPLY)
REFUSES_WHAT_IS_THERE(signal, HELIOS_SYS_SIGNAL)
REFUSES_ANOTHER_TYPE(signal, HELIOS_SYS_SIGNAL, HELIOS_TYPE_NOTIFICATION)
REFUSES_WHAT_IS_THERE(wait, HELIOS_SYS_WAIT)
REFUSES_ANOTHER_TYPE(wait, HELIOS_SYS_WAIT, HELIOS_TYPE_NOTIFICATION)
REFUSES_WHAT_IS_THERE(nbsend, HELIOS_SYS_NBSEND)
REFUSES_WHAT_IS_THERE(nbrecv, HELIOS_SYS_NBRECV)
REFUSES_ANOTHER_TYPE(nbrecv, HELIOS_SYS_NBRECV, HELIOS_TYPE_ENDPOINT)
REFUSES_WHAT_IS_THERE(nbwait, HELIOS_SYS_NBWAIT)
REFUSES_ANOTHER_TYPE(nbwait, HELIOS_SYS_NBWAIT, HELIOS_TYPE_NOTIFICATION)

TEST_CASE(number_after_the_last_is_refused) {
    EXPECT_REFUSAL(invoke(HELIOS_SYS_COUNT, 0, 0, 0, 0), HELIOS_ERROR_SYSCALL,
                   HELIOS_ARGUMENT_NUMBER, HELIOS_SYS_COUNT, HELIOS_SYS_COUNT);
}

TEST_CASE(all_bits_of_the_number_count) {
    for (unsigned bit = 4; bit < 64; bit++) {
        uint64_t number = HELIOS_SYS_YIELD | 1ull << bit;
        EXPECT_REFUSAL(invoke(number, 0, 0, 0, 0), HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER,
                       number, HELIOS_SYS_COUNT);
    }
}

TEST_CASE(largest_number_is_refused) {
    EXPECT_REFUSAL(invoke(~0ull, 0, 0, 0, 0), HELIOS_ERROR_SYSCALL, HELIOS_ARGUMENT_NUMBER, ~0ull,
                   HELIOS_SYS_COUNT);
}
