// SPDX-License-Identifier: GPL-3.0-only
//
// What a program must not get away with on any architecture: numbers that wrap, objects that hold
// themselves, what others left in memory, tasks that pull away the ground under their own feet.
#include "testing/conformance/actor.h"
#include "testing/conformance/attack.h"
#include "testing/conformance/tables.h"
#include "userland/helios/map.h"

#define WINDOW 0x5c000000ull
#define NEVER  (~0ull)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Numbers at which something wraps, is cut off, or changes its sign.
static const uint64_t numbers[] = {
    ~0ull,       ~0ull - 7,        ~0ull - 4095,     ~0ull << 12,        ~0ull << 21,
    ~0ull << 30, 1ull << 63,       (1ull << 63) - 1, 1ull << 48,         1ull << 47,
    1ull << 32,  (1ull << 32) - 1, 1ull << 31,       0xffffffff80000000,
};

static uint64_t call3(uint64_t object, uint32_t label, uint32_t count, uint64_t cap, uint64_t p0,
                      uint64_t p1, uint64_t p2) {
    helios_buffer->caps[0] = cap;
    struct helios_message message = {
        .capability = object,
        .tag = helios_tag(label, cap != 0, count, 0),
        .params = {p0, p1, p2},
    };
    helios_syscall(HELIOS_SYS_CALL, &message);
    return helios_tag_label(message.tag);
}

// Each of these is refused, wherever among the parameters (of which the others are harmless) the
// number stands.
static void expect_refused(uint64_t object, uint32_t label, uint32_t count, uint64_t cap,
                           const uint64_t harmless[3]) {
    for (unsigned i = 0; i < COUNT(numbers); i++) {
        for (uint32_t at = 0; at < count; at++) {
            uint64_t p[3] = {harmless[0], harmless[1], harmless[2]};
            p[at] = numbers[i];
            EXPECT_TRUE(call3(object, label, count, cap, p[0], p[1], p[2]) != HELIOS_OK);
        }
    }
}

TEST_CASE(attack_numbers_that_wrap_are_refused_by_memory) {
    uint64_t memory = world_medium_memory();
    uint64_t free = helios_memory_query(memory).value;
    const uint64_t types[] = {HELIOS_TYPE_MEMORY, HELIOS_TYPE_CSPACE, HELIOS_TYPE_PAGE};
    for (unsigned i = 0; i < COUNT(types); i++) {
        const uint64_t harmless[3] = {types[i], 2, 1};
        expect_refused(memory, HELIOS_MEMORY_ALLOCATE, 3, 0, harmless);
        for (uint64_t size = 21; size < 70; size++) {
            EXPECT_TRUE(call3(memory, HELIOS_MEMORY_ALLOCATE, 3, 0, types[i], size, 1) !=
                        HELIOS_OK);
            EXPECT_TRUE(call3(memory, HELIOS_MEMORY_ALLOCATE, 3, 0, types[i], size, 32) !=
                        HELIOS_OK);
        }
    }
    EXPECT_EQ(helios_memory_query(memory).value, free);
    world_drop(memory);
}

TEST_CASE(attack_numbers_that_wrap_are_refused_by_device_memory) {
    uint64_t device = world_device();
    uint64_t base = helios_device_memory_query(device).value;
    expect_refused(device, HELIOS_DEVICE_MEMORY_ALLOCATE, 2, world_memory(),
                   (const uint64_t[3]){base, 0});
    expect_refused(device, HELIOS_DEVICE_MEMORY_SPLIT, 2, world_memory(),
                   (const uint64_t[3]){base, WORLD_PAGE});
    // The end of the range is where its beginning is.
    EXPECT_TRUE(call3(device, HELIOS_DEVICE_MEMORY_SPLIT, 2, world_memory(), base + WORLD_PAGE,
                      0 - WORLD_PAGE, 0) != HELIOS_OK);
    world_drop(device);
}

