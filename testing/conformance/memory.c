// SPDX-License-Identifier: GPL-3.0-only
//
// Memory: what it refuses, and that nothing is lost.
#include "testing/conformance/world.h"

static struct helios_answer allocate(uint64_t type, uint64_t size, uint64_t count) {
    return helios_memory_allocate(world_memory(), type, size, count);
}

TEST_CASE(memory_allocate_refuses_every_type_that_is_not_made_of_memory) {
    static const uint64_t types[] = {
        HELIOS_TYPE_NULL,         HELIOS_TYPE_DEVICE_MEMORY, HELIOS_TYPE_REPLY,
        HELIOS_TYPE_ASID_CONTROL, HELIOS_TYPE_ASID_POOL,     HELIOS_TYPE_IO_CONTROL,
        HELIOS_TYPE_IO_PORT,      HELIOS_TYPE_IRQ_CONTROL,   HELIOS_TYPE_IRQ_HANDLER,
        HELIOS_TYPE_POWER,        HELIOS_TYPE_COUNT,         ~0ull};
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        EXPECT_REFUSED(allocate(types[i], 0, 1), HELIOS_ERROR_TYPE, PARAM(0), types[i], 0);
    }
}

TEST_CASE(memory_allocate_refuses_a_third_table_with_three_levels) {
    struct helios_answer answer = allocate(HELIOS_TYPE_TABLE_2, 0, 1);
    if (helios_test_bootinfo->paging_levels == 3) {
        EXPECT_REFUSED(answer, HELIOS_ERROR_UNSUPPORTED, PARAM(0), HELIOS_TYPE_TABLE_2, 0);
    } else {
        EXPECT_OK(answer);
        world_drop(helios_buffer->caps[0]);
    }
}

#define REFUSES_SIZES(name, type, least, most)                                                     \
    TEST_CASE(memory_allocate_refuses_a_##name##_that_is_too_large) {                              \
        EXPECT_REFUSED(allocate(type, (most) + 1, 1), HELIOS_ERROR_RANGE, PARAM(1), (most) + 1,    \
                       most);                                                                      \
        EXPECT_REFUSED(allocate(type, ~0ull, 1), HELIOS_ERROR_RANGE, PARAM(1), ~0ull, most);       \
    }

REFUSES_SIZES(page, HELIOS_TYPE_PAGE, 0, 2)
REFUSES_SIZES(cspace, HELIOS_TYPE_CSPACE, 2, 18)
REFUSES_SIZES(vspace_with_a_size, HELIOS_TYPE_VSPACE, 0, 0)
REFUSES_SIZES(table_with_a_size, HELIOS_TYPE_TABLE_0, 0, 0)
REFUSES_SIZES(task_with_a_size, HELIOS_TYPE_TASK, 0, 0)
REFUSES_SIZES(endpoint_with_a_size, HELIOS_TYPE_ENDPOINT, 0, 0)
REFUSES_SIZES(notification_with_a_size, HELIOS_TYPE_NOTIFICATION, 0, 0)

TEST_CASE(memory_allocate_refuses_a_cspace_of_two_slots) {
    EXPECT_REFUSED(allocate(HELIOS_TYPE_CSPACE, 1, 1), HELIOS_ERROR_RANGE, PARAM(1), 1, 2);
}

TEST_CASE(memory_allocate_refuses_a_memory_of_8_kib) {
    EXPECT_REFUSED(allocate(HELIOS_TYPE_MEMORY, 13, 1), HELIOS_ERROR_RANGE, PARAM(1), 13, 14);
}

TEST_CASE(memory_allocate_refuses_a_memory_of_2_to_the_64) {
    struct helios_answer answer = allocate(HELIOS_TYPE_MEMORY, 64, 1);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, PARAM(1));
    EXPECT_EQ(answer.found, 64);
}

