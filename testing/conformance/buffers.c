// SPDX-License-Identifier: GPL-3.0-only
//
// Tasks without an IPC buffer: what they can't ask for, and what can't be sent to them.
#include "testing/conformance/actor.h"
#include "testing/conformance/world.h"

enum { LONG = HELIOS_REGISTER_PARAMS + 1 };

// An actor that has lost its buffer. What it does next needs none.
static void make_bufferless(unsigned index) {
    actor_make(index);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space_get(index)->buffer_page));
}

static struct helios_message ask(uint64_t number, uint64_t capability, uint64_t tag, uint64_t p0) {
    make_bufferless(0);
    const struct helios_message message = {
        .capability = capability, .tag = tag, .params = {p0, 0, 1, 0}};
    actor_send(0, number, &message);
    EXPECT_DONE(0);
    struct helios_message result = actor_result(0);
    actor_end(0);
    return result;
}

// Invocations. -------------------------------------------------------------------------------

// Its capability arguments, or its fifth parameter, would stand in the buffer.
#define NEEDS_A_BUFFER(name, make, label, caps, params)                                            \
    TEST_CASE(name##_needs_a_buffer) {                                                             \
        uint64_t object = make();                                                                  \
        EXPECT_REFUSAL(ask(HELIOS_SYS_CALL, object, helios_tag(label, caps, params, 0), 0),        \
                       HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);                           \
        world_drop(object);                                                                        \
    }

static uint64_t make_task(void) {
    return world_make(HELIOS_TYPE_TASK, 0);
}

NEEDS_A_BUFFER(cspace_copy, world_small_cspace, HELIOS_CSPACE_COPY, 1, 3)
NEEDS_A_BUFFER(cspace_move_to_another, world_small_cspace, HELIOS_CSPACE_MOVE, 1, 2)
NEEDS_A_BUFFER(cspace_destroy_of_many, world_small_cspace, HELIOS_CSPACE_DESTROY, 0, LONG)
NEEDS_A_BUFFER(device_memory_allocate, world_device, HELIOS_DEVICE_MEMORY_ALLOCATE, 1, 2)
NEEDS_A_BUFFER(device_memory_split, world_device, HELIOS_DEVICE_MEMORY_SPLIT, 1, 2)
NEEDS_A_BUFFER(vspace_map, world_vspace, HELIOS_VSPACE_MAP, 1, 2)
NEEDS_A_BUFFER(asid_control_make_pool, world_asid_control, HELIOS_ASID_CONTROL_MAKE_POOL, 1, 0)
NEEDS_A_BUFFER(asid_pool_assign, world_asid_pool, HELIOS_ASID_POOL_ASSIGN, 1, 0)
NEEDS_A_BUFFER(irq_handler_bind, world_irq_handler, HELIOS_IRQ_HANDLER_BIND, 1, 0)
NEEDS_A_BUFFER(task_read_registers, make_task, HELIOS_TASK_READ_REGISTERS, 0, 0)
NEEDS_A_BUFFER(task_write_registers, make_task, HELIOS_TASK_WRITE_REGISTERS, 0,
               4 + HELIOS_STUB_REGISTERS)
NEEDS_A_BUFFER(task_set_priority, make_task, HELIOS_TASK_SET_PRIORITY, 1, 2)
NEEDS_A_BUFFER(task_set_affinity, make_task, HELIOS_TASK_SET_AFFINITY, 1, 1)
NEEDS_A_BUFFER(task_bind, make_task, HELIOS_TASK_BIND, 1, 0)

TEST_CASE(task_configure_needs_a_buffer) {
    uint64_t task = make_task();
    EXPECT_REFUSAL(
        ask(HELIOS_SYS_CALL, task, helios_tag(HELIOS_TASK_CONFIGURE, 1, 1, 0), HELIOS_TASK_CSPACE),
        HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    world_drop(task);
}

// What it would be given could not arrive.
static void expect_needs_slots(uint64_t object, uint32_t label, uint32_t params, uint64_t p0) {
    uint64_t slots = world_free_slots();
    EXPECT_REFUSAL(ask(HELIOS_SYS_CALL, object, helios_tag(label, 0, params, 0), p0),
                   HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE, 0, 0);
    EXPECT_EQ(world_free_slots(), slots);
}

TEST_CASE(memory_allocate_needs_a_buffer) {
    expect_needs_slots(world_memory(), HELIOS_MEMORY_ALLOCATE, 3, HELIOS_TYPE_ENDPOINT);
}

TEST_CASE(irq_control_issue_needs_a_buffer) {
    const struct helios_message message = {
        .capability = HELIOS_INIT_IRQ_CONTROL,
        .tag = helios_tag(HELIOS_IRQ_CONTROL_ISSUE, 0, 3, 0),
        .params = {world_free_line(), HELIOS_IRQ_TRIGGER_LEVEL},
    };
    make_bufferless(0);
    actor_send(0, HELIOS_SYS_CALL, &message);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE, 0, 0);
    actor_end(0);
}

