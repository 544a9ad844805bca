// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/check.h"
#include "testing/audit/say.h"

static const struct slot *slot_of(ring_link link) {
    return slot_of_node(ring_node(link));
}

static const struct reference *reference_of(ring_link link) {
    return (const struct reference *)ring_node(link);
}

// A Reply's and an I/O port's capabilities stand in the ring of something that is called otherwise.
static bool type_fits(const struct object *object, const struct slot *slot) {
    return slot->type == object->type ||
           (slot->type == HELIOS_TYPE_IO_PORT && object->type == HELIOS_TYPE_IO_CONTROL);
}

static const char *check_slot(const struct object *object, const struct slot *slot, bool is_first,
                              bool has_group) {
    if (slot->object != object) {
        return audit_say("slot %p in the ring of %p is of %p", slot, object, slot->object);
    }
    if (!type_fits(object, slot)) {
        return audit_say("slot %p has type %u, its object %u", slot, slot->type, object->type);
    }
    if (slot->level == CAP_ORIGINAL && !is_first) {
        return audit_say("original %p is not the first of its ring", slot);
    }
    if (slot->level == CAP_COPY && !has_group) {
        return audit_say("copy %p has no group", slot);
    }
    if (slot->level > CAP_COPY) {
        return audit_say("slot %p has level %u", slot, slot->level);
    }
    return NULL;
}

static const char *check_member(const struct object *object, ring_link link, bool is_first,
                                bool has_group) {
    switch (ring_kind(link)) {
    case RING_CAP:
        return check_slot(object, slot_of(link), is_first, has_group);
    case RING_REFERENCE:
    case RING_REFERENCE_FIRST:
        if (reference_of(link)->object != object) {
            return audit_say("reference %p in the ring of %p is to %p", reference_of(link), object,
                             reference_of(link)->object);
        }
        if (reference_of(link)->kind == 0 || reference_of(link)->kind >= REFERENCE_KIND_COUNT) {
            return audit_say("reference %p has kind %u", reference_of(link),
                             reference_of(link)->kind);
        }
        return NULL;
    case RING_MAPPING:
    case RING_MAPPING_FIRST:
        return NULL;
    default:
        return audit_say("ring of %p: a member of kind %u", object, ring_kind(link));
    }
}

static bool begins_group(ring_link link) {
    return ring_kind(link) == RING_MAPPING_FIRST || ring_kind(link) == RING_REFERENCE_FIRST ||
           (ring_kind(link) == RING_CAP && slot_of(link)->level == CAP_MINTED);
}

// The step from `node`, which `self` points to. Each one's neighbour knows it, so nobody is met
// twice before the head comes again.
static const char *check_link(const struct object *object, const struct ring_node *node,
                              ring_link self) {
    ring_link next = node->next;
    if (next == 0 || ring_kind(next) == RING_HEAD || ring_node(next)->next == 0) {
        return audit_say("ring of %p does not come back (link 0x%lx)", object, next);
    }
    if (ring_node(ring_node(next)->prev) != node) {
        return audit_say("ring of %p: %p follows %p but does not say so", object, ring_node(next),
                         node);
    }
    if (ring_node(next)->prev != self) {
        return audit_say("ring of %p: the links to %p differ", object, node);
    }
    return NULL;
}

static bool is_revocation(ring_link link) {
    return (ring_kind(link) == RING_REFERENCE || ring_kind(link) == RING_REFERENCE_FIRST) &&
           reference_of(link)->kind == REFERENCE_REVOCATION &&
           reference_of(link)->badge == CAP_ORIGINAL;
}

const char *audit_check_ring(const struct object *object) {
    unsigned revocations = 0;
    bool has_group = false;
    const struct ring_node *node = &object->ring;
    const ring_link head = (uintptr_t)node + RING_HEAD;
    ring_link self = head; // what points to `node`
    for (ring_link next; (next = node->next) != head; node = ring_node(next)) {
        const char *problem = check_link(object, node, self);
        if (problem != NULL) {
            return problem;
        }
        self = next;
        has_group = has_group || begins_group(next);
        problem = check_member(object, next, node == &object->ring, has_group);
        if (problem != NULL) {
            return problem;
        }
        revocations += is_revocation(next);
    }
    if (object->ring.prev != self) {
        return audit_say("ring of %p: the links to %p differ", object, node);
    }
    if (revocations != object->revoking) {
        return audit_say(
            "object %p says that its original is being revoked %u times, its ring has %u", object,
            object->revoking, revocations);
    }
    return NULL;
}
