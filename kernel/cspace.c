// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cspace.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/list.h"
#include "kernel/memory_object.h"
#include "kernel/operation.h"
#include "kernel/reaper.h"
#include "kernel/task.h"

enum {
    REAP_SLOTS = 8,      // emptied in one step of the reaper
    REVOKE_MEMBERS = 12, // destroyed in one step of revoke
    LIST_SLOTS = 256,    // looked at by one list
    LIST_ENTRIES = (HELIOS_MAX_PARAMS - 2) / 2,
};

// The free list. -----------------------------------------------------------------------------

static void free_remove(struct slot *slot) {
    list_remove(&slot->node);
    slot->node = (struct ring_node){0, 0};
    slot_set_free(slot, false);
}

void cspace_init(struct cspace *cspace, struct memory *owner, struct slot *slots,
                 uint64_t slot_count) {
    object_init(&cspace->object, HELIOS_TYPE_CSPACE, owner);
    cspace->lock.rank = LOCK_CSPACE;
    cspace->slots = slots;
    cspace->slot_count = slot_count;
    list_init(&cspace->free);
}

// Slot 0 stands at the list's end from the beginning, all others join before it. Of a Null slot
// nothing else means anything (kernel/slot.h).
void cspace_init_slots(struct cspace *cspace, uint64_t first, uint64_t count) {
    struct slot *slot = &cspace->slots[first];
    struct slot *end = slot + count;
    struct ring_node *zero = &cspace->slots[0].node;
    if (first == 0) {
        *slot = (struct slot){.word = SLOT_FREE, .home = cspace};
        list_add_first(&cspace->free, zero);
        slot++;
    }
    uintptr_t last = zero->prev;
    for (; slot != end; slot++) {
        ((struct ring_node *)last)->next = (uintptr_t)&slot->node;
        slot->node.prev = last;
        slot->word = SLOT_FREE;
        slot->home = cspace;
        last = (uintptr_t)&slot->node;
    }
    ((struct ring_node *)last)->next = (uintptr_t)zero;
    zero->prev = last;
    cspace->free_count += count;
}

static struct slot *take_locked(struct cspace *cspace, uint64_t address, enum helios_error *error) {
    struct slot *slot;
    if (cspace->is_closed) {
        *error = HELIOS_ERROR_GONE;
        return NULL;
    }
    if (address == HELIOS_CADDR_UNDEF) {
        if (list_is_empty(&cspace->free)) {
            *error = HELIOS_ERROR_NO_SLOT;
            return NULL;
        }
        slot = slot_of_node(list_first(&cspace->free));
    } else {
        if (address >= cspace->slot_count) {
            *error = HELIOS_ERROR_RANGE;
            return NULL;
        }
        slot = &cspace->slots[address];
        if (!slot_is_free(slot)) {
            *error = HELIOS_ERROR_OCCUPIED;
            return NULL;
        }
    }
    free_remove(slot);
    cspace->free_count--;
    return slot;
}

struct slot *cspace_take_slot(struct cspace *cspace, uint64_t address, enum helios_error *error) {
    lock_acquire(&cspace->lock);
    struct slot *slot = take_locked(cspace, address, error);
    lock_release(&cspace->lock);
    return slot;
}

// Slot 0, which means "nothing" to many programs, is used last of all.
static void release_behind(struct cspace *cspace, struct ring_node *at, struct slot *slot) {
    CHECK(slot->type == HELIOS_TYPE_NULL && slot->node.next == 0);
    struct ring_node *last = ring_node(cspace->free.prev);
    list_add_first(slot == cspace->slots ? last : at, &slot->node);
    slot_set_free(slot, true);
    cspace->free_count++;
}

// The most recent one is used next.
static void release_locked(struct cspace *cspace, struct slot *slot) {
    release_behind(cspace, &cspace->free, slot);
}

// They are all of one CSpace. One lock for all of them: interrupts are off meanwhile.
static void release_slots(struct slot *const *slots, unsigned count) {
    if (count > 0) {
        struct cspace *cspace = slots[0]->home;
        lock_acquire(&cspace->lock);
        for (unsigned i = 0; i < count; i++) {
            release_locked(cspace, slots[i]);
        }
        lock_release(&cspace->lock);
    }
}

void cspace_release_slot(struct slot *slot) {
    release_slots(&slot, 1);
}

void cspace_release_slot_last(struct slot *slot) {
    struct cspace *cspace = slot->home;
    lock_acquire(&cspace->lock);
    struct ring_node *last = ring_node(cspace->free.prev);
    bool is_zero = last == &cspace->slots[0].node;
    release_behind(cspace, is_zero ? ring_node(last->prev) : last, slot);
    lock_release(&cspace->lock);
}

