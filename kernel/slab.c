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

static void set_used(struct frame *slab, uint32_t used) {
    slab->content = (void *)(uintptr_t)used;
}

static uint32_t all_used(enum slab_class size) {
    return 0xffffffffu >> (32 - (KERNEL_PAGE_SIZE >> slab_shift(size)));
}

// A slab with room, in the list.
static struct frame *find_slab(struct memory *memory, enum slab_class size) {
    struct ring_node *partial = &memory->partial[size];
    if (!list_is_empty(partial)) {
        return frame_of_ring(list_first(partial));
    }
    struct frame *slab = memory->empty_slab[size];
    if (slab != NULL) {
        memory->empty_slab[size] = NULL;
    } else {
        slab = buddy_take(memory, 0);
        if (slab == NULL) {
            return NULL;
        }
        frame_set_use(slab, FRAME_SLAB);
        slab->object.type = (uint8_t)size;
        set_used(slab, 0);
    }
    list_add_first(partial, &slab->object.ring);
    return slab;
}

void *slab_take(struct memory *memory, enum slab_class size) {
    struct frame *slab = find_slab(memory, size);
    if (slab == NULL) {
        return NULL;
    }
    uint32_t used = slab_used(slab);
    unsigned index = (unsigned)__builtin_ctz(~used);
    used |= 1u << index;
    set_used(slab, used);
    if (used == all_used(size)) {
        list_remove(&slab->object.ring);
    }
    return slab_object(slab, index);
}

void slab_give(struct memory *memory, void *object) {
    struct frame *slab = memory_frame_of(memory, object);
    CHECK(slab->object.owner == memory && frame_use(slab) == FRAME_SLAB);
    enum slab_class size = (enum slab_class)slab->object.type;
    uint32_t offset = (uint32_t)(arch_direct_physical(object) % KERNEL_PAGE_SIZE);
    uint32_t bit = 1u << (offset >> slab_shift(size));
    uint32_t used = slab_used(slab);
    CHECK((used & bit) != 0 && offset % (1u << slab_shift(size)) == 0);
    if (used == all_used(size)) {
        list_add_first(&memory->partial[size], &slab->object.ring);
    }
    used &= ~bit;
    set_used(slab, used);
    if (used != 0) {
        return;
    }
    list_remove(&slab->object.ring);
    if (memory->empty_slab[size] == NULL) {
        memory->empty_slab[size] = slab;
    } else {
        buddy_give(memory, slab);
    }
}

void slab_flush(struct memory *memory) {
    for (unsigned size = 0; size < SLAB_CLASSES; size++) {
        if (memory->empty_slab[size] != NULL) {
            buddy_give(memory, memory->empty_slab[size]);
            memory->empty_slab[size] = NULL;
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
