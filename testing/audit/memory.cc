// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/buddy.h"
#include "kernel/list.h"
#include "kernel/slab.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

namespace {

// What the lists of a Memory say, before the frames are walked.
struct Lists {
    Pointers free[MEMORY_ORDERS];
    Pointers cached;
    Pointers partial;
};

bool IsList(const struct ring_node *head) {
    return list_first(head) != nullptr &&
           list_first(head)->prev == reinterpret_cast<ring_link>(head);
}

std::string ReadList(const struct ring_node *head, Pointers &into) {
    unsigned count = 0;
    for (const struct ring_node *node = head; IsList(node) && ++count < 1000000;) {
        node = list_first(node);
        if (node == head) {
            return "";
        }
        into.Add(frame_of_ring(const_cast<struct ring_node *>(node)));
    }
    return Say("list %p is broken", head);
}

std::string ReadLists(const memory *memory, Lists &lists) {
    std::string problem;
    for (unsigned order = 0; order < MEMORY_ORDERS && problem.empty(); order++) {
        lists.free[order].Clear();
        if ((memory->free_mask >> order & 1) == 0) {
            continue; // the head means nothing
        }
        problem = ReadList(&memory->free[order], lists.free[order]);
        if (problem.empty() && lists.free[order].Size() == 0) {
            problem = Say("Memory %p: free_mask is wrong for order %u", memory, order);
        }
    }
    lists.cached.Clear();
    for (unsigned order = 0; order < MEMORY_CACHED_ORDERS && problem.empty(); order++) {
        unsigned count = 0;
        for (const frame *frame = memory->cached[order]; frame != nullptr;
             frame = reinterpret_cast<const struct frame *>(frame->object.reap_next)) {
            if (!lists.cached.Add(frame) || frame->object.order != order) {
                return Say("Memory %p: the cache of order %u is broken", memory, order);
            }
            count++;
        }
        if (count != memory->cached_count[order]) {
            return Say("Memory %p: caches %u blocks of order %u, says %u", memory, count, order,
                       memory->cached_count[order]);
        }
    }
    lists.partial.Clear();
    for (unsigned size = 0; size < SLAB_CLASSES && problem.empty(); size++) {
        problem = ReadList(&memory->partial[size], lists.partial);
    }
    return problem;
}

std::string AuditSlab(const memory *memory, const Lists &lists, const frame *frame) {
    unsigned shift = slab_shift(static_cast<slab_class>(frame->object.type));
    if (frame->object.type >= SLAB_CLASSES) {
        return Say("slab %p has size %u", frame, frame->object.type);
    }
    uint32_t used = slab_used(frame);
    uint32_t all = 0xffffffffu >> (32 - (4096u >> shift));
    bool is_empty = memory->empty_slab[frame->object.type] == frame;
    bool is_partial = lists.partial.Has(frame);
    if (is_empty != (used == 0) || is_partial != (used != all) || (used & ~all) != 0) {
        return Say("slab %p: objects 0x%x, %s the list, %s kept as empty", frame, used,
                   is_partial ? "in" : "not in", is_empty ? "" : "not");
    }
    for (uint32_t rest = used; rest != 0; rest &= rest - 1) {
        auto *object = static_cast<const struct object *>(
            slab_object(frame, static_cast<unsigned>(__builtin_ctz(rest))));
        if (object->type == HELIOS_TYPE_NULL && list_is_empty(&memory->allocations)) {
            return Say("Memory %p: a small object at %p is lost", memory, object);
        }
        if (object->type != HELIOS_TYPE_NULL && object->owner != memory) {
            return Say("Memory %p: the small object at %p is another one's", memory, object);
        }
    }
    return "";
}

std::string AuditBlock(const memory *memory, const Lists &lists, const frame *frame) {
    unsigned order = frame->object.order;
    uint64_t base = frame_physical(frame);
    auto *content = static_cast<const object *>(frame->content);
    bool is_listed = lists.free[order].Has(frame);
    bool is_cached = lists.cached.Has(frame);
    if (is_listed != (frame_use(frame) == FRAME_FREE) ||
        is_cached != (frame_use(frame) == FRAME_CACHED)) {
        return Say("Memory %p: block at 0x%lx, use %u, %s a free list", memory, base,
                   frame_use(frame), is_listed || is_cached ? "on" : "not on");
    }
    switch (frame_use(frame)) {
    case FRAME_FREE:
    case FRAME_CACHED:
        return "";
    case FRAME_PAGE:
        return frame->object.type == HELIOS_TYPE_PAGE
                   ? ""
                   : Say("page at 0x%lx has type %u", base, frame->object.type);
    case FRAME_OBJECT: {
        uint64_t at = arch_direct_physical(content);
        bool is_inside = at >= base && at < base + (4096ull << order);
        return is_inside && content->owner == memory
                   ? ""
                   : Say("block at 0x%lx: its object %p is elsewhere", base, content);
    }
    case FRAME_SLOTS: {
        auto *space = As<cspace>(content);
        return arch_direct_physical(space->slots) == base && content->owner == memory &&
                       space->slot_count * sizeof(slot) <= 4096ull << order
                   ? ""
                   : Say("slots at 0x%lx: CSpace %p has others", base, space);
    }
    case FRAME_SLAB:
        return AuditSlab(memory, lists, frame);
    case FRAME_BUSY:
        return list_is_empty(&memory->allocations) ? Say("block at 0x%lx is lost", base) : "";
    }
    return Say("block at 0x%lx has use %u", base, frame_use(frame));
}

} // namespace

