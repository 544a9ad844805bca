// SPDX-License-Identifier: GPL-3.0-only
//
// What processors remember of mappings: a translation that is gone is never used again, by whoever
// and under whatever identifier; code that was written is executed as it was written.
#include "testing/conformance/actor.h"
#include "testing/conformance/attack.h"
#include "testing/conformance/machine.h"
#include "testing/conformance/tables.h"
#include "userland/helios/map.h"

#define PLACE  0x52000000ull // where a case maps what it looks at
#define WINDOW 0x54000000ull // where it fills pages; for large ones 2 MiB further

enum { LOOKER = 12, IDENTIFIERS = 256 };

static volatile uint64_t *at(uint64_t address) {
    return (volatile uint64_t *)(uintptr_t)address;
}

static void map(uint64_t vspace, uint64_t page, uint64_t address, uint64_t flags) {
    EXPECT_OK(helios_map(vspace, world_memory(), page, address, flags));
}

static void unmap(uint64_t vspace, uint64_t address) {
    EXPECT_OK(helios_vspace_unmap(vspace, address));
}

// A page of this level whose first word is `value`.
static uint64_t page_with(uint64_t level, uint64_t value) {
    uint64_t page = world_make(HELIOS_TYPE_PAGE, level);
    uint64_t window = WINDOW + level * LARGE;
    map(HELIOS_INIT_VSPACE, page, window, HELIOS_MAP_WRITE);
    *at(window) = value;
    unmap(HELIOS_INIT_VSPACE, window);
    return page;
}

// A thread in any VSpace that looks at PLACE when it is told to. --------------------------------

static volatile uint64_t seen;

static void look(void *argument) {
    (void)argument;
    for (;;) {
        seen = *at(PLACE);
        helios_task_suspend(helios_self()->task);
    }
}

static void execute(void *argument) {
    (void)argument;
    for (;;) {
        seen = ((uint64_t (*)(void))(uintptr_t)PLACE)();
        helios_task_suspend(helios_self()->task);
    }
}

static void begin(uint64_t vspace, void (*entry)(void *argument)) {
    EXPECT_TRUE(space_thread(helios_test_bootinfo, LOOKER, vspace, 0, ACTOR_PRIORITY, entry, 0));
    EXPECT_EQ(helios_call_with(space_get(LOOKER)->task, HELIOS_TASK_CONFIGURE, faults(), 1,
                               HELIOS_TASK_FAULT_ENDPOINT, 0, 0)
                  .status,
              HELIOS_OK);
}

// Its buffer goes from the maker's VSpace with it, from another one by this.
static void end(uint64_t vspace) {
    uint64_t buffer = (uintptr_t)space_get(LOOKER)->buffer;
    space_end(LOOKER);
    if (vspace != HELIOS_INIT_VSPACE) {
        unmap(vspace, buffer);
    }
}

// Nobody sees 0. On a slow machine the looker's slice may end before it has looked.
static uint64_t look_again(void) {
    enum { TURNS = 1000 };
    seen = 0;
    resume_suspended(space_get(LOOKER)->task);
    for (unsigned i = 0; i < TURNS && seen == 0; i++) {
        helios_yield();
    }
    return seen;
}

static uint64_t look_into(uint64_t vspace) {
    begin(vspace, look);
    uint64_t value = look_again();
    end(vspace);
    return value;
}

// The looker's next look is a fault there.
static void expect_nothing_there(void) {
    resume_suspended(space_get(LOOKER)->task);
    struct fault fault = receive_fault();
    EXPECT_EQ(fault.kind, HELIOS_FAULT_READ);
    EXPECT_EQ(fault.address, PLACE);
    space_end(LOOKER);
}

// The address space that is in use. -------------------------------------------------------------

