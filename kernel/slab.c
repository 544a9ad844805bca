// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/slab.h"

#include "kernel/buddy.h"
#include "kernel/check.h"
#include "kernel/list.h"
#include "kernel/memory.h"

void slab_init(struct memory *memory) {
    for (unsigned size = 0; size < SLAB_CLASSES; size++) {
        list_init(&memory->partial[size]);
        memory->empty_slab[size] = NULL;
    }
}

// Puts a new slab into the list, if there is a frame for it.
static bool make_slab(struct memory *memory, enum slab_class size) {
    struct frame *slab = buddy_take(memory, 0);
    if (slab == NULL) {
        return false;
    }
    frame_set_use(slab, FRAME_SLAB);
    slab->object.type = (uint8_t)size;
    slab->slab_used = 0;
    list_add_first(&memory->partial[size], &slab->object.ring);
    return true;
}

void *slab_take(struct memory *memory, enum slab_class size) {
    if (list_is_empty(&memory->partial[size]) && !make_slab(memory, size)) {
        return NULL;
    }
    return slab_take_listed(memory, size);
}

void slab_give(struct memory *memory, void *object) {
    struct frame *slab = memory_frame_of(memory, object);
    CHECK(slab->object.owner == memory && frame_use(slab) == FRAME_SLAB);
    enum slab_class size = (enum slab_class)slab->object.type;
    uint32_t offset = (uint32_t)(arch_direct_physical(object) % KERNEL_PAGE_SIZE);
    uint32_t bit = 1u << (offset >> slab_shift(size));
    uint32_t used = slab_used(slab);
    CHECK((used & bit) != 0 && offset % (1u << slab_shift(size)) == 0);
    if (used == slab_all_used(size)) {
        list_add_first(&memory->partial[size], &slab->object.ring);
    }
    used &= ~bit;
    slab->slab_used = used;
    if (used != 0) {
        return;
    }
    if (memory->empty_slab[size] == NULL) {
        memory->empty_slab[size] = slab;
    } else {
        list_remove(&slab->object.ring);
        buddy_give(memory, slab);
    }
}

void slab_flush(struct memory *memory) {
    for (unsigned size = 0; size < SLAB_CLASSES; size++) {
        struct frame *slab = memory->empty_slab[size];
        if (slab != NULL) {
            memory->empty_slab[size] = NULL;
            list_remove(&slab->object.ring);
            buddy_give(memory, slab);
        }
    }
}

unsigned slab_empty_count(const struct memory *memory) {
    unsigned count = 0;
    for (unsigned size = 0; size < SLAB_CLASSES; size++) {
        count += memory->empty_slab[size] != NULL;
    }
    return count;
}
