// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/waiter.h"

#include "testing/conformance/world.h"

enum {
    HELPER = 1,             // the actor that others are
    UNKNOWN_NUMBER = 0x999, // of a system call: its fault is answered by going on
    PART_BYTES_LOG2 = 16,
};

#define BUFFER_ADDRESS 0x1000f000ull // of an actor that nobody uses beside waiters

struct waiter waiter;

static _Alignas(16) uint8_t stack[SPACE_STACK_SIZE];

// What it does afterwards needs no capability and no buffer.
static void wait_once(void *argument) {
    (void)argument;
    refusals_syscall(waiter.number, &waiter.message);
    waiter.is_done = true;
    for (;;) {
        sleep_until(~0ull);
    }
}

bool waiter_is_done(void) {
    let_run(waiter.thread.task);
    return waiter.is_done;
}

uint64_t waiter_task_state(void) {
    let_run(waiter.thread.task);
    return helios_task_query(waiter.thread.task).more[0];
}

static uint64_t make_in(uint64_t memory, uint64_t type, uint64_t size) {
    struct helios_answer made = helios_allocate(memory, type, size);
    EXPECT_EQ(made.status, HELIOS_OK);
    return made.value;
}

// A buffer of the waiter's `parts` takes the place of the one that it was made with.
static void change_buffer(void) {
    uint64_t page = make_in(waiter.parts, HELIOS_TYPE_PAGE, 0);
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, BUFFER_ADDRESS));
    destroy_slot(waiter.thread.buffer_page);
    waiter.thread.buffer_page = page;
    EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, page, BUFFER_ADDRESS, HELIOS_MAP_WRITE));
    EXPECT_OK(helios_task_configure(waiter.thread.task, &page, 1, HELIOS_TASK_BUFFER));
}

static void make_task(void) {
    const struct helios_thread_config config = {
        .memory = waiter.memory,
        .own_cspace = HELIOS_INIT_CSPACE,
        .cspace = waiter.cspace,
        .vspace = waiter.vspace,
        .authority = HELIOS_INIT_TASK,
        .stack = stack,
        .stack_size = sizeof(stack),
        .buffer_address = BUFFER_ADDRESS,
        .priority = ACTOR_PRIORITY,
        .entry = wait_once,
    };
    EXPECT_OK(helios_thread_create(&waiter.thread, &config));
    change_buffer();
}

static void make_objects(uint64_t type) {
    waiter.memory = world_make(HELIOS_TYPE_MEMORY, PART_BYTES_LOG2);
    waiter.parts = world_make(HELIOS_TYPE_MEMORY, PART_BYTES_LOG2);
    waiter.home = world_make(HELIOS_TYPE_MEMORY, PART_BYTES_LOG2);
    waiter.object = make_in(waiter.home, type, 0);
    waiter.minted = world_copy(waiter.object, HELIOS_RIGHT_ALL);
    waiter.cspace = make_in(waiter.parts, HELIOS_TYPE_CSPACE, 4);
    EXPECT_OK(helios_cspace_copy(waiter.cspace, waiter.minted, WAITER_SLOT, HELIOS_RIGHT_ALL, 0));
    waiter.vspace = world_copy(HELIOS_INIT_VSPACE, HELIOS_RIGHT_ALL);
}

// Another actor makes the tables for buffers, and is what else there has to be at the object.
static void set_call(const struct waiter_state *state, uint64_t deadline) {
    struct helios_ipc_buffer *buffer = waiter.thread.buffer;
    uint32_t flags = deadline != 0 ? HELIOS_FLAG_DEADLINE : 0;
    waiter.number = state->number;
    waiter.message = (struct helios_message){.capability = WAITER_SLOT};
    buffer->deadline = deadline;
    if (state->state == HELIOS_TASK_POLLING) {
        buffer->poll[0] =
            (struct helios_poll){.capability = WAITER_SLOT, .events = HELIOS_POLL_RECV};
        waiter.number = deadline != 0 ? HELIOS_SYS_POLLX : HELIOS_SYS_POLL;
        waiter.message.tag = helios_tag(0, 0, deadline != 0 ? 2 : 1, 0);
        waiter.message.params[0] = 1;
        waiter.message.params[1] = deadline;
    } else if (state->number == HELIOS_SYS_SEND || state->number == HELIOS_SYS_CALL) {
        waiter.message.tag = helios_tag(WAITER_LABEL, 0, 2, flags);
    } else {
        waiter.message.tag = helios_tag(0, 0, 0, flags);
    }
    if (state->state == HELIOS_TASK_FAULTED) {
        waiter.number = UNKNOWN_NUMBER;
        EXPECT_OK(helios_task_configure(waiter.thread.task, &waiter.minted, 1,
                                        HELIOS_TASK_FAULT_ENDPOINT));
    }
}

void waiter_begin(const struct waiter_state *state, uint64_t deadline) {
    actor_make(HELPER);
    waiter = (struct waiter){.deadline = deadline};
    make_objects(state->type);
    make_task();
    set_call(state, deadline);
    EXPECT_OK(helios_task_resume(waiter.thread.task));
    let_run(waiter.thread.task);
    state->take();
    uint64_t found = waiter_task_state();
    if (deadline == 0 || clock_now() < deadline) { // a host that is busy may take that long
        EXPECT_EQ(found, state->state);
    }
}

void waiter_end(void) {
    helios_thread_destroy(&waiter.thread);
    const uint64_t all[] = {waiter.memory, waiter.parts,  waiter.home,  waiter.object,
                            waiter.minted, waiter.cspace, waiter.vspace};
    helios_cspace_destroy(HELIOS_INIT_CSPACE, all, sizeof(all) / sizeof(all[0]));
    if (waiter.reply != 0) {
        destroy_slot(waiter.reply);
    }
    actor_end(HELPER);
}

