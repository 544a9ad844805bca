// SPDX-License-Identifier: GPL-3.0-only
//
// Objects whose Memory is being reset: capabilities to them are still there for a while, and can't
// be used for anything.
#include "testing/conformance/crowd.h"
#include "testing/conformance/world.h"

static uint64_t memory;

static bool is_dying(void) {
    helios_buffer->caps[0] = crowd_last;
    struct helios_message message = {
        .capability = HELIOS_INIT_CSPACE,
        .tag = helios_tag(HELIOS_CSPACE_COPY, 1, 3, 0),
        .params = {HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0},
    };
    helios_syscall(HELIOS_SYS_CALL, &message);
    if (helios_tag_label(message.tag) == HELIOS_OK) {
        destroy_slot(message.params[0]);
    }
    return helios_tag_label(message.tag) == HELIOS_ERROR_GONE;
}

// Where a table is mapped, by the last one of its capabilities; 0: it is none.
static uint64_t place;

static bool try_to_begin(uint64_t type, uint64_t size) {
    static const uint64_t none[3];
    EXPECT_OK(helios_memory_allocate(memory, type, size, 1));
    crowd_make(helios_buffer->caps[0]);
    if (place != 0) {
        EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, crowd_last, place, 0));
    }
    crowd_make_actor(0, CROWD_PRIORITY);
    crowd_call(0, memory, HELIOS_MEMORY_RESET, 0, none);
    return crowd_interrupt(0, is_dying);
}

// An object of this type is being destroyed; crowd_last is a capability to it.
static void begin(uint64_t type, uint64_t size) {
    memory = world_medium_memory();
    bool has_begun = try_to_begin(type, size);
    for (unsigned i = 0; i < CROWD_ATTEMPTS && !has_begun; i++) {
        crowd_end();
        has_begun = try_to_begin(type, size);
    }
    EXPECT_TRUE(has_begun);
    EXPECT_TYPE(crowd_last, type);
}

static void end(void) {
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_memory_query(memory).value, 1 << 20);
    actor_end(0);
    crowd_end();
    world_drop(memory);
}

#define EXPECT_GONE(answer, argument) EXPECT_REFUSED(answer, HELIOS_ERROR_GONE, argument, 0, 0)

// Capabilities as such. ------------------------------------------------------------------------

TEST_CASE(capability_to_a_dying_object_is_neither_copied_nor_moved_nor_revoked) {
    begin(HELIOS_TYPE_ENDPOINT, 0);
    EXPECT_GONE(
        helios_cspace_copy(HELIOS_INIT_CSPACE, crowd_last, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0),
        HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_cspace_move(HELIOS_INIT_CSPACE, 0, crowd_last, HELIOS_CADDR_UNDEF),
                PARAM(0));
    EXPECT_GONE(helios_cspace_revoke(HELIOS_INIT_CSPACE, crowd_last), PARAM(0));
    end();
}

TEST_CASE(capability_to_a_dying_object_can_be_destroyed) {
    begin(HELIOS_TYPE_ENDPOINT, 0);
    EXPECT_EQ(helios_cspace_destroy(HELIOS_INIT_CSPACE, &crowd_last, 1).value, 1);
    end();
}

// Arguments. ---------------------------------------------------------------------------------

TEST_CASE(dying_memory_pays_for_nothing) {
    uint64_t device = world_device();
    uint64_t address = helios_device_memory_query(device).value;
    begin(HELIOS_TYPE_MEMORY, 14);
    EXPECT_GONE(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, crowd_last),
                HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_device_memory_allocate(device, crowd_last, address, 0), HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_device_memory_split(device, crowd_last, address, WORLD_PAGE),
                HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_memory_allocate(crowd_last, HELIOS_TYPE_PAGE, 0, 1),
                HELIOS_ARGUMENT_CAPABILITY);
    end();
    world_drop(device);
}

TEST_CASE(dying_vspace_gets_no_identifier) {
    uint64_t pool = world_asid_pool();
    begin(HELIOS_TYPE_VSPACE, 0);
    EXPECT_GONE(helios_asid_pool_assign(pool, crowd_last), HELIOS_ARGUMENT_CAP);
    end();
    world_drop(pool);
}

