// SPDX-License-Identifier: GPL-3.0-only
//
// Page and DeviceMemory.
#include "testing/conformance/world.h"

TEST_CASE(page_query_of_memory_says_an_aligned_address_and_no_device) {
    uint64_t page = world_make(HELIOS_TYPE_PAGE, 1);
    struct helios_answer answer = helios_page_query(page);
    EXPECT_EQ(answer.value % (2 << 20), 0);
    EXPECT_EQ(answer.more[0], 1);
    EXPECT_EQ(answer.more[1], 0);
    world_drop(page);
}

#define MAINTENANCE(name)                                                                          \
    TEST_CASE(page_##name##_reaches_the_last_byte) {                                               \
        uint64_t page = world_page();                                                              \
        EXPECT_OK(helios_page_##name(page, 4095, 1));                                              \
        EXPECT_OK(helios_page_##name(page, 0, 4096));                                              \
        world_drop(page);                                                                          \
    }                                                                                              \
    TEST_CASE(page_##name##_refuses_an_offset_outside) {                                           \
        uint64_t page = world_page();                                                              \
        EXPECT_REFUSED(helios_page_##name(page, 4096, 0), HELIOS_ERROR_RANGE, PARAM(0), 4096,      \
                       4095);                                                                      \
        EXPECT_REFUSED(helios_page_##name(page, ~0ull, 1), HELIOS_ERROR_RANGE, PARAM(0), ~0ull,    \
                       4095);                                                                      \
        world_drop(page);                                                                          \
    }                                                                                              \
    TEST_CASE(page_##name##_refuses_bytes_beyond_the_end) {                                        \
        uint64_t page = world_page();                                                              \
        EXPECT_REFUSED(helios_page_##name(page, 4000, 97), HELIOS_ERROR_RANGE, PARAM(1), 97, 96);  \
        EXPECT_REFUSED(helios_page_##name(page, 1, ~0ull), HELIOS_ERROR_RANGE, PARAM(1), ~0ull,    \
                       4095);                                                                      \
        world_drop(page);                                                                          \
    }                                                                                              \
    TEST_CASE(page_##name##_takes_64_kib_and_no_more) {                                            \
        uint64_t page = world_make(HELIOS_TYPE_PAGE, 1);                                           \
        EXPECT_OK(helios_page_##name(page, 4096, 65536));                                          \
        EXPECT_REFUSED(helios_page_##name(page, 0, 65537), HELIOS_ERROR_RANGE, PARAM(1), 65537,    \
                       65536);                                                                     \
        world_drop(page);                                                                          \
    }                                                                                              \
    TEST_CASE(page_##name##_refuses_a_page_of_a_device) {                                          \
        uint64_t page;                                                                             \
        uint64_t device = device_page(&page);                                                      \
        EXPECT_REFUSED(helios_page_##name(page, 0, 1), HELIOS_ERROR_UNSUPPORTED,                   \
                       HELIOS_ARGUMENT_CAPABILITY, HELIOS_TYPE_DEVICE_MEMORY, HELIOS_TYPE_MEMORY); \
        world_drop(device);                                                                        \
    }

// A DeviceMemory and a Page of it, which goes with it.
static uint64_t device_page(uint64_t *page) {
    uint64_t device = world_device();
    uint64_t address = helios_device_memory_query(device).value;
    EXPECT_OK(helios_device_memory_allocate(device, world_memory(), address, 0));
    *page = helios_buffer->caps[0];
    return device;
}

MAINTENANCE(clean)
MAINTENANCE(invalidate)
MAINTENANCE(sync_code)

// DeviceMemory. --------------------------------------------------------------------------------

TEST_CASE(device_memory_query_says_what_bootinfo_says) {
    const struct helios_bootinfo_device *first = &helios_test_bootinfo->devices[0];
    struct helios_answer answer = helios_device_memory_query(first->slot);
    EXPECT_EQ(answer.value, first->base);
    EXPECT_EQ(answer.found, first->length);
}

TEST_CASE(device_memory_allocate_makes_a_page_of_a_device) {
    uint64_t page;
    uint64_t device = device_page(&page);
    struct helios_answer answer = helios_page_query(page);
    EXPECT_EQ(answer.value, helios_device_memory_query(device).value);
    EXPECT_EQ(answer.more[0], 0);
    EXPECT_EQ(answer.more[1], 1);
    world_drop(device);
}

TEST_CASE(device_memory_allocate_makes_the_same_page_twice) {
    uint64_t page;
    uint64_t device = device_page(&page);
    uint64_t address = helios_page_query(page).value;
    EXPECT_OK(helios_device_memory_allocate(device, world_memory(), address, 0));
    EXPECT_EQ(helios_page_query(helios_buffer->caps[0]).value, address);
    world_drop(device);
}

// Tries what is refused; %address is where the device begins.
#define REFUSES(name, call, error, argument, found_there, wanted_there)                            \
    TEST_CASE(device_memory_##name) {                                                              \
        uint64_t device = world_device();                                                          \
        uint64_t memory = world_memory();                                                          \
        uint64_t address = helios_device_memory_query(device).value;                               \
        EXPECT_REFUSED(call, error, argument, found_there, wanted_there);                          \
        EXPECT_TRUE(memory != 0 && address != ~0ull);                                              \
        world_drop(device);                                                                        \
    }

REFUSES(allocate_refuses_level_3, helios_device_memory_allocate(device, memory, address, 3),
        HELIOS_ERROR_RANGE, PARAM(1), 3, 2)
REFUSES(allocate_refuses_an_address_inside_a_page,
        helios_device_memory_allocate(device, memory, address + 8, 0), HELIOS_ERROR_ALIGNMENT,
        PARAM(0), address + 8, WORLD_PAGE)
REFUSES(allocate_refuses_a_page_behind_it,
        helios_device_memory_allocate(device, memory, address + 4 * WORLD_PAGE, 0),
        HELIOS_ERROR_RANGE, PARAM(0), address + 4 * WORLD_PAGE, address)
REFUSES(allocate_refuses_a_page_before_it,
        helios_device_memory_allocate(device, memory, address - WORLD_PAGE, 0), HELIOS_ERROR_RANGE,
        PARAM(0), address - WORLD_PAGE, address)
REFUSES(allocate_refuses_the_last_page_of_all,
        helios_device_memory_allocate(device, memory, ~0ull - 4095, 0), HELIOS_ERROR_RANGE,
        PARAM(0), ~0ull - 4095, address)
REFUSES(allocate_refuses_a_payer_that_is_no_memory,
        helios_device_memory_allocate(device, HELIOS_INIT_POWER, address, 0), HELIOS_ERROR_TYPE,
        HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_MEMORY)
REFUSES(split_refuses_bytes_that_are_no_pages,
        helios_device_memory_split(device, memory, address, 4097), HELIOS_ERROR_ALIGNMENT, PARAM(1),
        4097, WORLD_PAGE)
REFUSES(split_refuses_nothing, helios_device_memory_split(device, memory, address, 0),
        HELIOS_ERROR_RANGE, PARAM(1), 0, WORLD_PAGE)
REFUSES(split_refuses_an_address_inside_a_page,
        helios_device_memory_split(device, memory, address + 8, WORLD_PAGE), HELIOS_ERROR_ALIGNMENT,
        PARAM(0), address + 8, WORLD_PAGE)
REFUSES(split_refuses_more_than_there_is,
        helios_device_memory_split(device, memory, address, 5 * WORLD_PAGE), HELIOS_ERROR_RANGE,
        PARAM(0), address, address)
REFUSES(split_refuses_a_length_that_wraps,
        helios_device_memory_split(device, memory, address + WORLD_PAGE, ~0ull - 4095),
        HELIOS_ERROR_RANGE, PARAM(0), address + WORLD_PAGE, address)
REFUSES(split_refuses_a_payer_that_is_no_memory,
        helios_device_memory_split(device, HELIOS_INIT_POWER, address, WORLD_PAGE),
        HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_MEMORY)

static uint64_t empty_memory(void) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 4));
    return memory;
}

TEST_CASE(device_memory_allocate_refuses_a_payer_that_has_nothing) {
    uint64_t device = world_device();
    uint64_t memory = empty_memory();
    struct helios_answer answer =
        helios_device_memory_allocate(device, memory, helios_device_memory_query(device).value, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_MEMORY);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAP);
    EXPECT_EQ(answer.found, 0);
    world_drop(memory);
    world_drop(device);
}

