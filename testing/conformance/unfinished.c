// SPDX-License-Identifier: GPL-3.0-only
//
// Large requests of a Memory, and its reset, that are ended in the middle: whoever ends them, and
// by whatever way, nothing is lost.
#include "testing/conformance/crowd.h"
#include "testing/conformance/world.h"

enum {
    SPACES = 8,       // CSpaces that are asked for at once
    SPACE_LOG2 = 15,  // their slots: each has to be made free
    MEMORY_LOG2 = 25, // has room for them
};

static uint64_t memory;

// What a request has taken, and not yet made.
static bool is_allocating(void) {
    return helios_memory_query(memory).value < 1ull << MEMORY_LOG2;
}

static void ask(unsigned index) {
    const uint64_t p[3] = {HELIOS_TYPE_CSPACE, SPACE_LOG2, SPACES};
    crowd_make_actor(index, CROWD_PRIORITY);
    crowd_call(index, memory, HELIOS_MEMORY_ALLOCATE, 3, p);
}

// Actor 0 is in the middle of it.
static void begin(void) {
    memory = world_make(HELIOS_TYPE_MEMORY, MEMORY_LOG2);
    ask(0);
    bool has_begun = crowd_interrupt(0, is_allocating);
    for (unsigned i = 0; i < CROWD_ATTEMPTS && !has_begun; i++) {
        EXPECT_OK(helios_memory_reset(memory));
        ask(0);
        has_begun = crowd_interrupt(0, is_allocating);
    }
    EXPECT_TRUE(has_begun);
}

static void end(void) {
    EXPECT_EQ(helios_memory_query(memory).value, 1ull << MEMORY_LOG2);
    actor_end(0);
    world_drop(memory);
}

static void expect_refused(enum helios_error error, uint64_t argument) {
    crowd_finish(0);
    EXPECT_REFUSAL(actor_result(0), error, argument, 0, 0);
}

TEST_CASE(large_request_ends_when_it_is_let) {
    begin();
    crowd_finish(0);
    EXPECT_EQ(actor_result(0).tag, helios_tag(HELIOS_OK, SPACES, 0, 0));
    EXPECT_EQ(helios_cspace_query(actor_buffer(0)->caps[SPACES - 1]).found, 1ull << SPACE_LOG2);
    EXPECT_OK(helios_memory_reset(memory));
    end();
}

TEST_CASE(large_request_that_is_cancelled_has_made_nothing) {
    begin();
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    expect_refused(HELIOS_ERROR_CANCELLED, HELIOS_ARGUMENT_NONE);
    end();
}

TEST_CASE(large_request_whose_registers_are_written_has_made_nothing) {
    begin();
    uint64_t count = helios_task_read_registers(actor_task(0)).more[0];
    const uint64_t first[4] = {0};
    EXPECT_OK(
        helios_invoke(actor_task(0), HELIOS_TASK_WRITE_REGISTERS, 0, 4 + (uint32_t)count, first));
    end();
}

TEST_CASE(large_request_whose_task_is_destroyed_has_made_nothing) {
    begin();
    actor_end(0);
    end();
}

TEST_CASE(large_request_whose_task_is_suspended_goes_on_later) {
    begin();
    EXPECT_OK(helios_task_suspend(actor_task(0)));
    sleep_until(clock_now() + 1000000);
    EXPECT_TRUE(is_allocating());
    EXPECT_OK(helios_task_resume(actor_task(0)));
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    EXPECT_OK(helios_memory_reset(memory));
    end();
}

TEST_CASE(large_request_of_a_memory_that_is_reset_is_gone) {
    begin();
    EXPECT_OK(helios_memory_reset(memory));
    expect_refused(HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY);
    end();
}

TEST_CASE(large_request_of_a_memory_that_is_destroyed_is_gone) {
    uint64_t before = world_free_bytes();
    begin();
    world_drop(memory);
    expect_refused(HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY);
    actor_end(0);
    EXPECT_EQ(world_free_bytes(), before);
}

// Slots are looked at when there is something to put into them.
TEST_CASE(large_request_whose_receive_slots_vanish_has_made_nothing) {
    begin();
    actor_buffer(0)->receive_count = 0;
    crowd_finish(0);
    EXPECT_REFUSAL(actor_result(0), HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, 0, SPACES);
    end();
}

TEST_CASE(large_request_whose_buffer_vanishes_has_made_nothing) {
    begin();
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space_get(0)->buffer_page));
    expect_refused(HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE);
    end();
}

TEST_CASE(large_request_that_is_too_large_has_made_nothing) {
    memory = world_medium_memory();
    EXPECT_REFUSED(helios_memory_allocate(memory, HELIOS_TYPE_CSPACE, 10, HELIOS_MAX_CAPS),
                   HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAPABILITY, 1 << 20,
                   HELIOS_MAX_CAPS * ((64ull << 10) + 128));
    EXPECT_EQ(helios_memory_query(memory).value, 1 << 20);
    world_drop(memory);
}