TEST_CASE(nothing_is_moved_into_a_dying_cspace) {
    uint64_t endpoint = world_make(HELIOS_TYPE_ENDPOINT, 0);
    begin(HELIOS_TYPE_CSPACE, 2);
    EXPECT_GONE(helios_cspace_move(HELIOS_INIT_CSPACE, crowd_last, endpoint, 1),
                HELIOS_ARGUMENT_CAP);
    end();
    world_drop(endpoint);
}

TEST_CASE(dying_notification_is_not_bound) {
    uint64_t task = world_make(HELIOS_TYPE_TASK, 0);
    uint64_t handler = world_irq_handler();
    begin(HELIOS_TYPE_NOTIFICATION, 0);
    EXPECT_GONE(helios_task_bind(task, crowd_last), HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_irq_handler_bind(handler, crowd_last), HELIOS_ARGUMENT_CAP);
    end();
    world_drop(handler);
    world_drop(task);
}

TEST_CASE(dying_task_is_no_authority) {
    uint64_t task = world_make(HELIOS_TYPE_TASK, 0);
    begin(HELIOS_TYPE_TASK, 0);
    EXPECT_GONE(helios_task_set_priority(task, crowd_last, 0, 0), HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_task_set_affinity(task, crowd_last, 1), HELIOS_ARGUMENT_CAP);
    end();
    world_drop(task);
}

TEST_CASE(dying_page_is_neither_mapped_nor_a_buffer) {
    uint64_t task = world_make(HELIOS_TYPE_TASK, 0);
    const uint64_t address = 0x10000000 + 100 * WORLD_PAGE;
    actor_make(1); // and with it the tables for buffers
    begin(HELIOS_TYPE_PAGE, 0);
    EXPECT_GONE(helios_vspace_map(HELIOS_INIT_VSPACE, crowd_last, address, 0), HELIOS_ARGUMENT_CAP);
    EXPECT_GONE(helios_task_configure(task, &crowd_last, 1, HELIOS_TASK_BUFFER),
                HELIOS_ARGUMENT_CAP);
    end();
    actor_end(1);
    world_drop(task);
}

TEST_CASE(nothing_is_mapped_through_a_dying_table) {
    uint64_t page = world_page();
    actor_make(1); // and with it the tables for buffers
    place = 0x14000000;
    begin(HELIOS_TYPE_TABLE_0, 0);
    EXPECT_REFUSED(helios_vspace_map(HELIOS_INIT_VSPACE, page, place, 0), HELIOS_ERROR_BUSY,
                   PARAM(0), HELIOS_TYPE_TABLE_0, 0);
    place = 0;
    end();
    actor_end(1);
    world_drop(page);
}

// System calls. ------------------------------------------------------------------------------

TEST_CASE(dying_task_is_not_resumed) {
    begin(HELIOS_TYPE_TASK, 0);
    EXPECT_GONE(helios_task_resume(crowd_last), HELIOS_ARGUMENT_CAPABILITY);
    end();
}

static void expect_gone(uint64_t number) {
    EXPECT_REFUSAL(invoke(number, crowd_last, 0, 0, 0), HELIOS_ERROR_GONE,
                   HELIOS_ARGUMENT_CAPABILITY, 0, 0);
}

static void expect_receive_gone(uint64_t number) {
    struct helios_message result = invoke(number, crowd_last, 0, 0, 0);
    EXPECT_EQ(result.tag, helios_tag(HELIOS_ERROR_GONE, 0, 3, HELIOS_FLAG_ERROR));
    EXPECT_EQ(result.params[0], HELIOS_ARGUMENT_CAPABILITY);
}

TEST_CASE(dying_endpoint_takes_no_messages) {
    begin(HELIOS_TYPE_ENDPOINT, 0);
    expect_gone(HELIOS_SYS_SEND);
    expect_gone(HELIOS_SYS_CALL);
    expect_gone(HELIOS_SYS_NBSEND);
    expect_receive_gone(HELIOS_SYS_RECV);
    expect_receive_gone(HELIOS_SYS_NBRECV);
    end();
}