TEST_CASE(attack_numbers_that_wrap_are_refused_by_vspace_and_page) {
    struct space space = make_space_at(WINDOW, 0);
    uint64_t page = make(&space, HELIOS_TYPE_PAGE, 0);
    uint64_t large = make(&space, HELIOS_TYPE_PAGE, 1);
    const uint64_t harmless[3] = {WINDOW, 0};
    expect_refused(space.vspace, HELIOS_VSPACE_MAP, 2, page, harmless);
    expect_refused(space.vspace, HELIOS_VSPACE_MAP, 2, large, harmless);
    expect_refused(space.vspace, HELIOS_VSPACE_UNMAP, 1, 0, harmless);
    expect_refused(space.vspace, HELIOS_VSPACE_QUERY, 1, 0, harmless);
    expect_refused(space.vspace, HELIOS_VSPACE_UNMAP_TABLE, 2, 0, harmless);
    const uint64_t bytes[3] = {4088, 8};
    expect_refused(page, HELIOS_PAGE_CLEAN, 2, 0, bytes);
    expect_refused(page, HELIOS_PAGE_INVALIDATE, 2, 0, bytes);
    expect_refused(page, HELIOS_PAGE_SYNC_CODE, 2, 0, bytes);
    drop_space(&space);
}

TEST_CASE(attack_numbers_that_wrap_are_refused_by_irq_control) {
    expect_refused(HELIOS_INIT_IRQ_CONTROL, HELIOS_IRQ_CONTROL_ISSUE, 3, 0,
                   (const uint64_t[3]){world_free_line(), HELIOS_IRQ_TRIGGER_LEVEL, 0});
    uint64_t handler = world_irq_handler();
    expect_refused(handler, HELIOS_IRQ_HANDLER_ROUTE, 1, 0, (const uint64_t[3]){0});
    world_drop(handler);
}

TEST_CASE(attack_numbers_that_wrap_are_refused_by_cspace) {
    uint64_t cspace = world_small_cspace();
    expect_refused(cspace, HELIOS_CSPACE_REVOKE, 1, 0, (const uint64_t[3]){1});
    expect_refused(cspace, HELIOS_CSPACE_IDENTIFY, 1, 0, (const uint64_t[3]){NEVER});
    expect_refused(cspace, HELIOS_CSPACE_LIST, 1, 0, (const uint64_t[3]){NEVER});
    expect_refused(cspace, HELIOS_CSPACE_SAVE_REPLY, 1, 0, (const uint64_t[3]){NEVER});
    // Here the largest number of all means "any free slot".
    for (unsigned i = 1; i < COUNT(numbers); i++) {
        EXPECT_TRUE(call3(cspace, HELIOS_CSPACE_COPY, 3, HELIOS_INIT_POWER, numbers[i], 0, 0) !=
                    HELIOS_OK);
        EXPECT_TRUE(call3(cspace, HELIOS_CSPACE_COPY, 3, HELIOS_INIT_POWER, HELIOS_CADDR_UNDEF,
                          numbers[i], 0) != HELIOS_OK);
        EXPECT_TRUE(call3(cspace, HELIOS_CSPACE_COPY, 3, HELIOS_INIT_POWER, HELIOS_CADDR_UNDEF, 0,
                          numbers[i]) != HELIOS_OK);
    }
    world_drop(cspace);
}

// Breakpoints. ----------------------------------------------------------------------------------

TEST_CASE(attack_breakpoints_at_addresses_of_the_kernel_are_refused) {
    static const uint64_t addresses[] = {
        0xffffffff80000000, 0xffff800000000000, 0xffffffffffffffff, 0xfffffffffffffff8, 1ull << 63,
    };
    actor_make(0);
    for (unsigned i = 0; i < COUNT(addresses); i++) {
        for (uint64_t kind = HELIOS_BREAKPOINT_EXECUTE; kind <= HELIOS_BREAKPOINT_ACCESS; kind++) {
            for (uint64_t length = 1; length <= 8; length *= 2) {
                EXPECT_TRUE(helios_task_set_breakpoint(actor_task(0), 0, kind, addresses[i], length)
                                .status != HELIOS_OK);
            }
        }
    }
    actor_end(0);
}

