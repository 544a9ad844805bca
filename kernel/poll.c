// SPDX-License-Identifier: GPL-3.0-only
//
// poll and pollx: wait for any of several endpoints and notifications.
//
// What is ready is a hint: it was so when the kernel looked, or when something happened, and
// somebody else may be faster. So all who poll an object wake, and follow with nbrecv, nbwait or
// nbsend. Pollers take part in nothing: an endpoint at which only pollers wait is idle.
//
// A polling task is in a list of each object that it polls, by a poll_link of its own for each
// entry, so waiting allocates nothing. When one of the objects becomes ready, the task leaves all
// lists, finds that entry's `ready` set and returns 1; entries that became ready meanwhile are
// found by the next poll. All pollers of an object wake in one go, so there are at most
// IPC_MAX_POLLERS: the next one is refused (ERROR_BUSY). Between them devices' interrupts are let
// in unless it is one that wakes them, or a receiver, which such an interrupt may concern.
//
// The lock of an object guards its list. No two are held at the same time. Who ends the wait of a
// polling task claims it first, by closing `poll_claim` with a compare-and-exchange: who wakes it
// (with the lock of the object held, before its link is taken out), its deadline, who cancels it,
// the reaper. One of them succeeds, takes it out of all other lists, and gives it its result. Who
// does not leaves its link alone: so the link of somebody who is claimed stands in a list until his
// claimer takes it out, and an object is not gone before its list is empty.
//
// Nothing that happens is missed. A task joins all lists, blocks, opens the word, and then looks at
// all objects once more. What happens at an object is done with its lock held, and so is the look:
// if it has come before the look, that finds it; if it comes after, who made it happen finds the
// link, and the word open, unless it has been undone before he looks. If the look finds something
// the task claims itself, and goes on; if somebody else has claimed it by then it has been blocked
// for a moment, and is woken.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/ipc_wait.h"
#include "kernel/irq.h"
#include "kernel/smp.h"

static struct task *task_of_link(struct poll_link *link) {
    void *first = link - link->index;
    return (void *)((uint8_t *)first - offsetof(struct task, polls));
}

static struct poll_link **list_of(struct object *object, uint32_t **count) {
    if (object->type == HELIOS_TYPE_ENDPOINT) {
        *count = &endpoint_of(object)->poller_count;
        return &endpoint_of(object)->pollers;
    }
    *count = &notification_of(object)->poller_count;
    return &notification_of(object)->pollers;
}

// The object's lock is held.
static void take_out(struct poll_link *link, uint32_t *count) {
    CHECK(link->prev != NULL);
    *link->prev = link->next;
    if (link->next != NULL) {
        link->next->prev = link->prev;
    }
    link->prev = NULL;
    (*count)--;
}

static bool put_in(struct poll_link *link) {
    struct object *object = link->object;
    uint32_t *count;
    struct poll_link **list = list_of(object, &count);
    lock_acquire(&object->lock);
    bool has_room = *count < IPC_MAX_POLLERS && object_is_live(object);
    if (has_room) {
        link->next = *list;
        link->prev = list;
        if (*list != NULL) {
            (*list)->prev = &link->next;
        }
        *list = link;
        (*count)++;
    }
    lock_release(&object->lock);
    return has_room;
}

static bool withdraw_some(struct task *task, unsigned budget) {
    for (; task->poll_count > 0 && budget > 0; budget--) {
        task->poll_count--;
        struct poll_link *link = &task->polls[task->poll_count];
        uint32_t *count;
        list_of(link->object, &count);
        lock_acquire(&link->object->lock);
        if (link->prev != NULL) {
            take_out(link, count);
        }
        lock_release(&link->object->lock);
    }
    return task->poll_count == 0;
}

void poll_withdraw(struct task *task) {
    withdraw_some(task, HELIOS_MAX_POLL);
}

