// SPDX-License-Identifier: GPL-3.0-only
//
// The Memory object: a run of frames from which objects are made.
//
// Blocks of 2^order frames, free ones in a list per order (kernel/buddy.h); objects smaller than a
// frame share one (kernel/slab.h). Everything that was made from a Memory is found by walking its
// descriptors, block by block.
//
// Death, and reset, which is a death that the Memory itself survives, are the reaper's work
// (memory_reap). First whatever is half made from it (kernel/allocate.h) is given back. Then the
// walk pushes each object it meets on top of the Memory on the reaper's stack, which so deals with
// that before the walk goes on: its capabilities and uses go, then what it holds, then its memory
// comes back. What is dying already is passed by, because it stands further down on the stack: a
// CSpace, say, that held the last capability to the very Memory that it is made of. Such a Memory
// is parked at the end of the walk, off the stack, until the last block has come home. A Memory
// that is whole gives its frames back to its own Memory at once: nobody looks at what is free. Its
// struct memory waits in limbo like any other object; so whoever finds it written in a descriptor,
// on a walk (child_frames), may follow it until he leaves the kernel.
//
// `purging` says that nothing is handed out: it is set by whoever begins with that, under the lock,
// and taken back by the end of a reset, when the Memory is off the stack (memory_end_reset):
// whoever finds it set may be sure that somebody is at it.
#ifndef HELIOS_KERNEL_MEMORY_OBJECT_H
#define HELIOS_KERNEL_MEMORY_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/check.h"
#include "kernel/frame.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMORY_ORDERS   30u // up to 2 TiB in one block
#define MEMORY_MIN_BITS 14u // log2 of the bytes of the smallest Memory that can be split off

// Sizes of small objects: 128 bytes, and 1024 for a struct memory.
enum slab_class {
    SLAB_128 = 0,
    SLAB_1024 = 1,
    SLAB_CLASSES = 2,
};

// Orders of which a few freed blocks are kept unmerged.
#define MEMORY_CACHED_ORDERS 3u
#define MEMORY_CACHED_BLOCKS 4u // of each

struct memory {
    struct object object;
    // Guards everything below and the descriptors. Taken after object locks; no lock is taken under
    // it.
    struct lock lock;
    uint8_t purging; // being reset or destroyed: nothing is handed out
    uint8_t parked;  // the walk is over; waits for blocks of what is dying elsewhere
    uint8_t cached_count[MEMORY_CACHED_ORDERS];
    uint8_t reserved[3];
    struct frame *frames; // descriptor of the first frame
    uint64_t base;        // physical address of it
    uint64_t frame_count;
    uint64_t free_frames;                       // on the free lists and in the caches
    uint64_t free_mask;                         // bit: order whose list is not empty
    struct ring_node free[MEMORY_ORDERS];       // heads; linked through struct frame's object.ring
    struct frame *cached[MEMORY_CACHED_ORDERS]; // freed and not merged yet
    struct ring_node partial[SLAB_CLASSES];     // slabs with room and with objects
    struct frame *empty_slab[SLAB_CLASSES];     // one without objects each, or NULL
    struct ring_node allocations;               // half made (kernel/allocate.h)
    uint64_t purge_cursor;                      // frames that the walk has dealt with
};

// A Memory in zeroed memory of its own, over frames whose descriptors are `frames`.
void memory_init(struct memory *memory, struct memory *owner, struct frame *frames, uint64_t base,
                 uint64_t frame_count);

static inline struct memory *memory_of(struct object *object) {
    return (struct memory *)object;
}

// A block; its contents are whatever was there, the descriptor says FRAME_BUSY. NULL: no memory, or
// it is being reset or destroyed. Who makes an object of it says so with memory_use_block before
// his system call or step ends, or the block is lost.
struct frame *memory_take_block(struct memory *memory, unsigned order);
void memory_give_block(struct memory *memory, struct frame *frame);

// The block that belongs to a small object of `memory`, which is locked: a CSpace's slots, a child
// Memory's frames (which are its parent's again, so nothing else may happen to it but to be given
// back). NULL: none.
struct frame *memory_block_beside(struct memory *memory, struct object *object);

// FRAME_OBJECT: `content` is the struct object in it. FRAME_SLOTS: the struct cspace.
void memory_use_block(struct frame *frame, enum frame_use use, void *content);

// The descriptor of one of its frames. `in_frame` points into it, through the direct map.
static inline struct frame *memory_frame_of(const struct memory *memory, const void *in_frame) {
    uint64_t offset = arch_direct_physical(in_frame) - memory->base;
    CHECK(offset >> ARCH_PAGE_SHIFT < memory->frame_count);
    return memory->frames + (offset >> ARCH_PAGE_SHIFT);
}

// While this CPU has taken something of a Memory that is no object yet, and is not listed as half
// made, the Memory's death or reset waits (memory_reap): it would find what nobody has written yet.
// Called before anything is taken; nothing is when the Memory is purging then. NULL: it is an
// object now.
static inline void memory_set_making(struct memory *memory) {
    __atomic_store_n(&arch_percpu()->making, memory, __ATOMIC_RELEASE);
}

// Zeroed memory for a small object, which begins with its struct object; as long as that has no
// type, nothing is there. NULL: as above. `owner` in the object header finds the way back.
void *memory_take_small(struct memory *memory, enum slab_class size);
void memory_give_small(struct memory *memory, void *object);

uint64_t memory_free_bytes(struct memory *memory);

// What is kept aside is merged. Then: order of the largest free block, -1 if there is none.
int memory_settle(struct memory *memory);

// Makes the order-0 block a Page (its contents stay as they are) and returns its object.
struct object *memory_page_init(struct frame *frame);

// Boot: makes one object of a type that Memory.allocate makes, of any size, at once. NULL: no
// memory.
struct object *memory_make(struct memory *memory, enum helios_type type, uint64_t size);

struct task *memory_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call);

// The reaper's. Also of a Memory that is alive: then it is being reset, and memory_end_reset
// follows when it is off the stack, before its object's lock is released.
bool memory_reap(struct object *object);
void memory_end_reset(struct object *object);

// Gives back what an object of any type is made of; the reaper calls it when the type's own reap
// function says that nothing is left. An object of the kernel's own is alive again afterwards.
void memory_release_object(struct object *object);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_MEMORY_OBJECT_H