TEST_CASE(cspace_list_needs_no_buffer_for_one_pair) {
    uint64_t cspace = world_small_cspace();
    EXPECT_OK(helios_cspace_copy(cspace, HELIOS_INIT_POWER, 1, HELIOS_RIGHT_ALL, 0));
    EXPECT_OK(helios_cspace_copy(cspace, HELIOS_INIT_POWER, 2, HELIOS_RIGHT_ALL, 0));
    struct helios_message first =
        ask(HELIOS_SYS_CALL, cspace, helios_tag(HELIOS_CSPACE_LIST, 0, 1, 0), 0);
    EXPECT_EQ(first.tag, helios_tag(HELIOS_OK, 0, 4, 0));
    EXPECT_EQ(first.params[0], 2);
    EXPECT_EQ(first.params[1], 1);
    EXPECT_EQ(first.params[2], 1);
    EXPECT_EQ(first.params[3], HELIOS_TYPE_POWER);
    world_drop(cspace);
}

// System calls. ------------------------------------------------------------------------------

#define LONG_MESSAGE   helios_tag(0, 0, LONG, 0)
#define UNTIL_DEADLINE helios_tag(0, 0, 0, HELIOS_FLAG_DEADLINE)

// recv says by a flag that there is no message.
static void expect_refused(uint64_t number, uint64_t type, uint64_t tag, uint64_t argument) {
    uint64_t object = type != 0 ? make_object(type) : HELIOS_CADDR_UNDEF;
    struct helios_message result = ask(number, object, tag, 1);
    result.tag &= ~helios_tag(0, 0, 0, HELIOS_FLAG_ERROR);
    EXPECT_REFUSAL(result, HELIOS_ERROR_BUFFER, argument, 0, 0);
    if (type != 0) {
        destroy_slot(object);
    }
}

#define CALL_NEEDS_A_BUFFER(name, number, type, tag, argument)                                     \
    TEST_CASE(name##_needs_a_buffer) {                                                             \
        expect_refused(number, type, tag, argument);                                               \
    }

#define ENDPOINT     HELIOS_TYPE_ENDPOINT
#define NOTIFICATION HELIOS_TYPE_NOTIFICATION
#define NONE         HELIOS_ARGUMENT_NONE
#define DEADLINE     HELIOS_ARGUMENT_DEADLINE

CALL_NEEDS_A_BUFFER(writecons, HELIOS_SYS_WRITECONS, 0, helios_tag(0, 0, 1, 0), NONE)
CALL_NEEDS_A_BUFFER(long_send, HELIOS_SYS_SEND, ENDPOINT, LONG_MESSAGE, NONE)
CALL_NEEDS_A_BUFFER(long_call, HELIOS_SYS_CALL, ENDPOINT, LONG_MESSAGE, NONE)
CALL_NEEDS_A_BUFFER(long_nbsend, HELIOS_SYS_NBSEND, ENDPOINT, LONG_MESSAGE, NONE)
CALL_NEEDS_A_BUFFER(long_reply, HELIOS_SYS_REPLY, 0, LONG_MESSAGE, NONE)
CALL_NEEDS_A_BUFFER(send_of_a_capability, HELIOS_SYS_SEND, ENDPOINT, helios_tag(0, 1, 0, 0), NONE)
CALL_NEEDS_A_BUFFER(send_with_deadline, HELIOS_SYS_SEND, ENDPOINT, UNTIL_DEADLINE, DEADLINE)
CALL_NEEDS_A_BUFFER(call_with_deadline, HELIOS_SYS_CALL, ENDPOINT, UNTIL_DEADLINE, DEADLINE)
CALL_NEEDS_A_BUFFER(recv_with_deadline, HELIOS_SYS_RECV, ENDPOINT, UNTIL_DEADLINE, DEADLINE)
CALL_NEEDS_A_BUFFER(wait_with_deadline, HELIOS_SYS_WAIT, NOTIFICATION, UNTIL_DEADLINE, DEADLINE)
CALL_NEEDS_A_BUFFER(poll, HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), NONE)
CALL_NEEDS_A_BUFFER(pollx, HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), NONE)

TEST_CASE(sleep_needs_no_buffer) {
    EXPECT_REFUSAL(ask(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 0), HELIOS_ERROR_DEADLINE,
                   DEADLINE, 0, 0);
}

// Receivers. ---------------------------------------------------------------------------------

#define SHORT_TAG helios_tag(7, 0, 2, 0)
#define LONG_TAG  helios_tag(7, 0, LONG, 0)
#define CAP_TAG   helios_tag(7, 1, 0, 0)

