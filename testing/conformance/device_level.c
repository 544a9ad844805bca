// SPDX-License-Identifier: GPL-3.0-only
//
// Lines that stay active until their device has been dealt with. Not for machines whose controller
// forgets that a line is active once it has told of it: QEMU's PLIC.
#include "testing/conformance/source.h"

#define CONTROL HELIOS_INIT_IRQ_CONTROL

TEST_CASE(line_of_a_device_comes_again_when_only_the_controller_has_been_told) {
    struct source source = source_line();
    edu_raise();
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
        EXPECT_OK(helios_irq_handler_ack(source.handler));
    }
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    edu_quiet();
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_TRUE(source_is_silent(&source));
    source_expect_works(&source);
    source_end(&source);
}

TEST_CASE(line_of_a_device_that_is_quiet_again_before_the_acknowledgement_is_over) {
    struct source source = source_line();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    edu_quiet();
    edu_raise();
    edu_quiet();
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_TRUE(source_is_silent(&source));
    source_expect_works(&source);
    source_end(&source);
}

TEST_CASE(line_of_a_device_is_off_before_the_first_acknowledgement) {
    struct source source = {.handler = source_line_handler(), .notification = world_notification()};
    uint64_t badged = world_badged(source.notification, SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_bind(source.handler, badged));
    edu_raise();
    EXPECT_TRUE(source_is_silent(&source));
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    world_drop(badged);
    source_end(&source);
}

// Nobody would ever acknowledge it: it is switched off, and the machine goes on.
TEST_CASE(line_of_a_device_that_nobody_listens_to_is_switched_off_and_comes_back) {
    struct source source = source_line();
    EXPECT_OK(helios_irq_handler_unbind(source.handler));
    edu_raise();
    EXPECT_TRUE(source_is_silent(&source));
    uint64_t badged = world_badged(source.notification, SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_bind(source.handler, badged));
    EXPECT_TRUE(source_is_silent(&source));
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    world_drop(badged);
    source_end(&source);
}

TEST_CASE(line_of_a_device_whose_handler_has_gone_is_masked_and_can_be_issued_again) {
    struct source source = source_line();
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    world_drop(source.handler);
    EXPECT_TRUE(source_is_silent(&source));
    uint64_t issued =
        helios_irq_control_issue(CONTROL, edu_line(), HELIOS_IRQ_TRIGGER_LEVEL, 0).status;
    EXPECT_EQ(issued, HELIOS_OK);
    source.handler = helios_buffer->caps[0];
    uint64_t badged = world_badged(source.notification, SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_bind(source.handler, badged));
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE); // the device was never dealt with
    edu_quiet();
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    source_expect_works(&source);
    world_drop(badged);
    source_end(&source);
}

// Nobody looks at the device: its line is active all the time.
TEST_CASE(line_of_a_device_that_is_issued_as_an_edge_comes_once_for_each) {
    EXPECT_TRUE(edu_find());
    edu_use_line();
    EXPECT_OK(helios_irq_control_issue(CONTROL, edu_line(), 0, 0));
    struct source source = source_bind(helios_buffer->caps[0]);
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_ack(source.handler));
    EXPECT_TRUE(source_is_silent(&source));
    edu_quiet();
    EXPECT_TRUE(source_is_silent(&source));
    source_expect_works(&source);
    source_end(&source);
}

// The most important task there is acknowledges and never deals with the device: it gets what its
// priority lets it have, and whoever is more important (the case) the rest.
static struct source storm;
static volatile uint64_t storm_count;

static void serve_badly(void *argument) {
    (void)argument;
    for (;;) {
        invoke(HELIOS_SYS_WAIT, storm.notification, 0, 0, 0);
        storm_count++;
        helios_irq_handler_ack(storm.handler);
    }
}

static bool storm_is_young(void) {
    return storm_count <= 20;
}

TEST_CASE(storm_of_interrupts_leaves_time_for_what_is_more_important_than_its_driver) {
    storm = source_line();
    storm_count = 0;
    EXPECT_TRUE(space_thread(helios_test_bootinfo, 0, HELIOS_INIT_VSPACE, 0, 31, serve_badly, 0));
    EXPECT_OK(helios_task_resume(space_get(0)->task));
    edu_raise();
    for (unsigned i = 0; i < 20; i++) {
        sleep_until(clock_now() + 100000);
    }
    sleep_past(clock_now(), storm_is_young); // its CPU may be slower than the one of the line
    EXPECT_TRUE(!storm_is_young());
    edu_quiet();
    space_end(0);
    source_end(&storm);
}