TEST_CASE(attack_breakpoint_that_begins_below_the_kernel_does_not_reach_into_it) {
    actor_make(0);
    for (uint64_t length = 2; length <= 8; length *= 2) {
        EXPECT_TRUE(helios_task_set_breakpoint(actor_task(0), 0, HELIOS_BREAKPOINT_ACCESS,
                                               helios_test_bootinfo->user_top + WORLD_PAGE - 1,
                                               length)
                        .status != HELIOS_OK);
    }
    actor_end(0);
}

// What others left. -----------------------------------------------------------------------------

// Whether the first `count` pages that a Memory makes are zero.
static bool gives_zeroes(uint64_t memory, unsigned count) {
    uint64_t found = 0;
    for (unsigned i = 0; i < count; i++) {
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 1));
        EXPECT_OK(
            helios_map(HELIOS_INIT_VSPACE, world_memory(), helios_buffer->caps[0], WINDOW, 0));
        for (uint64_t offset = 0; offset < WORLD_PAGE; offset += 8) {
            found |= *(volatile uint64_t *)(uintptr_t)(WINDOW + offset);
        }
        EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW));
    }
    return found == 0;
}

TEST_CASE(attack_pages_that_were_written_come_back_empty) {
    uint64_t memory = world_small_memory();
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 1));
        EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), helios_buffer->caps[0], WINDOW,
                             HELIOS_MAP_WRITE));
        for (uint64_t offset = 0; offset < WORLD_PAGE; offset += 8) {
            *(volatile uint64_t *)(uintptr_t)(WINDOW + offset) = ~0ull;
        }
        EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW));
    }
    EXPECT_OK(helios_memory_reset(memory));
    EXPECT_TRUE(gives_zeroes(memory, 4));
    world_drop(memory);
}

// A table holds addresses of the kernel's.
TEST_CASE(attack_memory_of_a_dead_table_tells_nothing) {
    struct space space = make_space_at(WINDOW, 1);
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_TABLE_0, 0, 1));
    EXPECT_OK(helios_vspace_map(space.vspace, helios_buffer->caps[0], WINDOW, 0));
    EXPECT_OK(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 0), WINDOW, 0));
    EXPECT_EQ(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 1).status,
              HELIOS_ERROR_NO_MEMORY);
    EXPECT_OK(helios_memory_reset(memory));
    EXPECT_EQ(helios_vspace_query(space.vspace, WINDOW).status, HELIOS_ERROR_NOT_MAPPED);
    EXPECT_TRUE(gives_zeroes(memory, 4));
    world_drop(memory);
    drop_space(&space);
}

TEST_CASE(attack_memory_of_dead_tasks_and_objects_tells_nothing) {
    static const uint64_t types[] = {HELIOS_TYPE_TASK, HELIOS_TYPE_ENDPOINT,
                                     HELIOS_TYPE_NOTIFICATION, HELIOS_TYPE_VSPACE};
    for (unsigned i = 0; i < COUNT(types); i++) {
        uint64_t memory = world_small_memory();
        EXPECT_OK(helios_memory_allocate(memory, types[i], 0, 1));
        EXPECT_OK(helios_memory_reset(memory));
        EXPECT_TRUE(gives_zeroes(memory, 4));
        world_drop(memory);
    }
}

// Objects that hold themselves. -----------------------------------------------------------------

TEST_CASE(attack_vspace_is_not_mapped_into_itself) {
    struct space space = make_space_at(WINDOW, 0);
    struct space other = make_space_at(WINDOW, 0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, space.vspace, 0, 0), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_VSPACE, HELIOS_TYPE_PAGE);
    for (uint64_t level = 0; level <= top_level(); level++) {
        EXPECT_EQ(helios_vspace_map(space.vspace, space.tables[level], WINDOW, 0).status,
                  HELIOS_ERROR_STATE);
        EXPECT_EQ(helios_vspace_map(space.vspace, other.tables[level], 0, 0).status,
                  HELIOS_ERROR_STATE);
    }
    drop_space(&other);
    drop_space(&space);
}

