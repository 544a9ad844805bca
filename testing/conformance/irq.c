// SPDX-License-Identifier: GPL-3.0-only
//
// IRQControl and IRQHandler, as far as that goes without a device; identifiers of address spaces.
#include "testing/conformance/world.h"

#define CONTROL HELIOS_INIT_IRQ_CONTROL
#define LEVEL   HELIOS_IRQ_TRIGGER_LEVEL

static uint64_t cpus(void) {
    return helios_test_bootinfo->cpu_count;
}

static uint64_t lines(void) {
    return helios_irq_control_query(CONTROL).value;
}

TEST_CASE(irq_control_has_lines) {
    EXPECT_TRUE(lines() > 0);
}

TEST_CASE(irq_control_issue_refuses_the_line_after_the_last) {
    EXPECT_REFUSED(helios_irq_control_issue(CONTROL, lines(), LEVEL, 0), HELIOS_ERROR_RANGE,
                   PARAM(0), lines(), lines() - 1);
}

TEST_CASE(irq_control_issue_refuses_unknown_triggers) {
    EXPECT_REFUSED(helios_irq_control_issue(CONTROL, world_free_line(), 4, 0), HELIOS_ERROR_RANGE,
                   PARAM(1), 4, 3);
}

TEST_CASE(irq_control_issue_refuses_a_cpu_after_the_last) {
    EXPECT_REFUSED(helios_irq_control_issue(CONTROL, world_free_line(), LEVEL, cpus()),
                   HELIOS_ERROR_RANGE, PARAM(2), cpus(), cpus() - 1);
}

// CPUs that do not run, or that the controller can't name, take none.
TEST_CASE(irq_control_issue_goes_to_any_cpu_or_names_the_cpu) {
    uint64_t line = world_free_line();
    for (uint64_t cpu = 0; cpu < cpus(); cpu++) {
        struct helios_answer answer = helios_irq_control_issue(CONTROL, line, LEVEL, cpu);
        if (answer.status == HELIOS_OK) {
            world_drop(helios_buffer->caps[0]);
        } else {
            EXPECT_REFUSED(answer, HELIOS_ERROR_UNSUPPORTED, PARAM(2), cpu, 0);
        }
    }
}

TEST_CASE(irq_control_issue_refuses_a_line_whose_handler_exists) {
    uint64_t line = world_free_line();
    EXPECT_OK(helios_irq_control_issue(CONTROL, line, LEVEL, 0));
    uint64_t handler = helios_buffer->caps[0];
    EXPECT_REFUSED(helios_irq_control_issue(CONTROL, line, LEVEL, 0), HELIOS_ERROR_OCCUPIED,
                   PARAM(0), line, 0);
    world_drop(handler);
}

TEST_CASE(irq_control_issues_a_line_again_whose_handler_is_gone) {
    uint64_t line = world_free_line();
    EXPECT_OK(helios_irq_control_issue(CONTROL, line, LEVEL, 0));
    world_drop(helios_buffer->caps[0]);
    EXPECT_OK(helios_irq_control_issue(CONTROL, line, LEVEL, 0));
    EXPECT_TYPE(helios_buffer->caps[0], HELIOS_TYPE_IRQ_HANDLER);
    world_drop(helios_buffer->caps[0]);
}

TEST_CASE(irq_control_issue_msi_refuses_a_device_of_33_bits) {
    EXPECT_REFUSED(helios_irq_control_issue_msi(CONTROL, 1ull << 32, 0), HELIOS_ERROR_RANGE,
                   PARAM(0), 1ull << 32, 0xffffffff);
}

TEST_CASE(irq_control_issue_msi_refuses_a_cpu_after_the_last) {
    EXPECT_REFUSED(helios_irq_control_issue_msi(CONTROL, 8, cpus()), HELIOS_ERROR_RANGE, PARAM(1),
                   cpus(), cpus() - 1);
}

