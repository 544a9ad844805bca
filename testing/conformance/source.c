// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/source.h"

#define CONTROL HELIOS_INIT_IRQ_CONTROL
#define SECOND  1000000000ull

struct source source_bind(uint64_t handler) {
    struct source source = {.handler = handler, .notification = world_notification()};
    uint64_t badged = world_badged(source.notification, SOURCE_BADGE);
    EXPECT_OK(helios_irq_handler_bind(handler, badged));
    world_drop(badged);
    EXPECT_OK(helios_irq_handler_ack(handler));
    return source;
}

uint64_t source_line_handler(void) {
    EXPECT_TRUE(edu_find());
    edu_use_line();
    EXPECT_OK(helios_irq_control_issue(CONTROL, edu_line(), HELIOS_IRQ_TRIGGER_LEVEL, 0));
    return helios_buffer->caps[0];
}

struct source source_line(void) {
    return source_bind(source_line_handler());
}

struct source source_message(void) {
    EXPECT_TRUE(edu_find());
    struct helios_answer issued = helios_irq_control_issue_msi(CONTROL, edu_requester(), 0);
    EXPECT_OK(issued);
    uint64_t handler = helios_buffer->caps[0];
    edu_use_message(issued.value, issued.found);
    return source_bind(handler);
}

void source_end(const struct source *source) {
    edu_use_line();
    world_drop(source->handler);
    world_drop(source->notification);
}

static uint64_t take(const struct source *source) {
    return invoke(HELIOS_SYS_NBWAIT, source->notification, 0, 0, 0).params[0];
}

// The deadline is for a kernel that has lost the interrupt.
uint64_t source_arrived(const struct source *source) {
    helios_buffer->poll[0] =
        (struct helios_poll){.capability = source->notification, .events = HELIOS_POLL_RECV};
    invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 1, clock_now() + 5 * SECOND);
    return helios_buffer->poll[0].ready != 0 ? take(source) : 0;
}

// An interrupt is taken before the next instruction outside of the kernel, or soon after.
bool source_is_silent(const struct source *source) {
    for (unsigned i = 0; i < 10; i++) {
        helios_yield();
    }
    return take(source) == 0;
}

void source_expect_works(const struct source *source) {
    edu_raise();
    EXPECT_EQ(source_arrived(source), SOURCE_BADGE);
    edu_quiet();
    EXPECT_OK(helios_irq_handler_ack(source->handler));
    EXPECT_TRUE(source_is_silent(source));
}
