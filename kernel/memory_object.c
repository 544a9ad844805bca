// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/memory_object.h"

#include <stddef.h>

#include "kernel/allocate.h"
#include "kernel/buddy.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/device_memory.h"
#include "kernel/irq.h"
#include "kernel/list.h"
#include "kernel/memory.h"
#include "kernel/object_types.h"
#include "kernel/reaper.h"
#include "kernel/slab.h"

// Blocks that one step of the walk looks at.
enum { WALK_BLOCKS = 64 };

void memory_init(struct memory *memory, struct memory *owner, struct frame *frames, uint64_t base,
                 uint64_t frame_count) {
    object_init(&memory->object, HELIOS_TYPE_MEMORY, owner);
    memory->lock.rank = LOCK_MEMORY;
    memory->frames = frames;
    memory->base = base;
    memory->frame_count = frame_count;
    list_init(&memory->allocations);
    buddy_init(memory);
    slab_init(memory);
}

// Taking and giving back. -----------------------------------------------------------------------

static uint64_t all_free(const struct memory *memory) {
    return memory->free_frames + slab_empty_count(memory);
}

static void settle_locked(struct memory *memory) {
    slab_flush(memory);
    buddy_flush(memory);
}

// Kept out of the common path, as the next one.
__attribute__((noinline)) static struct frame *find_block(struct memory *memory, unsigned order) {
    if (memory->purging) {
        return NULL;
    }
    struct frame *frame = buddy_take(memory, order);
    if (frame == NULL) {
        settle_locked(memory);
        frame = buddy_take(memory, order);
    }
    return frame;
}

__attribute__((noinline)) static void *find_small(struct memory *memory, enum slab_class size) {
    if (memory->purging) {
        return NULL;
    }
    void *object = slab_take(memory, size);
    if (object == NULL) {
        settle_locked(memory);
        object = slab_take(memory, size);
    }
    return object;
}

struct frame *memory_take_block(struct memory *memory, unsigned order) {
    lock_acquire(&memory->lock);
    struct frame *frame = memory->purging ? NULL : buddy_take_cached(memory, order);
    if (frame == NULL) {
        frame = find_block(memory, order);
    }
    lock_release(&memory->lock);
    return frame;
}

// By sizes that the compiler knows.
static void clear_small(void *object, enum slab_class size) {
    if (size == SLAB_128) {
        memory_zero(object, 128);
    } else {
        memory_zero(object, (size_t)1 << slab_shift(size));
    }
}

void *memory_take_small(struct memory *memory, enum slab_class size) {
    lock_acquire(&memory->lock);
    void *object = memory->purging ? NULL : slab_take_listed(memory, size);
    if (object == NULL) {
        object = find_small(memory, size);
    }
    lock_release(&memory->lock);
    if (object != NULL) {
        clear_small(object, size);
    }
    return object;
}

// Something has come home: the Memory's lock is released, and if it was parked and this was the
// last thing that it waited for, it goes on dying.
static void unlock_after_giving(struct memory *memory) {
    bool goes_on = memory->parked && all_free(memory) == memory->frame_count &&
                   reaper_claim_again(&memory->object);
    lock_release(&memory->lock);
    if (goes_on) {
        reaper_add(&memory->object);
    }
}

void memory_give_block(struct memory *memory, struct frame *frame) {
    lock_acquire(&memory->lock);
    buddy_give(memory, frame);
    unlock_after_giving(memory);
}

void memory_give_small(struct memory *memory, void *object) {
    lock_acquire(&memory->lock);
    slab_give(memory, object);
    unlock_after_giving(memory);
}

void memory_use_block(struct frame *frame, enum frame_use use, void *content) {
    CHECK(frame_use(frame) == FRAME_BUSY);
    frame->content = content;
    frame_set_use(frame, use);
}

struct object *memory_page_init(struct frame *frame) {
    CHECK(frame_use(frame) == FRAME_BUSY);
    object_init(&frame->object, HELIOS_TYPE_PAGE, frame->object.owner);
    frame_set_use(frame, FRAME_PAGE);
    return &frame->object;
}

uint64_t memory_free_bytes(struct memory *memory) {
    lock_acquire(&memory->lock);
    uint64_t frames = all_free(memory);
    lock_release(&memory->lock);
    return frames * KERNEL_PAGE_SIZE;
}