TEST_CASE(memory_allocate_refuses_to_make_nothing) {
    EXPECT_REFUSED(allocate(HELIOS_TYPE_PAGE, 0, 0), HELIOS_ERROR_RANGE, PARAM(2), 0, 1);
}

TEST_CASE(memory_allocate_refuses_more_than_a_message_carries) {
    EXPECT_REFUSED(allocate(HELIOS_TYPE_PAGE, 0, HELIOS_MAX_CAPS + 1), HELIOS_ERROR_RANGE, PARAM(2),
                   HELIOS_MAX_CAPS + 1, HELIOS_MAX_CAPS);
}

TEST_CASE(memory_allocate_makes_as_many_as_a_message_carries) {
    struct helios_answer answer = allocate(HELIOS_TYPE_PAGE, 0, HELIOS_MAX_CAPS);
    EXPECT_OK(answer);
    EXPECT_EQ(answer.caps, HELIOS_MAX_CAPS);
    uint64_t pages[HELIOS_MAX_CAPS];
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        pages[i] = helios_buffer->caps[i];
        EXPECT_TYPE(pages[i], HELIOS_TYPE_PAGE);
    }
    EXPECT_EQ(helios_cspace_destroy(HELIOS_INIT_CSPACE, pages, HELIOS_MAX_CAPS).value,
              HELIOS_MAX_CAPS);
}

TEST_CASE(memory_allocate_says_what_is_free_and_what_it_takes) {
    uint64_t memory = world_small_memory();
    EXPECT_REFUSED(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 1, 1), HELIOS_ERROR_NO_MEMORY,
                   HELIOS_ARGUMENT_CAPABILITY, 16384, 2 << 20);
    world_drop(memory);
}

TEST_CASE(memory_allocate_makes_all_or_none) {
    uint64_t memory = world_small_memory();
    uint64_t slots = world_free_slots();
    EXPECT_REFUSED(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 5), HELIOS_ERROR_NO_MEMORY,
                   HELIOS_ARGUMENT_CAPABILITY, 16384, 5 * WORLD_PAGE);
    EXPECT_EQ(helios_memory_query(memory).value, 16384);
    EXPECT_EQ(world_free_slots(), slots);
    world_drop(memory);
}

TEST_CASE(memory_gives_all_that_it_has) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 4));
    EXPECT_EQ(helios_memory_query(memory).value, 0);
    world_drop(memory);
}

TEST_CASE(memory_is_one_run_that_is_aligned_to_its_size) {
    enum { PAGES = 16 };
    uint64_t memory = world_make(HELIOS_TYPE_MEMORY, 16);
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, PAGES));
    uint64_t pages[PAGES];
    for (unsigned i = 0; i < PAGES; i++) {
        pages[i] = helios_buffer->caps[i];
    }
    uint64_t run = helios_page_query(pages[0]).value & ~(PAGES * WORLD_PAGE - 1);
    uint64_t seen = 0; // a bit for each page of the run
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t offset = helios_page_query(pages[i]).value - run;
        EXPECT_TRUE(offset < PAGES * WORLD_PAGE);
        seen |= 1ull << offset / WORLD_PAGE % 64;
    }
    EXPECT_EQ(seen, (1ull << PAGES) - 1);
    world_drop(memory);
}

TEST_CASE(memory_query_knows_no_largest_run_of_nothing) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 4));
    EXPECT_EQ(helios_memory_query(memory).found, 0);
    world_drop(memory);
}

TEST_CASE(memory_query_says_free_largest_and_total) {
    uint64_t memory = world_small_memory();
    struct helios_answer answer = helios_memory_query(memory);
    EXPECT_EQ(answer.value, 16384);
    EXPECT_EQ(answer.more[0], 14);
    EXPECT_EQ(answer.more[1], 16384);
    world_drop(memory);
}

TEST_CASE(memory_reset_destroys_what_was_made) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_ENDPOINT, 0, 1));
    uint64_t endpoint = helios_buffer->caps[0];
    EXPECT_OK(helios_memory_reset(memory));
    EXPECT_TYPE(endpoint, HELIOS_TYPE_NULL);
    world_drop(memory);
}

