// SPDX-License-Identifier: GPL-3.0-only
//
// The invocations of a VSpace.
#include "kernel/cspace.h"
#include "kernel/reaper.h"
#include "kernel/smp.h"
#include "kernel/table.h"
#include "kernel/vspace.h"

static struct task *answer_place(struct task *current, enum helios_error error, uint64_t found,
                                 uint64_t wanted) {
    return answer_error(current, error, HELIOS_ARGUMENT_PARAM, found, wanted);
}

// Parameter 0: a multiple of a page below the last user page. In one comparison: bits that must not
// be set come to stand above all others.
static inline bool is_page_address(uintptr_t address) {
    return (address >> ARCH_PAGE_SHIFT | address << (64 - ARCH_PAGE_SHIFT)) < USER_LIMIT >>
           ARCH_PAGE_SHIFT;
}

// Wanted is an address that would be taken: the last page's.
static struct task *answer_address(struct task *current, uintptr_t address) {
    return address >= USER_LIMIT
               ? answer_place(current, HELIOS_ERROR_RANGE, address, USER_LIMIT - KERNEL_PAGE_SIZE)
               : answer_place(current, HELIOS_ERROR_ALIGNMENT, address, KERNEL_PAGE_SIZE);
}

// The address of a Page of this level. false: current has its refusal.
static bool check_page_address(struct task *current, uintptr_t address, unsigned level) {
    uint64_t size = table_reach(level);
    if ((address & (size - 1)) != 0) {
        answer_place(current, HELIOS_ERROR_ALIGNMENT, address, size);
        return false;
    }
    if (size > USER_LIMIT - address) {
        answer_place(current, HELIOS_ERROR_RANGE, address, align_down(USER_LIMIT - size, size));
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

// A refusal of the place that map was to use: it is taken, the table for it is missing, or somebody
// is emptying that. Unlocks the VSpace.
static struct task *refuse_place(struct task *current, struct vspace *vspace, uintptr_t address,
                                 unsigned level) {
    struct table_place place = table_walk(vspace, address, level);
    uint64_t found = table_found(&place);
    uint64_t type = place.block->table.object.type;
    lock_release(&vspace->lock);
    if (found != HELIOS_TYPE_NULL) {
        return answer_place(current, HELIOS_ERROR_OCCUPIED, found, HELIOS_TYPE_NULL);
    }
    if (place.level != level) {
        return answer_place(current, HELIOS_ERROR_MISSING_TABLE, type,
                            HELIOS_TYPE_TABLE_0 + place.level - 1);
    }
    return answer_place(current, HELIOS_ERROR_BUSY, type, HELIOS_TYPE_NULL);
}

static struct task *answer_mapped(struct task *current, enum cap_result result) {
    return result == CAP_OK ? answer(current, 0)
                            : answer_cap_result(current, result, HELIOS_ARGUMENT_CAP);
}

// A table is put in for this address: it must not be mapped anywhere, which another CPU may want
// too. false: it is.
static bool claim_table(struct table *table, struct vspace *vspace, uintptr_t address) {
    struct vspace *nowhere = NULL;
    if (!__atomic_compare_exchange_n(&table->vspace, &nowhere, vspace, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED)) {
        return false;
    }
    table_set_place(vspace, table, address);
    return true;
}

static struct task *answer_table_mapped(struct task *current, const struct table *table) {
    return answer_error(current, HELIOS_ERROR_STATE, HELIOS_ARGUMENT_CAP, table->address, 0);
}

// Maps a Page, or a table, by an entry of `level`.
static struct task *map_at(struct task *current, struct vspace *vspace, struct slot *source,
                           const struct slot_view *found, uintptr_t address, unsigned level,
                           arch_pte entry, struct table *table) {
    lock_acquire(&vspace->lock);
    struct table_place place = table_walk(vspace, address, level);
    if (place.level != level || table_entry_used(place.block, place.index) ||
        table_is_busy(vspace, place.block) || place.block->table.is_leaving) {
        return refuse_place(current, vspace, address, level);
    }
    if (table != NULL && !claim_table(table, vspace, address)) {
        lock_release(&vspace->lock);
        return answer_table_mapped(current, table);
    }
    enum cap_result result =
        table_fill(place.block, place.index, source, found, entry, table != NULL);
    if (result != CAP_OK && table != NULL) {
        __atomic_store_n(&table->vspace, NULL, __ATOMIC_RELEASE);
    }
    lock_release(&vspace->lock);
    return answer_mapped(current, result);
}

// Memory that is going to be accessed past the caches has to hold what they hold: the zeroes of the
// kernel, for one, instead of what the last owner left. Too much to do at once for a larger Page.
// false: current has its refusal.
static bool prepare_uncached(struct task *current, const struct frame *frame, uint64_t flags) {
    if (frame->object.order != 0) {
        answer_flags(current, flags, HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE);
        return false;
    }
    arch_cache_maintain(arch_direct(frame_physical(frame)), KERNEL_PAGE_SIZE, CACHE_INVALIDATE);
    return true;
}

static struct task *map_page(struct task *current, struct vspace *vspace, struct slot *source,
                             const struct slot_view *found, uintptr_t address, uint64_t flags) {
    unsigned rights = found->rights;
    unsigned needed = table_needed_rights(flags);
    if ((needed & ~rights) != 0) {
        return answer_error(current, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAP, rights, needed);
    }
    const struct frame *frame = frame_of(found->object);
    if (frame->content != NULL && (flags & HELIOS_MAP_EXECUTE) != 0) {
        return answer_flags(current, flags, HELIOS_MAP_ALL & ~HELIOS_MAP_EXECUTE);
    }
    unsigned level = page_level(&frame->object);
    if (level > 1 && level > arch_mmu_largest_leaf()) {
        return answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAP, level,
                            arch_mmu_largest_leaf());
    }
    if (!check_page_address(current, address, level)) {
        return current;
    }
    if (frame->content == NULL && (flags & VSPACE_CACHING) != 0 &&
        !prepare_uncached(current, frame, flags)) {
        return current;
    }
    return map_at(current, vspace, source, found, address, level,
                  vspace_page_entry(frame, level, flags), NULL);
}

static struct task *map_table(struct task *current, struct vspace *vspace, struct slot *source,
                              const struct slot_view *found, uintptr_t address, uint64_t flags) {
    if (flags != 0) {
        return answer_flags(current, flags, 0);
    }
    struct table *table = table_of(found->object);
    unsigned level = table->level + 1;
    if (level > vspace->root.level) {
        // There are no tables of this level here (TABLE_2 with Sv39).
        return answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, table->object.type,
                            HELIOS_TYPE_TABLE_0 + vspace->root.level - 1);
    }
    if (table->vspace != NULL) {
        return answer_table_mapped(current, table);
    }
    return map_at(current, vspace, source, found, address, level,
                  arch_pte_table(table_physical(table), level), table);
}