// Receive slots. -----------------------------------------------------------------------------

static void set_refusal(struct refusal *problem, enum helios_error error, unsigned argument,
                        uint64_t found, uint64_t wanted) {
    *problem = (struct refusal){error, argument, found, wanted};
}

bool cspace_take_receive_slots(struct task *task, unsigned count, struct slot **slots,
                               struct refusal *problem) {
    if (task->buffer == NULL) {
        set_refusal(problem, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_RECEIVE, 0, 0);
        return false;
    }
    return cspace_take_offered_slots(task->cspace, task->buffer, count, slots, problem);
}

bool cspace_take_offered_slots(struct cspace *cspace, const struct helios_ipc_buffer *buffer,
                               unsigned count, struct slot **slots, struct refusal *problem) {
    uint64_t offered = *(const volatile uint64_t *)&buffer->receive_count;
    if (offered < count || offered > HELIOS_MAX_CAPS) {
        set_refusal(problem, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_RECEIVE, offered, count);
        return false;
    }
    if (cspace == NULL) {
        set_refusal(problem, HELIOS_ERROR_NO_SLOT, HELIOS_ARGUMENT_RECEIVE, 0, 0);
        return false;
    }
    lock_acquire(&cspace->lock);
    unsigned taken = 0;
    for (; taken < count; taken++) {
        uint64_t address = *(const volatile uint64_t *)&buffer->receive[taken];
        enum helios_error error = HELIOS_OK;
        slots[taken] = take_locked(cspace, address, &error);
        if (slots[taken] == NULL) {
            set_refusal(problem, error, HELIOS_ARGUMENT_RECEIVE, address, cspace->slot_count);
            break;
        }
    }
    for (unsigned i = taken; taken < count && i > 0; i--) {
        release_locked(cspace, slots[i - 1]);
    }
    lock_release(&cspace->lock);
    return taken == count;
}

void cspace_report_slots(struct task *task, unsigned count, struct slot *const *slots) {
    for (unsigned i = 0; i < count; i++) {
        task->buffer->caps[i] = cspace_address(slots[i]);
    }
    task->buffer->unwrapped = 0;
}

// Invocations. -------------------------------------------------------------------------------

#define HANDLER static struct task *

static __attribute__((noinline)) struct task *refuse_slot(struct task *current,
                                                          struct cspace *cspace, unsigned param,
                                                          enum helios_error error,
                                                          uint64_t address) {
    if (error == HELIOS_ERROR_GONE) {
        return answer_error(current, error, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    return answer_error(current, error, HELIOS_ARGUMENT_PARAM + param, address,
                        error == HELIOS_ERROR_OCCUPIED ? HELIOS_TYPE_NULL : cspace->slot_count);
}

// The outcome of something that needed `slot`: its address, or a refusal and the slot is free.
static struct task *answer_filled(struct task *current, struct slot *slot, enum cap_result result,
                                  unsigned argument) {
    if (result != CAP_OK) {
        cspace_release_slot(slot);
        return answer_cap_result(current, result, argument);
    }
    return answer(current, cspace_address(slot));
}

static bool can_badge(const struct slot_view *source) {
    return (source->type == HELIOS_TYPE_ENDPOINT || source->type == HELIOS_TYPE_NOTIFICATION) &&
           source->badge == 0;
}

HANDLER copy(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    struct cspace *cspace = cspace_of(slot->object);
    uint64_t rights = call->params[1];
    uint64_t badge = call->params[2];
    if (rights > HELIOS_RIGHT_ALL) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, rights,
                            HELIOS_RIGHT_ALL);
    }
    struct slot_view view;
    struct slot *source = syscall_cap(current, 0, HELIOS_TYPE_NULL, 0, &view);
    if (source == NULL) {
        return current;
    }
    if (badge != 0 && !can_badge(&view)) {
        return answer_error(current, HELIOS_ERROR_BADGE, HELIOS_ARGUMENT_PARAM + 2, badge,
                            view.badge);
    }
    enum helios_error error;
    struct slot *target = cspace_take_slot(cspace, call->params[0], &error);
    if (target == NULL) {
        return refuse_slot(current, cspace, 0, error, call->params[0]);
    }
    enum cap_result result =
        cap_copy(target, source, view.version, (unsigned)(view.rights & rights),
                 badge != 0 ? badge : view.badge);
    return answer_filled(current, target, result, HELIOS_ARGUMENT_CAP);
}

