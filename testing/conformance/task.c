// SPDX-License-Identifier: GPL-3.0-only
//
// The invocations of a Task, and what they refuse.
#include <stddef.h>

#include "testing/conformance/actor.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"

#define EXPECT_STATUS(answer, error, argument)                                                     \
    do {                                                                                           \
        struct helios_answer refused = (answer);                                                   \
        EXPECT_EQ(refused.status, error);                                                          \
        EXPECT_EQ(refused.value, argument);                                                        \
    } while (0)

// A task of nothing.
#define WITH_TASK(name)                                                                            \
    static void name##_of(uint64_t task);                                                          \
    TEST_CASE(name) {                                                                              \
        uint64_t task = make_object(HELIOS_TYPE_TASK);                                             \
        name##_of(task);                                                                           \
        destroy_slot(task);                                                                        \
    }                                                                                              \
    static void name##_of(uint64_t task)

WITH_TASK(new_task_is_inactive_and_suspended) {
    EXPECT_EQ(helios_task_query(task).more[0], HELIOS_TASK_INACTIVE + 256);
}

WITH_TASK(new_task_has_priority_and_ceiling_zero) {
    EXPECT_EQ(helios_task_query(task).more[1], 0);
}

WITH_TASK(new_task_has_its_makers_cpus) {
    EXPECT_EQ(helios_task_query(task).more[2], helios_task_query(HELIOS_INIT_TASK).more[2]);
}

WITH_TASK(task_without_vspace_can_not_be_resumed) {
    EXPECT_STATUS(helios_task_resume(task), HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY);
}

WITH_TASK(configure_refuses_unknown_parts) {
    EXPECT_STATUS(helios_task_configure(task, NULL, 0, 16), HELIOS_ERROR_RANGE,
                  HELIOS_ARGUMENT_PARAM);
}

WITH_TASK(configure_takes_a_capability_for_each_bit) {
    const uint64_t parts[] = {HELIOS_INIT_CSPACE};
    struct helios_answer answer = helios_task_configure(task, parts, 1, 3);
    EXPECT_STATUS(answer, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT);
    EXPECT_EQ(answer.wanted, 2);
}

WITH_TASK(configure_refuses_another_type) {
    const uint64_t parts[] = {HELIOS_INIT_CSPACE, HELIOS_INIT_CSPACE};
    struct helios_answer answer = helios_task_configure(task, parts, 2, 3);
    EXPECT_STATUS(answer, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP + 1);
    EXPECT_EQ(answer.wanted, HELIOS_TYPE_VSPACE);
}

WITH_TASK(refused_configure_changes_nothing) {
    const uint64_t parts[] = {HELIOS_INIT_CSPACE, HELIOS_INIT_CSPACE};
    helios_task_configure(task, parts, 2, 3);
    EXPECT_EQ(helios_task_list(task, 0).status, HELIOS_ERROR_STATE);
}

WITH_TASK(fault_endpoint_needs_grant) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    const uint64_t writer = copy_with(endpoint, HELIOS_RIGHT_WRITE, 0);
    EXPECT_STATUS(helios_task_configure(task, &writer, 1, HELIOS_TASK_FAULT_ENDPOINT),
                  HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP);
    destroy_slot(writer);
    destroy_slot(endpoint);
}

WITH_TASK(list_of_a_task_without_cspace_is_refused) {
    EXPECT_STATUS(helios_task_list(task, 0), HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAPABILITY);
}

WITH_TASK(registers_are_read_as_written) {
    uint64_t count = helios_task_read_registers(task).more[0];
    helios_buffer->params[4 + HELIOS_REGISTER_PC] = 0x123450;
    helios_buffer->params[4 + HELIOS_REGISTER_SP] = 0x543210;
    const uint64_t first[4] = {3, 0, 0, 0};
    EXPECT_EQ(
        helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + (uint32_t)count, first).status,
        HELIOS_OK);
    helios_task_read_registers(task);
    EXPECT_EQ(helios_buffer->params[4 + HELIOS_REGISTER_PC], 0x123450);
    EXPECT_EQ(helios_buffer->params[4 + HELIOS_REGISTER_SP], 0x543210);
}

WITH_TASK(write_registers_takes_all_words) {
    uint64_t count = helios_task_read_registers(task).more[0];
    const uint64_t first[4] = {3, 0, 0, 0};
    EXPECT_STATUS(helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 3 + (uint32_t)count, first),
                  HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT);
}