std::string audit_memory(const World &world, const memory *memory) {
    (void)world;
    static Lists lists; // kept for its memory
    if (memory->lock.holder != 0) {
        return Say("Memory %p is locked", memory);
    }
    std::string problem = ReadLists(memory, lists);
    uint64_t free_frames = 0;
    size_t free_blocks = 0, slabs = 0;
    for (uint64_t at = 0; at < memory->frame_count && problem.empty();) {
        const frame *frame = memory->frames + at;
        const struct memory *owner = frame->object.owner;
        if (owner != memory) {
            while (owner->object.owner != memory) { // World::Discover has been here
                owner = owner->object.owner;
            }
            if (owner->base != memory->base + at * 4096) {
                return Say("Memory %p lies elsewhere than in its parent", owner);
            }
            at += owner->frame_count;
            continue;
        }
        unsigned order = frame->object.order;
        uint64_t base = memory->base + at * 4096;
        if (order >= MEMORY_ORDERS || frame_physical(frame) != base ||
            base % (4096ull << order) != 0 || at + (1ull << order) > memory->frame_count) {
            return Say("Memory %p: block at 0x%lx of order %u says that it is at 0x%lx", memory,
                       base, order, frame_physical(frame));
        }
        problem = AuditBlock(memory, lists, frame);
        bool is_free = frame_use(frame) == FRAME_FREE || frame_use(frame) == FRAME_CACHED;
        free_frames += is_free ? 1ull << order : 0;
        free_blocks += is_free;
        slabs += frame_use(frame) == FRAME_SLAB && lists.partial.Has(frame);
        at += 1ull << order;
    }
    size_t listed = lists.cached.Size();
    for (const Pointers &list : lists.free) {
        listed += list.Size();
    }
    if (problem.empty() && (free_frames != memory->free_frames || listed != free_blocks)) {
        return Say("Memory %p counts %lu free frames, has %lu; %zu blocks of %zu on the lists",
                   memory, memory->free_frames, free_frames, listed, free_blocks);
    }
    if (problem.empty() && slabs != lists.partial.Size()) {
        return Say("Memory %p lists %zu slabs with room, has %zu", memory, lists.partial.Size(),
                   slabs);
    }
    return problem;
}