TEST_CASE(device_memory_split_refuses_a_payer_that_has_nothing) {
    uint64_t device = world_device();
    uint64_t memory = empty_memory();
    struct helios_answer answer = helios_device_memory_split(
        device, memory, helios_device_memory_query(device).value, WORLD_PAGE);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_MEMORY);
    EXPECT_EQ(answer.value, HELIOS_ARGUMENT_CAP);
    EXPECT_EQ(answer.found, 0);
    world_drop(memory);
    world_drop(device);
}

TEST_CASE(device_memory_split_makes_the_part_that_is_named) {
    uint64_t device = world_device();
    uint64_t address = helios_device_memory_query(device).value + WORLD_PAGE;
    EXPECT_OK(helios_device_memory_split(device, world_memory(), address, 2 * WORLD_PAGE));
    struct helios_answer answer = helios_device_memory_query(helios_buffer->caps[0]);
    EXPECT_EQ(answer.value, address);
    EXPECT_EQ(answer.found, 2 * WORLD_PAGE);
    world_drop(device);
}

TEST_CASE(device_memory_takes_its_pages_and_parts_along) {
    uint64_t before = world_free_bytes();
    uint64_t page;
    uint64_t device = device_page(&page);
    uint64_t address = helios_device_memory_query(device).value;
    EXPECT_OK(helios_device_memory_split(device, world_memory(), address, WORLD_PAGE));
    uint64_t part = helios_buffer->caps[0];
    world_drop(device);
    EXPECT_TYPE(page, HELIOS_TYPE_NULL);
    EXPECT_TYPE(part, HELIOS_TYPE_NULL);
    EXPECT_EQ(world_free_bytes(), before);
}
