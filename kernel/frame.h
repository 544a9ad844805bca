// SPDX-License-Identifier: GPL-3.0-only
//
// Frame descriptors: one per 4 KiB of memory that can be handed out, outside of the frame, so that
// nothing a user or a device can write decides what the kernel believes about memory.
//
// Memory is handed out in blocks: 2^order frames, aligned to their size. Only the descriptor of a
// block's first frame means anything, and it is written when the block comes into being (by a split
// or a merge), so boot does not have to touch them all. Every address that can be the first frame
// of a block's buddy has a valid descriptor: blocks come from splitting one, and the blocks that a
// range starts out with have no buddy inside it.
#ifndef HELIOS_KERNEL_FRAME_H
#define HELIOS_KERNEL_FRAME_H

#include <stdint.h>

#include "arch/include/port.h"
#include "kernel/object.h"

#ifdef __cplusplus
extern "C" {
#endif

enum frame_use {
    FRAME_FREE = 0,   // on a free list of its Memory; object.ring links it
    FRAME_PAGE = 1,   // the object of a Page: object.type says so
    FRAME_OBJECT = 2, // a block that is one object: Task, VSpace, page table (`content`)
    FRAME_SLAB = 3,   // small objects (kernel/slab.h)
    FRAME_SLOTS = 4,  // the slots of a CSpace: `content` is the struct cspace
    FRAME_BUSY = 5,   // allocated, not yet an object (being zeroed by a long operation)
    FRAME_CACHED = 6, // free too, but not merged yet (kernel/buddy.h); object.reap_next links it
};

struct frame {
    struct object object; // FRAME_PAGE: the Page. Otherwise only owner, order and ring are used.
    uint64_t physical;    // of the frame, page aligned; the low 12 bits hold enum frame_use
    union {
        void *content;      // FRAME_PAGE: NULL, or the struct device_memory that it is a piece of
        uint64_t slab_used; // FRAME_SLAB: mask of the objects that are in use
    };
};

static_assert(sizeof(struct frame) == 64, "1/64 of memory");

static inline uint64_t frame_physical(const struct frame *frame) {
    return __atomic_load_n(&frame->physical, __ATOMIC_RELAXED) & ~0xfffull;
}

static inline enum frame_use frame_use(const struct frame *frame) {
    return (enum frame_use)(__atomic_load_n(&frame->physical, __ATOMIC_RELAXED) & 0xfff);
}

// Whoever merges its neighbour may be looking.
static inline void frame_set_use(struct frame *frame, enum frame_use use) {
    __atomic_store_n(&frame->physical, frame_physical(frame) | (uint64_t)use, __ATOMIC_RELAXED);
}

// The frame whose object.ring this is.
static inline struct frame *frame_of_ring(struct ring_node *node) {
    return (struct frame *)((uintptr_t)node - offsetof(struct frame, object.ring));
}

static inline struct frame *frame_of(struct object *page) {
    return (struct frame *)page;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_FRAME_H