int memory_settle(struct memory *memory) {
    lock_acquire(&memory->lock);
    settle_locked(memory);
    uint64_t orders = memory->free_mask;
    lock_release(&memory->lock);
    return orders != 0 ? 63 - __builtin_clzll(orders) : -1;
}

// Invocations. --------------------------------------------------------------------------------

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 0, HELIOS_RIGHT_READ)) {
        return current;
    }
    // What a killed task has left dying counts as free, and can be had.
    if (reaper_has_work()) {
        return operation_retry(current, slot, call);
    }
    struct memory *memory = memory_of(slot->object);
    int order = memory_settle(memory);
    return answer_values(
        current, 3, memory_free_bytes(memory), order < 0 ? 0 : (uint64_t)order + ARCH_PAGE_SHIFT,
        __atomic_load_n(&memory->frame_count, __ATOMIC_RELAXED) * KERNEL_PAGE_SIZE, 0);
}

// The reaper does it, so that it is done even if this task is among what goes.
static struct task *reset(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 0, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    // What is dying already goes first: parts of it may be made from this Memory.
    if (reaper_has_work()) {
        return operation_retry(current, slot, call);
    }
    struct memory *memory = memory_of(slot->object);
    lock_acquire(&memory->lock);
    bool is_purging = memory->purging;
    memory->purging = 1;
    bool is_mine = !is_purging && reaper_claim_again(&memory->object);
    lock_release(&memory->lock);
    if (is_purging) {
        return answer_error(current, HELIOS_ERROR_BUSY, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    answer(current, 0);
    if (is_mine) {
        reaper_add(&memory->object);
    }
    return reaper_finish(current, 0);
}

// Kept out of allocate's way.
__attribute__((noinline)) static struct task *
invoke_other(struct task *current, const struct slot_view *slot, const struct syscall *call) {
    switch (helios_tag_label(call->tag)) {
    case HELIOS_MEMORY_QUERY:
        return query(current, slot, call);
    case HELIOS_MEMORY_RESET:
        return reset(current, slot, call);
    default:
        return answer_invocation(current, call);
    }
}

struct task *memory_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call) {
    return helios_tag_label(call->tag) == HELIOS_MEMORY_ALLOCATE
               ? allocate_invoke(current, slot, call)
               : invoke_other(current, slot, call);
}

// Death and reset. ------------------------------------------------------------------------------

// Frames of the child Memory that the frame at the cursor belongs to, however deep inside; none if
// that has just died. Its struct memory can't go before this one's lock is released.
static uint64_t child_frames(const struct memory *memory, const struct frame *frame) {
    const struct memory *child = __atomic_load_n(&frame->object.owner, __ATOMIC_RELAXED);
    while (child->object.owner != memory) {
        child = child->object.owner;
    }
    return child->frame_count;
}

// An object of the slab that is alive; NULL if there is none.
static struct object *live_object(const struct frame *slab) {
    for (uint32_t used = slab_used(slab); used != 0; used &= used - 1) {
        struct object *object = slab_object(slab, (unsigned)__builtin_ctz(used));
        if (object_is_live(object)) {
            return object;
        }
    }
    return NULL;
}

// What has to go before the walk can pass this block by; NULL: nothing.
static struct object *obstacle(struct frame *frame) {
    switch (frame_use(frame)) {
    case FRAME_PAGE:
        return object_is_live(&frame->object) ? &frame->object : NULL;
    case FRAME_OBJECT: {
        struct object *object = frame->content;
        return object_is_live(object) ? object : NULL;
    }
    case FRAME_SLAB:
        return live_object(frame);
    case FRAME_FREE:
    case FRAME_CACHED:
    case FRAME_SLOTS: // its CSpace stands in a slab
    case FRAME_BUSY:
        break;
    }
    CHECK(frame_use(frame) != FRAME_BUSY);
    return NULL;
}

// Goes on with the walk for a bounded number of blocks. The lock is held.
static struct object *walk(struct memory *memory) {
    for (unsigned i = 0; i < WALK_BLOCKS && memory->purge_cursor < memory->frame_count; i++) {
        struct frame *frame = memory->frames + memory->purge_cursor;
        if (__atomic_load_n(&frame->object.owner, __ATOMIC_RELAXED) != memory) {
            memory->purge_cursor += child_frames(memory, frame);
            continue;
        }
        uint64_t frames = 1ull << frame->object.order;
        struct object *object = obstacle(frame);
        if (object != NULL) {
            return object;
        }
        memory->purge_cursor += frames;
    }
    return NULL;
}

// Nothing is left but what is dying already. Whoever brings the last of that home finds the Memory
// parked and off the stack, or still on it: both are decided under its lock.
static bool end_walk(struct memory *memory) {
    if (all_free(memory) != memory->frame_count) {
        memory->parked = 1;
        reaper_pop(&memory->object); // or it is asked again
        return false;
    }
    settle_locked(memory);
    memory->parked = 0;
    memory->purge_cursor = 0;
    return true;
}

// It is whole, and has died. It has no frames from here on, if it is asked again.
static void give_frames(struct memory *memory) {
    struct memory *owner = memory->object.owner;
    if (owner == NULL || memory->frame_count == 0) {
        return;
    }
    lock_acquire(&owner->lock);
    struct frame *frame = memory_block_beside(owner, &memory->object);
    __atomic_store_n(&memory->frame_count, 0, __ATOMIC_RELAXED);
    memory->free_frames = 0;
    memory->free_mask = 0;
    buddy_give(owner, frame);
    unlock_after_giving(owner);
}

void memory_end_reset(struct object *object) {
    struct memory *memory = memory_of(object);
    lock_acquire(&memory->lock);
    memory->purging = 0;
    lock_release(&memory->lock);
}

// Nothing is handed out any more. false: another CPU has got something before, and has not
// finished.
static bool begin_purging(struct memory *memory) {
    lock_acquire(&memory->lock);
    memory->purging = 1;
    lock_release(&memory->lock);
    bool is_alone = arch_percpu()->shares_kernel == 0;
    for (uint32_t i = 0; !is_alone && i < percpu_count(); i++) {
        if (__atomic_load_n(&percpu_get(i)->making, __ATOMIC_ACQUIRE) == memory) {
            return false;
        }
    }
    return true;
}

bool memory_reap(struct object *object) {
    struct memory *memory = memory_of(object);
    struct object *child = NULL;
    bool is_whole = false;
    if (!begin_purging(memory)) {
        return false;
    }
    lock_acquire(&memory->lock);
    if (!list_is_empty(&memory->allocations)) {
        allocate_take_back(memory);
    } else if (memory->purge_cursor < memory->frame_count) {
        child = walk(memory);
    } else {
        is_whole = end_walk(memory);
    }
    lock_release(&memory->lock);
    if (child != NULL) {
        reaper_push(child);
    }
    if (is_whole && !object_is_live(object)) {
        give_frames(memory);
    }
    return is_whole;
}

struct frame *memory_block_beside(struct memory *memory, struct object *object) {
    if (object->type == HELIOS_TYPE_CSPACE) {
        return memory_frame_of(memory, cspace_of(object)->slots);
    }
    if (object->type == HELIOS_TYPE_MEMORY) {
        struct frame *frame = memory_of(object)->frames;
        frame->object.order = (uint8_t)__builtin_ctzll(memory_of(object)->frame_count);
        __atomic_store_n(&frame->object.owner, memory, __ATOMIC_RELAXED);
        frame_set_use(frame, FRAME_BUSY);
        return frame;
    }
    return NULL;
}

static void release_small(struct object *object) {
    struct memory *owner = object->owner;
    if (object->type == HELIOS_TYPE_DEVICE_MEMORY) {
        device_memory_leave(object);
    } else if (object->type == HELIOS_TYPE_CSPACE) {
        memory_give_block(owner, memory_frame_of(owner, cspace_of(object)->slots));
    }
    memory_give_small(owner, object);
}

void memory_release_object(struct object *object) {
    const struct object_type *type = &object_types[object->type];
    struct memory *owner = object->owner;
    if (owner == NULL) {
        object_set_state(object, OBJECT_LIVE);
        if (object->type == HELIOS_TYPE_IRQ_HANDLER) {
            irq_handler_release(object);
        }
    } else if (object->type == HELIOS_TYPE_PAGE && frame_of(object)->content != NULL) {
        device_page_release(frame_of(object));
    } else if (object->type == HELIOS_TYPE_PAGE) {
        memory_give_block(owner, frame_of(object));
    } else if (type->slab != 0) {
        release_small(object);
    } else {
        uint64_t block = arch_direct_physical(object);
        block = align_down(block, KERNEL_PAGE_SIZE << object->order);
        memory_give_block(owner, memory_frame_of(owner, arch_direct(block)));
    }
}
