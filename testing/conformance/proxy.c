// SPDX-License-Identifier: GPL-3.0-only
//
// A task that serves an Endpoint in place of an object and forwards to the real one: a client can't
// tell the difference (docs/reference/endpoint.md).
#include "testing/conformance/actor.h"
#include "testing/conformance/source.h"

enum { MAX_HELD = 64, MAX_ANSWERS = 16, PROXY = 15 };

static uint64_t front;
static uint64_t real;
static uint64_t held[MAX_HELD]; // what clients have sent, and what the object has answered with
static unsigned held_count;

static void hold(uint32_t count) {
    for (uint32_t i = 0; i < count && held_count < MAX_HELD; i++) {
        held[held_count++] = helios_buffer->caps[i];
    }
}

// Capabilities stand in the buffer's `caps` after a receive, where a send takes them from.
static void forward(void *argument) {
    (void)argument;
    struct helios_message message = {.capability = front};
    helios_syscall(HELIOS_SYS_RECV, &message);
    for (;;) {
        hold(helios_tag_caps(message.tag));
        message.tag &= ~helios_tag(0, 0, 0, HELIOS_TAG_FLAGS_MASK);
        message.capability = real;
        helios_syscall(HELIOS_SYS_CALL, &message);
        hold(helios_tag_caps(message.tag));
        message.tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
        message.capability = front;
        helios_syscall(HELIOS_SYS_RECV, &message);
    }
}

// The answers to a sequence of invocations.
static struct helios_message answers[2][MAX_ANSWERS];
static unsigned answer_count;

static void ask(unsigned run, uint64_t object, uint32_t label, uint64_t cap,
                const uint64_t params[3], uint32_t count) {
    helios_buffer->caps[0] = cap;
    struct helios_message message = {
        .capability = object,
        .tag = helios_tag(label, cap != 0, count, 0),
        .params = {params[0], params[1], params[2]},
    };
    helios_syscall(HELIOS_SYS_CALL, &message);
    uint64_t arrived[HELIOS_MAX_CAPS];
    uint32_t caps = helios_tag_caps(message.tag);
    for (uint32_t i = 0; i < caps; i++) {
        arrived[i] = helios_buffer->caps[i];
    }
    if (caps > 0) {
        helios_cspace_destroy(HELIOS_INIT_CSPACE, arrived, caps);
    }
    answers[run][answer_count++] = message;
}

#define ASK(label, cap, count, ...)                                                                \
    ask(run, object, label, cap, (const uint64_t[3]){__VA_ARGS__}, count)

static void start_proxy(uint64_t object) {
    real = object;
    held_count = 0;
    front = make_object(HELIOS_TYPE_ENDPOINT);
    EXPECT_TRUE(space_thread(helios_test_bootinfo, PROXY, HELIOS_INIT_VSPACE, 0, ACTOR_PRIORITY,
                             forward, 0));
    helios_task_resume(space_get(PROXY)->task);
    let_run(space_get(PROXY)->task);
}

static void end_proxy(void) {
    space_end(PROXY);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, held, held_count);
    destroy_slot(front);
}

// Runs the sequence directly, then through the proxy.
static void compare(uint64_t object, void (*sequence)(unsigned run, uint64_t object)) {
    answer_count = 0;
    sequence(0, object);
    unsigned asked = answer_count;
    start_proxy(object);
    answer_count = 0;
    sequence(1, front);
    for (unsigned i = 0; i < asked; i++) {
        EXPECT_EQ(answers[1][i].tag, answers[0][i].tag);
        EXPECT_EQ(answers[1][i].capability, answers[0][i].capability);
        for (unsigned p = 0; p < HELIOS_REGISTER_PARAMS; p++) {
            EXPECT_EQ(answers[1][i].params[p], answers[0][i].params[p]);
        }
    }
    end_proxy();
}

static void memory_sequence(unsigned run, uint64_t object) {
    ASK(HELIOS_MEMORY_RESET, 0, 0, 0);
    ASK(HELIOS_MEMORY_QUERY, 0, 0, 0);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 3, HELIOS_TYPE_ENDPOINT, 0, 3);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 3, HELIOS_TYPE_PAGE, 0, 1);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 3, HELIOS_TYPE_POWER, 0, 1);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 3, HELIOS_TYPE_PAGE, 9, 1);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 3, HELIOS_TYPE_PAGE, 0, 0);
    ASK(HELIOS_MEMORY_ALLOCATE, 0, 2, HELIOS_TYPE_PAGE, 0, 0);
    ASK(99, 0, 0, 0);
    ASK(HELIOS_MEMORY_RESET, 0, 0, 0);
    ASK(HELIOS_MEMORY_QUERY, 0, 0, 0);
}

