// SPDX-License-Identifier: GPL-3.0-only
//
// The free blocks of a Memory: a list per order, linked through struct frame's object.ring. A
// larger block is split when there is no smaller one; a freed block is merged with its buddy (the
// other half of the block that it could have come from) as long as that is free as well. A few
// freed blocks of the lowest orders are kept as they are, so that making and destroying one thing
// in turns does not split and merge all the way; they count as free, and are merged when somebody
// wants to know the largest block or would get none.
//
// The Memory's lock is held throughout.
#ifndef HELIOS_KERNEL_BUDDY_H
#define HELIOS_KERNEL_BUDDY_H

#include "kernel/memory_object.h"

#ifdef __cplusplus
extern "C" {
#endif

// Makes all of the Memory's frames free: the fewest blocks there can be.
void buddy_init(struct memory *memory);

// Takes a block: FRAME_BUSY, no type, alive, in no ring. NULL: there is none, but there may be one
// after buddy_flush.
struct frame *buddy_take(struct memory *memory, unsigned order);
static inline struct frame *buddy_take_cached(struct memory *memory, unsigned order); // unmerged

// Gives back a block of the order that its descriptor says.
void buddy_give(struct memory *memory, struct frame *frame);

// Merges what is kept unmerged.
void buddy_flush(struct memory *memory);

static inline struct frame *buddy_take_cached(struct memory *memory, unsigned order) {
    struct frame *frame = order < MEMORY_CACHED_ORDERS ? memory->cached[order] : NULL;
    if (frame != NULL) {
        memory->cached[order] = frame_of(frame->object.reap_next);
        memory->cached_count[order]--;
        memory->free_frames -= 1ull << order;
        frame->object.reap_next = NULL;
        frame_set_use(frame, FRAME_BUSY);
    }
    return frame;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_BUDDY_H
