// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/mmu.h"
#include "kernel/asid.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

// The entry holds a table one level below.
static const char *check_table_entry(const struct table *table, const struct table_block *block,
                                     unsigned index, uintptr_t address) {
    const struct table *below = (const struct table *)table_entry_object(block, index);
    bool fits = below->object.type == HELIOS_TYPE_TABLE_0 + table->level - 1 &&
                below->level == table->level - 1 && below->vspace == table->vspace &&
                below->address == address &&
                arch_pte_physical(block->entries[index]) ==
                    arch_direct_physical(audit_block_of(below)->entries);
    return fits ? NULL : audit_say("table %p entry %u: table %p does not fit", table, index, below);
}

static const char *check_page_entry(const struct table *table, const struct table_block *block,
                                    unsigned index) {
    const struct object *page = table_entry_object(block, index);
    unsigned flags = arch_pte_flags(block->entries[index]);
    if (page->type != HELIOS_TYPE_PAGE || page_level(page) != table->level ||
        arch_pte_physical(block->entries[index]) != frame_physical((const struct frame *)page)) {
        return audit_say("table %p entry %u: page %p does not fit", table, index, page);
    }
    if ((flags & MMU_USER) == 0 || (flags & MMU_GLOBAL) != 0 ||
        (flags & (MMU_WRITE | MMU_EXECUTE)) == (MMU_WRITE | MMU_EXECUTE)) {
        return audit_say("table %p entry %u has flags 0x%x", table, index, flags);
    }
    return NULL;
}

// What an entry in use has to be.
static const char *check_entry(const struct table *table, const struct table_block *block,
                               unsigned index) {
    arch_pte pte = block->entries[index];
    uintptr_t address = table->address + ((uintptr_t)index << (12 + 9 * table->level));
    bool is_table = table_entry_is_table(block, index);
    if (!arch_pte_present(pte) || arch_pte_is_table(pte, table->level) != is_table) {
        return audit_say("table %p entry %u: 0x%lx, holds a %s", table, index, pte,
                         is_table ? "table" : "page");
    }
    if (address >= ARCH_USER_TOP - 4096) {
        return audit_say("table %p entry %u maps 0x%lx", table, index, address);
    }
    return is_table ? check_table_entry(table, block, index, address)
                    : check_page_entry(table, block, index);
}

// The first entry of a root that serves no user's address: from there on, where the hardware has
// one root for both, are the kernel's.
static unsigned first_kernel_entry(void) {
    return (unsigned)((ARCH_USER_TOP - 1) >> (12 + 9 * (arch_mmu_levels() - 1))) + 1;
}

static const char *check_root(const struct audit_world *world, const struct vspace *vspace) {
    if (vspace->lock.holder != 0) {
        return audit_say("VSpace %p is locked", vspace);
    }
    if (vspace->root.vspace != vspace || vspace->root.level != arch_mmu_levels() - 1) {
        return audit_say("VSpace %p: root of %p, level %u", vspace, vspace->root.vspace,
                         vspace->root.level);
    }
    if (vspace->pool != NULL && !audit_knows(world, vspace->pool)) {
        return audit_say("VSpace %p: its pool %p is gone", vspace, vspace->pool);
    }
    if (vspace->pool == NULL && vspace->asid != 0) {
        return audit_say("VSpace %p has ASID %u of no pool", vspace, vspace->asid);
    }
    const struct table_block *block = audit_block_of(&vspace->root);
    for (unsigned i = first_kernel_entry(); i < TABLE_ENTRIES; i++) {
        if (block->entries[i] != arch_kernel_root()[i]) {
            return audit_say("VSpace %p entry %u differs from the kernel's", vspace, i);
        }
    }
    return NULL;
}

static const char *check_entries(const struct table *table, bool is_root) {
    const struct table_block *block = audit_block_of(table);
    const unsigned end = is_root ? first_kernel_entry() : TABLE_ENTRIES;
    unsigned used = 0;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        if (table_entry_used(block, i)) {
            const char *problem = check_entry(table, block, i);
            if (problem != NULL) {
                return problem;
            }
            used++;
        } else if (block->entries[i] != 0 && i < end) {
            return audit_say("table %p entry %u holds nothing but 0x%lx", table, i,
                             block->entries[i]);
        }
    }
    return used == table->used
               ? NULL
               : audit_say("table %p counts %u entries, has %u", table, table->used, used);
}

const char *audit_table(const struct audit_world *world, const struct table *table) {
    bool is_root = table->object.type == HELIOS_TYPE_VSPACE;
    const char *problem = is_root ? check_root(world, (const struct vspace *)table) : NULL;
    if (problem != NULL) {
        return problem;
    }
    if (table->vspace == NULL && table->used != 0) {
        return audit_say("table %p is mapped nowhere and has %u entries", table, table->used);
    }
    if (table->vspace != NULL && !audit_knows(world, table->vspace)) {
        return audit_say("table %p is mapped in VSpace %p, which is gone", table, table->vspace);
    }
    problem = check_entries(table, is_root);
    if (problem != NULL) {
        return problem;
    }
    unsigned mappings = 0;
    for (ring_link link = table->object.ring.next; ring_node(link) != &table->object.ring;
         link = ring_node(link)->next) {
        mappings += ring_kind(link) == RING_MAPPING || ring_kind(link) == RING_MAPPING_FIRST;
    }
    return mappings == (!is_root && table->vspace != NULL)
               ? NULL
               : audit_say("table %p is mapped %u times, VSpace %p", table, mappings,
                           table->vspace);
}

static const char *check_vspaces(const struct asid_pool *pool, uint64_t *used, uint32_t *count) {
    const struct vspace *before = NULL;
    for (const struct vspace *vspace = pool->first; vspace != NULL; vspace = vspace->pool_next) {
        if (vspace->pool != pool || vspace->pool_prev != before ||
            vspace->pool_index >= ASID_POOL_SIZE || ++*count > ASID_POOL_SIZE) {
            return audit_say("pool %p: VSpace %p is not its own", pool, vspace);
        }
        uint64_t bit = 1ull << vspace->pool_index % 64;
        if ((used[vspace->pool_index / 64] & bit) != 0) {
            return audit_say("pool %p: two VSpaces have place %u", pool, vspace->pool_index);
        }
        used[vspace->pool_index / 64] |= bit;
        before = vspace;
    }
    return NULL;
}

const char *audit_asid_pool(const struct asid_pool *pool) {
    uint32_t count = 0;
    uint64_t used[ASID_POOL_SIZE / 64] = {0};
    const char *problem = check_vspaces(pool, used, &count);
    if (problem != NULL) {
        return problem;
    }
    for (unsigned i = 0; i < ASID_POOL_SIZE / 64; i++) {
        if (used[i] != pool->used[i]) {
            return audit_say("pool %p: word %u is 0x%lx, should be 0x%lx", pool, i, pool->used[i],
                             used[i]);
        }
    }
    return count == pool->count
               ? NULL
               : audit_say("pool %p serves %u VSpaces, says %u", pool, count, pool->count);
}