WITH_TASK(write_registers_refuses_unknown_words) {
    uint64_t count = helios_task_read_registers(task).more[0];
    const uint64_t first[4] = {1ull << count, 0, 0, 0};
    EXPECT_STATUS(helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + (uint32_t)count, first),
                  HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
}

WITH_TASK(write_registers_wants_zeroes_behind_the_mask) {
    uint64_t count = helios_task_read_registers(task).more[0];
    for (unsigned i = 1; i < 4; i++) {
        uint64_t first[4] = {0};
        first[i] = 5;
        struct helios_answer answer =
            helios_invoke(task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + (uint32_t)count, first);
        EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + i);
        EXPECT_EQ(answer.found, 5);
    }
}

TEST_CASE(registers_in_a_system_call_are_not_all_valid) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    struct helios_answer answer = helios_task_read_registers(actor_task(0));
    EXPECT_TRUE(answer.value != (1ull << answer.more[0]) - 1);
    EXPECT_EQ(answer.value & 3, 3);
    actor_end(0);
    destroy_slot(word);
}

WITH_TASK(tls_is_read_as_written) {
    EXPECT_EQ(helios_task_set_tls(task, 0x7770).status, HELIOS_OK);
    EXPECT_EQ(helios_task_get_tls(task).value, 0x7770);
}

WITH_TASK(tls_must_be_a_user_address) {
    struct helios_answer answer = helios_task_set_tls(task, 1ull << 63);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.found, 1ull << 63);
    uint64_t top = helios_test_bootinfo->user_top;
    answer = helios_task_set_tls(task, top);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.wanted, top);
    EXPECT_EQ(helios_task_set_tls(task, top - 1).status, HELIOS_OK);
}

WITH_TASK(set_breakpoint_refuses_what_reaches_beyond_user_space) {
    uint64_t top = helios_test_bootinfo->user_top;
    struct helios_answer answer =
        helios_task_set_breakpoint(task, 0, HELIOS_BREAKPOINT_WRITE, top - 1, 8);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 2);
    EXPECT_EQ(answer.wanted, top);
}

WITH_TASK(dump_of_a_task_without_parts_ends) {
    EXPECT_EQ(helios_task_dump(task).status, HELIOS_OK);
}

WITH_TASK(dump_of_a_task_with_mappings_ends) {
    uint64_t memory =
        helios_allocate(helios_test_bootinfo->memories[0].slot, HELIOS_TYPE_MEMORY, 20).value;
    const uint64_t vspace = helios_allocate(memory, HELIOS_TYPE_VSPACE, 0).value;
    for (uint64_t i = 0; i < 3; i++) {
        EXPECT_EQ(helios_map_new(vspace, memory, 0x40000000 + 2 * 4096 * i, 0).status, HELIOS_OK);
    }
    EXPECT_EQ(helios_task_configure(task, &vspace, 1, HELIOS_TASK_VSPACE).status, HELIOS_OK);
    EXPECT_EQ(helios_task_dump(task).status, HELIOS_OK);
    destroy_slot(memory);
}

WITH_TASK(dump_needs_read) {
    uint64_t writer = copy_with(task, HELIOS_RIGHT_WRITE, 0);
    EXPECT_STATUS(helios_task_dump(writer), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY);
    destroy_slot(writer);
}

WITH_TASK(priority_is_read_as_set) {
    EXPECT_EQ(helios_task_set_priority(task, HELIOS_INIT_TASK, 11, 13).status, HELIOS_OK);
    EXPECT_EQ(helios_task_query(task).more[1], 11 | 11 << 8 | 13 << 16);
}

WITH_TASK(priority_ends_at_63) {
    EXPECT_STATUS(helios_task_set_priority(task, HELIOS_INIT_TASK, 64, 0), HELIOS_ERROR_RANGE,
                  HELIOS_ARGUMENT_PARAM);
}

WITH_TASK(priority_is_bounded_by_the_authority) {
    helios_task_set_priority(task, HELIOS_INIT_TASK, 5, 20);
    struct helios_answer answer = helios_task_set_priority(task, task, 21, 5);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.wanted, 20);
}

WITH_TASK(ceiling_is_bounded_by_the_authority) {
    helios_task_set_priority(task, HELIOS_INIT_TASK, 5, 20);
    EXPECT_STATUS(helios_task_set_priority(task, task, 5, 21), HELIOS_ERROR_RANGE,
                  HELIOS_ARGUMENT_PARAM + 1);
}

WITH_TASK(authority_is_a_task) {
    EXPECT_STATUS(helios_task_set_priority(task, HELIOS_INIT_CSPACE, 1, 1), HELIOS_ERROR_TYPE,
                  HELIOS_ARGUMENT_CAP);
}

