// SPDX-License-Identifier: GPL-3.0-only
//
// Address spaces that tasks of several CPUs share.
#include "testing/conformance/smp/shared.h"
#include "uapi/fault.h"
#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

static void write_there(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    for (;;) {
        *(volatile uint64_t *)(uintptr_t)WINDOW = index;
        smp_count_one(index);
    }
}

// The page is somebody else's when the unmap has returned.
TEST_CASE(page_that_is_unmapped_is_not_written_by_other_cpus_any_more) {
    uint64_t faults = smp_make(HELIOS_TYPE_ENDPOINT, 0);
    for (unsigned round = 0; round < 5; round++) {
        smp_clear_counts();
        uint64_t page = smp_make(HELIOS_TYPE_PAGE, 0);
        EXPECT_EQ(
            helios_map(HELIOS_INIT_VSPACE, smp_memory(), page, WINDOW, HELIOS_MAP_WRITE).status,
            HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            smp_start(i, i, write_there, smp_number(i));
            EXPECT_EQ(
                helios_task_configure(space_get(i)->task, &faults, 1, HELIOS_TASK_FAULT_ENDPOINT)
                    .status,
                HELIOS_OK);
            smp_await(i, 1);
        }
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW).status, HELIOS_OK);
        EXPECT_EQ(
            helios_map(HELIOS_INIT_VSPACE, smp_memory(), page, WINDOW + PAGE, HELIOS_MAP_WRITE)
                .status,
            HELIOS_OK);
        volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)(WINDOW + PAGE);
        *word = 0;
        smp_sleep_a_bit();
        EXPECT_EQ(*word, 0);
        for (unsigned i = 1; i < CPUS; i++) {
            struct helios_message message;
            helios_recv(faults, 0, &message);
            EXPECT_EQ(helios_tag_label(message.tag), HELIOS_FAULT_WRITE);
            EXPECT_EQ(message.params[0], WINDOW);
        }
        for (unsigned i = 1; i < CPUS; i++) {
            space_end(i);
        }
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, WINDOW + PAGE).status, HELIOS_OK);
        smp_drop(page);
    }
    smp_drop(faults);
}

static uint64_t pages[SPACE_THREADS];

// Its own page at its own address, to and fro.
static void map_and_unmap(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    uint64_t address = WINDOW + (uint64_t)PAGE * index;
    while (helios_vspace_map(HELIOS_INIT_VSPACE, pages[index], address, HELIOS_MAP_WRITE).status ==
           HELIOS_OK) {
        *(volatile uint64_t *)(uintptr_t)address = index;
        if (helios_vspace_unmap(HELIOS_INIT_VSPACE, address).status != HELIOS_OK) {
            break;
        }
        smp_count_one(index);
    }
    smp_wait_for_ever();
}

TEST_CASE(tasks_move_between_cpus_while_they_map_and_unmap) {
    smp_clear_counts();
    for (unsigned i = 0; i < CPUS; i++) {
        pages[i] = smp_make(HELIOS_TYPE_PAGE, 0);
        uint64_t address = WINDOW + (uint64_t)PAGE * i;
        EXPECT_EQ(helios_map(HELIOS_INIT_VSPACE, smp_memory(), pages[i], address, HELIOS_MAP_WRITE)
                      .status,
                  HELIOS_OK); // its tables
        EXPECT_EQ(helios_vspace_unmap(HELIOS_INIT_VSPACE, address).status, HELIOS_OK);
        smp_start(i, i, map_and_unmap, smp_number(i));
    }
    for (unsigned round = 0; round < 2 * CPUS; round++) {
        unsigned index = round % CPUS;
        uint64_t affinity = 1ull << (round / CPUS + index) % CPUS;
        EXPECT_EQ(
            helios_task_set_affinity(space_get(index)->task, HELIOS_INIT_TASK, affinity).status,
            HELIOS_OK);
        smp_await_more(index, 1);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        space_end(i);
        smp_drop(pages[i]);
    }
}

TEST_CASE(address_space_that_goes_stops_its_tasks_on_all_cpus) {
    for (unsigned round = 0; round < 3; round++) {
        smp_clear_counts();
        uint64_t vspace = space_create(helios_test_bootinfo);
        for (unsigned i = 1; i < CPUS; i++) {
            smp_start_in(i, i, vspace, smp_run, smp_number(i));
            smp_await(i, 1);
        }
        EXPECT_EQ(helios_cspace_revoke(HELIOS_INIT_CSPACE, vspace).status, HELIOS_OK);
        for (unsigned i = 1; i < CPUS; i++) {
            struct helios_answer state = helios_task_query(space_get(i)->task);
            EXPECT_EQ(state.more[0] & 0xff, HELIOS_TASK_INACTIVE);
        }
        uint64_t then = smp_counts[1];
        smp_sleep_a_bit();
        EXPECT_EQ(smp_counts[1], then);
        smp_drop(vspace);
        for (unsigned i = 1; i < CPUS; i++) {
            space_end(i);
        }
    }
}