// A table stands where its level belongs, so never below one of its own level.
TEST_CASE(attack_table_is_not_mapped_below_one_of_its_level) {
    struct space space = make_space_at(WINDOW, 0);
    for (uint64_t level = 0; level <= top_level(); level++) {
        uint64_t table = make(&space, HELIOS_TYPE_TABLE_0 + level, 0);
        struct helios_answer answer = helios_vspace_map(space.vspace, table, WINDOW, 0);
        EXPECT_EQ(answer.status, HELIOS_ERROR_OCCUPIED);
        EXPECT_EQ(answer.found, HELIOS_TYPE_TABLE_0 + level);
    }
    drop_space(&space);
}

TEST_CASE(attack_cspace_that_holds_itself_goes_with_its_memory) {
    uint64_t before = world_free_bytes();
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_CSPACE, 4, 2));
    uint64_t cspaces[2] = {helios_buffer->caps[0], helios_buffer->caps[1]};
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_OK(helios_cspace_copy(cspaces[i % 2], cspaces[i / 2], HELIOS_CADDR_UNDEF,
                                     HELIOS_RIGHT_ALL, 0));
    }
    world_drop(cspaces[0]);
    world_drop(cspaces[1]);
    world_drop(memory);
    EXPECT_EQ(world_free_bytes(), before);
}

// Destroyed without recursion, however deep.
TEST_CASE(attack_memory_in_memory_in_memory_goes_as_a_whole) {
    uint64_t before = world_free_bytes();
    uint64_t outer = world_make(HELIOS_TYPE_MEMORY, 25);
    uint64_t memory = outer;
    for (uint64_t size = 24; size >= 15; size--) {
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_MEMORY, size, 1));
        memory = helios_buffer->caps[0];
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_ENDPOINT, 0, 8));
    }
    world_drop(outer);
    EXPECT_TYPE(memory, HELIOS_TYPE_NULL);
    EXPECT_EQ(world_free_bytes(), before);
}

// Tasks that end themselves. --------------------------------------------------------------------

enum { VICTIM = 11 };

static uint64_t target; // that the victim destroys
static volatile bool came_back;

static void destroy_target(void *argument) {
    (void)argument;
    helios_cspace_revoke(HELIOS_INIT_CSPACE, target);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &target, 1);
    came_back = true;
    for (;;) {
        helios_task_suspend(helios_self()->task);
    }
}

static void begin_victim(uint64_t vspace, uint64_t cspace) {
    came_back = false;
    EXPECT_TRUE(space_thread(helios_test_bootinfo, VICTIM, vspace, cspace, ACTOR_PRIORITY,
                             destroy_target, 0));
}

static void let_victim_run(void) {
    EXPECT_OK(helios_task_resume(space_get(VICTIM)->task));
    let_run(space_get(VICTIM)->task);
}

TEST_CASE(attack_task_that_destroys_itself_is_gone) {
    begin_victim(HELIOS_INIT_VSPACE, 0);
    target = space_get(VICTIM)->task;
    let_victim_run();
    EXPECT_TRUE(!came_back);
    EXPECT_TYPE(target, HELIOS_TYPE_NULL);
    space_end(VICTIM);
}

TEST_CASE(attack_task_that_destroys_its_vspace_runs_no_more) {
    uint64_t vspace = space_create(helios_test_bootinfo);
    begin_victim(vspace, 0);
    target = vspace;
    let_victim_run();
    EXPECT_TRUE(!came_back);
    space_end(VICTIM);
    world_drop(vspace);
}

TEST_CASE(attack_task_that_destroys_its_buffer_goes_on_without) {
    begin_victim(HELIOS_INIT_VSPACE, 0);
    target = space_get(VICTIM)->buffer_page;
    let_victim_run();
    EXPECT_EQ(helios_task_resume(space_get(VICTIM)->task).status, HELIOS_OK);
    space_end(VICTIM);
}