WITH_TASK(authority_needs_write) {
    uint64_t reader = copy_with(HELIOS_INIT_TASK, HELIOS_RIGHT_READ, 0);
    EXPECT_STATUS(helios_task_set_priority(task, reader, 1, 1), HELIOS_ERROR_RIGHTS,
                  HELIOS_ARGUMENT_CAP);
    destroy_slot(reader);
}

WITH_TASK(affinity_is_not_empty) {
    EXPECT_STATUS(helios_task_set_affinity(task, HELIOS_INIT_TASK, 0), HELIOS_ERROR_RANGE,
                  HELIOS_ARGUMENT_PARAM);
}

WITH_TASK(affinity_is_read_as_set) {
    uint64_t own = helios_task_query(HELIOS_INIT_TASK).more[2];
    EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, own).status, HELIOS_OK);
    EXPECT_EQ(helios_task_query(task).more[2], own);
}

WITH_TASK(affinity_is_bounded_by_the_authority) {
    uint64_t own = helios_task_query(HELIOS_INIT_TASK).more[2];
    helios_task_set_affinity(task, HELIOS_INIT_TASK, own);
    EXPECT_STATUS(helios_task_set_affinity(task, task, own | own << 1), HELIOS_ERROR_RANGE,
                  HELIOS_ARGUMENT_PARAM);
}

WITH_TASK(cancel_of_a_task_that_does_not_wait_says_so) {
    struct helios_answer answer = helios_task_cancel(task);
    EXPECT_EQ(answer.status, HELIOS_OK);
    EXPECT_EQ(answer.value, 0);
}

WITH_TASK(task_can_be_named) {
    EXPECT_EQ(helios_task_set_name(task, 0x6567617373656d, 0).status, HELIOS_OK);
}

WITH_TASK(query_needs_read) {
    uint64_t writer = copy_with(task, HELIOS_RIGHT_WRITE, 0);
    EXPECT_STATUS(helios_task_query(writer), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY);
    destroy_slot(writer);
}

WITH_TASK(suspend_needs_write) {
    uint64_t reader = copy_with(task, HELIOS_RIGHT_READ, 0);
    EXPECT_STATUS(helios_task_suspend(reader), HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY);
    destroy_slot(reader);
}

// Debugging. ----------------------------------------------------------------------------------

static struct helios_answer set_breakpoint(uint64_t task, uint64_t index, uint64_t kind,
                                           uint64_t address, uint64_t bytes) {
    return helios_task_set_breakpoint(task, index, kind, address, bytes);
}

WITH_TASK(step_is_on_or_off) {
    struct helios_answer answer = helios_task_set_step(task, 2);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
    EXPECT_EQ(answer.found, 2);
    EXPECT_EQ(answer.wanted, 1);
}

// Where the machine can't, it says so; taking it away is always possible.
WITH_TASK(step_is_set_or_not_supported) {
    struct helios_answer answer = helios_task_set_step(task, 1);
    if (answer.status != HELIOS_OK) {
        EXPECT_STATUS(answer, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL);
        EXPECT_EQ(answer.found, HELIOS_TASK_SET_STEP);
    }
    EXPECT_EQ(helios_task_set_step(task, 0).status, HELIOS_OK);
}

WITH_TASK(breakpoint_has_a_kind_that_there_is) {
    struct helios_answer answer = set_breakpoint(task, 0, HELIOS_BREAKPOINT_ACCESS + 1, 0, 1);
    EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1);
    EXPECT_EQ(answer.wanted, HELIOS_BREAKPOINT_ACCESS);
}

WITH_TASK(breakpoint_has_a_size_that_there_is) {
    static const uint64_t sizes[] = {0, 3, 5, 6, 7, 9, 16, ~0ull};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct helios_answer answer = set_breakpoint(task, 0, HELIOS_BREAKPOINT_WRITE, 0, sizes[i]);
        EXPECT_STATUS(answer, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 3);
        EXPECT_EQ(answer.found, sizes[i]);
        EXPECT_EQ(answer.wanted, 8);
    }
}

WITH_TASK(breakpoint_is_aligned_to_its_size) {
    for (uint64_t bytes = 2; bytes <= 8; bytes *= 2) {
        struct helios_answer answer =
            set_breakpoint(task, 0, HELIOS_BREAKPOINT_WRITE, 0x1001, bytes);
        EXPECT_STATUS(answer, HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 2);
        EXPECT_EQ(answer.found, 0x1001);
        EXPECT_EQ(answer.wanted, bytes);
    }
}

