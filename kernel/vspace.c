// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/vspace.h"

#include "kernel/asid.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"

// The last user page is never mapped: a return address behind it would not be canonical.
#define USER_LIMIT (ARCH_USER_TOP - KERNEL_PAGE_SIZE)

enum {
    SCAN_ENTRIES = 16, // looked at in one unit of work
    REAP_UNITS = 32,   // of one step
};

// An entry: where a walk ended.
struct place {
    struct table_block *block;
    unsigned index;
    unsigned level; // of the entry
};

// What map was asked for.
struct request {
    uintptr_t address;
    uint64_t flags; // enum helios_map_flags
    struct slot *source;
    struct object *object; // that it held
    uint32_t version;      // when it was looked up
};

static uint64_t level_size(unsigned level) {
    return 1ull << (12 + 9 * level);
}

static unsigned index_of(uintptr_t address, unsigned level) {
    return (unsigned)(address >> (12 + 9 * level)) & (TABLE_ENTRIES - 1);
}

// Goes down to the entry for `address` of this level, or to the first above it that holds no table.
static struct place walk(struct vspace *vspace, uintptr_t address, unsigned level) {
    struct table_block *block = table_block(&vspace->root);
    unsigned at = vspace->root.level;
    for (;;) {
        unsigned index = index_of(address, at);
        if (at == level || !table_entry_is_table(block, index)) {
            return (struct place){block, index, at};
        }
        block = table_block(table_of(table_entry_object(block, index)));
        at--;
    }
}

// The type of what an entry holds.
static uint64_t found_type(const struct place *place) {
    return table_entry_used(place->block, place->index)
               ? table_entry_object(place->block, place->index)->type
               : HELIOS_TYPE_NULL;
}

// Writes an entry and what is known of it.
static void store(const struct place *place, arch_pte entry, struct object *object, bool is_table) {
    uint64_t offset = arch_direct_physical(object);
    place->block->object_high[place->index] = (int16_t)(offset >> 32);
    place->block->object_low[place->index] = (uint32_t)offset | is_table;
    place->block->table.used++;
    arch_pte_store(&place->block->entries[place->index], entry);
}

static uintptr_t address_of(const struct place *place) {
    return place->block->table.address + place->index * level_size(place->level);
}

// Empties an entry that is in use; a table in it is empty. Nothing can be translated by it any more
// when the object hears of it. The VSpace is locked.
static void take_out(struct vspace *vspace, const struct place *place) {
    struct table_block *block = place->block;
    struct object *object = table_entry_object(block, place->index);
    bool is_table = table_entry_is_table(block, place->index);
    arch_pte_store(&block->entries[place->index], 0);
    block->object_high[place->index] = 0;
    block->object_low[place->index] = 0;
    block->table.used--;
    if (is_table) {
        CHECK(table_of(object)->used == 0);
        table_of(object)->vspace = NULL;
        // The hardware may remember the table itself.
        arch_tlb_flush_asid(vspace->asid);
    } else {
        arch_tlb_flush_page(address_of(place), vspace->asid);
    }
    mapping_clear(&block->nodes[place->index], object);
}

// Takes out one entry of `top`, or of a table below it; or moves on in the search for one. One unit
// of work. The VSpace is locked, `top` is not empty.
static void clear_unit(struct vspace *vspace, struct table *top) {
    struct table *table = top;
    for (;;) {
        struct table_block *block = table_block(table);
        unsigned looked_at = 0;
        while (!table_entry_used(block, table->cursor)) {
            table->cursor = (table->cursor + 1) % TABLE_ENTRIES;
            if (++looked_at == SCAN_ENTRIES) {
                return;
            }
        }
        struct place place = {block, table->cursor, table->level};
        struct object *object = table_entry_object(block, place.index);
        if (!table_entry_is_table(block, place.index) || table_of(object)->used == 0) {
            take_out(vspace, &place);
            return;
        }
        table = table_of(object);
    }
}