// Machines without messages say so.
TEST_CASE(irq_control_issue_msi_gives_one_where_there_are_some) {
    struct helios_answer answer = helios_irq_control_issue_msi(CONTROL, 8, 0);
    if (helios_irq_control_query(CONTROL).found == 0) {
        EXPECT_EQ(answer.status, HELIOS_ERROR_NO_SLOT);
        EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAPABILITY);
        EXPECT_EQ(answer.found, 0);
    } else if (answer.status == HELIOS_OK) {
        EXPECT_TRUE(answer.value != 0);
        EXPECT_TYPE(helios_buffer->caps[0], HELIOS_TYPE_IRQ_HANDLER);
        world_drop(helios_buffer->caps[0]);
    } else {
        EXPECT_REFUSED(answer, HELIOS_ERROR_UNSUPPORTED, PARAM(0), 8, 0);
    }
}

TEST_CASE(irq_handler_bind_refuses_what_is_no_notification) {
    uint64_t handler = world_irq_handler();
    EXPECT_REFUSED(helios_irq_handler_bind(handler, HELIOS_INIT_POWER), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_NOTIFICATION);
    world_drop(handler);
}

TEST_CASE(irq_handler_bind_refuses_a_notification_without_write) {
    uint64_t handler = world_irq_handler();
    uint64_t notification = world_notification();
    uint64_t weak = world_copy(notification, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(helios_irq_handler_bind(handler, weak), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    world_drop(weak);
    world_drop(notification);
    world_drop(handler);
}

TEST_CASE(irq_handler_bind_refuses_a_second_notification) {
    uint64_t handler = world_irq_handler();
    uint64_t notification = world_notification();
    EXPECT_OK(helios_irq_handler_bind(handler, notification));
    EXPECT_REFUSED(helios_irq_handler_bind(handler, notification), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_NOTIFICATION, 0);
    world_drop(handler);
    world_drop(notification);
}

TEST_CASE(irq_handler_unbind_makes_room_for_another) {
    uint64_t handler = world_irq_handler();
    uint64_t notification = world_notification();
    EXPECT_OK(helios_irq_handler_bind(handler, notification));
    EXPECT_OK(helios_irq_handler_unbind(handler));
    EXPECT_OK(helios_irq_handler_bind(handler, notification));
    world_drop(handler);
    world_drop(notification);
}

TEST_CASE(irq_handler_unbind_refuses_when_nothing_is_bound) {
    uint64_t handler = world_irq_handler();
    EXPECT_REFUSED(helios_irq_handler_unbind(handler), HELIOS_ERROR_STATE,
                   HELIOS_ARGUMENT_CAPABILITY, 0, HELIOS_TYPE_NOTIFICATION);
    world_drop(handler);
}

TEST_CASE(irq_handler_is_unbound_by_a_revoke_of_the_notification) {
    uint64_t handler = world_irq_handler();
    uint64_t notification = world_notification();
    EXPECT_OK(helios_irq_handler_bind(handler, notification));
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, notification));
    EXPECT_EQ(helios_irq_handler_unbind(handler).status, HELIOS_ERROR_STATE);
    world_drop(handler);
    world_drop(notification);
}

TEST_CASE(irq_handler_gives_its_notification_back) {
    uint64_t before = world_free_bytes();
    uint64_t handler = world_irq_handler();
    uint64_t notification = world_notification();
    EXPECT_OK(helios_irq_handler_bind(handler, notification));
    world_drop(notification);
    world_drop(handler);
    EXPECT_EQ(world_free_bytes(), before);
}

TEST_CASE(irq_handler_ack_may_come_twice) {
    uint64_t handler = world_irq_handler();
    EXPECT_OK(helios_irq_handler_ack(handler));
    EXPECT_OK(helios_irq_handler_ack(handler));
    world_drop(handler);
}

TEST_CASE(irq_handler_route_of_a_line_answers_no_message) {
    uint64_t handler = world_irq_handler();
    struct helios_answer answer = helios_irq_handler_route(handler, 0);
    EXPECT_OK(answer);
    EXPECT_EQ(answer.value, 0);
    EXPECT_EQ(answer.found, 0);
    world_drop(handler);
}

TEST_CASE(irq_handler_route_refuses_a_cpu_after_the_last) {
    uint64_t handler = world_irq_handler();
    EXPECT_REFUSED(helios_irq_handler_route(handler, cpus()), HELIOS_ERROR_RANGE, PARAM(0), cpus(),
                   cpus() - 1);
    world_drop(handler);
}

