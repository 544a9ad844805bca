// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/mmu.h"
#include "kernel/asid.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

namespace {

// What an entry in use has to be.
std::string AuditEntry(const World &world, const table *table, const struct table_block *block,
                       unsigned index) {
    arch_pte pte = block->entries[index];
    const object *object = table_entry_object(block, index);
    uintptr_t address = table->address + (static_cast<uintptr_t>(index) << (12 + 9 * table->level));
    bool is_table = table_entry_is_table(block, index);
    if (!arch_pte_present(pte) || arch_pte_is_table(pte, table->level) != is_table) {
        return Say("table %p entry %u: 0x%lx, holds a %s", table, index, pte,
                   is_table ? "table" : "page");
    }
    if (world.members.Get(&block->nodes[index]) != object) {
        return Say("table %p entry %u is not in the ring of %p", table, index, object);
    }
    if (address >= ARCH_USER_TOP - 4096) {
        return Say("table %p entry %u maps 0x%lx", table, index, address);
    }
    if (is_table) {
        const auto *below = As<struct table>(object);
        bool fits = object->type == HELIOS_TYPE_TABLE_0 + table->level - 1 &&
                    below->level == table->level - 1 && below->vspace == table->vspace &&
                    below->address == address &&
                    arch_pte_physical(pte) == table_physical(const_cast<struct table *>(below));
        return fits ? "" : Say("table %p entry %u: table %p does not fit", table, index, below);
    }
    unsigned flags = arch_pte_flags(pte);
    if (object->type != HELIOS_TYPE_PAGE || page_level(object) != table->level ||
        arch_pte_physical(pte) != frame_physical(As<frame>(object))) {
        return Say("table %p entry %u: page %p does not fit", table, index, object);
    }
    if ((flags & MMU_USER) == 0 || (flags & MMU_GLOBAL) != 0 ||
        (flags & (MMU_WRITE | MMU_EXECUTE)) == (MMU_WRITE | MMU_EXECUTE)) {
        return Say("table %p entry %u has flags 0x%x", table, index, flags);
    }
    return "";
}

std::string AuditRoot(const World &world, const vspace *vspace) {
    if (vspace->lock.holder != 0) {
        return Say("VSpace %p is locked", vspace);
    }
    if (vspace->root.vspace != vspace || vspace->root.level != arch_mmu_levels() - 1) {
        return Say("VSpace %p: root of %p, level %u", vspace, vspace->root.vspace,
                   vspace->root.level);
    }
    if (vspace->pool != nullptr && !world.known.Has(vspace->pool)) {
        return Say("VSpace %p: its pool %p is gone", vspace, vspace->pool);
    }
    if (vspace->pool == nullptr && vspace->asid != 0) {
        return Say("VSpace %p has ASID %u of no pool", vspace, vspace->asid);
    }
    const struct table_block *block = table_block(const_cast<table *>(&vspace->root));
    for (unsigned i = TABLE_ENTRIES / 2; i < TABLE_ENTRIES; i++) {
        if (block->entries[i] != arch_kernel_root()[i]) {
            return Say("VSpace %p entry %u differs from the kernel's", vspace, i);
        }
    }
    return "";
}

} // namespace

std::string audit_table(const World &world, const table *table) {
    const struct table_block *block = table_block(const_cast<struct table *>(table));
    bool is_root = table->object.type == HELIOS_TYPE_VSPACE;
    if (is_root) {
        std::string problem = AuditRoot(world, reinterpret_cast<const vspace *>(table));
        if (!problem.empty()) {
            return problem;
        }
    }
    if (table->vspace == nullptr && table->used != 0) {
        return Say("table %p is mapped nowhere and has %u entries", table, table->used);
    }
    if (table->vspace != nullptr && !world.known.Has(table->vspace)) {
        return Say("table %p is mapped in VSpace %p, which is gone", table, table->vspace);
    }
    unsigned used = 0;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        if (table_entry_used(block, i)) {
            std::string problem = AuditEntry(world, table, block, i);
            if (!problem.empty()) {
                return problem;
            }
            used++;
        } else if (block->entries[i] != 0 && !(is_root && i >= TABLE_ENTRIES / 2)) {
            return Say("table %p entry %u holds nothing but 0x%lx", table, i, block->entries[i]);
        }
    }
    if (used != table->used) {
        return Say("table %p counts %u entries, has %u", table, table->used, used);
    }
    unsigned mappings = 0;
    for (ring_link link = table->object.ring.next; ring_node(link) != &table->object.ring;
         link = ring_node(link)->next) {
        mappings += ring_kind(link) == RING_MAPPING || ring_kind(link) == RING_MAPPING_FIRST;
    }
    if (mappings != (!is_root && table->vspace != nullptr)) {
        return Say("table %p is mapped %u times, VSpace %p", table, mappings, table->vspace);
    }
    return "";
}

std::string audit_asid_pool(const asid_pool *pool) {
    uint32_t count = 0;
    uint64_t used[ASID_POOL_SIZE / 64] = {};
    const vspace *before = nullptr;
    for (const vspace *vspace = pool->first; vspace != nullptr; vspace = vspace->pool_next) {
        if (vspace->pool != pool || vspace->pool_prev != before ||
            vspace->pool_index >= ASID_POOL_SIZE || ++count > ASID_POOL_SIZE) {
            return Say("pool %p: VSpace %p is not its own", pool, vspace);
        }
        uint64_t bit = 1ull << vspace->pool_index % 64;
        if ((used[vspace->pool_index / 64] & bit) != 0) {
            return Say("pool %p: two VSpaces have place %u", pool, vspace->pool_index);
        }
        used[vspace->pool_index / 64] |= bit;
        before = vspace;
    }
    for (unsigned i = 0; i < ASID_POOL_SIZE / 64; i++) {
        if (used[i] != pool->used[i]) {
            return Say("pool %p: word %u is 0x%lx, should be 0x%lx", pool, i, pool->used[i],
                       used[i]);
        }
    }
    return count == pool->count
               ? ""
               : Say("pool %p serves %u VSpaces, says %u", pool, count, pool->count);
}