// Actor 0 waits in recv and has no buffer.
static uint64_t bufferless_receiver(void) {
    uint64_t endpoint = make_object(ENDPOINT);
    make_bufferless(0);
    actor_do(0, HELIOS_SYS_RECV, endpoint, 0, 0);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_RECEIVING);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    return endpoint;
}

static void expect_receiver_is_refused(uint64_t number) {
    uint64_t endpoint = bufferless_receiver();
    EXPECT_REFUSAL(invoke(number, endpoint, LONG_TAG, 0, 0), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_PARAM_COUNT, LONG, HELIOS_REGISTER_PARAMS);
    EXPECT_REFUSAL(invoke(number, endpoint, CAP_TAG, 0, 0), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_BUFFER, 1);
    EXPECT_EQ(actor_state(0), HELIOS_TASK_RECEIVING);
    EXPECT_EQ(invoke(HELIOS_SYS_NBSEND, endpoint, SHORT_TAG, 1, 2).tag, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag, SHORT_TAG);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(receiver_without_buffer_is_told_to_who_sends) {
    expect_receiver_is_refused(HELIOS_SYS_SEND);
}

TEST_CASE(receiver_without_buffer_is_told_to_who_calls) {
    expect_receiver_is_refused(HELIOS_SYS_CALL);
}

TEST_CASE(receiver_without_buffer_is_told_to_who_nbsends) {
    expect_receiver_is_refused(HELIOS_SYS_NBSEND);
}

TEST_CASE(caller_without_buffer_is_told_to_who_replies) {
    uint64_t endpoint = make_object(ENDPOINT);
    make_bufferless(0);
    actor_do(0, HELIOS_SYS_CALL, endpoint, SHORT_TAG, 0);
    invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0);
    helios_buffer->caps[0] = HELIOS_INIT_POWER;
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, LONG_TAG, 0, 0),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_PARAM_COUNT, LONG,
                   HELIOS_REGISTER_PARAMS);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, CAP_TAG, 0, 0),
                   HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, HELIOS_ERROR_BUFFER, 1);
    EXPECT_BLOCKED(0);
    EXPECT_EQ(invoke(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, SHORT_TAG, 0, 0).tag, 0);
    EXPECT_DONE(0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(sender_that_waits_is_told_of_a_receiver_without_buffer) {
    uint64_t endpoint = make_object(ENDPOINT);
    actor_do(1, HELIOS_SYS_SEND, endpoint, LONG_TAG, 0);
    make_bufferless(0);
    actor_do(0, HELIOS_SYS_NBRECV, endpoint, 0, 0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_DONE(1);
    EXPECT_REFUSAL(actor_result(1), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_PARAM_COUNT, LONG,
                   HELIOS_REGISTER_PARAMS);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}

// A sender that waits loses its buffer.
static void expect_sender_is_told(uint64_t tag) {
    uint64_t endpoint = make_object(ENDPOINT);
    actor_make(0);
    actor_buffer(0)->caps[0] = HELIOS_INIT_POWER;
    actor_do(0, HELIOS_SYS_SEND, endpoint, tag, 0);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space_get(0)->buffer_page));
    EXPECT_BLOCKED(0);
    EXPECT_EQ(helios_tag_label(invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0).tag),
              HELIOS_ERROR_WOULD_BLOCK);
    EXPECT_DONE(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_BUFFER, NONE, 0, 0);
    actor_end(0);
    destroy_slot(endpoint);
}

TEST_CASE(sender_of_a_long_message_that_loses_its_buffer_is_told_when_its_turn_comes) {
    expect_sender_is_told(LONG_TAG);
}

TEST_CASE(sender_of_a_capability_that_loses_its_buffer_is_told_when_its_turn_comes) {
    expect_sender_is_told(CAP_TAG);
}

TEST_CASE(fault_handler_without_buffer_gets_no_registers) {
    uint64_t endpoint = bufferless_receiver();
    actor_make(1);
    EXPECT_OK(helios_task_configure(actor_task(1), &endpoint, 1, HELIOS_TASK_FAULT_ENDPOINT));
    actor_do(1, 0x4321, 0, 0, 0);
    EXPECT_DONE(0);
    EXPECT_EQ(actor_result(0).tag,
              helios_tag(HELIOS_FAULT_SYSCALL, 0, 4, HELIOS_FLAG_CALL | HELIOS_FLAG_FAULT));
    EXPECT_EQ(actor_result(0).params[0], 0x4321);
    EXPECT_EQ(actor_result(0).params[3], 0);
    actor_do(0, HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF, helios_tag(HELIOS_FAULT_RETRY, 0, 0, 0), 0);
    EXPECT_ACTOR_REFUSED(1, HELIOS_ERROR_SYSCALL);
    actor_end(0);
    actor_end(1);
    destroy_slot(endpoint);
}
