// SPDX-License-Identifier: GPL-3.0-only
//
// IOPort objects: one for the console's eight ports, as the library has one too.
#include "testing/conformance/invoke.h"

enum {
    SCRATCH = 7, // register of a 16550 that does nothing but remember
    LINE_STATUS = 5,
    TRANSMITTER_EMPTY = 0x40,
};

static uint64_t console_ports(void) {
    static uint64_t slot;
    if (slot == 0) {
        const uint64_t range[4] = {helios_test_bootinfo->console.base,
                                   helios_test_bootinfo->console.length};
        helios_invoke(HELIOS_INIT_IO_CONTROL, HELIOS_IO_CONTROL_ISSUE, 0, 2, range);
        slot = helios_buffer->caps[0];
    }
    return slot;
}

static uint64_t base(void) {
    return helios_test_bootinfo->console.base;
}

static struct helios_message access_port(uint32_t label, uint32_t params, uint64_t port,
                                         uint64_t value) {
    return invoke(HELIOS_SYS_CALL, console_ports(), helios_tag(label, 0, params, 0), port, value);
}

TEST_CASE(io_port_identifies_itself) {
    EXPECT_TYPE(console_ports(), HELIOS_TYPE_IO_PORT);
}

TEST_CASE(io_port_reads_what_it_wrote) {
    for (uint64_t value = 0; value < 256; value += 51) {
        EXPECT_ANSWER(access_port(HELIOS_IO_PORT_OUT8, 2, base() + SCRATCH, value), 0);
        EXPECT_ANSWER(access_port(HELIOS_IO_PORT_IN8, 1, base() + SCRATCH, 0), value);
    }
}

TEST_CASE(io_port_writes_no_more_than_its_width) {
    EXPECT_ANSWER(access_port(HELIOS_IO_PORT_OUT8, 2, base() + SCRATCH, 0xffffff42), 0);
    EXPECT_ANSWER(access_port(HELIOS_IO_PORT_IN8, 1, base() + SCRATCH, 0), 0x42);
}

TEST_CASE(io_port_reads_device_state) {
    struct helios_message result = access_port(HELIOS_IO_PORT_IN8, 1, base() + LINE_STATUS, 0);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_OK, 0, 1, 0));
    EXPECT_TRUE((result.params[0] & TRANSMITTER_EMPTY) != 0 && result.params[0] <= 0xff);
}

TEST_CASE(io_port_refuses_the_port_below) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN8, 1, base() - 1, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, base() - 1, base());
}

TEST_CASE(io_port_refuses_the_port_above) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_OUT8, 2, base() + 8, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, base() + 8, base() + 7);
}

TEST_CASE(io_port_refuses_ports_beyond_16_bits) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN8, 1, base() + 0x10000, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, base() + 0x10000, base() + 7);
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN8, 1, ~0ull, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, ~0ull, base() + 7);
}

TEST_CASE(io_port_refuses_access_that_reaches_out) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN16, 1, base() + 7, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, base() + 7, base() + 7);
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_OUT32, 2, base() + 5, 0), HELIOS_ERROR_RANGE,
                   HELIOS_ARGUMENT_PARAM, base() + 5, base() + 7);
}

TEST_CASE(io_port_refuses_unaligned_access) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN16, 1, base() + 1, 0), HELIOS_ERROR_ALIGNMENT,
                   HELIOS_ARGUMENT_PARAM, base() + 1, 2);
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN32, 1, base() + 2, 0), HELIOS_ERROR_ALIGNMENT,
                   HELIOS_ARGUMENT_PARAM, base() + 2, 4);
}

TEST_CASE(io_port_refuses_unknown_labels) {
    EXPECT_REFUSAL(access_port(0, 1, base(), 0), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 0,
                   0);
    EXPECT_REFUSAL(access_port(7, 1, base(), 0), HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL, 7,
                   0);
}

TEST_CASE(io_port_refuses_wrong_numbers_of_parameters) {
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_IN8, 2, base(), 0), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 2, 1);
    EXPECT_REFUSAL(access_port(HELIOS_IO_PORT_OUT8, 1, base(), 0), HELIOS_ERROR_ARGUMENTS,
                   HELIOS_ARGUMENT_PARAM_COUNT, 1, 2);
}