void vspace_drop_mapping(struct ring_node *node) {
    struct table *table = table_of_node(node);
    struct vspace *vspace = table->vspace;
    if (vspace == NULL) {
        return; // gone since it was seen
    }
    lock_acquire(&vspace->lock);
    struct place place = {table_block(table), table_index_of_node(node), table->level};
    if (table_entry_used(place.block, place.index)) {
        struct object *object = table_entry_object(place.block, place.index);
        if (table_entry_is_table(place.block, place.index) && table_of(object)->used != 0) {
            clear_unit(vspace, table_of(object));
        } else {
            take_out(vspace, &place);
        }
    }
    lock_release(&vspace->lock);
}

void vspace_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    struct vspace *vspace = vspace_of(object);
    object_init(object, HELIOS_TYPE_VSPACE, owner);
    vspace->root.vspace = vspace;
    vspace->root.level = arch_mmu_levels() - 1;
    arch_root_init(table_block(&vspace->root)->entries);
}

void vspace_leave(struct vspace *vspace) {
    struct percpu *cpu = arch_percpu();
    if (cpu->vspace == vspace) {
        cpu->vspace = NULL;
        arch_root_leave();
    }
}

bool vspace_reap(struct object *object) {
    struct vspace *vspace = vspace_of(object);
    vspace_leave(vspace);
    if (vspace->root.used == 0) {
        asid_release(vspace);
        return true;
    }
    lock_acquire(&vspace->lock);
    for (unsigned unit = 0; unit < REAP_UNITS && vspace->root.used != 0; unit++) {
        clear_unit(vspace, &vspace->root);
    }
    lock_release(&vspace->lock);
    return false;
}

unsigned vspace_mmu_flags(uint64_t map_flags) {
    return MMU_USER | ((map_flags & HELIOS_MAP_WRITE) != 0 ? MMU_WRITE : 0u) |
           ((map_flags & HELIOS_MAP_EXECUTE) != 0 ? MMU_EXECUTE : 0u) |
           ((map_flags & HELIOS_MAP_DEVICE) != 0 ? MMU_DEVICE : 0u) |
           ((map_flags & HELIOS_MAP_WRITE_COMBINE) != 0 ? MMU_WRITE_COMBINE : 0u);
}

uint64_t vspace_map_flags(unsigned mmu_flags) {
    return ((mmu_flags & MMU_WRITE) != 0 ? HELIOS_MAP_WRITE : 0u) |
           ((mmu_flags & MMU_EXECUTE) != 0 ? HELIOS_MAP_EXECUTE : 0u) |
           ((mmu_flags & MMU_DEVICE) != 0 ? HELIOS_MAP_DEVICE : 0u) |
           ((mmu_flags & MMU_WRITE_COMBINE) != 0 ? HELIOS_MAP_WRITE_COMBINE : 0u);
}

bool vspace_lookup(struct vspace *vspace, uintptr_t address, struct vspace_mapping *mapping) {
    if (address >= USER_LIMIT) {
        return false;
    }
    lock_acquire(&vspace->lock);
    struct place place = walk(vspace, address, 0);
    bool found = table_entry_used(place.block, place.index);
    if (found) {
        arch_pte entry = place.block->entries[place.index];
        mapping->physical = arch_pte_physical(entry) + (address & (level_size(place.level) - 1));
        mapping->flags = vspace_map_flags(arch_pte_flags(entry));
        mapping->level = place.level;
    }
    lock_release(&vspace->lock);
    return found;
}

static struct task *answer_place(struct task *current, enum helios_error error, uint64_t found,
                                 uint64_t wanted) {
    return answer_error(current, error, HELIOS_ARGUMENT_PARAM, found, wanted);
}

// Parameter 0: a multiple of a page below the last user page. false: current has its refusal.
static bool check_address(struct task *current, uintptr_t address) {
    if (address >= USER_LIMIT) {
        answer_place(current, HELIOS_ERROR_RANGE, address, USER_LIMIT - 1);
        return false;
    }
    if ((address & (KERNEL_PAGE_SIZE - 1)) != 0) {
        answer_place(current, HELIOS_ERROR_ALIGNMENT, address, KERNEL_PAGE_SIZE);
        return false;
    }
    return true;
}

