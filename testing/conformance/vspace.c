// SPDX-License-Identifier: GPL-3.0-only
//
// VSpace: pages of two sizes, and tables.
#include "testing/conformance/tables.h"

#define PLACE (16 * LARGE) // where nothing is mapped in a new VSpace

static struct space make_space(uint64_t lowest) {
    return make_space_at(PLACE, lowest);
}

static uint64_t make_page(const struct space *space) {
    return make(space, HELIOS_TYPE_PAGE, 0);
}

TEST_CASE(vspace_map_maps_a_small_page) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, HELIOS_MAP_WRITE));
    struct helios_answer answer = helios_vspace_query(space.vspace, PLACE + 5);
    EXPECT_EQ(answer.value, physical(page) + 5);
    EXPECT_EQ(answer.more[0], HELIOS_MAP_WRITE);
    EXPECT_EQ(answer.more[1], 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_maps_a_large_page) {
    struct space space = make_space(1);
    uint64_t page = make(&space, HELIOS_TYPE_PAGE, 1);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    struct helios_answer answer = helios_vspace_query(space.vspace, PLACE + LARGE - 1);
    EXPECT_EQ(answer.value, physical(page) + LARGE - 1);
    EXPECT_EQ(answer.more[0], 0);
    EXPECT_EQ(answer.more[1], 1);
    drop_space(&space);
}

TEST_CASE(vspace_map_maps_a_page_in_two_places) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE + WORLD_PAGE, 0));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).value, physical(page));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE + WORLD_PAGE).value, physical(page));
    drop_space(&space);
}

TEST_CASE(vspace_map_allows_seven_combinations_of_flags) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    for (uint64_t flags = 0; flags <= HELIOS_MAP_ALL + 1; flags++) {
        bool is_alone = flags == HELIOS_MAP_EXECUTE;
        bool has_both = (flags & HELIOS_MAP_DEVICE) != 0 && (flags & HELIOS_MAP_WRITE_COMBINE) != 0;
        bool is_allowed =
            is_alone || ((flags & HELIOS_MAP_EXECUTE) == 0 && !has_both && flags <= HELIOS_MAP_ALL);
        struct helios_answer answer = helios_vspace_map(space.vspace, page, PLACE, flags);
        if (is_allowed) {
            EXPECT_OK(answer);
            EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
        } else {
            EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
            EXPECT_EQ(answer.value, PARAM(1));
            EXPECT_EQ(answer.found, flags);
        }
    }
    drop_space(&space);
}

TEST_CASE(vspace_map_wants_the_rights_that_the_flags_need) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    static const uint64_t needed[] = {HELIOS_RIGHT_READ, HELIOS_RIGHT_READ | HELIOS_RIGHT_WRITE,
                                      HELIOS_RIGHT_READ | HELIOS_RIGHT_EXECUTE};
    for (uint64_t rights = 0; rights <= HELIOS_RIGHT_ALL; rights++) {
        uint64_t copy = world_copy(page, rights);
        for (uint64_t flags = 0; flags <= HELIOS_MAP_EXECUTE; flags++) {
            struct helios_answer answer = helios_vspace_map(space.vspace, copy, PLACE, flags);
            if ((rights & needed[flags]) == needed[flags]) {
                EXPECT_OK(answer);
                EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
            } else {
                EXPECT_REFUSED(answer, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, rights,
                               needed[flags]);
            }
        }
        world_drop(copy);
    }
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_the_last_user_page) {
    struct space space = make_space(0);
    struct helios_answer answer = helios_vspace_map(space.vspace, make_page(&space), user_top(), 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, PARAM(0));
    EXPECT_EQ(answer.found, user_top());
    EXPECT_EQ(answer.wanted, user_top() - WORLD_PAGE);
    drop_space(&space);
}