HANDLER move(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    bool is_elsewhere = helios_tag_caps(call->tag) == 1;
    if (!syscall_check(current, slot, call, is_elsewhere, 2, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    struct cspace *cspace = cspace_of(slot->object);
    struct slot *source = cspace_slot(cspace, call->params[0]);
    if (source == NULL) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_RANGE, call->params[0]);
    }
    struct cspace *to = cspace;
    struct slot_view view;
    if (is_elsewhere) {
        if (syscall_cap(current, 0, HELIOS_TYPE_CSPACE, HELIOS_RIGHT_WRITE, &view) == NULL) {
            return current;
        }
        to = cspace_of(view.object);
    }
    view = slot_read(source);
    if (view.type == HELIOS_TYPE_NULL) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_CAPABILITY, call->params[0]);
    }
    enum helios_error error;
    struct slot *target = cspace_take_slot(to, call->params[1], &error);
    if (target == NULL) {
        return refuse_slot(current, to, 1, error, call->params[1]);
    }
    enum cap_result result = cap_move(target, source, view.version);
    if (result == CAP_OK) {
        cspace_release_slot(source);
    }
    return answer_filled(current, target, result, HELIOS_ARGUMENT_PARAM);
}

HANDLER destroy(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    uint32_t count = helios_tag_params(call->tag);
    if (count == 0 || count > HELIOS_MAX_PARAMS) {
        return answer_error(current, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT, count,
                            count == 0 ? 1 : HELIOS_MAX_PARAMS);
    }
    if (!syscall_check(current, slot, call, 0, count, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    struct cspace *cspace = cspace_of(slot->object);
    struct slot *doomed[HELIOS_MAX_PARAMS];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t address = syscall_param(current, call, i);
        doomed[i] = cspace_slot(cspace, address);
        if (doomed[i] == NULL) {
            return refuse_slot(current, cspace, i, HELIOS_ERROR_RANGE, address);
        }
    }
    // Nothing of the CSpace is freed before the reaper comes, even if its own capability is here.
    uint32_t depth = reaper_depth();
    unsigned emptied = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i >= IRQ_WINDOW_PARTS && i % IRQ_WINDOW_PARTS == 0) {
            irq_window();
        }
        if (cap_delete(doomed[i])) {
            doomed[emptied++] = doomed[i];
        }
    }
    release_slots(doomed, emptied);
    answer(current, emptied);
    return reaper_finish(current, depth);
}

// Revoke as a long operation. Words: the marker, then how deep the reaper's stack was.
enum { REVOKE_DEPTH = sizeof(struct reference) / sizeof(uint64_t) };

static_assert(REVOKE_DEPTH < OPERATION_WORDS, "a marker fits into a task's operation");

static struct reference *revoke_marker(struct task *task) {
    return (struct reference *)task->operation.words;
}

static enum operation_result revoke_step(struct task *task) {
    struct reference *marker = revoke_marker(task);
    if (reaper_is_above((uint32_t)task->operation.words[REVOKE_DEPTH])) {
        return OPERATION_REAP;
    }
    if (!cap_is_revoking(marker)) {
        answer(task, 0);
        return OPERATION_DONE;
    }
    if (cap_revoke_step(marker, REVOKE_MEMBERS)) {
        cap_revoke_end(marker);
    }
    return OPERATION_MORE;
}

static void revoke_abort(struct task *task) {
    cap_revoke_end(revoke_marker(task));
}

HANDLER revoke(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    struct cspace *cspace = cspace_of(slot->object);
    struct slot *target = cspace_slot(cspace, call->params[0]);
    if (target == NULL) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_RANGE, call->params[0]);
    }
    const struct slot_view view = slot_read(target);
    if (view.type == HELIOS_TYPE_NULL) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_CAPABILITY, call->params[0]);
    }
    if (view.level == CAP_COPY) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_PARAM, CAP_COPY,
                            CAP_MINTED);
    }
    struct operation *operation = &current->operation;
    *revoke_marker(current) = (struct reference){.object = NULL};
    enum cap_result result = cap_revoke_begin(revoke_marker(current), target, view.version);
    if (result != CAP_OK) {
        return answer_cap_result(current, result, HELIOS_ARGUMENT_PARAM);
    }
    operation->step = revoke_step;
    operation->abort = revoke_abort;
    operation->words[REVOKE_DEPTH] = reaper_depth();
    return operation_start(current);
}

static unsigned log2_of(uint64_t value) {
    return value == 0 ? 0 : 63 - (unsigned)__builtin_clzll(value);
}

// As Memory.allocate would be asked for it.
static uint64_t object_size(struct object *object) {
    switch (object->type) {
    case HELIOS_TYPE_PAGE:
        return object->order / 9;
    case HELIOS_TYPE_CSPACE:
        return log2_of(cspace_of(object)->slot_count);
    case HELIOS_TYPE_MEMORY:
        return log2_of(__atomic_load_n(&memory_of(object)->frame_count, __ATOMIC_RELAXED)
                       << ARCH_PAGE_SHIFT);
    default:
        return 0;
    }
}

