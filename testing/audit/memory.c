// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/buddy.h"
#include "kernel/list.h"
#include "kernel/slab.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

// Marks of a block in struct audit_world's `listed`: the list that it is on.
enum list_mark {
    LIST_FREE = 1 << 0, // of its order
    LIST_CACHED = 1 << 1,
    LIST_PARTIAL = 1 << 2,
};

// What has been found of one Memory.
struct count {
    uint64_t free_frames;
    uint64_t free_blocks;
    uint64_t slabs;  // with room
    uint64_t listed; // free blocks, by the lists
    uint64_t partial;
};

// The lists, before the frames are walked. -------------------------------------------------------

static bool is_linked(const struct ring_node *node) {
    return list_first(node) != NULL && list_first(node)->prev == (uintptr_t)node;
}

static const char *note(struct audit_world *world, const struct frame *frame, enum list_mark mark) {
    struct audit_item *item = audit_map_add(&world->listed, frame);
    if (item == NULL) {
        return audit_say("too many free blocks to walk: %u", world->listed.capacity);
    }
    if ((item->marks & mark) != 0) {
        return audit_say("block %p stands twice on the lists", frame);
    }
    item->marks |= mark;
    return NULL;
}

static bool is_descriptor(const struct memory *memory, const struct frame *frame) {
    uint64_t distance = (uintptr_t)frame - (uintptr_t)memory->frames;
    return distance / sizeof(*frame) < memory->frame_count && distance % sizeof(*frame) == 0;
}

static const char *read_list(struct audit_world *world, const struct memory *memory,
                             const struct ring_node *head, enum list_mark mark, uint64_t *count) {
    for (const struct ring_node *node = head; is_linked(node);) {
        struct ring_node *next = list_first(node);
        if (next == head) {
            return NULL;
        }
        const struct frame *frame = frame_of_ring(next);
        if (!is_descriptor(memory, frame)) {
            break;
        }
        const char *problem = note(world, frame, mark);
        if (problem != NULL) {
            return problem;
        }
        (*count)++;
        node = next;
    }
    return audit_say("list %p of Memory %p is broken", head, memory);
}

static const char *read_free(struct audit_world *world, const struct memory *memory, unsigned order,
                             struct count *count) {
    if ((memory->free_mask >> order & 1) == 0) {
        return NULL; // the head means nothing
    }
    uint64_t before = count->listed;
    const uint32_t first = world->listed.count;
    const char *problem = read_list(world, memory, &memory->free[order], LIST_FREE, &count->listed);
    if (problem == NULL && count->listed == before) {
        return audit_say("Memory %p: free_mask is wrong for order %u", memory, order);
    }
    for (uint32_t i = first; i < world->listed.count && problem == NULL; i++) {
        const struct frame *frame = world->listed.items[i].pointer;
        if (frame->object.order != order) {
            problem = audit_say("Memory %p: block %p of order %u is on the free list of order %u",
                                memory, frame, frame->object.order, order);
        }
    }
    return problem;
}

static const char *read_cached(struct audit_world *world, const struct memory *memory,
                               unsigned order, struct count *count) {
    unsigned found = 0;
    for (const struct frame *frame = memory->cached[order]; frame != NULL;
         frame = (const struct frame *)frame->object.reap_next) {
        const char *problem =
            is_descriptor(memory, frame) && frame->object.order == order
                ? note(world, frame, LIST_CACHED)
                : audit_say("Memory %p: the cache of order %u is broken", memory, order);
        if (problem != NULL) {
            return problem;
        }
        found++;
    }
    if (found != memory->cached_count[order]) {
        return audit_say("Memory %p: caches %u blocks of order %u, says %u", memory, found, order,
                         memory->cached_count[order]);
    }
    count->listed += found;
    return NULL;
}

