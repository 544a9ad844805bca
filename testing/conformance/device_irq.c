// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupts of a device by its line, from the device's registers to a Notification and back.
#include "testing/conformance/source.h"

TEST_CASE(device_registers_are_a_programs_own) {
    EXPECT_TRUE(edu_find());
    EXPECT_EQ(edu_read(EDU_IDENTITY) & 0xff, 0xed);
    edu_write(EDU_INVERT, 0x12345678);
    EXPECT_EQ(edu_read(EDU_INVERT), ~0x12345678u);
}

TEST_CASE(line_of_a_device_signals_its_notification_each_time) {
    struct source source = source_line();
    for (unsigned i = 0; i < 3; i++) {
        source_expect_works(&source);
    }
    source_end(&source);
}

TEST_CASE(line_of_a_device_does_not_come_again_before_it_is_acknowledged) {
    struct source source = source_line();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_EQ(edu_read(EDU_PENDING), 1);
    EXPECT_TRUE(source_is_silent(&source));
    source_end(&source);
}

TEST_CASE(line_of_a_device_is_not_routed_between_interrupt_and_acknowledgement) {
    struct source source = source_line();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_REFUSED(helios_irq_handler_route(source.handler, 0), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, 1, 0);
    edu_quiet();
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_OK(helios_irq_handler_route(source.handler, 0));
    source_expect_works(&source);
    source_end(&source);
}

// The device interrupts by itself, when it has finished.
TEST_CASE(line_of_a_device_ends_a_wait) {
    struct source source = source_line();
    edu_write(EDU_STATUS, 0x80);
    edu_write(EDU_FACTORIAL, 5);
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_EQ(edu_read(EDU_FACTORIAL), 120);
    edu_write(EDU_STATUS, 0);
    source_end(&source);
}
