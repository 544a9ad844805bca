// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/vspace.h"

#include "kernel/asid.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/memory_object.h"
#include "kernel/smp.h"
#include "kernel/table.h"

enum {
    SCAN_ENTRIES = 16, // looked at in one unit of work
    REAP_UNITS = 8,    // of one step
};

struct table_place table_walk(struct vspace *vspace, uintptr_t address, unsigned level) {
    struct table_block *block = table_block(&vspace->root);
    unsigned at = vspace->root.level;
    for (;;) {
        unsigned index = table_index(address, at);
        if (at == level || !table_entry_is_table(block, index)) {
            if (at == 0 && !block->table.is_leaving) {
                vspace->near = block;
                vspace->near_region = address / NEAR_BYTES;
            }
            return (struct table_place){block, index, at};
        }
        block = table_block(table_of(table_entry_object(block, index)));
        at--;
    }
}

static uintptr_t address_of(const struct table_place *place) {
    return place->block->table.address + place->index * table_reach(place->level);
}

// The object hears of it, and the entry is free. The VSpace is locked.
static void finish_leaving(struct vspace *vspace, const struct table_place *place) {
    struct object *object = table_entry_object(place->block, place->index);
    if (table_entry_is_table(place->block, place->index)) {
        CHECK(table_of(object)->used == 0);
        table_of(object)->is_leaving = 0;
        __atomic_store_n(&table_of(object)->vspace, NULL, __ATOMIC_RELEASE);
        vspace->near_region = NEAR_NOTHING;
    }
    mapping_clear(&place->block->nodes[place->index], object);
    table_clear_entry(place->block, place->index);
}

// What the hardware remembers of an entry that has just been emptied: a Page's translation, or the
// table itself.
static struct flush_request flush_of(const struct vspace *vspace, const struct table_place *place) {
    uint32_t asid = __atomic_load_n(&vspace->asid, __ATOMIC_ACQUIRE);
    return (struct flush_request){
        .kind = table_entry_is_table(place->block, place->index) ? FLUSH_ASID : FLUSH_PAGE,
        .asid = asid,
        .old_asid = __atomic_load_n(&vspace->old_asid, __ATOMIC_RELAXED),
        .address = address_of(place),
    };
}

void table_take_out(struct vspace *vspace, const struct table_place *place) {
    arch_pte_store(&place->block->entries[place->index], 0);
    smp_fence();
    const struct flush_request flush = flush_of(vspace, place);
    uint64_t others = smp_flush_begin(&flush, &vspace->cpus);
    if (others != 0) {
        if (flush.kind == FLUSH_ASID) {
            table_of(table_entry_object(place->block, place->index))->is_leaving = 1;
            vspace->near_region = NEAR_NOTHING;
        }
        lock_release(&vspace->lock);
        smp_flush_others(flush, others);
        lock_acquire(&vspace->lock);
    }
    finish_leaving(vspace, place);
    lock_release(&vspace->lock);
}

// An entry of `top`, or of a table below it, that can be taken out. false: only the search for one
// has moved on, or somebody else is taking it out. One unit of work. The VSpace is locked, `top` is
// not empty.
static bool find_entry(struct table *top, struct table_place *place) {
    struct table *table = top;
    for (;;) {
        struct table_block *block = table_block(table);
        unsigned looked_at = 0;
        while (!table_entry_used(block, table->cursor)) {
            table->cursor = (table->cursor + 1) % TABLE_ENTRIES;
            if (++looked_at == SCAN_ENTRIES) {
                return false;
            }
        }
        *place = (struct table_place){block, table->cursor, table->level};
        if (table_entry_leaves(block, place->index)) {
            return false;
        }
        struct object *object = table_entry_object(block, place->index);
        if (!table_entry_is_table(block, place->index) || table_of(object)->used == 0) {
            return true;
        }
        table = table_of(object);
    }
}

// What is to go for a mapping to go: the entry beside which its node stands or, while that holds a
// table with entries, one of those. false: nothing now. The VSpace is locked.
static bool find_for_node(struct table *table, struct ring_node *node, struct table_place *place) {
    *place = (struct table_place){table_block(table), table_index_of_node(node), table->level};
    if (!table_entry_used(place->block, place->index) ||
        table_entry_leaves(place->block, place->index)) {
        return false;
    }
    struct table *held = table_of(table_entry_object(place->block, place->index));
    bool is_empty = !table_entry_is_table(place->block, place->index) || held->used == 0;
    return is_empty || find_entry(held, place);
}

// Whether the node stands there still: it may have left the ring, and be of another mapping now.
static bool stands_behind(const struct ring_node *node, struct object *object,
                          const struct ring_node *before) {
    lock_acquire(&object->lock);
    bool stands = ring_node(before->next) == node;
    lock_release(&object->lock);
    return stands;
}

