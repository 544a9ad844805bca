// SPDX-License-Identifier: GPL-3.0-only
//
// Pages of 1 GiB, and pages of devices: of a window of the PCI bus, which is large enough and has
// nothing behind it that minds.
#include "testing/conformance/tables.h"

#define PLACE (3 * HUGE) // where nothing is mapped in a new VSpace

// Where a page of this size can begin in a device's range.
static uint64_t aligned(const struct helios_bootinfo_device *device, uint64_t size) {
    return (device->base + size - 1) & ~(size - 1);
}

// A page of this level of the first window that has one.
static uint64_t device_page(uint64_t level) {
    uint64_t size = WORLD_PAGE << (9 * level);
    for (uint32_t i = 0; i < helios_test_bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *device = &helios_test_bootinfo->devices[i];
        if (device->kind == HELIOS_BOOTINFO_PCI_MEMORY && device->length >= size &&
            aligned(device, size) - device->base <= device->length - size) {
            EXPECT_OK(helios_device_memory_allocate(device->slot, world_memory(),
                                                    aligned(device, size), level));
            return helios_buffer->caps[0];
        }
    }
    EXPECT_TRUE(false);
    return 0;
}

static struct space make_space(uint64_t lowest) {
    return make_space_at(PLACE, lowest);
}

TEST_CASE(huge_page_says_where_it_is_and_how_large) {
    uint64_t page = device_page(2);
    struct helios_answer answer = helios_page_query(page);
    EXPECT_EQ(answer.value % HUGE, 0);
    EXPECT_EQ(answer.more[0], 2);
    EXPECT_EQ(answer.more[1], 1);
    world_drop(page);
}

TEST_CASE(huge_page_is_mapped_from_its_first_byte_to_its_last) {
    struct space space = make_space(2);
    uint64_t page = device_page(2);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, HELIOS_MAP_WRITE));
    struct helios_answer answer = helios_vspace_query(space.vspace, PLACE + HUGE - 1);
    EXPECT_EQ(answer.value, physical(page) + HUGE - 1);
    EXPECT_EQ(answer.more[0], HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
    EXPECT_EQ(answer.more[1], 2);
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).value, physical(page));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE + HUGE).status, HELIOS_ERROR_NOT_MAPPED);
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(huge_page_is_unmapped_where_it_begins) {
    struct space space = make_space(2);
    uint64_t page = device_page(2);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_REFUSED(helios_vspace_unmap(space.vspace, PLACE + LARGE), HELIOS_ERROR_ALIGNMENT,
                   PARAM(0), PLACE + LARGE, HUGE);
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(huge_page_wants_an_address_that_is_aligned_to_it) {
    struct space space = make_space(2);
    uint64_t page = device_page(2);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, page, PLACE + LARGE, 0), HELIOS_ERROR_ALIGNMENT,
                   PARAM(0), PLACE + LARGE, HUGE);
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(huge_page_does_not_reach_the_last_user_page) {
    uint64_t vspace = world_vspace();
    uint64_t page = device_page(2);
    uint64_t last = user_top() & ~(HUGE - 1);
    struct helios_answer answer = helios_vspace_map(vspace, page, last, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, PARAM(0));
    EXPECT_EQ(answer.found, last);
    world_drop(page);
    world_drop(vspace);
}

TEST_CASE(huge_page_shuts_smaller_ones_out) {
    struct space space = make_space(2);
    uint64_t page = device_page(2);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_REFUSED(
        helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 0), PLACE + WORLD_PAGE, 0),
        HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_PAGE, 0);
    EXPECT_REFUSED(
        helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE + LARGE, 0),
        HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_PAGE, 0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_TABLE_1, 0), PLACE, 0),
                   HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_PAGE, 0);
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(huge_page_does_not_fit_where_a_table_is) {
    struct space space = make_space(1);
    uint64_t page = device_page(2);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, page, PLACE, 0), HELIOS_ERROR_OCCUPIED, PARAM(0),
                   HELIOS_TYPE_TABLE_1, 0);
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(huge_page_of_memory_is_refused_where_there_is_none) {
    struct space space = make_space(2);
    struct helios_answer answer = helios_memory_allocate(space.memory, HELIOS_TYPE_PAGE, 2, 1);
    EXPECT_EQ(answer.status, HELIOS_ERROR_NO_MEMORY);
    drop_space(&space);
}

TEST_CASE(huge_page_goes_with_its_device) {
    struct space space = make_space(2);
    uint64_t before = world_free_bytes();
    uint64_t page = device_page(2);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    world_drop(page);
    EXPECT_OK(helios_vspace_query(space.vspace, PLACE));
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(world_free_bytes(), before);
    drop_space(&space);
}

// Devices. --------------------------------------------------------------------------------------

TEST_CASE(large_page_of_a_device_is_mapped_and_unmapped) {
    struct space space = make_space(1);
    uint64_t page = device_page(1);
    EXPECT_EQ(helios_page_query(page).more[0], 1);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, HELIOS_MAP_WRITE));
    struct helios_answer answer = helios_vspace_query(space.vspace, PLACE + LARGE - 1);
    EXPECT_EQ(answer.value, physical(page) + LARGE - 1);
    EXPECT_EQ(answer.more[1], 1);
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(page_of_a_device_is_never_executed) {
    struct space space = make_space(0);
    for (uint64_t level = 0; level <= 2; level++) {
        uint64_t page = device_page(level);
        EXPECT_REFUSED(helios_vspace_map(space.vspace, page, PLACE, HELIOS_MAP_EXECUTE),
                       HELIOS_ERROR_RANGE, PARAM(1), HELIOS_MAP_EXECUTE,
                       HELIOS_MAP_ALL & ~HELIOS_MAP_EXECUTE);
        world_drop(page);
    }
    drop_space(&space);
}

// Caching. --------------------------------------------------------------------------------------

TEST_CASE(page_of_a_device_is_not_cached_whatever_the_flags_say) {
    struct space space = make_space(0);
    uint64_t page = device_page(0);
    static const uint64_t flags[][2] = {
        {0, HELIOS_MAP_DEVICE},
        {HELIOS_MAP_WRITE, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE},
        {HELIOS_MAP_DEVICE, HELIOS_MAP_DEVICE},
        {HELIOS_MAP_WRITE_COMBINE, HELIOS_MAP_WRITE_COMBINE},
    };
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, flags[i][0]));
        EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).more[0], flags[i][1]);
        EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    }
    world_drop(page);
    drop_space(&space);
}

TEST_CASE(page_of_memory_is_cached_as_the_flags_say) {
    struct space space = make_space(0);
    uint64_t page = make(&space, HELIOS_TYPE_PAGE, 0);
    static const uint64_t flags[] = {0, HELIOS_MAP_DEVICE, HELIOS_MAP_WRITE_COMBINE,
                                     HELIOS_MAP_WRITE | HELIOS_MAP_WRITE_COMBINE};
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, flags[i]));
        EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).more[0], flags[i]);
        EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    }
    drop_space(&space);
}

// Too much to write back to memory at once.
TEST_CASE(large_page_of_memory_is_always_cached) {
    struct space space = make_space(1);
    uint64_t page = make(&space, HELIOS_TYPE_PAGE, 1);
    static const uint64_t flags[] = {HELIOS_MAP_DEVICE, HELIOS_MAP_WRITE_COMBINE};
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_REFUSED(helios_vspace_map(space.vspace, page, PLACE, flags[i]), HELIOS_ERROR_RANGE,
                       PARAM(1), flags[i], HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE);
    }
    drop_space(&space);
}
