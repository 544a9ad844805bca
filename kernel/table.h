// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables from the inside, for kernel/vspace.c and kernel/map.c: walking, filling and emptying
// entries. Whoever calls one of these has locked the VSpace.
#ifndef HELIOS_KERNEL_TABLE_H
#define HELIOS_KERNEL_TABLE_H

#include "kernel/cap.h"
#include "kernel/memory.h"
#include "kernel/vspace.h"

#ifdef __cplusplus
extern "C" {
#endif

// The last user page is never mapped: a return address behind it would not be canonical.
#define USER_LIMIT (ARCH_USER_TOP - KERNEL_PAGE_SIZE)

// What a table of level 0 serves.
#define NEAR_BYTES   (1ull << 21)
#define NEAR_NOTHING (~0ull)

// Mapping and unmapping one page is counted in instructions (docs/).
#define ALWAYS_INLINE inline __attribute__((always_inline))

// An entry: where a walk ended.
struct table_place {
    struct table_block *block;
    unsigned index;
    unsigned level; // of the entry
};

// Bytes that an entry of this level serves.
static inline uint64_t table_reach(unsigned level) {
    return 1ull << (12 + 9 * level);
}

static inline unsigned table_index(uintptr_t address, unsigned level) {
    return (unsigned)(address >> (12 + 9 * level)) & (TABLE_ENTRIES - 1);
}

// Goes down to the entry for `address` of this level, or to the first above it that holds no table.
struct table_place table_walk(struct vspace *vspace, uintptr_t address, unsigned level);

// The type of what an entry holds.
static inline uint64_t table_found(const struct table_place *place) {
    return table_entry_used(place->block, place->index)
               ? table_entry_object(place->block, place->index)->type
               : HELIOS_TYPE_NULL;
}

// What the kernel writes for itself of an entry that is filled or emptied.
static ALWAYS_INLINE void table_set_entry(struct table_block *block, unsigned index,
                                          const struct object *object, bool is_table) {
    uint64_t offset = arch_direct_physical(object);
    block->object_high[index] = (int16_t)(offset >> 32);
    block->object_low[index] = (uint32_t)offset | is_table;
    block->table.used++;
}

static ALWAYS_INLINE void table_clear_entry(struct table_block *block, unsigned index) {
    block->object_low[index] = 0;
    block->table.used--;
}

// Taking out what an entry holds: a Page, or a table that is empty. The entry of the hardware is
// emptied; what CPUs remember of it is flushed; then the object hears that nothing can be
// translated by it any more, and the entry is free.
//
// If other CPUs have to be asked the VSpace is not locked meanwhile. The entry is leaving then: in
// use, and nothing to the hardware. Nobody but who has begun to take it out touches it, nor the
// table that it lies in, nor what is in a table that is leaving itself.
static inline bool table_entry_leaves(const struct table_block *block, unsigned index) {
    return block->entries[index] == 0;
}

// For an entry that is in use and not leaving. Unlocks the VSpace.
void table_take_out(struct vspace *vspace, const struct table_place *place);

// Nothing goes into what somebody is emptying.
static inline bool table_is_busy(const struct vspace *vspace, const struct table_block *block) {
    const struct object *table = &block->table.object;
    return (vspace->root.object.state | table->state | table->revoking) != 0;
}

// Fills a free entry with the object of a capability.
static inline enum cap_result table_fill(struct table_block *block, unsigned index,
                                         struct slot *source, const struct slot_view *found,
                                         arch_pte entry, bool is_table) {
    enum cap_result result = mapping_set(&block->nodes[index], source, found->version);
    if (result == CAP_OK) {
        table_set_entry(block, index, found->object, is_table);
        arch_pte_store(&block->entries[index], entry);
    }
    return result;
}

// READ for any mapping; a flag of map is a bit below the right that it needs.
static_assert(HELIOS_MAP_WRITE << 1 == HELIOS_RIGHT_WRITE &&
                  HELIOS_MAP_EXECUTE << 1 == HELIOS_RIGHT_EXECUTE,
              "rights from flags");

static inline unsigned table_needed_rights(uint64_t flags) {
    return HELIOS_RIGHT_READ | (unsigned)(flags & (HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE)) << 1;
}

// A table has been put in for this address.
static inline void table_set_place(struct vspace *vspace, struct table *table, uintptr_t address) {
    table->vspace = vspace;
    table->address = align_down(address, table_reach(table->level + 1));
}

// A device's registers are never cached, whatever the flags say.
static inline arch_pte vspace_page_entry(const struct frame *frame, unsigned level,
                                         uint64_t map_flags) {
    if (frame->content != NULL && (map_flags & HELIOS_MAP_WRITE_COMBINE) == 0) {
        map_flags |= HELIOS_MAP_DEVICE;
    }
    return arch_pte_leaf(frame_physical(frame), level, vspace_mmu_flags(map_flags));
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_TABLE_H