static const char *read_lists(struct audit_world *world, const struct memory *memory,
                              struct count *count) {
    const char *problem = NULL;
    audit_map_clear(&world->listed);
    for (unsigned order = 0; order < MEMORY_ORDERS && problem == NULL; order++) {
        problem = read_free(world, memory, order, count);
    }
    for (unsigned order = 0; order < MEMORY_CACHED_ORDERS && problem == NULL; order++) {
        problem = read_cached(world, memory, order, count);
    }
    for (unsigned size = 0; size < SLAB_CLASSES && problem == NULL; size++) {
        problem = read_list(world, memory, &memory->partial[size], LIST_PARTIAL, &count->partial);
    }
    return problem;
}

static bool is_on(const struct audit_world *world, const struct frame *frame, enum list_mark mark) {
    const struct audit_item *item = audit_map_find(&world->listed, frame);
    return item != NULL && (item->marks & mark) != 0;
}

// Blocks. ----------------------------------------------------------------------------------------

static const char *check_small(const struct memory *memory, const struct object *object) {
    if (object->type == HELIOS_TYPE_NULL && list_is_empty(&memory->allocations)) {
        return audit_say("Memory %p: a small object at %p is lost", memory, object);
    }
    if (object->type != HELIOS_TYPE_NULL && object->owner != memory) {
        return audit_say("Memory %p: the small object at %p is another one's", memory, object);
    }
    return NULL;
}

static const char *check_slab(const struct audit_world *world, const struct memory *memory,
                              const struct frame *frame) {
    if (frame->object.type >= SLAB_CLASSES) {
        return audit_say("slab %p has size %u", frame, frame->object.type);
    }
    unsigned shift = slab_shift((enum slab_class)frame->object.type);
    uint32_t used = slab_used(frame);
    uint32_t all = 0xffffffffu >> (32 - (4096u >> shift));
    bool is_empty = memory->empty_slab[frame->object.type] == frame;
    bool is_partial = is_on(world, frame, LIST_PARTIAL);
    if (is_empty != (used == 0) || is_partial != (used != all) || (used & ~all) != 0) {
        return audit_say("slab %p: objects 0x%x, %s the list, %s kept as empty", frame, used,
                         is_partial ? "in" : "not in", is_empty ? "" : "not");
    }
    const char *problem = NULL;
    for (uint32_t rest = used; rest != 0 && problem == NULL; rest &= rest - 1) {
        problem = check_small(memory, slab_object(frame, (unsigned)__builtin_ctz(rest)));
    }
    return problem;
}

static const char *check_object(const struct memory *memory, const struct frame *frame,
                                uint64_t base) {
    const struct object *content = frame->content;
    uint64_t at = arch_direct_physical(content);
    bool is_inside = at >= base && at < base + (4096ull << frame->object.order);
    return is_inside && content->owner == memory
               ? NULL
               : audit_say("block at 0x%lx: its object %p is elsewhere", base, content);
}

static const char *check_slots(const struct memory *memory, const struct frame *frame,
                               uint64_t base) {
    const struct cspace *space = frame->content;
    return arch_direct_physical(space->slots) == base && space->object.owner == memory &&
                   space->slot_count * sizeof(struct slot) <= 4096ull << frame->object.order
               ? NULL
               : audit_say("slots at 0x%lx: CSpace %p has others", base, space);
}

static const char *check_use(const struct audit_world *world, const struct memory *memory,
                             const struct frame *frame, uint64_t base) {
    switch (frame_use(frame)) {
    case FRAME_FREE:
    case FRAME_CACHED:
        return NULL;
    case FRAME_PAGE:
        return frame->object.type == HELIOS_TYPE_PAGE
                   ? NULL
                   : audit_say("page at 0x%lx has type %u", base, frame->object.type);
    case FRAME_OBJECT:
        return check_object(memory, frame, base);
    case FRAME_SLOTS:
        return check_slots(memory, frame, base);
    case FRAME_SLAB:
        return check_slab(world, memory, frame);
    case FRAME_BUSY:
        return list_is_empty(&memory->allocations) ? audit_say("block at 0x%lx is lost", base)
                                                   : NULL;
    }
    return audit_say("block at 0x%lx has use %u", base, frame_use(frame));
}