// The same for a Page of this level.
static bool check_page_address(struct task *current, uintptr_t address, unsigned level) {
    uint64_t size = level_size(level);
    if ((address & (size - 1)) != 0) {
        answer_place(current, HELIOS_ERROR_ALIGNMENT, address, size);
        return false;
    }
    if (size > USER_LIMIT - address) {
        answer_place(current, HELIOS_ERROR_RANGE, address, USER_LIMIT - size);
        return false;
    }
    return true;
}

// Which flags go together. What can be executed is memory that nobody can write.
static uint64_t flags_beside(uint64_t flags) {
    if ((flags & HELIOS_MAP_EXECUTE) != 0) {
        return HELIOS_MAP_EXECUTE;
    }
    if ((flags & HELIOS_MAP_DEVICE) != 0) {
        return HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE;
    }
    return HELIOS_MAP_WRITE | HELIOS_MAP_WRITE_COMBINE;
}

static struct task *answer_flags(struct task *current, uint64_t flags, uint64_t wanted) {
    return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, flags, wanted);
}

// A refusal of the entry that map found, which is not a free one of the right level.
static struct task *answer_occupied(struct task *current, const struct place *place) {
    uint64_t found = found_type(place);
    if (found != HELIOS_TYPE_NULL) {
        return answer_place(current, HELIOS_ERROR_OCCUPIED, found, HELIOS_TYPE_NULL);
    }
    return answer_place(current, HELIOS_ERROR_MISSING_TABLE, place->block->table.object.type,
                        HELIOS_TYPE_TABLE_0 + place->level - 1);
}

// Fills a free entry; `entry` is what the hardware is to see of it. `table` is the object as a
// table, or NULL. The VSpace is locked.
static enum cap_result fill(struct vspace *vspace, const struct place *place,
                            const struct request *request, arch_pte entry, struct table *table) {
    enum cap_result result =
        mapping_set(&place->block->nodes[place->index], request->source, request->version);
    if (result == CAP_OK) {
        if (table != NULL) {
            table->vspace = vspace;
            table->address = align_down(request->address, level_size(place->level));
        }
        store(place, entry, request->object, table != NULL);
    }
    return result;
}

// Maps the object by an entry of `level`: checks the place, and answers.
static struct task *hang_in(struct task *current, struct vspace *vspace,
                            const struct request *request, unsigned level, arch_pte entry,
                            struct table *table) {
    lock_acquire(&vspace->lock);
    struct place place = walk(vspace, request->address, level);
    struct object *parent = &place.block->table.object;
    if (place.level != level || table_entry_used(place.block, place.index)) {
        lock_release(&vspace->lock);
        return answer_occupied(current, &place);
    }
    // Nothing goes into what somebody is emptying.
    if ((vspace->root.object.state | parent->revoking) != 0) {
        lock_release(&vspace->lock);
        return answer_place(current, HELIOS_ERROR_BUSY, parent->type, HELIOS_TYPE_NULL);
    }
    enum cap_result result = fill(vspace, &place, request, entry, table);
    lock_release(&vspace->lock);
    return result == CAP_OK ? answer(current, 0)
                            : answer_cap_result(current, result, HELIOS_ARGUMENT_CAP);
}

// A device's registers are never cached, whatever the flags say.
static arch_pte page_entry(const struct frame *frame, unsigned level, uint64_t map_flags) {
    if (frame->content != NULL && (map_flags & HELIOS_MAP_WRITE_COMBINE) == 0) {
        map_flags |= HELIOS_MAP_DEVICE;
    }
    return arch_pte_leaf(frame_physical(frame), level, vspace_mmu_flags(map_flags));
}