// The last ones of 32 do not fit.
TEST_CASE(large_request_gives_back_what_it_took_before_it_found_no_more) {
    memory = world_medium_memory();
    uint64_t slots = world_free_slots();
    struct helios_answer answer =
        helios_memory_allocate(memory, HELIOS_TYPE_CSPACE, 9, HELIOS_MAX_CAPS);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_MEMORY);
    EXPECT_EQ(helios_memory_query(memory).value, 1 << 20);
    EXPECT_EQ(world_free_slots(), slots);
    world_drop(memory);
}

// Reset. ---------------------------------------------------------------------------------------

static uint64_t reset_memory;

// A Memory whose reset takes long, since capabilities to what was made of it are many.
static bool is_resetting(void) {
    struct helios_message message = {.capability = crowd_last};
    helios_syscall(HELIOS_SYS_SIGNAL, &message);
    return helios_tag_label(message.tag) == HELIOS_ERROR_GONE;
}

static bool try_to_reset(void) {
    static const uint64_t none[3];
    EXPECT_OK(helios_memory_allocate(reset_memory, HELIOS_TYPE_NOTIFICATION, 0, 1));
    crowd_make(helios_buffer->caps[0]);
    crowd_make_actor(0, CROWD_PRIORITY);
    crowd_call(0, reset_memory, HELIOS_MEMORY_RESET, 0, none);
    return crowd_interrupt(0, is_resetting);
}

static void begin_reset(void) {
    reset_memory = world_medium_memory();
    bool has_begun = try_to_reset();
    for (unsigned i = 0; i < CROWD_ATTEMPTS && !has_begun; i++) {
        crowd_end();
        has_begun = try_to_reset();
    }
    EXPECT_TRUE(has_begun);
}

static void end_reset(void) {
    EXPECT_TYPE(crowd_last, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_memory_query(reset_memory).value, 1 << 20);
    actor_end(0);
    crowd_end();
    world_drop(reset_memory);
}

// The kernel goes on by itself when nobody has anything to do.
static void wait_for_the_kernel(void) {
    const uint64_t limit = clock_now() + 50000000000;
    while (helios_identify(crowd_last).value != HELIOS_TYPE_NULL && clock_now() < limit) {
        sleep_until(clock_now() + 1000000);
    }
}

TEST_CASE(nothing_is_made_of_a_memory_that_is_being_reset) {
    begin_reset();
    struct helios_answer answer = helios_memory_allocate(reset_memory, HELIOS_TYPE_PAGE, 0, 1);
    EXPECT_TRUE(answer.status == HELIOS_OK || answer.status == HELIOS_ERROR_NO_MEMORY);
    crowd_finish(0);
    if (answer.status == HELIOS_OK) {
        EXPECT_OK(helios_memory_reset(reset_memory));
    }
    end_reset();
}

// Whoever comes works off what is left of the first one.
TEST_CASE(second_reset_ends_the_first_one) {
    begin_reset();
    EXPECT_OK(helios_memory_reset(reset_memory));
    crowd_finish(0);
    EXPECT_EQ(helios_tag_label(actor_result(0).tag), HELIOS_OK);
    end_reset();
}

TEST_CASE(reset_that_is_cancelled_goes_on) {
    begin_reset();
    EXPECT_EQ(helios_task_cancel(actor_task(0)).value, 1);
    wait_for_the_kernel();
    crowd_finish(0);
    end_reset();
}

TEST_CASE(reset_whose_task_is_destroyed_goes_on) {
    begin_reset();
    actor_end(0);
    wait_for_the_kernel();
    end_reset();
}

TEST_CASE(reset_whose_task_is_destroyed_is_ended_by_the_next_one) {
    begin_reset();
    actor_end(0);
    EXPECT_OK(helios_memory_reset(reset_memory));
    end_reset();
}

// A task that is made of the Memory that it resets is gone before the end.
static void reset_own_memory(void *argument) {
    helios_memory_reset((uintptr_t)argument);
    for (;;) {
        sleep_until(~0ull);
    }
}

TEST_CASE(reset_by_a_task_that_goes_with_it_is_complete) {
    static _Alignas(16) uint8_t stack[SPACE_STACK_SIZE];
    uint64_t own = world_medium_memory();
    actor_make(1); // and with it the tables for buffers
    struct helios_thread thread;
    const struct helios_thread_config config = {
        .memory = own,
        .own_cspace = HELIOS_INIT_CSPACE,
        .cspace = HELIOS_INIT_CSPACE,
        .vspace = HELIOS_INIT_VSPACE,
        .authority = HELIOS_INIT_TASK,
        .stack = stack,
        .stack_size = sizeof(stack),
        .buffer_address = 0x1000f000,
        .priority = ACTOR_PRIORITY,
        .entry = reset_own_memory,
        .argument = (void *)(uintptr_t)own,
    };
    EXPECT_OK(helios_thread_create(&thread, &config));
    EXPECT_OK(helios_task_resume(thread.task));
    helios_yield();
    const uint64_t limit = clock_now() + 50000000000;
    while (helios_memory_query(own).value != 1 << 20 && clock_now() < limit) {
        sleep_until(clock_now() + 1000000);
    }
    EXPECT_EQ(helios_memory_query(own).value, 1 << 20);
    EXPECT_TYPE(thread.task, HELIOS_TYPE_NULL);
    actor_end(1);
    world_drop(own);
}
