// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/check.h"
#include "testing/audit/say.h"

// How many slots are on the free list. Each of them is Null and says that it is there, and no two
// are the same, because each one's neighbour knows it.
static const char *walk_free_list(const struct cspace *cspace, uint64_t *count) {
    const struct ring_node *node = &cspace->free;
    for (*count = 0;; (*count)++) {
        const struct ring_node *next = (const struct ring_node *)node->next;
        if (next == NULL || next->prev != (ring_link)node) {
            return audit_say("free list of CSpace %p: %p and %p disagree", cspace, node, next);
        }
        if (next == &cspace->free) {
            return NULL;
        }
        const struct slot *slot = slot_of_node(next);
        uint64_t distance = (uintptr_t)slot - (uintptr_t)cspace->slots;
        if (distance / sizeof(*slot) >= cspace->slot_count || distance % sizeof(*slot) != 0) {
            return audit_say("free list of CSpace %p: strange slot %p", cspace, next);
        }
        if (slot->is_free != 1 && cspace->is_closed == 0) {
            return audit_say("slot %p is on the free list and says otherwise", slot);
        }
        node = next;
    }
}

static const char *check_slot(const struct cspace *cspace, uint64_t address) {
    const struct slot *slot = &cspace->slots[address];
    const bool is_null = slot->type == HELIOS_TYPE_NULL;
    const bool is_listed = cspace->is_closed == 0 && slot->is_free != 0;
    if (slot->home != cspace) {
        return audit_say("slot %p has another home than %p", slot, cspace);
    }
    if ((!is_null && slot->object == NULL) || is_null != (is_listed || cspace->is_closed != 0)) {
        return audit_say("CSpace %p slot %lu: type %u, object %p, %s the free list", cspace,
                         address, slot->type, slot->object, is_listed ? "on" : "not on");
    }
    if (slot->type >= HELIOS_TYPE_COUNT || (slot->rights & ~HELIOS_RIGHT_ALL) != 0) {
        return audit_say("CSpace %p slot %lu: type %u, rights %u", cspace, address, slot->type,
                         slot->rights);
    }
    return NULL;
}

const char *audit_check_cspace(const struct cspace *cspace) {
    uint64_t listed;
    const char *problem = walk_free_list(cspace, &listed);
    if (problem != NULL) {
        return problem;
    }
    if (listed != (cspace->is_closed != 0 ? 0 : cspace->free_count)) {
        return audit_say("CSpace %p counts %lu free slots, lists %lu", cspace, cspace->free_count,
                         listed);
    }
    uint64_t said = 0;
    for (uint64_t address = 0; address < cspace->slot_count; address++) {
        problem = check_slot(cspace, address);
        if (problem != NULL) {
            return problem;
        }
        said += cspace->slots[address].is_free;
    }
    if (cspace->is_closed == 0 && said != listed) {
        return audit_say("CSpace %p: %lu slots say that they are on the free list, it has %lu",
                         cspace, said, listed);
    }
    return NULL;
}