void vspace_drop_mapping(struct ring_node *node, struct object *object,
                         const struct ring_node *before) {
    struct table *table = table_of_node(node);
    struct vspace *vspace = __atomic_load_n(&table->vspace, __ATOMIC_ACQUIRE);
    if (vspace == NULL) {
        return; // gone since it was seen
    }
    lock_acquire(&vspace->lock);
    struct table_place place;
    if (table->vspace == vspace && stands_behind(node, object, before) &&
        find_for_node(table, node, &place)) {
        table_take_out(vspace, &place);
    } else {
        lock_release(&vspace->lock);
    }
}

void vspace_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    struct vspace *vspace = vspace_of(object);
    object_init(object, HELIOS_TYPE_VSPACE, owner);
    vspace->lock.rank = LOCK_SPACE;
    vspace->root.vspace = vspace;
    vspace->root.level = (uint16_t)(arch_mmu_levels() - 1);
    vspace->near_region = NEAR_NOTHING;
    vspace->root_word = arch_root_word(table_physical(&vspace->root), 0);
    arch_root_init(table_block(&vspace->root)->entries);
}

void vspace_leave(struct vspace *vspace) {
    const struct flush_request flush = {.kind = FLUSH_LEAVE, .vspace = vspace};
    uint64_t cpus = __atomic_exchange_n(&vspace->cpus, 0, __ATOMIC_RELAXED);
    smp_flush(flush, &cpus);
}

// Nobody runs in it any more, and nobody ever will: what TLBs remember of it is not used, and is
// forgotten with its identifier (asid_release) or before identifier 0 is taken up by another one.
// Who has looked it up while it was alive may still fill an entry, unless he finds it dying when he
// has locked it, or take one out.
bool vspace_reap(struct object *object) {
    struct vspace *vspace = vspace_of(object);
    vspace_leave(vspace);
    lock_acquire(&vspace->lock);
    bool is_empty = vspace->root.used == 0;
    for (unsigned unit = 0; unit < REAP_UNITS && vspace->root.used != 0; unit++) {
        struct table_place place;
        if (find_entry(&vspace->root, &place)) {
            arch_pte_store(&place.block->entries[place.index], 0);
            finish_leaving(vspace, &place);
        }
    }
    lock_release(&vspace->lock);
    return is_empty && asid_release(vspace);
}

bool vspace_lookup(struct vspace *vspace, uintptr_t address, struct vspace_mapping *mapping) {
    mapping->level = vspace->root.level;
    if (address >= USER_LIMIT) {
        return false;
    }
    lock_acquire(&vspace->lock);
    struct table_place place = table_walk(vspace, address, 0);
    bool found =
        table_entry_used(place.block, place.index) && !table_entry_leaves(place.block, place.index);
    mapping->level = place.level;
    if (found) {
        struct object *page = table_entry_object(place.block, place.index);
        arch_pte entry = place.block->entries[place.index];
        mapping->physical = arch_pte_physical(entry) + (address & (table_reach(place.level) - 1));
        mapping->flags = vspace_map_flags(arch_pte_flags(entry));
        mapping->is_device = frame_of(page)->content != NULL;
    }
    lock_release(&vspace->lock);
    return found;
}

static enum helios_type type_of_table(unsigned level) {
    switch (level) {
    case 0:
        return HELIOS_TYPE_TABLE_0;
    case 1:
        return HELIOS_TYPE_TABLE_1;
    default:
        return HELIOS_TYPE_TABLE_2;
    }
}

// Makes the table that is missing at `place`.
static bool make_table(struct vspace *vspace, const struct table_place *place, uintptr_t address,
                       struct memory *memory, struct cspace *cspace) {
    enum helios_error error;
    struct slot *slot = cspace_take_slot(cspace, HELIOS_CADDR_UNDEF, &error);
    struct object *object =
        slot == NULL ? NULL : memory_make(memory, type_of_table(place->level - 1), 0);
    if (object == NULL) {
        return false;
    }
    cap_make(slot, object, HELIOS_RIGHT_ALL, 0);
    arch_pte entry = arch_pte_table(table_physical(table_of(object)), place->level);
    table_set_place(vspace, table_of(object), address);
    const struct slot_view made = slot_read(slot);
    return table_fill(place->block, place->index, slot, &made, entry, true) == CAP_OK;
}

bool vspace_map_at_boot(struct vspace *vspace, uintptr_t address, struct slot *page, unsigned flags,
                        struct memory *memory, struct cspace *cspace) {
    unsigned level = page_level(page->object);
    arch_pte entry = vspace_page_entry(frame_of(page->object), level, flags);
    bool is_mapped = false;
    lock_acquire(&vspace->lock);
    struct table_place place = table_walk(vspace, address, level);
    while (place.level != level && !table_entry_used(place.block, place.index) &&
           make_table(vspace, &place, address, memory, cspace)) {
        place = table_walk(vspace, address, level);
    }
    if (place.level == level && !table_entry_used(place.block, place.index)) {
        const struct slot_view found = slot_read(page);
        is_mapped = table_fill(place.block, place.index, page, &found, entry, false) == CAP_OK;
    }
    lock_release(&vspace->lock);
    return is_mapped;
}
