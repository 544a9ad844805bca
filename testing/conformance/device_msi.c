// SPDX-License-Identifier: GPL-3.0-only
//
// Message-signalled interrupts of a device. For machines that have them.
#include "testing/conformance/source.h"

#define CONTROL HELIOS_INIT_IRQ_CONTROL

TEST_CASE(message_of_a_device_signals_its_notification_each_time) {
    struct source source = source_message();
    for (unsigned i = 0; i < 3; i++) {
        source_expect_works(&source);
    }
    source_end(&source);
}

TEST_CASE(message_of_a_device_comes_once_whatever_the_device_still_wants) {
    struct source source = source_message();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_TRUE(source_is_silent(&source));
    source_end(&source);
}

TEST_CASE(message_of_a_device_that_comes_before_the_acknowledgement_is_kept_until_then) {
    struct source source = source_message();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    edu_raise();
    edu_raise();
    EXPECT_TRUE(source_is_silent(&source));
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_TRUE(source_is_silent(&source));
    source_expect_works(&source);
    source_end(&source);
}

TEST_CASE(message_of_a_device_goes_where_route_says) {
    struct source source = source_message();
    struct helios_answer routed = helios_irq_handler_route(source.handler, 0);
    EXPECT_OK(routed);
    EXPECT_TRUE(routed.value != 0);
    edu_use_message(routed.value, routed.found);
    source_expect_works(&source);
    source_end(&source);
}

// The device was not told that its handler has gone.
TEST_CASE(message_that_is_nobodys_is_survived) {
    struct source source = source_message();
    world_drop(source.handler);
    for (unsigned i = 0; i < 100; i++) {
        edu_raise();
    }
    EXPECT_TRUE(source_is_silent(&source));
    edu_use_line();
    world_drop(source.notification);
}

TEST_CASE(messages_of_a_device_are_told_apart) {
    struct source first = source_message();
    struct helios_answer issued = helios_irq_control_issue_msi(CONTROL, edu_requester(), 0);
    EXPECT_OK(issued);
    struct source second = source_bind(helios_buffer->caps[0]);
    source_expect_works(&first);
    EXPECT_TRUE(source_is_silent(&second));
    edu_use_message(issued.value, issued.found);
    source_expect_works(&second);
    EXPECT_TRUE(source_is_silent(&first));
    source_end(&second);
    source_end(&first);
}
