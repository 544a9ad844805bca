// SPDX-License-Identifier: GPL-3.0-only
//
// Slabs: frames of a Memory that small objects of one size share. What is in use stands in the
// frame's descriptor, so the whole frame is objects: `slab_used` is a mask of them, object.type the
// size. Slabs with room are in a list per size (linked by object.ring); full ones are in none. One
// slab of each size that has become empty is kept, in that list; it counts as free.
//
// The Memory's lock is held throughout, but not for finding an object.
#ifndef HELIOS_KERNEL_SLAB_H
#define HELIOS_KERNEL_SLAB_H

#include "kernel/list.h"
#include "kernel/memory_object.h"

#ifdef __cplusplus
extern "C" {
#endif

// log2 of the bytes of an object.
static inline unsigned slab_shift(enum slab_class size) {
    return 7 + 3 * (unsigned)size;
}

void slab_init(struct memory *memory);

// Memory for one object, with whatever was there. NULL: no slab has room and there is no frame for
// a new one.
void *slab_take(struct memory *memory, enum slab_class size);
static inline void *slab_take_listed(struct memory *memory, enum slab_class size); // no new slab
void slab_give(struct memory *memory, void *object);

// Gives the empty slabs back to the free blocks.
void slab_flush(struct memory *memory);

// Number of frames that slab_flush would give back.
unsigned slab_empty_count(const struct memory *memory);

// The objects of a slab: mask of those in use, and where one of them is.
static inline uint32_t slab_used(const struct frame *slab) {
    return (uint32_t)slab->slab_used;
}

static inline void *slab_object(const struct frame *slab, unsigned index) {
    return (uint8_t *)arch_direct(frame_physical(slab)) +
           ((size_t)index << slab_shift((enum slab_class)slab->object.type));
}

// The mask of a full slab.
static inline uint32_t slab_all_used(enum slab_class size) {
    return size == SLAB_128 ? 0xffffffff : 0xf;
}

static inline void *slab_take_listed(struct memory *memory, enum slab_class size) {
    struct ring_node *partial = &memory->partial[size];
    if (list_is_empty(partial)) {
        return NULL;
    }
    struct frame *slab = frame_of_ring(list_first(partial));
    uint32_t used = slab_used(slab);
    if (used == 0) {
        memory->empty_slab[size] = NULL;
    }
    unsigned index = (unsigned)__builtin_ctz(~used);
    used |= 1u << index;
    slab->slab_used = used;
    if (used == slab_all_used(size)) {
        list_remove(&slab->object.ring);
    }
    return (uint8_t *)arch_direct(frame_physical(slab)) + ((size_t)index << slab_shift(size));
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SLAB_H