// What it wants instead would do, but for the tables that it needs.
TEST_CASE(vspace_map_wants_an_address_that_it_takes) {
    struct space space = make_space(0);
    uint64_t large = make(&space, HELIOS_TYPE_PAGE, 1);
    uint64_t last = helios_vspace_map(space.vspace, make_page(&space), user_top(), 0).wanted;
    EXPECT_EQ(helios_vspace_map(space.vspace, make_page(&space), last, 0).status,
              HELIOS_ERROR_MISSING_TABLE);
    last = helios_vspace_map(space.vspace, large, user_top() & ~(LARGE - 1), 0).wanted;
    EXPECT_EQ(helios_vspace_map(space.vspace, large, last, 0).status, HELIOS_ERROR_MISSING_TABLE);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_the_kernels_half) {
    struct space space = make_space(0);
    struct helios_answer answer = helios_vspace_map(space.vspace, make_page(&space), 1ull << 63, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, PARAM(0));
    EXPECT_EQ(answer.found, 1ull << 63);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_large_page_that_reaches_the_last_user_page) {
    struct space space = make_space(1);
    uint64_t last = user_top() & ~(LARGE - 1);
    struct helios_answer answer =
        helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), last, 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.value, PARAM(0));
    EXPECT_EQ(answer.found, last);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_small_page_that_is_not_aligned) {
    struct space space = make_space(0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make_page(&space), PLACE + 8, 0),
                   HELIOS_ERROR_ALIGNMENT, PARAM(0), PLACE + 8, WORLD_PAGE);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_large_page_that_is_not_aligned) {
    struct space space = make_space(1);
    EXPECT_REFUSED(
        helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE + WORLD_PAGE, 0),
        HELIOS_ERROR_ALIGNMENT, PARAM(0), PLACE + WORLD_PAGE, LARGE);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_flags_for_a_table) {
    struct space space = make_space(1);
    uint64_t table = make(&space, HELIOS_TYPE_TABLE_0, 0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, table, PLACE, HELIOS_MAP_WRITE),
                   HELIOS_ERROR_RANGE, PARAM(1), HELIOS_MAP_WRITE, 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_what_is_neither_page_nor_table) {
    struct space space = make_space(1);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, HELIOS_INIT_POWER, PLACE, 0), HELIOS_ERROR_TYPE,
                   HELIOS_ARGUMENT_CAP, HELIOS_TYPE_POWER, HELIOS_TYPE_PAGE);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_null_slot) {
    uint64_t vspace = world_vspace();
    uint64_t slots = helios_test_bootinfo->cspace_slots;
    uint64_t gone = world_page();
    world_drop(gone);
    EXPECT_REFUSED(helios_vspace_map(vspace, gone, PLACE, 0), HELIOS_ERROR_CAPABILITY,
                   HELIOS_ARGUMENT_CAP, gone, slots);
    world_drop(vspace);
}

TEST_CASE(vspace_map_refuses_a_table_that_is_in_a_vspace) {
    struct space space = make_space(0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, space.tables[0], PLACE + LARGE, 0),
                   HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAP, PLACE, 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_place_where_a_page_is) {
    struct space space = make_space(0);
    EXPECT_OK(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0));
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0),
                   HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_PAGE, 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_large_page_where_a_table_is) {
    struct space space = make_space(0);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE, 0),
                   HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_TABLE_0, 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_refuses_a_small_page_inside_a_large_one) {
    struct space space = make_space(1);
    EXPECT_OK(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE, 0));
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make_page(&space), PLACE + WORLD_PAGE, 0),
                   HELIOS_ERROR_OCCUPIED, PARAM(0), HELIOS_TYPE_PAGE, 0);
    drop_space(&space);
}

TEST_CASE(vspace_map_says_which_table_is_missing_in_a_new_vspace) {
    struct space space = make_space(top_level() + 1);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0),
                   HELIOS_ERROR_MISSING_TABLE, PARAM(0), HELIOS_TYPE_VSPACE,
                   HELIOS_TYPE_TABLE_0 + top_level());
    drop_space(&space);
}

TEST_CASE(vspace_map_says_that_the_lowest_table_is_missing) {
    struct space space = make_space(1);
    EXPECT_REFUSED(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0),
                   HELIOS_ERROR_MISSING_TABLE, PARAM(0), HELIOS_TYPE_TABLE_1, HELIOS_TYPE_TABLE_0);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_takes_a_small_page_out) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    EXPECT_TYPE(page, HELIOS_TYPE_PAGE);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_takes_a_large_page_out) {
    struct space space = make_space(1);
    uint64_t page = make(&space, HELIOS_TYPE_PAGE, 1);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_refuses_the_middle_of_a_large_page) {
    struct space space = make_space(1);
    EXPECT_OK(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE, 0));
    EXPECT_REFUSED(helios_vspace_unmap(space.vspace, PLACE + WORLD_PAGE), HELIOS_ERROR_ALIGNMENT,
                   PARAM(0), PLACE + WORLD_PAGE, LARGE);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_refuses_an_address_inside_a_page) {
    uint64_t vspace = world_vspace();
    EXPECT_REFUSED(helios_vspace_unmap(vspace, PLACE + 1), HELIOS_ERROR_ALIGNMENT, PARAM(0),
                   PLACE + 1, WORLD_PAGE);
    world_drop(vspace);
}

TEST_CASE(vspace_unmap_refuses_the_last_user_page) {
    uint64_t vspace = world_vspace();
    struct helios_answer answer = helios_vspace_unmap(vspace, user_top());
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.found, user_top());
    world_drop(vspace);
}

TEST_CASE(vspace_unmap_refuses_where_nothing_is) {
    struct space space = make_space(0);
    EXPECT_REFUSED(helios_vspace_unmap(space.vspace, PLACE), HELIOS_ERROR_NOT_MAPPED, PARAM(0), 0,
                   HELIOS_TYPE_PAGE);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_table_takes_an_empty_table_out) {
    struct space space = make_space(0);
    EXPECT_OK(helios_vspace_unmap_table(space.vspace, PLACE, 0));
    EXPECT_OK(helios_vspace_map(space.vspace, space.tables[0], PLACE + LARGE, 0));
    drop_space(&space);
}