TEST_CASE(memory_reset_keeps_the_memory) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 4));
    EXPECT_OK(helios_memory_reset(memory));
    EXPECT_TYPE(memory, HELIOS_TYPE_MEMORY);
    EXPECT_EQ(helios_memory_query(memory).value, 16384);
    world_drop(memory);
}

TEST_CASE(memory_reset_reaches_memory_made_of_it) {
    uint64_t memory = world_medium_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_MEMORY, 14, 1));
    EXPECT_OK(helios_memory_allocate(helios_buffer->caps[0], HELIOS_TYPE_PAGE, 0, 1));
    uint64_t page = helios_buffer->caps[0];
    EXPECT_OK(helios_memory_reset(memory));
    EXPECT_TYPE(page, HELIOS_TYPE_NULL);
    world_drop(memory);
}

TEST_CASE(memory_destroyed_takes_copies_of_its_objects_along) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 1));
    uint64_t copy = world_copy(helios_buffer->caps[0], HELIOS_RIGHT_ALL);
    world_drop(memory);
    EXPECT_TYPE(copy, HELIOS_TYPE_NULL);
}

TEST_CASE(memory_lives_as_long_as_a_copy_of_it) {
    uint64_t memory = world_small_memory();
    uint64_t copy = world_copy(memory, HELIOS_RIGHT_READ);
    world_drop(memory);
    EXPECT_EQ(helios_memory_query(copy).value, 16384);
    world_drop(copy);
}

#define LEAVES_NOTHING(name, type, size)                                                           \
    TEST_CASE(memory_has_all_back_after_a_##name) {                                                \
        uint64_t before = world_free_bytes();                                                      \
        uint64_t slots = world_free_slots();                                                       \
        uint64_t object = world_make(type, size);                                                  \
        EXPECT_TRUE(world_free_bytes() <= before);                                                 \
        world_drop(object);                                                                        \
        EXPECT_EQ(world_free_bytes(), before);                                                     \
        EXPECT_EQ(world_free_slots(), slots);                                                      \
    }

LEAVES_NOTHING(page, HELIOS_TYPE_PAGE, 0)
LEAVES_NOTHING(large_page, HELIOS_TYPE_PAGE, 1)
LEAVES_NOTHING(cspace, HELIOS_TYPE_CSPACE, 12)
LEAVES_NOTHING(memory, HELIOS_TYPE_MEMORY, 16)
LEAVES_NOTHING(vspace, HELIOS_TYPE_VSPACE, 0)
LEAVES_NOTHING(table, HELIOS_TYPE_TABLE_0, 0)
LEAVES_NOTHING(task, HELIOS_TYPE_TASK, 0)
LEAVES_NOTHING(endpoint, HELIOS_TYPE_ENDPOINT, 0)
LEAVES_NOTHING(notification, HELIOS_TYPE_NOTIFICATION, 0)

// What each type costs.
static void expect_cost(uint64_t type, uint64_t size, uint64_t bytes) {
    uint64_t memory = world_medium_memory();
    EXPECT_OK(helios_memory_allocate(memory, type, size, 1));
    EXPECT_EQ(helios_memory_query(memory).value, (1 << 20) - bytes);
    world_drop(memory);
}

TEST_CASE(page_costs_its_size) {
    expect_cost(HELIOS_TYPE_PAGE, 0, WORLD_PAGE);
}

TEST_CASE(vspace_costs_16_kib) {
    expect_cost(HELIOS_TYPE_VSPACE, 0, 16384);
}

TEST_CASE(table_costs_16_kib) {
    expect_cost(HELIOS_TYPE_TABLE_0, 0, 16384);
}

TEST_CASE(task_costs_a_page) {
    expect_cost(HELIOS_TYPE_TASK, 0, WORLD_PAGE);
}
