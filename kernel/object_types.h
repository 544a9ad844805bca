// SPDX-License-Identifier: GPL-3.0-only
//
// One row per type of object: how much memory it is, how it begins, what it answers, how it ends.
#ifndef HELIOS_KERNEL_OBJECT_TYPES_H
#define HELIOS_KERNEL_OBJECT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory_object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct object_type {
    const char *name; // "Endpoint"
    object_handler invoke;

    // What Memory.allocate makes it of. Memory and CSpaces are of a slab and have a block as well.
    bool allocatable;
    uint8_t slab;       // enum slab_class + 1; 0: a block
    uint8_t order;      // of the block, if slab is 0 and the size does not say so
    uint8_t size_least; // bounds of the parameter `size`
    uint8_t size_most;
    uint8_t units; // what there is to prepare (kernel/allocate.c): of the whole object, or of each
                   // frame if it has a size
    uint16_t object_offset; // of the struct object in the block, if slab is 0

    // Makes an object of zeroed memory (the slab object, or the block through the direct map). The
    // caller has done object_init; `frame` is the block's descriptor or NULL. NULL:
    // kernel/allocate.c knows how.
    void (*init)(struct object *object, struct memory *owner, struct frame *frame);

    // One bounded step of taking it apart once nobody refers to it. True: nothing is left but its
    // memory; then it may be asked again, and says so again. NULL: there never is anything.
    bool (*reap)(struct object *object);
};

extern const struct object_type object_types[HELIOS_TYPE_COUNT];

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_OBJECT_TYPES_H
