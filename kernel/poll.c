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
// found by the next poll. Waking all pollers of an object happens at once, with interrupts off, so
// there are at most IPC_MAX_POLLERS: the next one is refused (ERROR_BUSY).
//
// The lock of an object guards its list. No two are held at the same time.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/ipc_wait.h"
#include "kernel/irq.h"

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

bool poll_withdraw_some(struct task *task, unsigned budget) {
    for (; task->poll_count > 0 && budget > 0; budget--) {
        task->poll_count--;
        struct poll_link *link = &task->polls[task->poll_count];
        if (link->prev != NULL) {
            uint32_t *count;
            list_of(link->object, &count);
            lock_acquire(&link->object->lock);
            take_out(link, count);
            lock_release(&link->object->lock);
        }
    }
    return task->poll_count == 0;
}

void poll_withdraw(struct task *task) {
    poll_withdraw_some(task, HELIOS_MAX_POLL);
}

// One poller of these events, taken out of the list; NULL: none. `events` 0: any.
static struct poll_link *take_poller(struct object *object, struct poll_link **pollers,
                                     uint32_t *count, unsigned events) {
    lock_acquire(&object->lock);
    struct poll_link *link = *pollers;
    while (link != NULL && events != 0 && (link->events & events) == 0) {
        link = link->next;
    }
    if (link != NULL) {
        take_out(link, count);
    }
    lock_release(&object->lock);
    return link;
}

void poll_wake(struct object *object, struct poll_link **pollers, uint32_t *count,
               unsigned events) {
    if (*pollers == NULL) {
        return;
    }
    struct poll_link *link;
    while ((link = take_poller(object, pollers, count, events)) != NULL) {
        struct task *task = task_of_link(link);
        poll_withdraw(task);
        if (task->buffer == NULL) {
            const struct refusal refusal = ipc_refusal(HELIOS_ERROR_BUFFER);
            ipc_fail_wait(task, &refusal);
            continue;
        }
        task->buffer->poll[link->index].ready = link->events & events;
        answer(task, 1);
        ipc_end_wait(task);
        task_make_ready(task);
    }
}

// A task leaves as many lists as it polls objects, which goes from the budget too.
void poll_fail(struct object *object, struct poll_link **pollers, uint32_t *count,
               unsigned budget) {
    enum { LISTS = HELIOS_MAX_POLL };
    unsigned left = 0;
    for (unsigned i = 0; i < budget && left < LISTS && *pollers != NULL; i++) {
        struct poll_link *link = take_poller(object, pollers, count, 0);
        if (link == NULL) {
            return;
        }
        struct task *task = task_of_link(link);
        left += task->poll_count;
        poll_withdraw(task);
        struct refusal refusal = ipc_refusal(HELIOS_ERROR_GONE);
        refusal.argument = HELIOS_ARGUMENT_POLL + link->index;
        ipc_fail_wait(task, &refusal);
    }
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

// Fills in what of the events is so now and returns how many entries are.
static unsigned look(struct task *current, unsigned count) {
    unsigned ready = 0;
    for (unsigned i = 0; i < count; i++) {
        struct object *object = current->polls[i].object;
        lock_acquire(&object->lock);
        unsigned events = ready_events(object, current->polls[i].events);
        lock_release(&object->lock);
        current->buffer->poll[i].ready = events;
        ready += events != 0;
    }
    return ready;
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
    unsigned ready = look(current, count);
    if (ready > 0) {
        return answer(current, ready);
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
    // What another CPU did between the look and the joining has woken nobody.
    ready = look(current, count);
    if (ready > 0) {
        poll_withdraw(current);
        return answer(current, ready);
    }
    ipc_block(current, NULL, HELIOS_TASK_POLLING, 0, when);
    return NULL;
}