static struct task *map_page(struct task *current, struct vspace *vspace,
                             const struct request *request) {
    unsigned rights = HELIOS_RIGHT_READ |
                      ((request->flags & HELIOS_MAP_WRITE) != 0 ? HELIOS_RIGHT_WRITE : 0u) |
                      ((request->flags & HELIOS_MAP_EXECUTE) != 0 ? HELIOS_RIGHT_EXECUTE : 0u);
    if ((rights & ~(unsigned)request->source->rights) != 0) {
        return answer_error(current, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP,
                            request->source->rights, rights);
    }
    const struct frame *frame = frame_of(request->object);
    if (frame->content != NULL && (request->flags & HELIOS_MAP_EXECUTE) != 0) {
        return answer_flags(current, request->flags, HELIOS_MAP_ALL & ~HELIOS_MAP_EXECUTE);
    }
    unsigned level = page_level(request->object);
    if (level != 0 && !check_page_address(current, request->address, level)) {
        return current;
    }
    return hang_in(current, vspace, request, level, page_entry(frame, level, request->flags), NULL);
}

static struct task *map_table(struct task *current, struct vspace *vspace,
                              const struct request *request) {
    if (request->flags != 0) {
        return answer_flags(current, request->flags, 0);
    }
    struct table *table = table_of(request->object);
    unsigned level = table->level + 1;
    if (level > vspace->root.level) {
        // There are no tables of this level here (TABLE_2 with Sv39).
        return answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, request->object->type,
                            HELIOS_TYPE_TABLE_0 + vspace->root.level - 1);
    }
    if (table->vspace != NULL) {
        return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAP, table->address, 0);
    }
    return hang_in(current, vspace, request, level, arch_pte_table(table_physical(table), level),
                   table);
}

static struct task *map(struct task *current, struct slot *slot, const struct syscall *call) {
    if (!syscall_check(current, slot, call, 1, 2, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    struct request request = {.address = call->params[0], .flags = call->params[1]};
    if (!check_address(current, request.address)) {
        return current;
    }
    uint64_t beside = flags_beside(request.flags);
    if ((request.flags & ~beside) != 0) {
        return answer_flags(current, request.flags, beside);
    }
    request.source = syscall_cap(current, 0, HELIOS_TYPE_NULL, 0, &request.version);
    if (request.source == NULL) {
        return current;
    }
    request.object = request.source->object;
    uint8_t type = request.source->type;
    if (type == HELIOS_TYPE_PAGE) {
        return map_page(current, vspace_of(slot->object), &request);
    }
    if (type >= HELIOS_TYPE_TABLE_0 && type <= HELIOS_TYPE_TABLE_2) {
        return map_table(current, vspace_of(slot->object), &request);
    }
    return answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, type, HELIOS_TYPE_PAGE);
}

static struct task *unmap(struct task *current, struct slot *slot, const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 1, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    uintptr_t address = call->params[0];
    if (!check_address(current, address)) {
        return current;
    }
    uint32_t depth = reaper_depth();
    struct vspace *vspace = vspace_of(slot->object);
    lock_acquire(&vspace->lock);
    struct place place = walk(vspace, address, 0);
    bool is_mapped = table_entry_used(place.block, place.index);
    bool is_aligned = (address & (level_size(place.level) - 1)) == 0;
    if (is_mapped && is_aligned) {
        take_out(vspace, &place);
    }
    lock_release(&vspace->lock);
    if (!is_mapped) {
        return answer_place(current, HELIOS_ERROR_NOT_MAPPED, HELIOS_TYPE_NULL, HELIOS_TYPE_PAGE);
    }
    if (!is_aligned) {
        return answer_place(current, HELIOS_ERROR_ALIGNMENT, address, level_size(place.level));
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *unmap_table(struct task *current, struct slot *slot,
                                const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 2, HELIOS_RIGHT_WRITE)) {
        return current;
    }
    uintptr_t address = call->params[0];
    uint64_t level = call->params[1];
    if (!check_address(current, address)) {
        return current;
    }
    struct vspace *vspace = vspace_of(slot->object);
    if (level >= vspace->root.level) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, level,
                            vspace->root.level - 1);
    }
    uint32_t depth = reaper_depth();
    lock_acquire(&vspace->lock);
    struct place place = walk(vspace, address, (unsigned)level + 1);
    bool is_table = place.level == level + 1 && table_entry_is_table(place.block, place.index);
    uint64_t found = found_type(&place);
    unsigned used = is_table ? table_of(table_entry_object(place.block, place.index))->used : 0;
    if (is_table && used == 0) {
        take_out(vspace, &place);
    }
    lock_release(&vspace->lock);
    if (!is_table) {
        return answer_place(current, HELIOS_ERROR_NOT_MAPPED, found, HELIOS_TYPE_TABLE_0 + level);
    }
    if (used != 0) {
        return answer_place(current, HELIOS_ERROR_OCCUPIED, used, 0);
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *query(struct task *current, struct slot *slot, const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 1, HELIOS_RIGHT_READ)) {
        return current;
    }
    uintptr_t address = call->params[0];
    if (address >= USER_LIMIT) {
        return answer_place(current, HELIOS_ERROR_RANGE, address, USER_LIMIT - 1);
    }
    struct vspace_mapping mapping;
    if (!vspace_lookup(vspace_of(slot->object), address, &mapping)) {
        return answer_place(current, HELIOS_ERROR_NOT_MAPPED, HELIOS_TYPE_NULL, HELIOS_TYPE_PAGE);
    }
    return answer_values(current, 3, mapping.physical, mapping.flags, mapping.level, 0);
}

