// SPDX-License-Identifier: GPL-3.0-only
//
// What IOControl and IOPort refuse: rights, tags, ranges and receive slots.
#include "testing/conformance/actor.h"
#include "testing/conformance/crowd.h"
#include "testing/conformance/delivery.h"

enum { FIRST = 0x2f8, PORTS = 8 }; // of a serial port that the machine has not

static uint64_t control(void) {
    return world_copy(HELIOS_INIT_IO_CONTROL, HELIOS_RIGHT_ALL);
}

static uint64_t ports(void) {
    EXPECT_OK(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, FIRST, PORTS));
    return helios_buffer->caps[0];
}

static uint64_t first(void) {
    return FIRST;
}

#define READ  HELIOS_RIGHT_READ
#define WRITE HELIOS_RIGHT_WRITE

INVOCATION(io_control_issue, control, HELIOS_IO_CONTROL_ISSUE, 0, 2, WRITE, 0, {~0ull},
           HELIOS_ERROR_RANGE)
UNKNOWN_LABELS(io_control, control, 2)
DELIVERS(io_control_issue, control, HELIOS_IO_CONTROL_ISSUE, 0, 2, first, PORTS, 0)

TEST_CASE(io_control_issue_refuses_ports_that_there_are_not) {
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 0x10000, 1), HELIOS_ERROR_RANGE,
                   PARAM(0), 0x10000, 0xffff);
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, ~0ull, 1), HELIOS_ERROR_RANGE,
                   PARAM(0), ~0ull, 0xffff);
}

TEST_CASE(io_control_issue_refuses_a_number_of_ports_that_there_are_not) {
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 1, 0), HELIOS_ERROR_RANGE,
                   PARAM(1), 0, 1);
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 1, 0x10000), HELIOS_ERROR_RANGE,
                   PARAM(1), 0x10000, 0xffff);
    EXPECT_REFUSED(helios_io_control_issue(HELIOS_INIT_IO_CONTROL, 1, ~0ull), HELIOS_ERROR_RANGE,
                   PARAM(1), ~0ull, 0xffff);
}

TEST_CASE(io_control_issue_needs_a_buffer) {
    const struct helios_message message = {
        .capability = HELIOS_INIT_IO_CONTROL,
        .tag = helios_tag(HELIOS_IO_CONTROL_ISSUE, 0, 2, 0),
        .params = {FIRST, PORTS},
    };
    actor_make(0);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space_get(0)->buffer_page));
    actor_send(0, HELIOS_SYS_CALL, &message);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE, 0, 0);
    actor_end(0);
}

// Ports. -------------------------------------------------------------------------------------

INVOCATION(io_port_in8, ports, HELIOS_IO_PORT_IN8, 0, 1, READ, 0, {~0ull}, HELIOS_ERROR_RANGE)
INVOCATION(io_port_in16, ports, HELIOS_IO_PORT_IN16, 0, 1, READ, 0, {~0ull}, HELIOS_ERROR_RANGE)
INVOCATION(io_port_in32, ports, HELIOS_IO_PORT_IN32, 0, 1, READ, 0, {~0ull}, HELIOS_ERROR_RANGE)
INVOCATION(io_port_out8, ports, HELIOS_IO_PORT_OUT8, 0, 2, WRITE, 0, {~0ull}, HELIOS_ERROR_RANGE)
INVOCATION(io_port_out16, ports, HELIOS_IO_PORT_OUT16, 0, 2, WRITE, 0, {~0ull}, HELIOS_ERROR_RANGE)
INVOCATION(io_port_out32, ports, HELIOS_IO_PORT_OUT32, 0, 2, WRITE, 0, {~0ull}, HELIOS_ERROR_RANGE)

static const uint32_t labels[] = {HELIOS_IO_PORT_IN8,  HELIOS_IO_PORT_IN16,  HELIOS_IO_PORT_IN32,
                                  HELIOS_IO_PORT_OUT8, HELIOS_IO_PORT_OUT16, HELIOS_IO_PORT_OUT32};

enum { WIDTHS = 3, LABELS = 2 * WIDTHS };

static struct helios_message access_port(uint64_t object, unsigned i, uint64_t port) {
    return invoke(HELIOS_SYS_CALL, object, helios_tag(labels[i], 0, i < WIDTHS ? 1 : 2, 0), port,
                  0);
}

TEST_CASE(io_port_refuses_every_width_that_reaches_out) {
    uint64_t object = ports();
    for (unsigned i = 0; i < LABELS; i++) {
        EXPECT_REFUSAL(access_port(object, i, FIRST - 4), HELIOS_ERROR_RANGE, PARAM(0), FIRST - 4,
                       FIRST);
        EXPECT_REFUSAL(access_port(object, i, FIRST + PORTS), HELIOS_ERROR_RANGE, PARAM(0),
                       FIRST + PORTS, FIRST + PORTS - 1);
    }
    world_drop(object);
}

TEST_CASE(io_port_refuses_every_width_that_is_not_aligned) {
    uint64_t object = ports();
    for (unsigned i = 0; i < LABELS; i++) {
        uint64_t width = 1ull << i % WIDTHS;
        if (width > 1) {
            EXPECT_REFUSAL(access_port(object, i, FIRST + width / 2), HELIOS_ERROR_ALIGNMENT,
                           PARAM(0), FIRST + width / 2, width);
        }
    }
    world_drop(object);
}
