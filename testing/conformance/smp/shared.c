// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/smp/shared.h"

#include "userland/helios/ipc.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"

// The cases say which CPU a task runs on: this program's own task runs anywhere.
void helios_test_begin(void) {
}

uint64_t smp_memory(void) {
    return helios_test_bootinfo->memories[0].slot;
}

uint64_t smp_make(uint64_t type, uint64_t size) {
    struct helios_answer made = helios_allocate(smp_memory(), type, size);
    EXPECT_EQ(made.status, HELIOS_OK);
    return made.value;
}

void smp_drop(uint64_t slot) {
    EXPECT_EQ(helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1).status, HELIOS_OK);
}

uint64_t smp_free_bytes(void) {
    return helios_memory_query(smp_memory()).value;
}

void smp_sleep_a_bit(void) {
    uint64_t hz = helios_test_bootinfo->timer_hz;
    uint64_t ticks = machine_ticks();
    uint64_t now = ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
    helios_pollx(0, now + MILLISECOND);
}

void smp_start_in(unsigned index, unsigned cpu, uint64_t vspace, void (*entry)(void *),
                  void *argument) {
    EXPECT_TRUE(space_thread(helios_test_bootinfo, index, vspace, 0, PRIORITY, entry, argument));
    uint64_t task = space_get(index)->task;
    EXPECT_EQ(helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu).status, HELIOS_OK);
    EXPECT_EQ(helios_task_resume(task).status, HELIOS_OK);
}

void smp_start(unsigned index, unsigned cpu, void (*entry)(void *), void *argument) {
    smp_start_in(index, cpu, HELIOS_INIT_VSPACE, entry, argument);
}

uint64_t smp_counts[SPACE_THREADS];
static uint64_t goals[SPACE_THREADS];
uint64_t smp_progress;

void smp_clear_counts(void) {
    if (smp_progress == 0) {
        smp_progress = smp_make(HELIOS_TYPE_NOTIFICATION, 0);
    }
    for (unsigned i = 0; i < SPACE_THREADS; i++) {
        smp_counts[i] = 0;
        goals[i] = 0;
    }
}

uint64_t smp_count_of(unsigned index) {
    return __atomic_load_n(&smp_counts[index], __ATOMIC_SEQ_CST);
}

void smp_count_one(unsigned index) {
    uint64_t count = __atomic_add_fetch(&smp_counts[index], 1, __ATOMIC_SEQ_CST);
    if (count == __atomic_load_n(&goals[index], __ATOMIC_SEQ_CST)) {
        helios_signal(smp_progress);
    }
}

// Either it sees the goal, or its count is seen here.
void smp_await(unsigned index, uint64_t count) {
    __atomic_store_n(&goals[index], count, __ATOMIC_SEQ_CST);
    while (smp_count_of(index) < count) {
        helios_wait(smp_progress, 0);
    }
}

void smp_await_more(unsigned index, uint64_t more) {
    smp_await(index, smp_count_of(index) + more);
}

void smp_wait_for_ever(void) {
    for (;;) {
        helios_pollx(0, UINT64_MAX);
    }
}

void smp_run(void *argument) {
    for (;;) {
        smp_count_one((unsigned)(uintptr_t)argument);
    }
}

void *smp_number(unsigned index) {
    return (void *)(uintptr_t)index;
}