// Makes the table that is missing at `place`.
static bool make_table(struct vspace *vspace, const struct place *place, uintptr_t address,
                       struct memory *memory, struct cspace *cspace) {
    enum helios_error error;
    enum helios_type type = (enum helios_type)(HELIOS_TYPE_TABLE_0 + place->level - 1);
    struct slot *slot = cspace_take_slot(cspace, HELIOS_CADDR_UNDEF, &error);
    struct object *object = slot == NULL ? NULL : memory_make(memory, type, 0);
    if (object == NULL) {
        return false;
    }
    cap_make(slot, object, HELIOS_RIGHT_ALL, 0);
    struct table *table = table_of(object);
    struct request request = {
        .address = address, .source = slot, .object = object, .version = slot->version};
    arch_pte entry = arch_pte_table(table_physical(table), place->level);
    return fill(vspace, place, &request, entry, table) == CAP_OK;
}

bool vspace_map_at_boot(struct vspace *vspace, uintptr_t address, struct slot *page, unsigned flags,
                        struct memory *memory, struct cspace *cspace) {
    unsigned level = page_level(page->object);
    struct request request = {
        .address = address, .source = page, .object = page->object, .version = page->version};
    arch_pte entry = page_entry(frame_of(page->object), level, flags);
    bool is_mapped = false;
    lock_acquire(&vspace->lock);
    struct place place = walk(vspace, address, level);
    while (place.level != level && !table_entry_used(place.block, place.index) &&
           make_table(vspace, &place, address, memory, cspace)) {
        place = walk(vspace, address, level);
    }
    if (place.level == level && !table_entry_used(place.block, place.index)) {
        is_mapped = fill(vspace, &place, &request, entry, NULL) == CAP_OK;
    }
    lock_release(&vspace->lock);
    return is_mapped;
}

struct task *vspace_invoke(struct task *current, struct slot *slot, const struct syscall *call) {
    switch (helios_tag_label(call->tag)) {
    case HELIOS_VSPACE_MAP:
        return map(current, slot, call);
    case HELIOS_VSPACE_UNMAP:
        return unmap(current, slot, call);
    case HELIOS_VSPACE_UNMAP_TABLE:
        return unmap_table(current, slot, call);
    case HELIOS_VSPACE_QUERY:
        return query(current, slot, call);
    default:
        return answer_invocation(current, call);
    }
}
