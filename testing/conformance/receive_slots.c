// SPDX-License-Identifier: GPL-3.0-only
//
// Every invocation that delivers a capability, and every way in which the caller's receive slots
// are wrong. A refusal has made nothing.
#include "testing/conformance/delivery.h"

static uint64_t endpoint_type(void) {
    return HELIOS_TYPE_ENDPOINT;
}

static uint64_t medium_memory(void) {
    return world_medium_memory();
}

static uint64_t device_address(void) {
    uint64_t device = world_device();
    uint64_t address = helios_device_memory_query(device).value;
    world_drop(device);
    return address;
}

static uint64_t no_parameter(void) {
    return 0;
}

static struct helios_message ask(const struct delivery *delivery, uint64_t object, uint64_t p0) {
    struct helios_message message = {
        .capability = object,
        .tag = helios_tag(delivery->label, delivery->caps, delivery->params, 0),
        .params = {p0, delivery->p1, delivery->p2},
    };
    helios_buffer->caps[0] = world_memory();
    refusals_syscall(HELIOS_SYS_CALL, &message);
    return message;
}

// With one slot offered, and as it was before afterwards.
void delivery_refuses(const struct delivery *delivery, uint64_t slot, uint64_t offered,
                      enum helios_error error, uint64_t found, uint64_t wanted) {
    uint64_t p0 = delivery->p0();
    uint64_t object = delivery->object();
    uint64_t bytes = world_free_bytes();
    uint64_t free = world_free_slots();
    helios_buffer->receive[0] = slot;
    helios_buffer->receive_count = offered;
    struct helios_message result = ask(delivery, object, p0);
    helios_buffer->receive[0] = HELIOS_CADDR_UNDEF;
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
    EXPECT_REFUSAL(result, error, HELIOS_ARGUMENT_RECEIVE, found, wanted);
    EXPECT_EQ(world_free_slots(), free);
    EXPECT_EQ(world_free_bytes(), bytes);
    world_drop(object);
}

enum { MAX_SLOTS = 1 << 12 };

// Slots of the root task's CSpace that are filled, and emptied in the opposite order, so that they
// are used in the same order as before.
static uint64_t filled[MAX_SLOTS];

static uint64_t fill(uint64_t filler) {
    uint64_t count = 0;
    struct helios_answer copied = {.status = HELIOS_OK};
    while (count < MAX_SLOTS && copied.status == HELIOS_OK) {
        copied = helios_cspace_copy(HELIOS_INIT_CSPACE, filler, HELIOS_CADDR_UNDEF, 0, 0);
        filled[count++] = copied.value;
    }
    return count - 1; // the last one was refused
}

// Fills the root task's own CSpace, tries, and empties it again.
void delivery_refuses_when_full(const struct delivery *delivery) {
    uint64_t p0 = delivery->p0();
    uint64_t object = delivery->object();
    uint64_t filler = world_make(HELIOS_TYPE_ENDPOINT, 0);
    uint64_t count = fill(filler);
    EXPECT_EQ(world_free_slots(), 0);
    EXPECT_REFUSAL(ask(delivery, object, p0), HELIOS_ERROR_NO_SLOT, HELIOS_ARGUMENT_RECEIVE,
                   HELIOS_CADDR_UNDEF, helios_test_bootinfo->cspace_slots);
    while (count > 0) {
        world_drop(filled[--count]);
    }
    world_drop(filler);
    world_drop(object);
}

DELIVERS(memory_allocate, medium_memory, HELIOS_MEMORY_ALLOCATE, 0, 3, endpoint_type, 0, 1)
DELIVERS(device_memory_allocate, world_device, HELIOS_DEVICE_MEMORY_ALLOCATE, 1, 2, device_address,
         0, 0)
DELIVERS(device_memory_split, world_device, HELIOS_DEVICE_MEMORY_SPLIT, 1, 2, device_address,
         WORLD_PAGE, 0)
DELIVERS(asid_control_make_pool, world_asid_control, HELIOS_ASID_CONTROL_MAKE_POOL, 1, 0,
         no_parameter, 0, 0)
DELIVERS(irq_control_issue, world_irq_control, HELIOS_IRQ_CONTROL_ISSUE, 0, 3, world_free_line,
         HELIOS_IRQ_TRIGGER_LEVEL, 0)

// The wrapper says the same. -------------------------------------------------------------------

static struct helios_answer allocate_into(uint64_t slot, uint64_t offered, uint64_t count) {
    helios_buffer->receive[0] = slot;
    helios_buffer->receive_count = offered;
    struct helios_answer answer =
        helios_memory_allocate(world_memory(), HELIOS_TYPE_ENDPOINT, 0, count);
    helios_buffer->receive[0] = HELIOS_CADDR_UNDEF;
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
    return answer;
}

static uint64_t all_slots(void) {
    return helios_test_bootinfo->cspace_slots;
}

TEST_CASE(receiving_refuses_too_few_slots) {
    EXPECT_REFUSED(allocate_into(HELIOS_CADDR_UNDEF, 1, 2), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, 1, 2);
}

TEST_CASE(receiving_refuses_no_slot) {
    EXPECT_REFUSED(allocate_into(HELIOS_CADDR_UNDEF, 0, 1), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, 0, 1);
}

TEST_CASE(receiving_refuses_more_slots_than_there_can_be) {
    EXPECT_REFUSED(allocate_into(HELIOS_CADDR_UNDEF, HELIOS_MAX_CAPS + 1, 1), HELIOS_ERROR_RECEIVER,
                   HELIOS_ARGUMENT_RECEIVE, HELIOS_MAX_CAPS + 1, 1);
}

TEST_CASE(receiving_refuses_a_slot_outside) {
    EXPECT_REFUSED(allocate_into(all_slots(), 1, 1), HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_RECEIVE,
                   all_slots(), all_slots());
}

TEST_CASE(receiving_refuses_a_slot_in_use) {
    EXPECT_REFUSED(allocate_into(HELIOS_INIT_POWER, 1, 1), HELIOS_ERROR_OCCUPIED,
                   HELIOS_ARGUMENT_RECEIVE, HELIOS_INIT_POWER, all_slots());
}

TEST_CASE(receiving_uses_the_slot_that_is_named) {
    uint64_t slot = all_slots() - 2;
    EXPECT_OK(allocate_into(slot, 1, 1));
    EXPECT_EQ(helios_buffer->caps[0], slot);
    EXPECT_TYPE(slot, HELIOS_TYPE_ENDPOINT);
    world_drop(slot);
}
