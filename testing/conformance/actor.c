// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/actor.h"

struct actor {
    uint64_t number;
    struct helios_message message;
    volatile bool done;
};

static struct actor actors[SPACE_THREADS];

static void act(void *argument) {
    struct actor *self = argument;
    for (;;) {
        refusals_syscall(self->number, &self->message);
        self->done = true;
        helios_task_suspend(helios_self()->task);
    }
}

void resume_suspended(uint64_t task) {
    enum { SUSPENDED = 256, MOMENT = 200000 }; // of Task.query's state; nanoseconds
    while ((helios_task_query(task).more[0] & SUSPENDED) == 0) {
        sleep_until(clock_now() + MOMENT); // its priority may be lower
    }
    EXPECT_EQ(helios_task_resume(task).status, HELIOS_OK);
}

void let_run(uint64_t task) {
    enum { TURNS = 100 };
    struct helios_answer found = {.status = HELIOS_OK, .more = {HELIOS_TASK_READY}};
    for (unsigned i = 0;
         i < TURNS && found.status == HELIOS_OK && found.more[0] == HELIOS_TASK_READY; i++) {
        helios_yield();
        found = helios_task_query(task);
    }
}

void actor_make(unsigned index) {
    if (space_get(index)->task == 0) {
        EXPECT_TRUE(space_thread(helios_test_bootinfo, index, HELIOS_INIT_VSPACE, 0, ACTOR_PRIORITY,
                                 act, &actors[index]));
    }
}

void actor_send(unsigned index, uint64_t number, const struct helios_message *message) {
    actor_make(index);
    actors[index].number = number;
    actors[index].message = *message;
    actors[index].done = false;
    resume_suspended(space_get(index)->task);
    let_run(space_get(index)->task);
}

void actor_do(unsigned index, uint64_t number, uint64_t capability, uint64_t tag, uint64_t p0) {
    struct helios_message message = {
        .capability = capability, .tag = tag, .params = {p0, 0x222, 0x333, 0x444}};
    actor_send(index, number, &message);
}

bool actor_is_done(unsigned index) {
    let_run(space_get(index)->task);
    return actors[index].done;
}

struct helios_message actor_result(unsigned index) {
    return actors[index].message;
}

uint64_t actor_task(unsigned index) {
    return space_get(index)->task;
}

uint64_t actor_state(unsigned index) {
    let_run(space_get(index)->task);
    return helios_task_query(space_get(index)->task).more[0];
}

struct helios_ipc_buffer *actor_buffer(unsigned index) {
    return space_get(index)->buffer;
}

void actor_end(unsigned index) {
    space_end(index);
}

uint64_t make_object(uint64_t type) {
    struct helios_answer made = helios_allocate(helios_test_bootinfo->memories[0].slot, type, 0);
    EXPECT_EQ(made.status, HELIOS_OK);
    return made.value;
}

void destroy_slot(uint64_t slot) {
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1);
}

uint64_t free_slot(void) {
    uint64_t slot = make_object(HELIOS_TYPE_NOTIFICATION);
    destroy_slot(slot);
    return slot;
}

uint64_t copy_with(uint64_t source, uint64_t rights, uint64_t badge) {
    struct helios_answer made =
        helios_cspace_copy(HELIOS_INIT_CSPACE, source, HELIOS_CADDR_UNDEF, rights, badge);
    EXPECT_EQ(made.status, HELIOS_OK);
    return made.value;
}

uint64_t clock_now(void) {
    uint64_t hz = helios_test_bootinfo->timer_hz;
    uint64_t ticks = machine_ticks();
    return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}

enum { MILLISECOND = 1000000 };

// Not so soon that a host with much else to do gets to what comes before it too late.
uint64_t deadline_soon(void) {
    return clock_now() + 200ull * MILLISECOND;
}

void sleep_past(uint64_t deadline, bool (*waits)(void)) {
    const uint64_t limit = deadline + 50000ull * MILLISECOND;
    sleep_until(deadline);
    while (waits() && clock_now() < limit) {
        sleep_until(clock_now() + MILLISECOND);
    }
}

bool actor_waits(void) {
    return !actor_is_done(0);
}

void sleep_until(uint64_t when) {
    struct helios_message message = {.tag = helios_tag(0, 0, 2, 0), .params = {0, when}};
    helios_syscall(HELIOS_SYS_POLLX, &message);
}