TEST_CASE(attack_task_that_destroys_its_memory_is_gone) {
    uint64_t before = world_free_bytes();
    uint64_t memory = world_medium_memory();
    static _Alignas(16) uint8_t stack[SPACE_STACK_SIZE];
    struct helios_thread thread;
    struct helios_thread_config config = {
        .memory = memory,
        .own_cspace = HELIOS_INIT_CSPACE,
        .cspace = HELIOS_INIT_CSPACE,
        .vspace = HELIOS_INIT_VSPACE,
        .authority = HELIOS_INIT_TASK,
        .stack = stack,
        .stack_size = sizeof(stack),
        .buffer_address = WINDOW,
        .priority = ACTOR_PRIORITY,
        .entry = destroy_target,
    };
    came_back = false;
    EXPECT_OK(helios_thread_create(&thread, &config));
    target = memory;
    EXPECT_OK(helios_task_resume(thread.task));
    helios_yield();
    EXPECT_TRUE(!came_back);
    EXPECT_EQ(world_free_bytes(), before); // which finishes what the task has begun
    EXPECT_TYPE(memory, HELIOS_TYPE_NULL);
    EXPECT_TYPE(thread.task, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_vspace_query(HELIOS_INIT_VSPACE, WINDOW).status, HELIOS_ERROR_NOT_MAPPED);
}

// Long operations. ------------------------------------------------------------------------------

// Each time the victim gets a little further before it is killed; what it began is finished by
// whoever wants the memory.
TEST_CASE(attack_task_that_is_killed_while_it_destroys_leaves_nothing_behind) {
    uint64_t before = world_free_bytes();
    for (uint64_t step = 1; step <= 12; step++) {
        uint64_t memory = world_make(HELIOS_TYPE_MEMORY, 22);
        for (unsigned i = 0; i < 16; i++) {
            EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_MEMORY, 16, 1));
            EXPECT_OK(
                helios_memory_allocate(helios_buffer->caps[0], HELIOS_TYPE_NOTIFICATION, 0, 32));
            helios_cspace_destroy(HELIOS_INIT_CSPACE, helios_buffer->caps, HELIOS_MAX_CAPS);
        }
        EXPECT_TRUE(space_thread(helios_test_bootinfo, VICTIM, HELIOS_INIT_VSPACE, 0, 20,
                                 destroy_target, 0));
        target = memory;
        EXPECT_OK(helios_task_resume(space_get(VICTIM)->task));
        sleep_until(clock_now() + step * 20000);
        space_end(VICTIM);
        helios_cspace_destroy(HELIOS_INIT_CSPACE, &memory, 1);
    }
    EXPECT_EQ(world_free_bytes(), before);
}

// Messages. -------------------------------------------------------------------------------------

// The words of a sender whose buffer has gone: they arrive as they were, or the sender is refused.
// Never what somebody else keeps in that memory by now.
TEST_CASE(attack_buffer_that_goes_while_its_task_waits_shows_nothing_of_its_next_owner) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    actor_make(0);
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        actor_buffer(0)->params[i] = 0x5555;
    }
    struct helios_message message = {.capability = endpoint,
                                     .tag = helios_tag(1, 0, HELIOS_MAX_PARAMS, 0),
                                     .params = {0x5555, 0x5555, 0x5555, 0x5555}};
    actor_send(0, HELIOS_SYS_SEND, &message);
    uint64_t buffer = space_get(0)->buffer_page;
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, buffer));
    world_drop(buffer);
    uint64_t secrets[8];
    for (unsigned i = 0; i < 8; i++) {
        secrets[i] = world_page();
        EXPECT_OK(
            helios_map(HELIOS_INIT_VSPACE, world_memory(), secrets[i], WINDOW, HELIOS_MAP_WRITE));
        for (uint64_t offset = 0; offset < WORLD_PAGE; offset += 8) {
            *(volatile uint64_t *)(uintptr_t)(WINDOW + offset) = 0xdead;
        }
        EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW));
    }
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        helios_buffer->params[i] = 0;
    }
    invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0);
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        EXPECT_TRUE(helios_buffer->params[i] != 0xdead);
    }
    for (unsigned i = 0; i < 8; i++) {
        world_drop(secrets[i]);
    }
    actor_end(0);
    destroy_slot(endpoint);
}