static const char *check_block(const struct audit_world *world, const struct memory *memory,
                               const struct frame *frame, struct count *count) {
    unsigned order = frame->object.order;
    uint64_t at = (uint64_t)(frame - memory->frames);
    uint64_t base = memory->base + at * 4096;
    if (order >= MEMORY_ORDERS || frame_physical(frame) != base || base % (4096ull << order) != 0 ||
        at + (1ull << order) > memory->frame_count) {
        return audit_say("Memory %p: block at 0x%lx of order %u says that it is at 0x%lx", memory,
                         base, order, frame_physical(frame));
    }
    bool is_listed = is_on(world, frame, LIST_FREE);
    bool is_cached = is_on(world, frame, LIST_CACHED);
    if (is_listed != (frame_use(frame) == FRAME_FREE) ||
        is_cached != (frame_use(frame) == FRAME_CACHED)) {
        return audit_say("Memory %p: block at 0x%lx, use %u, %s a free list", memory, base,
                         frame_use(frame), is_listed || is_cached ? "on" : "not on");
    }
    bool is_free = is_listed || is_cached;
    count->free_frames += is_free ? 1ull << order : 0;
    count->free_blocks += is_free;
    count->slabs += frame_use(frame) == FRAME_SLAB && is_on(world, frame, LIST_PARTIAL);
    return check_use(world, memory, frame, base);
}

// A child's frames are passed by.
static const char *check_child(const struct memory *memory, const struct memory *owner,
                               uint64_t *at) {
    while (owner->object.owner != memory) { // audit_discover has been here
        owner = owner->object.owner;
    }
    if (owner->base != memory->base + *at * 4096) {
        return audit_say("Memory %p lies elsewhere than in its parent", owner);
    }
    *at += owner->frame_count;
    return NULL;
}

// What is kept as empty is a slab of that size.
static const char *check_empty_slabs(const struct audit_world *world, const struct memory *memory) {
    for (unsigned size = 0; size < SLAB_CLASSES; size++) {
        const struct frame *frame = memory->empty_slab[size];
        if (frame != NULL && (!is_on(world, frame, LIST_PARTIAL) || frame->object.type != size ||
                              frame_use(frame) != FRAME_SLAB)) {
            return audit_say("Memory %p: block %p is kept as empty", memory, frame);
        }
    }
    return NULL;
}

static const char *check_counts(const struct memory *memory, const struct count *count) {
    if (count->free_frames != memory->free_frames || count->listed != count->free_blocks) {
        return audit_say(
            "Memory %p counts %lu free frames, has %lu; %lu blocks of %lu on the lists", memory,
            memory->free_frames, count->free_frames, count->listed, count->free_blocks);
    }
    if (count->slabs != count->partial) {
        return audit_say("Memory %p lists %lu slabs with room, has %lu", memory, count->partial,
                         count->slabs);
    }
    return NULL;
}

const char *audit_memory(struct audit_world *world, const struct memory *memory) {
    if (memory->lock.holder != 0) {
        return audit_say("Memory %p is locked", memory);
    }
    struct count count = {0};
    const char *problem = read_lists(world, memory, &count);
    if (problem == NULL) {
        problem = check_empty_slabs(world, memory);
    }
    for (uint64_t at = 0; at < memory->frame_count && problem == NULL;) {
        const struct frame *frame = memory->frames + at;
        if (frame->object.owner != memory) {
            problem = check_child(memory, frame->object.owner, &at);
            continue;
        }
        problem = check_block(world, memory, frame, &count);
        at += 1ull << frame->object.order;
    }
    return problem == NULL ? check_counts(memory, &count) : problem;
}