TEST_CASE(proxy_of_a_memory_answers_as_the_memory) {
    struct helios_answer made =
        helios_allocate(helios_test_bootinfo->memories[0].slot, HELIOS_TYPE_MEMORY, 16);
    EXPECT_EQ(made.status, HELIOS_OK);
    uint64_t memory = made.value;
    compare(memory, memory_sequence);
    EXPECT_EQ(helios_tag_caps(answers[1][2].tag), 3);
    destroy_slot(memory);
}

static uint64_t page;

static void vspace_sequence(unsigned run, uint64_t object) {
    const uint64_t free_address = 0x10000000 + 64 * 4096; // behind the threads' buffers
    ASK(HELIOS_VSPACE_MAP, page, 2, free_address, HELIOS_MAP_WRITE);
    ASK(HELIOS_VSPACE_QUERY, 0, 1, free_address);
    ASK(HELIOS_VSPACE_MAP, page, 2, free_address, HELIOS_MAP_WRITE);
    ASK(HELIOS_VSPACE_MAP, page, 2, free_address + 1, 0);
    ASK(HELIOS_VSPACE_MAP, page, 2, 0x200000000000 - 4096, 0);
    ASK(HELIOS_VSPACE_UNMAP, 0, 1, free_address);
    ASK(HELIOS_VSPACE_UNMAP, 0, 1, free_address);
    ASK(HELIOS_VSPACE_QUERY, 0, 1, free_address);
    ASK(99, 0, 0, 0);
}

TEST_CASE(proxy_of_a_vspace_answers_as_the_vspace) {
    actor_make(0); // and with it the tables for buffers
    page = make_object(HELIOS_TYPE_PAGE);
    compare(HELIOS_INIT_VSPACE, vspace_sequence);
    EXPECT_EQ(helios_tag_label(answers[1][0].tag), HELIOS_OK);
    destroy_slot(page);
    actor_end(0);
}

static uint64_t notification;

static void irq_sequence(unsigned run, uint64_t object) {
    ASK(HELIOS_IRQ_HANDLER_UNBIND, 0, 0, 0);
    ASK(HELIOS_IRQ_HANDLER_BIND, notification, 0, 0);
    ASK(HELIOS_IRQ_HANDLER_BIND, notification, 0, 0);
    ASK(HELIOS_IRQ_HANDLER_ROUTE, 0, 1, 99);
    ASK(HELIOS_IRQ_HANDLER_UNBIND, 0, 0, 0);
    ASK(HELIOS_IRQ_HANDLER_BIND, HELIOS_INIT_POWER, 0, 0);
    ASK(99, 0, 0, 0);
}

TEST_CASE(proxy_of_an_irq_handler_answers_as_the_handler) {
    struct helios_answer issued = {.status = HELIOS_ERROR_OCCUPIED};
    for (uint64_t line = 1; line < 64 && issued.status != HELIOS_OK; line++) {
        issued = helios_irq_control_issue(HELIOS_INIT_IRQ_CONTROL, line, 0, 0);
    }
    EXPECT_EQ(issued.status, HELIOS_OK);
    uint64_t handler = helios_buffer->caps[0];
    notification = make_object(HELIOS_TYPE_NOTIFICATION);
    compare(handler, irq_sequence);
    EXPECT_EQ(helios_tag_label(answers[1][2].tag), HELIOS_ERROR_OCCUPIED);
    destroy_slot(handler);
    destroy_slot(notification);
}

// A driver that was given an Endpoint for a handler.
TEST_CASE(proxy_of_an_irq_handler_serves_the_driver_of_a_device) {
    uint64_t handler = source_line_handler();
    start_proxy(handler);
    struct source source = source_bind(front);
    for (unsigned i = 0; i < 3; i++) {
        source_expect_works(&source);
    }
    edu_raise();
    EXPECT_EQ(source_arrived(&source), SOURCE_BADGE);
    EXPECT_EQ(helios_irq_handler_route(source.handler, 0).status, HELIOS_ERROR_STATE);
    edu_quiet();
    EXPECT_EQ(helios_irq_handler_ack(source.handler).status, HELIOS_OK);
    end_proxy();
    destroy_slot(handler);
    destroy_slot(source.notification);
}