// A sender that looks at its own buffer neither before nor after.
static struct helios_message long_message;
static uint64_t parking; // a Notification that nobody signals

static void send_and_park(void *unused) {
    (void)unused;
    helios_syscall(HELIOS_SYS_SEND, &long_message);
    struct helios_message message = {.capability = parking};
    helios_syscall(HELIOS_SYS_WAIT, &message);
}

static void fill(volatile uint64_t *words, uint64_t value) {
    for (unsigned i = 0; i < HELIOS_MAX_PARAMS; i++) {
        words[i] = value;
    }
}

// It waits, with 64 words of 0x5555 in its buffer, for somebody to receive them from this Endpoint.
static uint64_t begin_long_send(void) {
    uint64_t endpoint = make_object(HELIOS_TYPE_ENDPOINT);
    parking = world_notification();
    long_message = (struct helios_message){.capability = endpoint,
                                           .tag = helios_tag(1, 0, HELIOS_MAX_PARAMS, 0),
                                           .params = {0x5555, 0x5555, 0x5555, 0x5555}};
    EXPECT_TRUE(space_thread(helios_test_bootinfo, VICTIM, HELIOS_INIT_VSPACE, 0, ACTOR_PRIORITY,
                             send_and_park, 0));
    fill(space_get(VICTIM)->buffer->params, 0x5555);
    EXPECT_OK(helios_task_resume(space_get(VICTIM)->task));
    EXPECT_EQ(helios_task_query(space_get(VICTIM)->task).found, HELIOS_TASK_SENDING);
    return endpoint;
}

// The words that don't travel in registers are these, and the sender has been told so.
static void end_long_send(uint64_t endpoint, uint64_t expected) {
    fill(helios_buffer->params, 0);
    EXPECT_EQ(invoke(HELIOS_SYS_NBRECV, endpoint, 0, 0, 0).tag,
              helios_tag(1, 0, HELIOS_MAX_PARAMS, 0));
    for (unsigned i = HELIOS_REGISTER_PARAMS; i < HELIOS_MAX_PARAMS; i++) {
        EXPECT_EQ(helios_buffer->params[i], expected);
    }
    EXPECT_EQ(helios_task_query(space_get(VICTIM)->task).found, HELIOS_TASK_WAITING);
    EXPECT_EQ(helios_tag_label(long_message.tag), HELIOS_OK);
    space_end(VICTIM);
    world_drop(parking);
    destroy_slot(endpoint);
}

// The kernel reads the Page, wherever and whether it is mapped.
TEST_CASE(attack_buffer_that_is_unmapped_in_the_middle_of_a_message_is_read_all_the_same) {
    uint64_t endpoint = begin_long_send();
    uintptr_t address = (uintptr_t)space_get(VICTIM)->buffer;
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, address));
    end_long_send(endpoint, 0x5555);
}

TEST_CASE(attack_page_that_is_mapped_over_a_buffer_in_the_middle_of_a_message_is_not_read) {
    uint64_t endpoint = begin_long_send();
    uintptr_t address = (uintptr_t)space_get(VICTIM)->buffer;
    uint64_t page = world_page();
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, address));
    EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, page, address, HELIOS_MAP_WRITE));
    fill((volatile uint64_t *)address, 0xdead);
    end_long_send(endpoint, 0x5555); // which unmaps it
    world_drop(page);
}

TEST_CASE(attack_buffer_that_is_exchanged_in_the_middle_of_a_message_changes_the_message) {
    uint64_t endpoint = begin_long_send();
    uint64_t page = world_page();
    EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), page, WINDOW, HELIOS_MAP_WRITE));
    fill((volatile uint64_t *)WINDOW, 0x7777);
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW));
    EXPECT_OK(helios_task_configure(space_get(VICTIM)->task, &page, 1, HELIOS_TASK_BUFFER));
    end_long_send(endpoint, 0x7777);
    world_drop(page);
}