struct task *cspace_answer_identify(struct task *current, const struct slot *slot) {
    const struct slot_view view = slot_read(slot);
    if (slot_word_type(view.word) == HELIOS_TYPE_NULL) {
        return answer_values(current, 4, HELIOS_TYPE_NULL, 0, 0, 0);
    }
    return answer_values(current, 4, slot_word_type(view.word), slot_word_rights(view.word),
                         view.badge, object_size(view.object));
}

HANDLER identify(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    struct cspace *cspace = cspace_of(slot->object);
    const struct slot *target = cspace_slot(cspace, call->params[0]);
    if (target == NULL) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_RANGE, call->params[0]);
    }
    return cspace_answer_identify(current, target);
}

struct task *cspace_answer_list(struct task *current, struct cspace *cspace, uint64_t first) {
    if (first >= cspace->slot_count) {
        return refuse_slot(current, cspace, 0, HELIOS_ERROR_RANGE, first);
    }
    struct helios_ipc_buffer *buffer = current->buffer;
    unsigned room = buffer != NULL ? LIST_ENTRIES : 1;
    uint64_t in_registers[2] = {0, 0};
    uint64_t next = first;
    unsigned found = 0;
    for (; next < cspace->slot_count && next < first + LIST_SLOTS && found < room; next++) {
        unsigned type = slot_word_type(slot_word(&cspace->slots[next]));
        if (type == HELIOS_TYPE_NULL) {
            continue;
        }
        uint64_t *entry = found == 0 ? in_registers : &buffer->params[2 + (size_t)2 * found];
        entry[0] = next;
        entry[1] = type;
        found++;
    }
    return answer_values(current, 2 + 2 * found,
                         next < cspace->slot_count ? next : HELIOS_CADDR_UNDEF, found,
                         in_registers[0], in_registers[1]);
}

HANDLER list(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    return cspace_answer_list(current, cspace_of(slot->object), call->params[0]);
}

HANDLER query(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    (void)call;
    struct cspace *cspace = cspace_of(slot->object);
    lock_acquire(&cspace->lock);
    uint64_t free_count = cspace->free_count;
    lock_release(&cspace->lock);
    return answer_values(current, 2, cspace->slot_count, free_count, 0, 0);
}

HANDLER save_reply(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    struct cspace *cspace = cspace_of(slot->object);
    enum helios_error error;
    struct slot *target = cspace_take_slot(cspace, call->params[0], &error);
    if (target == NULL) {
        return refuse_slot(current, cspace, 0, error, call->params[0]);
    }
    if (!reply_save(current, target)) {
        cspace_release_slot(target);
        return answer_error(current, HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    return answer(current, cspace_address(target));
}

struct task *cspace_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_CSPACE_COPY] = {copy, 1, 3, HELIOS_RIGHT_WRITE},
        [HELIOS_CSPACE_MOVE] = {move, 0, 0, 0},
        [HELIOS_CSPACE_DESTROY] = {destroy, 0, 0, 0},
        [HELIOS_CSPACE_REVOKE] = {revoke, 0, 1, HELIOS_RIGHT_WRITE},
        [HELIOS_CSPACE_IDENTIFY] = {identify, 0, 1, HELIOS_RIGHT_READ},
        [HELIOS_CSPACE_LIST] = {list, 0, 1, HELIOS_RIGHT_READ},
        [HELIOS_CSPACE_QUERY] = {query, 0, 0, HELIOS_RIGHT_READ},
        [HELIOS_CSPACE_SAVE_REPLY] = {save_reply, 0, 1, HELIOS_RIGHT_WRITE},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}

// Whether all slots are free; none is given out any more then. Others that have looked the CSpace
// up while it was alive may have taken one, or filled one behind the cursor.
static bool close(struct cspace *cspace) {
    lock_acquire(&cspace->lock);
    if (cspace->free_count == cspace->slot_count) {
        cspace->is_closed = 1;
        list_init(&cspace->free);
    }
    lock_release(&cspace->lock);
    return cspace->is_closed;
}

bool cspace_reap(struct object *object) {
    struct cspace *cspace = cspace_of(object);
    for (unsigned i = 0; i < REAP_SLOTS && cspace->reap_cursor < cspace->slot_count; i++) {
        struct slot *slot = &cspace->slots[cspace->reap_cursor++];
        if (cap_delete(slot)) {
            cspace_release_slot(slot);
        }
    }
    if (cspace->reap_cursor < cspace->slot_count) {
        return false;
    }
    if (!close(cspace)) {
        cspace->reap_cursor = 0;
    }
    return cspace->is_closed;
}