// Combinations of flags that are allowed: a bit for each value of the four.
#define ALLOWED_FLAGS                                                                              \
    (1u << 0 | 1u << HELIOS_MAP_WRITE | 1u << HELIOS_MAP_EXECUTE | 1u << HELIOS_MAP_DEVICE |       \
     1u << HELIOS_MAP_WRITE_COMBINE | 1u << (HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE) |               \
     1u << (HELIOS_MAP_WRITE_COMBINE | HELIOS_MAP_WRITE))

// A refusal of a capability argument that is none, as syscall_cap has it.
static struct task *answer_no_cap(struct task *current, uint64_t address) {
    return answer_error(current, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAP, address,
                        current->cspace->slot_count);
}

static struct task *map(struct task *current, const struct slot_view *slot,
                        const struct syscall *call) {
    uintptr_t address = call->params[0];
    uint64_t flags = call->params[1];
    if (!is_page_address(address)) {
        return answer_address(current, address);
    }
    if (flags > HELIOS_MAP_ALL || (ALLOWED_FLAGS >> flags & 1) == 0) {
        return answer_flags(current, flags, flags_beside(flags));
    }
    // What syscall_cap does; its checks of type, rights and state come later here. Who has called
    // something has a CSpace.
    uint64_t argument = *(volatile uint64_t *)&current->buffer->caps[0];
    if (argument >= current->cspace->slot_count) {
        return answer_no_cap(current, argument);
    }
    struct slot *source = &current->cspace->slots[argument];
    const struct slot_view found = slot_read(source);
    unsigned type = found.type;
    struct vspace *vspace = vspace_of(slot->object);
    if (type == HELIOS_TYPE_PAGE) {
        return map_page(current, vspace, source, &found, address, flags);
    }
    if (type >= HELIOS_TYPE_TABLE_0 && type <= HELIOS_TYPE_TABLE_2) {
        return map_table(current, vspace, source, &found, address, flags);
    }
    if (type == HELIOS_TYPE_NULL) {
        return answer_no_cap(current, argument);
    }
    return answer_error(current, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, type, HELIOS_TYPE_PAGE);
}