TEST_CASE(page_that_takes_the_place_of_another_is_seen_at_once) {
    uint64_t first = page_with(0, 1);
    uint64_t second = page_with(0, 2);
    for (unsigned i = 0; i < 3; i++) {
        map(HELIOS_INIT_VSPACE, first, PLACE, 0);
        EXPECT_EQ(*at(PLACE), 1);
        unmap(HELIOS_INIT_VSPACE, PLACE);
        map(HELIOS_INIT_VSPACE, second, PLACE, 0);
        EXPECT_EQ(*at(PLACE), 2);
        unmap(HELIOS_INIT_VSPACE, PLACE);
    }
    world_drop(first);
    world_drop(second);
}

TEST_CASE(page_that_was_unmapped_is_not_seen_any_more) {
    uint64_t page = page_with(0, 1);
    map(HELIOS_INIT_VSPACE, page, PLACE, 0);
    begin(HELIOS_INIT_VSPACE, look);
    EXPECT_EQ(look_again(), 1);
    unmap(HELIOS_INIT_VSPACE, PLACE);
    expect_nothing_there();
    world_drop(page);
}

TEST_CASE(page_that_was_revoked_is_not_seen_any_more) {
    uint64_t page = page_with(0, 1);
    map(HELIOS_INIT_VSPACE, page, PLACE, 0);
    begin(HELIOS_INIT_VSPACE, look);
    EXPECT_EQ(look_again(), 1);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, page));
    expect_nothing_there();
    world_drop(page);
}

TEST_CASE(page_whose_memory_was_reset_is_not_seen_any_more) {
    uint64_t memory = world_small_memory();
    EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 1));
    map(HELIOS_INIT_VSPACE, helios_buffer->caps[0], PLACE, HELIOS_MAP_WRITE);
    *at(PLACE) = 1;
    begin(HELIOS_INIT_VSPACE, look);
    EXPECT_EQ(look_again(), 1);
    EXPECT_OK(helios_memory_reset(memory));
    expect_nothing_there();
    world_drop(memory);
}

static void write(void *argument) {
    (void)argument;
    for (;;) {
        *at(PLACE) = 5;
        helios_task_suspend(helios_self()->task);
    }
}

TEST_CASE(page_that_is_mapped_again_without_write_is_not_written_any_more) {
    uint64_t page = page_with(0, 1);
    map(HELIOS_INIT_VSPACE, page, PLACE, HELIOS_MAP_WRITE);
    begin(HELIOS_INIT_VSPACE, write);
    look_again();
    EXPECT_EQ(*at(PLACE), 5);
    unmap(HELIOS_INIT_VSPACE, PLACE);
    map(HELIOS_INIT_VSPACE, page, PLACE, 0);
    resume_suspended(space_get(LOOKER)->task);
    EXPECT_EQ(receive_fault().kind, HELIOS_FAULT_WRITE);
    space_end(LOOKER);
    unmap(HELIOS_INIT_VSPACE, PLACE);
    world_drop(page);
}

TEST_CASE(large_page_that_gave_way_to_a_table_is_not_seen_any_more) {
    uint64_t large = page_with(1, 1);
    uint64_t small = page_with(0, 2);
    uint64_t empty = 0x58000000; // no table of level 0 is there
    map(HELIOS_INIT_VSPACE, large, empty, HELIOS_MAP_WRITE);
    *at(empty + WORLD_PAGE) = 3;
    EXPECT_EQ(*at(empty), 1);
    unmap(HELIOS_INIT_VSPACE, empty);
    uint64_t table = world_make(HELIOS_TYPE_TABLE_0, 0);
    EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, table, empty, 0));
    map(HELIOS_INIT_VSPACE, small, empty + WORLD_PAGE, 0);
    EXPECT_EQ(*at(empty + WORLD_PAGE), 2);
    unmap(HELIOS_INIT_VSPACE, empty + WORLD_PAGE);
    EXPECT_OK(helios_vspace_unmap_table(HELIOS_INIT_VSPACE, empty, 0));
    map(HELIOS_INIT_VSPACE, large, empty, 0);
    EXPECT_EQ(*at(empty + WORLD_PAGE), 3);
    unmap(HELIOS_INIT_VSPACE, empty);
    world_drop(table);
    world_drop(small);
    world_drop(large);
}