// How each state is come into, and what ends it as it should. ---------------------------------

static void take_nothing(void) {
}

static struct helios_message receive(void) {
    return invoke(HELIOS_SYS_NBRECV, waiter.object, 0, 0, 0);
}

static void take_call(void) {
    EXPECT_EQ(receive().tag, helios_tag(WAITER_LABEL, 0, 2, HELIOS_FLAG_CALL));
}

static void save_call(void) {
    take_call();
    waiter.reply = helios_cspace_save_reply(HELIOS_INIT_CSPACE, HELIOS_CADDR_UNDEF).value;
}

static void take_fault(void) {
    EXPECT_EQ(helios_tag_label(receive().tag), HELIOS_FAULT_SYSCALL);
}

static struct helios_message answer(uint64_t capability) {
    return invoke(HELIOS_SYS_REPLY, capability, helios_tag(HELIOS_FAULT_RETRY, 0, 0, 0), 0, 0);
}

static void serve_send(void) {
    EXPECT_EQ(receive().tag, helios_tag(WAITER_LABEL, 0, 2, 0));
}

static void serve_pending(void) {
    EXPECT_EQ(answer(HELIOS_CADDR_UNDEF).tag, 0);
}

static void serve_call(void) {
    take_call();
    serve_pending();
}

static void serve_saved(void) {
    EXPECT_EQ(answer(waiter.reply).tag, 0);
}

static void serve_fault(void) {
    take_fault();
    serve_pending();
}

static void serve_receive(void) {
    EXPECT_EQ(invoke(HELIOS_SYS_NBSEND, waiter.object, helios_tag(WAITER_LABEL, 0, 0, 0), 0, 0).tag,
              0);
}

static void serve_signal(void) {
    EXPECT_EQ(invoke(HELIOS_SYS_SIGNAL, waiter.object, 0, 0, 0).tag, 0);
}

static void serve_with_sender(void) {
    actor_do(HELPER, HELIOS_SYS_SEND, waiter.object, 0, 0);
}

static void expect_no_sender(void) {
    EXPECT_EQ(helios_tag_label(receive().tag), HELIOS_ERROR_WOULD_BLOCK);
}

static void expect_no_receiver(void) {
    struct helios_message sent = invoke(HELIOS_SYS_NBSEND, waiter.object, 0, 0, 0);
    EXPECT_EQ(helios_tag_label(sent.tag), HELIOS_ERROR_WOULD_BLOCK);
}

static void expect_no_call(void) {
    EXPECT_REFUSAL(answer(HELIOS_CADDR_UNDEF), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0,
                   0);
}

static void expect_reply_left_over(void) {
    EXPECT_REFUSAL(answer(waiter.reply), HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    EXPECT_TYPE(waiter.reply, HELIOS_TYPE_REPLY);
}

static void expect_nobody_waits(void) {
    serve_signal();
    EXPECT_EQ(invoke(HELIOS_SYS_NBWAIT, waiter.object, 0, 0, 0).capability, 1);
}

static void expect_sender_keeps_waiting(void) {
    serve_with_sender();
    EXPECT_EQ(actor_state(HELPER), HELIOS_TASK_SENDING);
}

#define ENDPOINT     HELIOS_TYPE_ENDPOINT
#define NOTIFICATION HELIOS_TYPE_NOTIFICATION

const struct waiter_state waiter_sending = {
    ENDPOINT, HELIOS_SYS_SEND, HELIOS_TASK_SENDING, take_nothing, serve_send, 0, expect_no_sender};
const struct waiter_state waiter_calling = {
    ENDPOINT, HELIOS_SYS_CALL, HELIOS_TASK_CALLING, take_nothing, serve_call, 0, expect_no_sender};
const struct waiter_state waiter_called = {
    ENDPOINT, HELIOS_SYS_CALL, HELIOS_TASK_CALLING, take_call, serve_pending, 0, expect_no_call};
const struct waiter_state waiter_saved = {
    ENDPOINT,    HELIOS_SYS_CALL, HELIOS_TASK_CALLING,   save_call,
    serve_saved, HELIOS_OK,       expect_reply_left_over};
const struct waiter_state waiter_receiving = {
    ENDPOINT,      HELIOS_SYS_RECV, HELIOS_TASK_RECEIVING, take_nothing,
    serve_receive, WAITER_LABEL,    expect_no_receiver};
const struct waiter_state waiter_waiting = {
    NOTIFICATION, HELIOS_SYS_WAIT, HELIOS_TASK_WAITING, take_nothing,
    serve_signal, HELIOS_OK,       expect_nobody_waits};
const struct waiter_state waiter_polling = {
    NOTIFICATION, HELIOS_SYS_POLL, HELIOS_TASK_POLLING, take_nothing,
    serve_signal, HELIOS_OK,       expect_nobody_waits};
const struct waiter_state waiter_polling_senders = {
    ENDPOINT,          HELIOS_SYS_POLL, HELIOS_TASK_POLLING,        take_nothing,
    serve_with_sender, HELIOS_OK,       expect_sender_keeps_waiting};
const struct waiter_state waiter_faulting = {
    ENDPOINT,    HELIOS_SYS_COUNT,     HELIOS_TASK_FAULTED, take_nothing,
    serve_fault, HELIOS_ERROR_SYSCALL, expect_no_sender};
const struct waiter_state waiter_faulted = {ENDPOINT,      HELIOS_SYS_COUNT, HELIOS_TASK_FAULTED,
                                            take_fault,    serve_pending,    HELIOS_ERROR_SYSCALL,
                                            expect_no_call};
