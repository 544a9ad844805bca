// SPDX-License-Identifier: GPL-3.0-only
//
// Pages of 1 GiB that are memory. For machines with some gigabytes of it.
#include "testing/conformance/tables.h"
#include "userland/helios/map.h"

#define PLACE (5 * HUGE)

static volatile uint64_t *at(uint64_t address) {
    return (volatile uint64_t *)(uintptr_t)address;
}

// The Memory that has a gigabyte in one piece.
static uint64_t large_memory(void) {
    for (uint32_t i = 0; i < helios_test_bootinfo->memory_count; i++) {
        uint64_t slot = helios_test_bootinfo->memories[i].slot;
        if (helios_memory_query(slot).found >= 30) {
            return slot;
        }
    }
    EXPECT_TRUE(false);
    return 0;
}

static uint64_t huge_page(void) {
    EXPECT_OK(helios_memory_allocate(large_memory(), HELIOS_TYPE_PAGE, 2, 1));
    return helios_buffer->caps[0];
}

// One for several cases: a gigabyte takes long to clear.
static uint64_t shared_page(void) {
    static uint64_t page;
    if (page == 0) {
        page = huge_page();
    }
    return page;
}

// Every 2 MiB and the ends: the first and last word of each.
static void fill(uint64_t value) {
    for (uint64_t offset = 0; offset < HUGE; offset += LARGE) {
        *at(PLACE + offset) = value + offset;
        *at(PLACE + offset + LARGE - 8) = value + offset + 1;
    }
}

static void expect_filled(uint64_t address, uint64_t value, uint64_t end) {
    for (uint64_t offset = 0; offset < end; offset += LARGE) {
        EXPECT_EQ(*at(address + offset), value + offset);
        EXPECT_EQ(*at(address + offset + LARGE - 8), value + offset + 1);
    }
}

TEST_CASE(huge_page_of_memory_holds_what_is_written_and_is_zero_again) {
    uint64_t before = helios_memory_query(large_memory()).value;
    uint64_t page = huge_page();
    EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), page, PLACE, HELIOS_MAP_WRITE));
    EXPECT_EQ(*at(PLACE), 0);
    EXPECT_EQ(*at(PLACE + HUGE - 8), 0);
    fill(7);
    expect_filled(PLACE, 7, HUGE);
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, PLACE));
    world_drop(page);
    EXPECT_TRUE(helios_memory_query(large_memory()).value >= before - (1 << 20));
    page = huge_page();
    EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, page, PLACE, 0));
    for (uint64_t offset = 0; offset < HUGE; offset += LARGE) {
        EXPECT_EQ(*at(PLACE + offset) | *at(PLACE + offset + LARGE - 8), 0);
    }
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, PLACE));
    world_drop(page);
}

TEST_CASE(huge_page_of_memory_is_maintained_at_its_end) {
    uint64_t page = shared_page();
    EXPECT_OK(helios_page_clean(page, HUGE - 65536, 65536));
    EXPECT_OK(helios_page_invalidate(page, HUGE - 1, 1));
    EXPECT_OK(helios_page_sync_code(page, HUGE - 4096, 4096));
    EXPECT_REFUSED(helios_page_clean(page, HUGE, 0), HELIOS_ERROR_RANGE, PARAM(0), HUGE, HUGE - 1);
    EXPECT_REFUSED(helios_page_clean(page, HUGE - 8, 9), HELIOS_ERROR_RANGE, PARAM(1), 9, 8);
}

TEST_CASE(huge_page_of_memory_is_executed_as_any_other) {
    uint64_t page = shared_page();
    EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), page, PLACE, HELIOS_MAP_EXECUTE));
    struct helios_answer answer = helios_vspace_query(HELIOS_INIT_VSPACE, PLACE + HUGE - 1);
    EXPECT_EQ(answer.value, physical(page) + HUGE - 1);
    EXPECT_EQ(answer.more[0], HELIOS_MAP_EXECUTE);
    EXPECT_EQ(answer.more[1], 2);
    EXPECT_OK(helios_vspace_unmap(HELIOS_INIT_VSPACE, PLACE));
}

TEST_CASE(huge_page_of_memory_goes_when_it_is_revoked) {
    uint64_t page = shared_page();
    EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), page, PLACE, HELIOS_MAP_WRITE));
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, page));
    EXPECT_EQ(helios_vspace_query(HELIOS_INIT_VSPACE, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
}
