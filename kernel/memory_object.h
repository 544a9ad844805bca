// SPDX-License-Identifier: GPL-3.0-only
//
// The Memory object: a run of frames from which objects are made.
//
// Blocks of 2^order frames, free ones in a list per order (a buddy system, merged lazily); objects
// smaller than a frame share one (slabs; one empty slab of each size is kept, so that making and
// destroying one object in turns does not split and merge all the way). Everything that was made
// from a Memory is found by walking its descriptors.
#ifndef HELIOS_KERNEL_MEMORY_OBJECT_H
#define HELIOS_KERNEL_MEMORY_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/frame.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMORY_ORDERS 30u // up to 2 TiB in one block

// Sizes of small objects: 128, 256, 1024 bytes.
enum slab_class {
    SLAB_128 = 0,
    SLAB_256 = 1,
    SLAB_1024 = 2,
    SLAB_CLASSES = 3,
};

struct slab; // header of a slab's frame

struct memory {
    struct object object;
    struct lock
        lock;      // guards everything below. Taken after object locks; no lock is taken under it.
    uint8_t dying; // being reset or destroyed: nothing is handed out
    uint8_t reserved[3];
    struct frame *frames; // descriptor of the first frame
    uint64_t base;        // physical address of it
    uint64_t frame_count;
    uint64_t free_frames;
    uint64_t free_mask;                     // bit: order whose list is not empty
    struct ring_node free[MEMORY_ORDERS];   // heads; linked through struct frame's object.ring
    struct ring_node partial[SLAB_CLASSES]; // slabs with room
    struct slab *empty[SLAB_CLASSES];       // one empty slab each, or NULL
    uint64_t purge_cursor;                  // frames that reset or the reaper has dealt with
};

// A Memory in zeroed memory of its own, over frames whose descriptors are `frames`.
void memory_init(struct memory *memory, struct memory *owner, struct frame *frames, uint64_t base,
                 uint64_t frame_count);

// A block; its contents are whatever was there, the descriptor says FRAME_BUSY. NULL: no memory.
struct frame *memory_take_block(struct memory *memory, unsigned order);
void memory_give_block(struct frame *frame);

// Zeroed memory for a small object. NULL: no memory. `owner` in its object header finds the way
// back.
void *memory_take_small(struct memory *memory, enum slab_class size);
void memory_give_small(struct memory *memory, void *object);

uint64_t memory_free_bytes(struct memory *memory);

// Makes the order-0 block a Page (its contents stay as they are) and returns its object.
struct object *memory_page_init(struct frame *frame);

// Boot: makes one object of a type that Memory.allocate makes, of any size, at once. NULL: no
// memory.
struct object *memory_make(struct memory *memory, enum helios_type type, uint64_t size);

struct task *memory_invoke(struct task *current, struct slot *slot, const struct syscall *call);

// The reaper's.
bool memory_reap(struct object *object);

// Gives back what an object of any type is made of; the reaper calls it when the type's own reap
// function says that nothing is left. By type: kernel/object_types.c.
void memory_release_object(struct object *object);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_MEMORY_OBJECT_H