TEST_CASE(vspace_unmap_table_refuses_a_table_in_use) {
    struct space space = make_space(0);
    EXPECT_OK(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0));
    EXPECT_OK(helios_vspace_map(space.vspace, make_page(&space), PLACE + WORLD_PAGE, 0));
    EXPECT_REFUSED(helios_vspace_unmap_table(space.vspace, PLACE, 0), HELIOS_ERROR_OCCUPIED,
                   PARAM(0), 2, 0);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_table_refuses_where_no_table_is) {
    struct space space = make_space(1);
    EXPECT_REFUSED(helios_vspace_unmap_table(space.vspace, PLACE, 0), HELIOS_ERROR_NOT_MAPPED,
                   PARAM(0), 0, HELIOS_TYPE_TABLE_0);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_table_refuses_where_a_large_page_is) {
    struct space space = make_space(1);
    EXPECT_OK(helios_vspace_map(space.vspace, make(&space, HELIOS_TYPE_PAGE, 1), PLACE, 0));
    EXPECT_REFUSED(helios_vspace_unmap_table(space.vspace, PLACE, 0), HELIOS_ERROR_NOT_MAPPED,
                   PARAM(0), HELIOS_TYPE_PAGE, HELIOS_TYPE_TABLE_0);
    drop_space(&space);
}

TEST_CASE(vspace_unmap_table_refuses_the_level_of_the_root) {
    uint64_t vspace = world_vspace();
    EXPECT_REFUSED(helios_vspace_unmap_table(vspace, PLACE, top_level() + 1), HELIOS_ERROR_RANGE,
                   PARAM(1), top_level() + 1, top_level());
    world_drop(vspace);
}

TEST_CASE(vspace_unmap_table_refuses_an_address_inside_a_page) {
    uint64_t vspace = world_vspace();
    EXPECT_REFUSED(helios_vspace_unmap_table(vspace, PLACE + 1, 0), HELIOS_ERROR_ALIGNMENT,
                   PARAM(0), PLACE + 1, WORLD_PAGE);
    world_drop(vspace);
}

TEST_CASE(vspace_unmap_table_refuses_the_last_user_page) {
    uint64_t vspace = world_vspace();
    struct helios_answer answer = helios_vspace_unmap_table(vspace, user_top(), 0);
    EXPECT_EQ(answer.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(answer.found, user_top());
    EXPECT_EQ(answer.wanted, user_top() - WORLD_PAGE);
    world_drop(vspace);
}

TEST_CASE(vspace_query_refuses_the_last_user_page) {
    uint64_t vspace = world_vspace();
    EXPECT_REFUSED(helios_vspace_query(vspace, user_top()), HELIOS_ERROR_RANGE, PARAM(0),
                   user_top(), user_top() - 1);
    world_drop(vspace);
}

TEST_CASE(vspace_query_refuses_where_nothing_is) {
    struct space space = make_space(0);
    EXPECT_REFUSED(helios_vspace_query(space.vspace, PLACE), HELIOS_ERROR_NOT_MAPPED, PARAM(0), 0,
                   HELIOS_TYPE_PAGE);
    drop_space(&space);
}

TEST_CASE(vspace_keeps_a_page_that_has_no_capability_any_more) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    uint64_t address = physical(page);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    world_drop(page);
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).value, address);
    drop_space(&space);
}

TEST_CASE(vspace_gives_a_page_back_with_its_last_mapping) {
    struct space space = make_space(0);
    uint64_t before = helios_memory_query(space.memory).value;
    uint64_t page = make_page(&space);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    world_drop(page);
    EXPECT_EQ(helios_memory_query(space.memory).value, before - WORLD_PAGE);
    EXPECT_OK(helios_vspace_unmap(space.vspace, PLACE));
    EXPECT_EQ(helios_memory_query(space.memory).value, before);
    drop_space(&space);
}

TEST_CASE(vspace_loses_a_mapping_when_its_page_is_revoked) {
    struct space space = make_space(0);
    uint64_t page = make_page(&space);
    EXPECT_OK(helios_vspace_map(space.vspace, page, PLACE, 0));
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, page));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    drop_space(&space);
}

TEST_CASE(vspace_loses_what_is_mapped_through_a_table_that_is_revoked) {
    struct space space = make_space(0);
    EXPECT_OK(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0));
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, space.tables[0]));
    EXPECT_EQ(helios_vspace_query(space.vspace, PLACE).status, HELIOS_ERROR_NOT_MAPPED);
    EXPECT_OK(helios_vspace_map(space.vspace, space.tables[0], PLACE + LARGE, 0));
    drop_space(&space);
}

TEST_CASE(vspace_leaves_nothing_behind) {
    uint64_t before = world_free_bytes();
    struct space space = make_space(0);
    EXPECT_OK(helios_vspace_map(space.vspace, make_page(&space), PLACE, 0));
    drop_space(&space);
    EXPECT_EQ(world_free_bytes(), before);
}