// Processors remember tables too.
TEST_CASE(table_that_took_the_place_of_another_is_used_at_once) {
    uint64_t pages[2] = {page_with(0, 1), page_with(0, 2)};
    uint64_t tables[2] = {world_make(HELIOS_TYPE_TABLE_0, 0), world_make(HELIOS_TYPE_TABLE_0, 0)};
    uint64_t empty = 0x58000000;
    for (unsigned i = 0; i < 6; i++) {
        EXPECT_OK(helios_vspace_map(HELIOS_INIT_VSPACE, tables[i % 2], empty, 0));
        map(HELIOS_INIT_VSPACE, pages[i % 2], empty, 0);
        EXPECT_EQ(*at(empty), 1 + i % 2);
        unmap(HELIOS_INIT_VSPACE, empty);
        EXPECT_OK(helios_vspace_unmap_table(HELIOS_INIT_VSPACE, empty, 0));
    }
    for (unsigned i = 0; i < 2; i++) {
        world_drop(tables[i]);
        world_drop(pages[i]);
    }
}

// Identifiers. ----------------------------------------------------------------------------------

// A VSpace in which a thread can run and sees `value`.
static uint64_t space_with(uint64_t value) {
    uint64_t vspace = space_create(helios_test_bootinfo);
    uint64_t page = page_with(0, value);
    map(vspace, page, PLACE, 0);
    world_drop(page);
    return vspace;
}

// A pool gives the identifier out that it got back last.
TEST_CASE(identifier_of_a_dead_vspace_translates_nothing_of_it) {
    uint64_t pool = world_asid_pool();
    for (uint64_t value = 1; value <= 3; value++) {
        uint64_t vspace = space_with(value);
        EXPECT_OK(helios_asid_pool_assign(pool, vspace));
        EXPECT_EQ(look_into(vspace), value);
        world_drop(vspace);
    }
    world_drop(pool);
}

TEST_CASE(vspaces_that_share_identifier_zero_see_their_own_pages) {
    uint64_t vspaces[2] = {space_with(1), space_with(2)};
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(look_into(vspaces[i % 2]), 1 + i % 2);
    }
    world_drop(vspaces[0]);
    world_drop(vspaces[1]);
}

TEST_CASE(vspace_sees_its_own_pages_after_its_pool_has_gone) {
    uint64_t pool = world_asid_pool();
    uint64_t vspaces[2] = {space_with(1), space_with(2)};
    EXPECT_OK(helios_asid_pool_assign(pool, vspaces[0]));
    begin(vspaces[0], look);
    EXPECT_EQ(look_again(), 1);
    world_drop(pool);
    EXPECT_EQ(look_again(), 1);
    end(vspaces[0]);
    pool = world_asid_pool();
    EXPECT_OK(helios_asid_pool_assign(pool, vspaces[1])); // what the first one had
    EXPECT_EQ(look_into(vspaces[1]), 2);
    EXPECT_EQ(look_into(vspaces[0]), 1);
    world_drop(pool);
    world_drop(vspaces[0]);
    world_drop(vspaces[1]);
}

TEST_CASE(page_that_is_unmapped_from_another_vspace_is_not_seen_there_any_more) {
    uint64_t pool = world_asid_pool();
    uint64_t vspace = space_with(1);
    EXPECT_OK(helios_asid_pool_assign(pool, vspace));
    begin(vspace, look);
    EXPECT_EQ(look_again(), 1);
    unmap(vspace, PLACE);
    expect_nothing_there();
    world_drop(vspace);
    world_drop(pool);
}

TEST_CASE(task_whose_vspace_was_revoked_runs_no_more) {
    uint64_t vspace = space_with(1);
    begin(vspace, look);
    EXPECT_EQ(look_again(), 1);
    EXPECT_OK(helios_cspace_revoke(HELIOS_INIT_CSPACE, vspace));
    world_drop(vspace);
    EXPECT_EQ(helios_task_resume(space_get(LOOKER)->task).status, HELIOS_ERROR_STATE);
    space_end(LOOKER);
}

