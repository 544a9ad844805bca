// SPDX-License-Identifier: GPL-3.0-only
//
// The cases of Memory, VSpace and IRQHandler as they are, but for one thing: whatever they ask of
// such an object is sent to an Endpoint, whose server asks the object and passes its answer on.
// Stands in for refusals.c, through which the wrappers of userland/helios come.
#include "testing/conformance/world.h"
#include "testing/conformance/wrapped.h"
#include "userland/test/space.h"

enum { PRIORITY = 40, MAX_HELD = 2 * HELIOS_MAX_CAPS }; // the cases have 32

static uint64_t front; // 0 until the server is there
static uint64_t real;  // what the case has asked
static uint64_t forwarded;

// The server. --------------------------------------------------------------------------------

static uint64_t held[MAX_HELD];
static uint32_t held_count;

static void hold(uint64_t tag) {
    for (uint32_t i = 0; i < helios_tag_caps(tag); i++) {
        held[held_count++] = helios_buffer->caps[i];
    }
}

// What clients have sent and what the object has answered with: they have theirs.
static void drop_all(void) {
    for (uint32_t i = 0; i < held_count; i++) {
        struct helios_message message = {
            .capability = HELIOS_INIT_CSPACE,
            .tag = helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0),
            .params = {held[i]},
        };
        helios_syscall(HELIOS_SYS_CALL, &message);
    }
    held_count = 0;
}

// An answer that the client can't take is its mistake, and not one that these cases make.
static void answer(struct helios_message *message) {
    message->capability = HELIOS_CADDR_UNDEF;
    helios_syscall(HELIOS_SYS_REPLY, message);
    if (helios_tag_label(message->tag) != HELIOS_OK) {
        *message = (struct helios_message){
            .capability = HELIOS_CADDR_UNDEF,
            .tag = helios_tag(HELIOS_ERROR_RECEIVER, 0, 0, 0),
        };
        helios_syscall(HELIOS_SYS_REPLY, message);
    }
}

// Capabilities stand in the buffer's `caps` after a receive, where a send takes them from.
static void forward(void *endpoint) {
    for (;;) {
        struct helios_message message = {.capability = *(const uint64_t *)endpoint};
        helios_syscall(HELIOS_SYS_RECV, &message);
        hold(message.tag);
        message.tag &= ~helios_tag(0, 0, 0, HELIOS_TAG_FLAGS_MASK);
        message.capability = real;
        helios_syscall(HELIOS_SYS_CALL, &message);
        hold(message.tag);
        forwarded++;
        answer(&message);
        drop_all();
    }
}

// The client. --------------------------------------------------------------------------------

// What the library asks before the first case, and what this needs, is asked of the objects.
static void begin(void) {
    static bool has_begun;
    static uint64_t endpoint;
    if (has_begun || helios_test_bootinfo == NULL) {
        return;
    }
    has_begun = true;
    endpoint = world_make(HELIOS_TYPE_ENDPOINT, 0);
    EXPECT_TRUE(
        space_thread(helios_test_bootinfo, 0, HELIOS_INIT_VSPACE, 0, PRIORITY, forward, &endpoint));
    EXPECT_OK(helios_task_resume(space_get(0)->task));
    front = endpoint;
}

// The server's Endpoint, if the object is one that it stands in for.
static uint64_t ask_whom(uint64_t capability) {
    begin();
    uint64_t type = helios_identify(capability).value;
    bool is_ours =
        type == HELIOS_TYPE_MEMORY || type == HELIOS_TYPE_VSPACE || type == HELIOS_TYPE_IRQ_HANDLER;
    if (front == 0 || !is_ours) {
        return capability;
    }
    real = capability;
    return front;
}

void refusals_syscall(uint64_t number, struct helios_message *message) {
    helios_syscall(number, message);
}

struct helios_answer WRAP(helios_invoke)(uint64_t capability, uint32_t label, uint32_t caps,
                                         uint32_t params, const uint64_t first[4]) {
    return REAL(helios_invoke)(ask_whom(capability), label, caps, params, first);
}

// That it is asked. ----------------------------------------------------------------------------

TEST_CASE(memory_is_asked_through_the_proxy) {
    uint64_t before = forwarded;
    EXPECT_OK(helios_memory_query(world_memory()));
    EXPECT_EQ(forwarded, before + 1);
}

TEST_CASE(vspace_is_asked_through_the_proxy) {
    uint64_t before = forwarded;
    EXPECT_EQ(helios_vspace_query(HELIOS_INIT_VSPACE, 0).status, HELIOS_ERROR_NOT_MAPPED);
    EXPECT_EQ(forwarded, before + 1);
}

TEST_CASE(irq_handler_is_asked_through_the_proxy) {
    uint64_t handler = world_irq_handler();
    uint64_t before = forwarded;
    EXPECT_OK(helios_irq_handler_ack(handler));
    EXPECT_EQ(forwarded, before + 1);
    world_drop(handler);
}