bool poll_reap(struct task *task, unsigned budget) {
    uint8_t word = POLL_OPEN;
    bool is_mine = __atomic_compare_exchange_n(&task->poll_claim, &word, POLL_REAPED, false,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
                   word == POLL_REAPED;
    if (!is_mine || !withdraw_some(task, budget)) {
        return false;
    }
    __atomic_store_n(&task->poll_claim, POLL_OPEN, __ATOMIC_RELEASE); // nobody finds it any more
    return true;
}

// The object is locked. A receiver that is away may come back, which wakes nobody.
static unsigned ready_events(struct object *object, unsigned events) {
    if (object->type == HELIOS_TYPE_NOTIFICATION) {
        return notification_of(object)->word != 0 ? events & HELIOS_POLL_RECV : 0;
    }
    const struct task *first = endpoint_of(object)->waiters.first;
    if (first == NULL) {
        return endpoint_of(object)->away != 0 ? events & HELIOS_POLL_SEND : 0;
    }
    return events & (first->state == HELIOS_TASK_RECEIVING ? HELIOS_POLL_SEND : HELIOS_POLL_RECV);
}

// Those who wait for what is so now, claimed, out of the list and linked through `next`. In their
// links are the events that are. All at once: who has been woken may poll again before the last of
// them is.
static struct poll_link *take_ready(struct object *object) {
    struct poll_link *taken = NULL;
    uint32_t *count;
    struct poll_link **list = list_of(object, &count);
    lock_acquire(&object->lock);
    unsigned now = ready_events(object, HELIOS_POLL_RECV | HELIOS_POLL_SEND);
    struct poll_link *next;
    for (struct poll_link *link = *list; link != NULL; link = next) {
        next = link->next;
        if ((link->events & now) != 0 && poll_claim(task_of_link(link))) {
            take_out(link, count);
            link->events = (uint16_t)(link->events & now);
            link->next = taken;
            taken = link;
        }
    }
    lock_release(&object->lock);
    return taken;
}

static void wake(struct task *task, const struct poll_link *link) {
    poll_withdraw(task);
    smp_fence(); // its CPU may just be giving it another buffer (ipc_let_copy)
    struct helios_ipc_buffer *buffer = task_buffer(task);
    if (buffer == NULL) {
        const struct refusal refusal = ipc_refusal(HELIOS_ERROR_BUFFER);
        ipc_fail_wait(task, &refusal);
        return;
    }
    buffer->poll[link->index].ready = link->events;
    answer(task, 1);
    ipc_end_wait(task);
    task_make_ready(task);
}

void poll_wake(struct object *object, bool lets_in) {
    struct poll_link *link = take_ready(object);
    while (link != NULL) {
        struct poll_link *next = link->next;
        wake(task_of_link(link), link);
        if (next != NULL && lets_in) {
            irq_window(); // who comes there waits for nobody's claim
        }
        link = next;
    }
}

// Any poller, claimed, and taken out of the list; NULL: there is none (*is_polled says so), or all
// are claimed.
static struct poll_link *take_any(struct object *object, bool *is_polled) {
    uint32_t *count;
    struct poll_link **list = list_of(object, &count);
    lock_acquire(&object->lock);
    struct poll_link *link = *list;
    *is_polled = link != NULL;
    while (link != NULL && !poll_claim(task_of_link(link))) {
        link = link->next;
    }
    if (link != NULL) {
        take_out(link, count);
    }
    lock_release(&object->lock);
    return link;
}

// A task leaves as many lists as it polls objects, which goes from the budget too.
bool poll_fail(struct object *object, unsigned budget) {
    enum { LISTS = HELIOS_MAX_POLL };
    unsigned left = 0;
    for (unsigned i = 0; i < budget && left < LISTS; i++) {
        bool is_polled;
        struct poll_link *link = take_any(object, &is_polled);
        if (link == NULL) {
            return !is_polled;
        }
        struct task *task = task_of_link(link);
        left += task->poll_count;
        poll_withdraw(task);
        struct refusal refusal = ipc_refusal(HELIOS_ERROR_GONE);
        refusal.argument = HELIOS_ARGUMENT_POLL + link->index;
        ipc_fail_wait(task, &refusal);
    }
    return false;
}

static bool check_entry(struct task *current, unsigned i, struct refusal *problem) {
    unsigned argument = HELIOS_ARGUMENT_POLL + i;
    uint64_t address = *(volatile uint64_t *)&current->buffer->poll[i].capability;
    uint32_t events = *(volatile uint32_t *)&current->buffer->poll[i].events;
    struct slot_view slot;
    if (!syscall_lookup(current, address, &slot)) {
        uint64_t count = current->cspace != NULL ? current->cspace->slot_count : 0;
        return ipc_refuse(problem, HELIOS_ERROR_CAPABILITY, argument, address, count);
    }
    uint32_t known = HELIOS_POLL_RECV;
    if (slot.type == HELIOS_TYPE_ENDPOINT) {
        known |= HELIOS_POLL_SEND;
    } else if (slot.type != HELIOS_TYPE_NOTIFICATION) {
        return ipc_refuse(problem, HELIOS_ERROR_TYPE, argument, slot.type, HELIOS_TYPE_ENDPOINT);
    }
    if (events == 0 || (events & ~known) != 0) {
        return ipc_refuse(problem, HELIOS_ERROR_RANGE, argument, events, known);
    }
    unsigned rights = ((events & HELIOS_POLL_RECV) != 0 ? HELIOS_RIGHT_READ : 0u) |
                      ((events & HELIOS_POLL_SEND) != 0 ? HELIOS_RIGHT_WRITE : 0u);
    if (!ipc_check_rights(&slot, rights, problem)) {
        problem->argument = argument;
        return false;
    }
    current->polls[i] =
        (struct poll_link){.object = slot.object, .index = (uint16_t)i, .events = (uint16_t)events};
    return true;
}

static bool check_poll(struct task *current, const struct syscall *call, struct refusal *problem) {
    uint64_t count = call->params[0];
    bool may_sleep = call->number == HELIOS_SYS_POLLX;
    if (count > HELIOS_MAX_POLL) {
        return ipc_refuse(problem, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, count,
                          HELIOS_MAX_POLL);
    }
    if (count == 0 && !may_sleep) {
        return ipc_refuse(problem, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, 0, 1);
    }
    if (count > 0 && current->buffer == NULL) {
        return ipc_refuse(problem, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    for (unsigned i = 0; i < count; i++) {
        if (!check_entry(current, i, problem)) {
            return false;
        }
    }
    return true;
}

// What of the events is so now, for each entry.
struct picture {
    unsigned ready; // entries that are
    uint8_t events[HELIOS_MAX_POLL];
};

// The task's buffer is not touched: it may be somebody else's to write to.
static void look(const struct task *current, unsigned count, struct picture *picture) {
    picture->ready = 0;
    for (unsigned i = 0; i < count; i++) {
        struct object *object = current->polls[i].object;
        lock_acquire(&object->lock);
        picture->events[i] = (uint8_t)ready_events(object, current->polls[i].events);
        lock_release(&object->lock);
        picture->ready += picture->events[i] != 0;
    }
}

static void show(struct task *current, unsigned count, const struct picture *picture) {
    for (unsigned i = 0; i < count; i++) {
        current->buffer->poll[i].ready = picture->events[i];
    }
}

// Joins the lists of all objects; if one has no room, of none.
static bool join(struct task *current, unsigned count, struct refusal *problem) {
    for (unsigned i = 0; i < count; i++) {
        current->poll_count = (uint8_t)(i + 1);
        if (!put_in(&current->polls[i])) {
            poll_withdraw(current);
            return ipc_refuse(problem, HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_POLL + i, 0,
                              IPC_MAX_POLLERS);
        }
    }
    return true;
}

// It is in all lists: it waits, unless something has happened since it has looked.
static struct task *wait_for_any(struct task *current, unsigned count, uint64_t when) {
    ipc_block(current, NULL, HELIOS_TASK_POLLING, 0, when);
    __atomic_store_n(&current->poll_claim, POLL_OPEN, __ATOMIC_RELEASE);
    struct picture picture;
    look(current, count, &picture);
    if (picture.ready == 0 || !poll_claim(current)) {
        return NULL;
    }
    poll_withdraw(current);
    ipc_end_wait(current);
    show(current, count, &picture);
    return answer(current, picture.ready);
}

// It is in no list: whoever is woken meanwhile, it is somebody else.
static void pause_before(unsigned count) {
    if (count > IRQ_WINDOW_PARTS) {
        irq_window();
    }
}

struct task *ipc_poll(struct task *current, const struct syscall *call) {
    unsigned params = call->number == HELIOS_SYS_POLLX ? 2 : 1;
    if (!syscall_takes(call, 0, params)) {
        return answer_count(current, call, 0, params);
    }
    struct refusal problem;
    if (!check_poll(current, call, &problem)) {
        return answer_refusal(current, &problem);
    }
    unsigned count = (unsigned)call->params[0];
    pause_before(count);
    struct picture picture;
    look(current, count, &picture);
    show(current, count, &picture);
    if (picture.ready > 0) {
        return answer(current, picture.ready);
    }
    pause_before(count);
    uint64_t when = 0;
    if (call->number == HELIOS_SYS_POLLX) {
        when = deadline_to_counter(call->params[1]);
        when += when == 0;
    }
    if (ipc_has_passed(when)) {
        problem = ipc_refusal(HELIOS_ERROR_DEADLINE);
        return answer_refusal(current, &problem);
    }
    if (!join(current, count, &problem)) {
        return answer_refusal(current, &problem);
    }
    return wait_for_any(current, count, when);
}