TEST_CASE(pool_takes_an_identifier_back_and_gives_it_out_again) {
    uint64_t memory = world_make(HELIOS_TYPE_MEMORY, 24);
    uint64_t pool = world_asid_pool();
    uint64_t last = 0;
    for (unsigned i = 0; i < IDENTIFIERS; i++) {
        EXPECT_OK(helios_memory_allocate(memory, HELIOS_TYPE_VSPACE, 0, 1));
        last = helios_buffer->caps[0];
        EXPECT_OK(helios_asid_pool_assign(pool, last));
    }
    EXPECT_EQ(helios_asid_pool_query(pool).found, 0);
    uint64_t late = world_vspace();
    EXPECT_EQ(helios_asid_pool_assign(pool, late).status, HELIOS_ERROR_NO_SLOT);
    world_drop(last);
    EXPECT_OK(helios_asid_pool_assign(pool, late));
    world_drop(memory);
    EXPECT_EQ(helios_asid_pool_query(pool).found, IDENTIFIERS - 1);
    world_drop(late);
    EXPECT_EQ(helios_asid_pool_query(pool).found, IDENTIFIERS);
    world_drop(pool);
}

// No machine has more than 65536, a pool holds 256: VSpaces of pools beyond have none of their own.
TEST_CASE(pools_beyond_the_machines_identifiers_serve_all_the_same) {
    enum { POOLS = 258 };
    static uint64_t pools[POOLS];
    uint64_t before = world_free_bytes();
    for (unsigned i = 0; i < POOLS; i++) {
        pools[i] = world_asid_pool();
    }
    uint64_t vspaces[2] = {space_with(1), space_with(2)};
    EXPECT_OK(helios_asid_pool_assign(pools[POOLS - 1], vspaces[0]));
    EXPECT_OK(helios_asid_pool_assign(pools[POOLS - 2], vspaces[1]));
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(look_into(vspaces[i % 2]), 1 + i % 2);
    }
    world_drop(vspaces[0]);
    world_drop(vspaces[1]);
    for (unsigned i = 0; i < POOLS; i++) {
        world_drop(pools[i]);
    }
    EXPECT_TRUE(world_free_bytes() <= before);
    uint64_t pool = world_asid_pool();
    uint64_t vspace = space_with(3);
    EXPECT_OK(helios_asid_pool_assign(pool, vspace));
    EXPECT_EQ(look_into(vspace), 3);
    world_drop(vspace);
    world_drop(pool);
}

// Code. -----------------------------------------------------------------------------------------

// Writes a function that returns `value` through a mapping that can't be executed.
static void write_code(uint64_t page, unsigned value) {
    map(HELIOS_INIT_VSPACE, page, WINDOW, HELIOS_MAP_WRITE);
    machine_write_function((volatile uint32_t *)(uintptr_t)WINDOW, value);
    unmap(HELIOS_INIT_VSPACE, WINDOW);
    EXPECT_OK(helios_page_sync_code(page, 0, 4096));
}

TEST_CASE(code_that_is_written_is_executed_in_another_vspace) {
    uint64_t page = world_page();
    write_code(page, 17);
    uint64_t vspace = space_create(helios_test_bootinfo);
    map(vspace, page, PLACE, HELIOS_MAP_EXECUTE);
    begin(vspace, execute);
    EXPECT_EQ(look_again(), 17);
    space_end(LOOKER);
    world_drop(vspace);
    world_drop(page);
}

TEST_CASE(code_that_is_changed_is_executed_as_it_is_in_every_vspace) {
    uint64_t page = world_page();
    uint64_t vspace = space_create(helios_test_bootinfo);
    map(vspace, page, PLACE, HELIOS_MAP_EXECUTE);
    map(HELIOS_INIT_VSPACE, page, PLACE, HELIOS_MAP_EXECUTE);
    for (unsigned value = 1; value <= 4; value++) {
        write_code(page, value);
        begin(vspace, execute);
        EXPECT_EQ(look_again(), value);
        end(vspace);
        EXPECT_EQ(((uint64_t (*)(void))(uintptr_t)PLACE)(), value);
    }
    unmap(HELIOS_INIT_VSPACE, PLACE);
    world_drop(vspace);
    world_drop(page);
}
