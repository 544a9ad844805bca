// SPDX-License-Identifier: GPL-3.0-only
//
// Faults that arrive as messages, and what their answers do.
#include "testing/conformance/actor.h"
#include "uapi/registers.h"
#include "userland/helios/map.h"

// An address where nothing is mapped, in a gigabyte that has tables, or gets them.
#define NOWHERE 0x18000000ull

static volatile uint64_t progress;

static void stop(void) {
    progress++;
    for (;;) {
        helios_task_suspend(helios_self()->task);
    }
}

static void read_nowhere(void *argument) {
    progress = *(volatile uint64_t *)argument;
    stop();
}

static void write_nowhere(void *argument) {
    *(volatile uint64_t *)argument = 0x77;
    stop();
}

static void execute_nowhere(void *argument) {
    ((void (*)(void))argument)();
    stop();
}

static void execute_illegal(void *argument) {
    (void)argument;
    machine_illegal();
    stop();
}

static void execute_breakpoint(void *argument) {
    (void)argument;
    machine_breakpoint();
    stop();
}

static void call_unknown(void *argument) {
    (void)argument;
    struct helios_message message = {0};
    helios_syscall(0x1234, &message);
    stop();
}

// Thread 0 has done this, and its fault has been received through a capability of badge 9.
static struct helios_message fault(uint64_t *endpoint, void (*entry)(void *)) {
    progress = 0;
    *endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    const uint64_t badged = copy_with(*endpoint, HELIOS_RIGHT_WRITE | HELIOS_RIGHT_GRANT, 9);
    EXPECT_TRUE(space_thread(helios_test_bootinfo, 0, HELIOS_INIT_VSPACE, 0, ACTOR_PRIORITY, entry,
                             (void *)NOWHERE));
    EXPECT_EQ(helios_task_configure(actor_task(0), &badged, 1, HELIOS_TASK_FAULT_ENDPOINT).status,
              HELIOS_OK);
    destroy_slot(badged);
    helios_task_resume(actor_task(0));
    EXPECT_EQ(actor_state(0), HELIOS_TASK_FAULTED);
    return invoke(HELIOS_SYS_NBRECV, *endpoint, 0, 0, 0);
}

static void answer(uint32_t label, uint32_t params, uint64_t p0) {
    EXPECT_EQ(
        invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(label, 0, params, 0), p0, 0).tag,
        0);
    let_run(actor_task(0));
}

static void finish(uint64_t endpoint) {
    space_end(0);
    destroy_slot(endpoint);
}

static void expect_message(struct helios_message got, enum helios_fault kind) {
    EXPECT_EQ(helios_tag_label(got.tag), kind);
    EXPECT_EQ(helios_tag_flags(got.tag), HELIOS_FLAG_CALL | HELIOS_FLAG_FAULT);
    EXPECT_EQ(got.capability, 9);
    EXPECT_EQ(helios_tag_params(got.tag), 4 + got.params[3]);
    EXPECT_EQ(helios_buffer->params[4 + HELIOS_REGISTER_PC], got.params[1]);
}

#define ARRIVES(name, entry, kind)                                                                 \
    TEST_CASE(name) {                                                                              \
        uint64_t endpoint;                                                                         \
        expect_message(fault(&endpoint, entry), kind);                                             \
        EXPECT_EQ(progress, 0);                                                                    \
        finish(endpoint);                                                                          \
    }

ARRIVES(read_fault_arrives, read_nowhere, HELIOS_FAULT_READ)
ARRIVES(write_fault_arrives, write_nowhere, HELIOS_FAULT_WRITE)
ARRIVES(execute_fault_arrives, execute_nowhere, HELIOS_FAULT_EXECUTE)
ARRIVES(illegal_instruction_arrives, execute_illegal, HELIOS_FAULT_ILLEGAL)
ARRIVES(breakpoint_arrives, execute_breakpoint, HELIOS_FAULT_BREAKPOINT)
ARRIVES(unknown_system_call_arrives, call_unknown, HELIOS_FAULT_SYSCALL)

