// SPDX-License-Identifier: GPL-3.0-only
#include <vector>

#include "testing/audit/audit.h"
#include "testing/audit/say.h"

namespace {

const slot *SlotOf(ring_link link) {
    return slot_of_node(ring_node(link));
}

const reference *ReferenceOf(ring_link link) {
    return reinterpret_cast<const reference *>(ring_node(link));
}

// A Reply's and an I/O port's capabilities stand in the ring of something that is called otherwise.
bool TypeFits(const object *object, const slot *slot) {
    return slot->type == object->type ||
           (slot->type == HELIOS_TYPE_IO_PORT && object->type == HELIOS_TYPE_IO_CONTROL);
}

std::string AuditMember(const object *object, ring_link link, bool is_first, bool has_group) {
    switch (ring_kind(link)) {
    case RING_CAP: {
        const slot *slot = SlotOf(link);
        if (slot->object != object) {
            return Say("slot %p in the ring of %p is of %p", slot, object, slot->object);
        }
        if (!TypeFits(object, slot)) {
            return Say("slot %p has type %u, its object %u", slot, slot->type, object->type);
        }
        if (slot->level == CAP_ORIGINAL && !is_first) {
            return Say("original %p is not the first of its ring", slot);
        }
        if (slot->level == CAP_COPY && !has_group) {
            return Say("copy %p has no group", slot);
        }
        if (slot->level > CAP_COPY) {
            return Say("slot %p has level %u", slot, slot->level);
        }
        return "";
    }
    case RING_REFERENCE:
    case RING_REFERENCE_FIRST:
        if (ReferenceOf(link)->object != object) {
            return Say("reference %p in the ring of %p is to %p", ReferenceOf(link), object,
                       ReferenceOf(link)->object);
        }
        if (ReferenceOf(link)->kind == 0 || ReferenceOf(link)->kind >= REFERENCE_KIND_COUNT) {
            return Say("reference %p has kind %u", ReferenceOf(link), ReferenceOf(link)->kind);
        }
        return "";
    case RING_MAPPING:
    case RING_MAPPING_FIRST:
        return "";
    default:
        return Say("ring of %p: a member of kind %u", object, ring_kind(link));
    }
}

bool BeginsGroup(ring_link link) {
    return ring_kind(link) == RING_MAPPING_FIRST || ring_kind(link) == RING_REFERENCE_FIRST ||
           (ring_kind(link) == RING_CAP && SlotOf(link)->level == CAP_MINTED);
}

} // namespace

std::string audit_ring(const object *object) {
    unsigned revocations = 0;
    bool has_group = false;
    const struct ring_node *node = &object->ring;
    ring_link at = ring_to(const_cast<struct ring_node *>(node), RING_HEAD);
    ring_link self = at; // what points to `node`
    for (ring_link next; (next = node->next) != at; node = ring_node(next)) {
        // Each one's neighbour knows it, so nobody is met twice before the head comes again.
        if (next == 0 || ring_kind(next) == RING_HEAD || ring_node(next)->next == 0) {
            return Say("ring of %p does not come back (link 0x%lx)", object, next);
        }
        if (ring_node(ring_node(next)->prev) != node) {
            return Say("ring of %p: %p follows %p but does not say so", object, ring_node(next),
                       node);
        }
        if (ring_node(next)->prev != self) {
            return Say("ring of %p: the links to %p differ", object, node);
        }
        self = next;
        has_group = has_group || BeginsGroup(next);
        std::string problem = AuditMember(object, next, node == &object->ring, has_group);
        if (!problem.empty()) {
            return problem;
        }
        bool is_reference =
            ring_kind(next) == RING_REFERENCE || ring_kind(next) == RING_REFERENCE_FIRST;
        revocations += is_reference && ReferenceOf(next)->kind == REFERENCE_REVOCATION &&
                       ReferenceOf(next)->badge == CAP_ORIGINAL;
    }
    if (object->ring.prev != self) {
        return Say("ring of %p: the links to %p differ", object, node);
    }
    if (revocations != object->revoking) {
        return Say("object %p says that its original is being revoked %u times, its ring has %u",
                   object, object->revoking, revocations);
    }
    return "";
}

std::string audit_cspace(const cspace *cspace) {
    static std::vector<uint8_t> listed; // kept for its memory
    listed.assign(cspace->slot_count, 0);
    uint64_t count = 0;
    const struct ring_node *node = &cspace->free;
    for (;; node = reinterpret_cast<const struct ring_node *>(node->next)) {
        auto *next = reinterpret_cast<const struct ring_node *>(node->next);
        if (next == nullptr || next->prev != reinterpret_cast<ring_link>(node)) {
            return Say("free list of CSpace %p: %p and %p disagree", cspace, node, next);
        }
        if (next == &cspace->free) {
            break;
        }
        auto address = static_cast<uint64_t>(slot_of_node(next) - cspace->slots);
        if (address >= cspace->slot_count || listed[address]++ != 0) {
            return Say("free list of CSpace %p: strange slot %p", cspace, next);
        }
        count++;
    }
    if (count != (cspace->is_closed ? 0 : cspace->free_count)) {
        return Say("CSpace %p counts %lu free slots, lists %lu", cspace, cspace->free_count, count);
    }
    for (uint64_t address = 0; address < cspace->slot_count; address++) {
        const slot *slot = &cspace->slots[address];
        bool is_null = slot->type == HELIOS_TYPE_NULL;
        if (!cspace->is_closed && slot->is_free != listed[address]) {
            return Say("slot %p is %s the free list and says otherwise", slot,
                       listed[address] ? "on" : "not on");
        }
        if (slot->home != cspace) {
            return Say("slot %p has another home than %p", slot, cspace);
        }
        if ((!is_null && slot->object == nullptr) ||
            (is_null != (listed[address] == 1 || cspace->is_closed))) {
            return Say("CSpace %p slot %lu: type %u, object %p, %s the free list", cspace, address,
                       slot->type, slot->object, listed[address] ? "on" : "not on");
        }
        if (slot->type >= HELIOS_TYPE_COUNT || (slot->rights & ~HELIOS_RIGHT_ALL) != 0) {
            return Say("CSpace %p slot %lu: type %u, rights %u", cspace, address, slot->type,
                       slot->rights);
        }
    }
    return "";
}