WITH_TASK(breakpoint_that_is_taken_away_needs_no_address) {
    EXPECT_EQ(set_breakpoint(task, 0, HELIOS_BREAKPOINT_OFF, 1, 3).status, HELIOS_OK);
}

// What is listed and shown. ---------------------------------------------------------------------

static uint64_t small_cspace(uint64_t task) {
    const uint64_t cspace =
        helios_allocate(helios_test_bootinfo->memories[0].slot, HELIOS_TYPE_CSPACE, 2).value;
    EXPECT_EQ(helios_task_configure(task, &cspace, 1, HELIOS_TASK_CSPACE).status, HELIOS_OK);
    return cspace;
}

WITH_TASK(list_names_the_capabilities_of_a_task) {
    uint64_t cspace = small_cspace(task);
    helios_cspace_copy(cspace, HELIOS_INIT_POWER, 1, HELIOS_RIGHT_ALL, 0);
    helios_cspace_copy(cspace, task, 3, HELIOS_RIGHT_ALL, 0);
    struct helios_answer answer = helios_task_list(task, 0);
    EXPECT_EQ(answer.value, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(answer.more[0], 2);
    EXPECT_EQ(answer.more[1], 1);
    EXPECT_EQ(answer.more[2], HELIOS_TYPE_POWER);
    EXPECT_EQ(helios_buffer->params[4], 3);
    EXPECT_EQ(helios_buffer->params[5], HELIOS_TYPE_TASK);
    const uint64_t own = 3;
    helios_cspace_destroy(cspace, &own, 1);
    destroy_slot(cspace);
}

WITH_TASK(list_begins_where_it_is_told) {
    uint64_t cspace = small_cspace(task);
    helios_cspace_copy(cspace, HELIOS_INIT_POWER, 1, HELIOS_RIGHT_ALL, 0);
    struct helios_answer answer = helios_task_list(task, 2);
    EXPECT_EQ(answer.value, HELIOS_CADDR_UNDEF);
    EXPECT_EQ(answer.more[0], 0);
    destroy_slot(cspace);
}

WITH_TASK(list_does_not_begin_outside) {
    uint64_t cspace = small_cspace(task);
    EXPECT_STATUS(helios_task_list(task, 4), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM);
    destroy_slot(cspace);
}

WITH_TASK(list_of_many_goes_on_until_it_is_done) {
    const uint64_t cspace =
        helios_allocate(helios_test_bootinfo->memories[0].slot, HELIOS_TYPE_CSPACE, 10).value;
    EXPECT_EQ(helios_task_configure(task, &cspace, 1, HELIOS_TASK_CSPACE).status, HELIOS_OK);
    static const uint64_t places[] = {0, 255, 256, 257, 700, 1023};
    for (unsigned i = 0; i < 6; i++) {
        helios_cspace_copy(cspace, HELIOS_INIT_POWER, places[i], HELIOS_RIGHT_ALL, 0);
    }
    uint64_t found = 0;
    for (uint64_t next = 0; next != HELIOS_CADDR_UNDEF;) {
        struct helios_answer answer = helios_task_list(task, next);
        EXPECT_EQ(answer.status, HELIOS_OK);
        found += answer.more[0];
        next = answer.status == HELIOS_OK ? answer.value : HELIOS_CADDR_UNDEF;
    }
    EXPECT_EQ(found, 6);
    destroy_slot(cspace);
}

TEST_CASE(dump_of_a_task_with_everything_comes_back) {
    EXPECT_EQ(helios_task_dump(HELIOS_INIT_TASK).status, HELIOS_OK);
}

TEST_CASE(cpu_time_grows_while_a_task_runs) {
    uint64_t before = helios_task_query(HELIOS_INIT_TASK).value;
    uint64_t until = clock_now() + 100000;
    while (clock_now() < until) {
    }
    uint64_t after = helios_task_query(HELIOS_INIT_TASK).value;
    EXPECT_TRUE(after >= before + 100000);
}

TEST_CASE(cpu_time_does_not_grow_while_a_task_waits) {
    uint64_t word = make_object(HELIOS_TYPE_NOTIFICATION);
    actor_do(0, HELIOS_SYS_WAIT, word, 0, 0);
    EXPECT_BLOCKED(0);
    uint64_t before = helios_task_query(actor_task(0)).value;
    EXPECT_TRUE(before > 0);
    sleep_until(clock_now() + 1000000);
    EXPECT_EQ(helios_task_query(actor_task(0)).value, before);
    actor_end(0);
    destroy_slot(word);
}