// Identifiers of address spaces. ----------------------------------------------------------------

enum { IDENTIFIERS = 256 };

TEST_CASE(asid_pool_query_says_all_and_free) {
    uint64_t pool = world_asid_pool();
    struct helios_answer answer = helios_asid_pool_query(pool);
    EXPECT_EQ(answer.value, IDENTIFIERS);
    EXPECT_EQ(answer.found, IDENTIFIERS);
    world_drop(pool);
}

TEST_CASE(asid_pool_assign_takes_one_and_the_vspace_gives_it_back) {
    uint64_t pool = world_asid_pool();
    uint64_t vspace = world_vspace();
    EXPECT_OK(helios_asid_pool_assign(pool, vspace));
    EXPECT_EQ(helios_asid_pool_query(pool).found, IDENTIFIERS - 1);
    world_drop(vspace);
    EXPECT_EQ(helios_asid_pool_query(pool).found, IDENTIFIERS);
    world_drop(pool);
}

TEST_CASE(asid_pool_assign_refuses_a_vspace_that_has_one) {
    uint64_t pool = world_asid_pool();
    uint64_t vspace = world_vspace();
    EXPECT_OK(helios_asid_pool_assign(pool, vspace));
    EXPECT_REFUSED(helios_asid_pool_assign(pool, vspace), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_ASID_POOL, 0);
    world_drop(vspace);
    world_drop(pool);
}

TEST_CASE(asid_pool_assign_refuses_when_none_is_left) {
    uint64_t memory = world_make(HELIOS_TYPE_MEMORY, 24);
    uint64_t pool = world_asid_pool();
    for (unsigned i = 0; i < IDENTIFIERS; i++) {
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_VSPACE, 0, 1));
        EXPECT_OK(helios_asid_pool_assign(pool, helios_buffer->caps[0]));
    }
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_VSPACE, 0, 1));
    EXPECT_REFUSED(helios_asid_pool_assign(pool, helios_buffer->caps[0]), HELIOS_ERROR_NO_SLOT,
                   HELIOS_ARGUMENT_CAPABILITY, IDENTIFIERS, IDENTIFIERS - 1);
    world_drop(memory);
    world_drop(pool);
}

TEST_CASE(asid_pool_assign_refuses_what_is_no_vspace) {
    uint64_t pool = world_asid_pool();
    EXPECT_REFUSED(helios_asid_pool_assign(pool, HELIOS_INIT_POWER), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_VSPACE);
    world_drop(pool);
}

TEST_CASE(asid_pool_assign_refuses_a_vspace_without_write) {
    uint64_t pool = world_asid_pool();
    uint64_t vspace = world_vspace();
    uint64_t weak = world_copy(vspace, HELIOS_RIGHT_READ);
    EXPECT_REFUSED(helios_asid_pool_assign(pool, weak), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                   HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    world_drop(weak);
    world_drop(vspace);
    world_drop(pool);
}

TEST_CASE(asid_control_make_pool_refuses_a_payer_that_is_no_memory) {
    EXPECT_REFUSED(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, HELIOS_INIT_POWER),
                   HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_MEMORY);
}

TEST_CASE(asid_control_make_pool_refuses_a_payer_without_write) {
    uint64_t weak = world_copy(world_memory(), HELIOS_RIGHT_READ);
    EXPECT_REFUSED(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, weak),
                   HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, HELIOS_RIGHT_READ, HELIOS_RIGHT_WRITE);
    world_drop(weak);
}

TEST_CASE(asid_control_make_pool_refuses_a_payer_that_has_nothing) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 4));
    struct helios_answer answer = helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, memory);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_MEMORY);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAP);
    EXPECT_EQ(answer.found, 0);
    world_drop(memory);
}

TEST_CASE(asid_pool_leaves_nothing_behind) {
    uint64_t before = world_free_bytes();
    uint64_t pool = world_asid_pool();
    world_drop(pool);
    EXPECT_EQ(world_free_bytes(), before);
}
