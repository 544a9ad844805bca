// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/buddy.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/list.h"
#include "kernel/memory.h"

// A descriptor begins a new life: whatever it said before is forgotten, but for whose it is, if it
// has been written before. That may be asked at any time, by the walk of the Memory's parent.
static void write_frame(struct memory *memory, struct frame *frame, uint64_t physical,
                        unsigned order, enum frame_use use) {
    struct object *object = &frame->object;
    object->lock = (struct lock){0};
    object->type = HELIOS_TYPE_NULL;
    object->state = OBJECT_LIVE;
    object->revoking = 0;
    object->order = (uint8_t)order;
    object->ring = (struct ring_node){0, 0};
    __atomic_store_n(&object->owner, memory, __ATOMIC_RELAXED);
    object->reap_next = NULL;
    frame->physical = physical | (uint64_t)use;
    frame->content = NULL;
}

// The head of a list that is empty means nothing.
static void list_block(struct memory *memory, struct frame *frame, unsigned order) {
    if ((memory->free_mask >> order & 1) == 0) {
        list_init(&memory->free[order]);
        memory->free_mask |= 1ull << order;
    }
    list_add_first(&memory->free[order], &frame->object.ring);
}

static void unlist_block(struct memory *memory, struct frame *frame, unsigned order) {
    list_remove(&frame->object.ring);
    if (list_is_empty(&memory->free[order])) {
        memory->free_mask &= ~(1ull << order);
    }
}

// Order of the largest block that can begin at frame number `number` and has no more than `count`
// frames.
static unsigned largest_order(uint64_t number, uint64_t count) {
    unsigned order = 63 - (unsigned)__builtin_clzll(count);
    if (number != 0 && (unsigned)__builtin_ctzll(number) < order) {
        order = (unsigned)__builtin_ctzll(number);
    }
    return order < MEMORY_ORDERS ? order : MEMORY_ORDERS - 1;
}

void buddy_init(struct memory *memory) {
    memory->free_mask = 0;
    memory->free_frames = memory->frame_count;
    for (uint64_t at = 0; at < memory->frame_count;) {
        uint64_t physical = memory->base + at * KERNEL_PAGE_SIZE;
        unsigned order = largest_order(physical / KERNEL_PAGE_SIZE, memory->frame_count - at);
        struct frame *frame = memory->frames + at;
        write_frame(memory, frame, physical, order, FRAME_FREE);
        list_block(memory, frame, order);
        at += 1ull << order;
    }
}

// Takes a block off the lists, the smallest that will do, and cuts it down.
static struct frame *take_listed(struct memory *memory, unsigned order) {
    uint64_t orders = memory->free_mask >> order << order;
    if (orders == 0) {
        return NULL;
    }
    unsigned from = (unsigned)__builtin_ctzll(orders);
    struct frame *frame = frame_of_ring(list_first(&memory->free[from]));
    unlist_block(memory, frame, from);
    uint64_t physical = frame_physical(frame);
    while (from > order) {
        from--;
        struct frame *upper = frame + (1ull << from);
        write_frame(memory, upper, physical + (KERNEL_PAGE_SIZE << from), from, FRAME_FREE);
        list_block(memory, upper, from);
    }
    frame->object.order = (uint8_t)order;
    return frame;
}

struct frame *buddy_take(struct memory *memory, unsigned order) {
    struct frame *frame = buddy_take_cached(memory, order);
    if (frame != NULL) {
        return frame;
    }
    frame = take_listed(memory, order);
    if (frame != NULL) {
        CHECK(frame->object.owner == memory && object_is_live(&frame->object));
        memory->free_frames -= 1ull << order;
        frame_set_use(frame, FRAME_BUSY);
    }
    return frame;
}

// The block that this one can be merged with; NULL if that is not free as a whole. What the buddy's
// address has for a descriptor is valid (kernel/frame.h), if it lies inside this Memory at all.
static struct frame *free_buddy(const struct memory *memory, uint64_t physical, unsigned order) {
    uint64_t offset = (physical ^ (KERNEL_PAGE_SIZE << order)) - memory->base;
    if (offset / KERNEL_PAGE_SIZE >= memory->frame_count) {
        return NULL;
    }
    struct frame *buddy = memory->frames + offset / KERNEL_PAGE_SIZE;
    bool is_free = buddy->object.owner == memory && frame_use(buddy) == FRAME_FREE &&
                   buddy->object.order == order;
    return is_free ? buddy : NULL;
}

static void merge(struct memory *memory, struct frame *frame) {
    uint64_t physical = frame_physical(frame);
    unsigned order = frame->object.order;
    while (order + 1 < MEMORY_ORDERS) {
        struct frame *buddy = free_buddy(memory, physical, order);
        if (buddy == NULL) {
            break;
        }
        unlist_block(memory, buddy, order);
        if (buddy < frame) {
            frame = buddy;
            physical = frame_physical(buddy);
        }
        order++;
    }
    frame->object.order = (uint8_t)order;
    frame_set_use(frame, FRAME_FREE);
    list_block(memory, frame, order);
}

void buddy_give(struct memory *memory, struct frame *frame) {
    unsigned order = frame->object.order;
    CHECK(frame->object.owner == memory);
    CHECK(frame_use(frame) != FRAME_FREE && frame_use(frame) != FRAME_CACHED);
    write_frame(memory, frame, frame_physical(frame), order, FRAME_CACHED);
    memory->free_frames += 1ull << order;
    if (order < MEMORY_CACHED_ORDERS && memory->cached_count[order] < MEMORY_CACHED_BLOCKS) {
        struct frame *next = memory->cached[order];
        frame->object.reap_next = next != NULL ? &next->object : NULL;
        memory->cached[order] = frame;
        memory->cached_count[order]++;
    } else {
        merge(memory, frame);
    }
}

void buddy_flush(struct memory *memory) {
    for (unsigned order = 0; order < MEMORY_CACHED_ORDERS; order++) {
        struct frame *frame;
        while ((frame = memory->cached[order]) != NULL) {
            memory->cached[order] = frame_of(frame->object.reap_next);
            frame->object.reap_next = NULL;
            merge(memory, frame);
        }
        memory->cached_count[order] = 0;
    }
}