TEST_CASE(page_fault_says_where) {
    uint64_t endpoint;
    EXPECT_EQ(fault(&endpoint, write_nowhere).params[0], NOWHERE);
    finish(endpoint);
}

TEST_CASE(unknown_system_call_says_its_number) {
    uint64_t endpoint;
    EXPECT_EQ(fault(&endpoint, call_unknown).params[0], 0x1234);
    finish(endpoint);
}

TEST_CASE(retry_after_mapping_goes_on) {
    uint64_t endpoint;
    fault(&endpoint, write_nowhere);
    uint64_t page = helios_map_new(HELIOS_INIT_VSPACE, helios_test_bootinfo->memories[0].slot,
                                   NOWHERE, HELIOS_MAP_WRITE)
                        .value;
    answer(HELIOS_FAULT_RETRY, 0, 0);
    EXPECT_EQ(progress, 1);
    EXPECT_EQ(*(volatile uint64_t *)NOWHERE, 0x77);
    EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, NOWHERE).status, HELIOS_OK);
    destroy_slot(page);
    finish(endpoint);
}

TEST_CASE(retry_without_a_change_faults_again) {
    uint64_t endpoint;
    fault(&endpoint, read_nowhere);
    answer(HELIOS_FAULT_RETRY, 0, 0);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_FAULTED);
    expect_message(invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0), HELIOS_FAULT_READ);
    finish(endpoint);
}

TEST_CASE(skip_goes_on_behind_the_instruction) {
    uint64_t endpoint;
    fault(&endpoint, execute_illegal);
    answer(HELIOS_FAULT_SKIP, 1, machine_illegal_bytes);
    EXPECT_EQ(progress, 1);
    finish(endpoint);
}

TEST_CASE(skip_without_its_parameter_suspends) {
    uint64_t endpoint;
    fault(&endpoint, execute_illegal);
    answer(HELIOS_FAULT_SKIP, 0, 0);
    EXPECT_EQ(actor_state(0) & 256, 256);
    EXPECT_EQ(progress, 0);
    finish(endpoint);
}

TEST_CASE(written_registers_are_gone_on_with) {
    uint64_t endpoint;
    uint64_t count = fault(&endpoint, execute_nowhere).params[3];
    helios_buffer->params[4 + HELIOS_REGISTER_PC] = (uintptr_t)stop;
    answer(HELIOS_FAULT_WRITE_REGISTERS, 4 + (uint32_t)count, 1ull << HELIOS_REGISTER_PC);
    EXPECT_EQ(progress, 1);
    finish(endpoint);
}

TEST_CASE(unknown_answer_suspends) {
    uint64_t endpoint;
    fault(&endpoint, read_nowhere);
    answer(99, 0, 0);
    EXPECT_EQ(actor_state(0) & 256, 256);
    finish(endpoint);
}

TEST_CASE(cancelled_fault_suspends) {
    uint64_t endpoint;
    fault(&endpoint, read_nowhere);
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    EXPECT_EQ(actor_state(0) & 256, 256);
    finish(endpoint);
}

TEST_CASE(destroyed_reply_suspends_the_task_that_faulted) {
    uint64_t endpoint;
    fault(&endpoint, read_nowhere);
    destroy_slot(helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF).value);
    EXPECT_EQ(actor_state(0) & 256, 256);
    finish(endpoint);
}

TEST_CASE(answer_to_a_fault_brings_no_capabilities) {
    uint64_t endpoint;
    fault(&endpoint, read_nowhere);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    EXPECT_REFUSAL(
        invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(HELIOS_FAULT_RETRY, 1, 0, 0), 0, 0),
        HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_CAP_COUNT, 1, 0);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_FAULTED);
    finish(endpoint);
}