TEST_CASE(dying_notification_is_neither_signalled_nor_waited_at) {
    begin(HELIOS_TYPE_NOTIFICATION, 0);
    expect_gone(HELIOS_SYS_SIGNAL);
    expect_gone(HELIOS_SYS_WAIT);
    expect_gone(HELIOS_SYS_NBWAIT);
    end();
}

TEST_CASE(dying_object_is_not_polled) {
    begin(HELIOS_TYPE_NOTIFICATION, 0);
    helios_buffer->poll[0] =
        (struct helios_poll){.capability = crowd_last, .events = HELIOS_POLL_RECV};
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLL, 0, helios_tag(0, 0, 1, 0), 1, 0), HELIOS_ERROR_GONE,
                   HELIOS_ARGUMENT_POLL, 0, 0);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_POLLX, 0, helios_tag(0, 0, 2, 0), 1, ~0ull), HELIOS_ERROR_GONE,
                   HELIOS_ARGUMENT_POLL, 0, 0);
    end();
}

static void expect_not_sent(uint64_t number, uint64_t through) {
    helios_buffer->caps[0] = crowd_last;
    EXPECT_REFUSAL(invoke(number, through, helios_tag(0, 1, 0, 0), 0, 0), HELIOS_ERROR_GONE,
                   HELIOS_ARGUMENT_CAP, 0, 0);
}

TEST_CASE(capability_to_a_dying_object_is_not_sent) {
    uint64_t through = world_make(HELIOS_TYPE_ENDPOINT, 0);
    actor_do(1, HELIOS_SYS_CALL, through, 0, 0);
    begin(HELIOS_TYPE_NOTIFICATION, 0);
    invoke(HELIOS_SYS_NBRECV, through, 0, 0, 0);
    expect_not_sent(HELIOS_SYS_SEND, through);
    expect_not_sent(HELIOS_SYS_CALL, through);
    expect_not_sent(HELIOS_SYS_NBSEND, through);
    expect_not_sent(HELIOS_SYS_REPLY, HELIOS_CADDR_UNDEF);
    end();
    actor_end(1);
    world_drop(through);
}

// The caller is being destroyed, and with it its Replies, the first one last: its Task is
// in no slot any more.
static uint64_t caller;
static uint64_t answering;

static bool is_reply_dying(void) {
    return helios_identify(caller).value == HELIOS_TYPE_NULL &&
           helios_identify(crowd_first).value == HELIOS_TYPE_REPLY;
}

static bool try_to_destroy_caller(uint64_t through) {
    actor_do(1, HELIOS_SYS_CALL, through, 0, 0);
    invoke(HELIOS_SYS_NBRECV, through, 0, 0, 0);
    answering = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF).value;
    crowd_make(answering);
    caller = actor_task(1);
    const uint64_t p[3] = {caller};
    crowd_make_actor(0, CROWD_PRIORITY);
    crowd_call(0, HELIOS_INIT_CSPACE, HELIOS_CSPACE_DESTROY, 1, p);
    return crowd_interrupt(0, is_reply_dying);
}

TEST_CASE(caller_that_is_being_destroyed_is_not_answered) {
    uint64_t through = world_make(HELIOS_TYPE_ENDPOINT, 0);
    bool has_begun = try_to_destroy_caller(through);
    for (unsigned i = 0; i < CROWD_ATTEMPTS && !has_begun; i++) {
        crowd_end();
        actor_end(1);
        has_begun = try_to_destroy_caller(through);
    }
    EXPECT_TRUE(has_begun);
    EXPECT_REFUSAL(invoke(HELIOS_SYS_REPLY, crowd_first, 0, 0, 0), HELIOS_ERROR_GONE,
                   HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    crowd_finish(0);
    EXPECT_TYPE(answering, HELIOS_TYPE_NULL);
    actor_end(0);
    crowd_end();
    actor_end(1);
    world_drop(through);
}