static struct task *answer_not_mapped(struct task *current) {
    return answer_place(current, HELIOS_ERROR_NOT_MAPPED, HELIOS_TYPE_NULL, HELIOS_TYPE_PAGE);
}

static struct task *unmap(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    uintptr_t address = call->params[0];
    if (!is_page_address(address)) {
        return answer_address(current, address);
    }
    struct vspace *vspace = vspace_of(slot->object);
    uint32_t depth = reaper_depth();
    lock_acquire(&vspace->lock);
    struct table_place place = table_walk(vspace, address, 0);
    bool is_mapped =
        table_entry_used(place.block, place.index) && !table_entry_leaves(place.block, place.index);
    uint64_t size = table_reach(place.level);
    if (is_mapped && (address & (size - 1)) == 0) {
        table_take_out(vspace, &place);
    } else {
        lock_release(&vspace->lock);
    }
    if (!is_mapped) {
        return answer_not_mapped(current);
    }
    if ((address & (size - 1)) != 0) {
        return answer_place(current, HELIOS_ERROR_ALIGNMENT, address, size);
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *unmap_table(struct task *current, const struct slot_view *slot,
                                const struct syscall *call) {
    uintptr_t address = call->params[0];
    uint64_t level = call->params[1];
    if (!is_page_address(address)) {
        return answer_address(current, address);
    }
    struct vspace *vspace = vspace_of(slot->object);
    if (level >= vspace->root.level) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, level,
                            vspace->root.level - 1);
    }
    uint32_t depth = reaper_depth();
    lock_acquire(&vspace->lock);
    struct table_place place = table_walk(vspace, address, (unsigned)level + 1);
    bool is_table = place.level == level + 1 && table_entry_is_table(place.block, place.index) &&
                    !table_entry_leaves(place.block, place.index);
    uint64_t found = table_found(&place);
    unsigned used = is_table ? table_of(table_entry_object(place.block, place.index))->used : 0;
    if (is_table && used == 0) {
        table_take_out(vspace, &place);
    } else {
        lock_release(&vspace->lock);
    }
    if (!is_table) {
        return answer_place(current, HELIOS_ERROR_NOT_MAPPED, found, HELIOS_TYPE_TABLE_0 + level);
    }
    if (used != 0) {
        return answer_place(current, HELIOS_ERROR_OCCUPIED, used, 0);
    }
    answer(current, 0);
    return reaper_finish(current, depth);
}

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    uintptr_t address = call->params[0];
    if (address >= USER_LIMIT) {
        return answer_place(current, HELIOS_ERROR_RANGE, address, USER_LIMIT - 1);
    }
    struct vspace_mapping mapping;
    if (!vspace_lookup(vspace_of(slot->object), address, &mapping)) {
        return answer_not_mapped(current);
    }
    return answer_values(current, 3, mapping.physical, mapping.flags, mapping.level, 0);
}

struct task *vspace_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_VSPACE_MAP] = {map, 1, 2, HELIOS_RIGHT_WRITE},
        [HELIOS_VSPACE_UNMAP] = {unmap, 0, 1, HELIOS_RIGHT_WRITE},
        [HELIOS_VSPACE_UNMAP_TABLE] = {unmap_table, 0, 2, HELIOS_RIGHT_WRITE},
        [HELIOS_VSPACE_QUERY] = {query, 0, 1, HELIOS_RIGHT_READ},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}
