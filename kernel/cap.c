// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/cap.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/reaper.h"
#include "kernel/task.h"
#include "kernel/vspace.h"

static struct slot *slot_of(ring_link link) {
    return slot_of_node(ring_node(link));
}

static struct reference *reference_of(ring_link link) {
    return (struct reference *)ring_node(link);
}

static bool is_marker(ring_link link) {
    return ring_is_reference(link) && reference_of(link)->kind == REFERENCE_REVOCATION;
}

// Whether a group begins with the member that this link points to.
static bool begins_group(ring_link link) {
    switch (ring_kind(link)) {
    case RING_CAP:
        return slot_of(link)->level == CAP_MINTED;
    case RING_MAPPING_FIRST:
    case RING_REFERENCE_FIRST:
        return true;
    default:
        return false;
    }
}

// Who finds a Null slot linked takes it for a free one (kernel/cspace.c): it has been filled
// before.
static void join_with(struct ring_node *node, ring_link next) {
    __atomic_store_n(&node->next, next, __ATOMIC_RELEASE);
}

static void insert_behind(ring_link at, struct ring_node *node, enum ring_kind kind) {
    struct ring_node *before = ring_node(at);
    ring_link next = before->next;
    node->prev = at;
    join_with(node, next);
    before->next = ring_to(node, kind);
    ring_node(next)->prev = ring_to(node, kind);
}

// Where what is derived from `source` joins: behind it, and behind the markers of revocations that
// begin there, so that they find it.
static ring_link place_behind(struct slot *source) {
    ring_link at = ring_to(&source->node, RING_CAP);
    while (is_marker(ring_node(at)->next)) {
        at = ring_node(at)->next;
    }
    return at;
}

// The head of its group has gone: the member at `link`, if it is of that group, takes its place.
static void pass_role_on(ring_link link) {
    struct ring_node *node = ring_node(link);
    enum ring_kind kind = ring_kind(link);
    if (kind == RING_CAP) {
        if (slot_of(link)->level == CAP_COPY) {
            slot_set_level(slot_of(link), CAP_MINTED);
        }
    } else if (kind == RING_MAPPING || kind == RING_REFERENCE) {
        kind = kind == RING_MAPPING ? RING_MAPPING_FIRST : RING_REFERENCE_FIRST;
        ring_node(node->prev)->next = ring_to(node, kind);
        ring_node(node->next)->prev = ring_to(node, kind);
    }
}

static inline void leave_as(struct ring_node *node, bool was_head) {
    ring_link next = node->next;
    ring_node(node->prev)->next = next;
    ring_node(next)->prev = node->prev;
    node->next = 0;
    node->prev = 0;
    if (was_head) {
        pass_role_on(next);
    }
}

static void leave(struct ring_node *node) {
    leave_as(node, begins_group(ring_node(node->prev)->next));
}

// A member has left the ring of an object, which is locked. Whoever takes out the last one takes
// the object for the reaper, and gives it to that when he has released the lock. A task's reply is
// part of the task.
static bool has_ended(struct object *object) {
    return !object_is_referenced(object) && object->type != HELIOS_TYPE_REPLY &&
           reaper_claim(object);
}

static void unlock_after_leaving(struct object *object) {
    bool is_mine = has_ended(object);
    lock_release(&object->lock);
    if (is_mine) {
        reaper_add(object);
    }
}

// Locks the object of a capability that was looked up earlier, if it is still the same and lives.
static struct object *lock_source(struct slot *source, uint32_t version) {
    const struct slot_view view = slot_read(source);
    if (slot_word_type(view.word) == HELIOS_TYPE_NULL || slot_word_version(view.word) != version) {
        return NULL;
    }
    struct object *object = view.object;
    lock_acquire(&object->lock);
    if (slot_version(source) != version || !object_is_live(object)) {
        lock_release(&object->lock);
        return NULL;
    }
    return object;
}

// The same for what is going to join its ring; the object is locked if the result is CAP_OK.
static enum cap_result lock_for_joining(struct slot *source, uint32_t version,
                                        struct object **object) {
    *object = lock_source(source, version);
    if (*object == NULL) {
        return CAP_GONE;
    }
    if ((*object)->revoking != 0) {
        lock_release(&(*object)->lock);
        return CAP_REVOKING;
    }
    return CAP_OK;
}

void cap_make(struct slot *slot, struct object *object, unsigned rights, uint64_t badge) {
    CHECK(slot->type == HELIOS_TYPE_NULL && slot->node.next == 0);
    bool is_reply = object->type == HELIOS_TYPE_REPLY;
    lock_acquire(&object->lock);
    CHECK(is_reply || !object_is_referenced(object));
    CHECK(object_is_live_locked(object)); // nobody joins what dies
    slot_fill(slot, object, object->type, is_reply ? CAP_MINTED : CAP_ORIGINAL, rights, badge);
    insert_behind(object->ring.prev, &slot->node, RING_CAP);
    if (is_reply) {
        reply_slot_filled(task_of_reply(object), badge);
    }
    lock_release(&object->lock);
}

enum cap_result cap_issue(struct slot *slot, struct slot *source, uint32_t version,
                          enum helios_type type, unsigned rights, uint64_t badge) {
    CHECK(slot->type == HELIOS_TYPE_NULL && slot->node.next == 0);
    struct object *object;
    enum cap_result result = lock_for_joining(source, version, &object);
    if (result != CAP_OK) {
        return result;
    }
    bool is_minted = source->level == CAP_ORIGINAL;
    slot_fill(slot, object, type, is_minted ? CAP_MINTED : CAP_COPY, rights, badge);
    insert_behind(is_minted ? object->ring.prev : place_behind(source), &slot->node, RING_CAP);
    if (object->type == HELIOS_TYPE_REPLY) {
        reply_slot_filled(task_of_reply(object), badge);
    }
    lock_release(&object->lock);
    return CAP_OK;
}

// If its type is not that of this version any more, there is no copy.
enum cap_result cap_copy(struct slot *slot, struct slot *source, uint32_t version, unsigned rights,
                         uint64_t badge) {
    enum helios_type type = (enum helios_type)slot_word_type(slot_word(source));
    return cap_issue(slot, source, version, type, rights, badge);
}

enum cap_result cap_move(struct slot *slot, struct slot *source, uint32_t version) {
    CHECK(slot->type == HELIOS_TYPE_NULL && slot->node.next == 0);
    struct object *object = lock_source(source, version);
    if (object == NULL) {
        return CAP_GONE;
    }
    slot_fill(slot, object, source->type, source->level, source->rights, source->badge);
    slot->node.prev = source->node.prev;
    join_with(&slot->node, source->node.next);
    ring_node(slot->node.prev)->next = ring_to(&slot->node, RING_CAP);
    ring_node(slot->node.next)->prev = ring_to(&slot->node, RING_CAP);
    source->node = (struct ring_node){0, 0};
    slot_empty(source);
    lock_release(&object->lock);
    return CAP_OK;
}

bool cap_delete_version(struct slot *slot, struct object *object, uint32_t version) {
    lock_acquire(&object->lock);
    if (slot_version(slot) != version) {
        lock_release(&object->lock);
        return false;
    }
    uint64_t badge = slot->badge;
    leave_as(&slot->node, slot->level == CAP_MINTED);
    slot_empty(slot);
    bool is_over =
        object->type == HELIOS_TYPE_REPLY && reply_slot_emptied(task_of_reply(object), badge);
    unlock_after_leaving(object);
    if (is_over) {
        reply_abandon(task_of_reply(object));
    }
    return true;
}

bool cap_delete(struct slot *slot) {
    struct slot_view view;
    do {
        view = slot_read(slot);
        if (slot_word_type(view.word) == HELIOS_TYPE_NULL) {
            return false;
        }
    } while (!cap_delete_version(slot, view.object, slot_word_version(view.word)));
    return true;
}

enum cap_result reference_set(struct reference *reference, enum reference_kind kind,
                              struct slot *source, uint32_t version) {
    CHECK(reference_object(reference) == NULL);
    struct object *object;
    enum cap_result result = lock_for_joining(source, version, &object);
    if (result != CAP_OK) {
        return result;
    }
    __atomic_store_n(&reference->object, object, __ATOMIC_RELEASE); // see reference_object
    reference->badge = source->badge;
    reference->kind = (uint8_t)kind;
    reference->rights = source->rights;
    reference->drop = REFERENCE_KEPT;
    insert_behind(place_behind(source), &reference->node, RING_REFERENCE);
    lock_release(&object->lock);
    return CAP_OK;
}

// The object is locked, and released.
static void end_reference(struct reference *reference, struct object *object) {
    leave(&reference->node);
    reference->drop = REFERENCE_KEPT;
    __atomic_store_n(&reference->object, NULL, __ATOMIC_RELEASE); // its holder's from here on
    unlock_after_leaving(object);
}

void reference_clear(struct reference *reference) {
    struct object *object = reference_object(reference);
    if (object == NULL) {
        return;
    }
    lock_acquire(&object->lock);
    if (reference_object(reference) == object) {
        end_reference(reference, object);
    } else {
        lock_release(&object->lock); // somebody else was faster
    }
}

bool reference_lock(const struct reference_place *place) {
    lock_acquire(&place->object->lock);
    if (ring_node(place->before->next) == &place->reference->node) {
        return true;
    }
    lock_release(&place->object->lock);
    return false;
}

void reference_clear_locked(const struct reference_place *place) {
    end_reference(place->reference, place->object);
}

enum cap_result mapping_set(struct ring_node *mapping, struct slot *source, uint32_t version) {
    struct object *object;
    enum cap_result result = lock_for_joining(source, version, &object);
    if (result != CAP_OK) {
        return result;
    }
    insert_behind(place_behind(source), mapping, RING_MAPPING);
    lock_release(&object->lock);
    return CAP_OK;
}

void mapping_clear(struct ring_node *mapping, struct object *object) {
    lock_acquire(&object->lock);
    leave(mapping);
    unlock_after_leaving(object);
}

// Who holds a reference lets go of it. No lock is held.
static void drop(const struct reference_place *place) {
    switch (place->kind) {
    case REFERENCE_TASK_CSPACE:
    case REFERENCE_TASK_VSPACE:
    case REFERENCE_TASK_BUFFER:
    case REFERENCE_TASK_FAULT:
    case REFERENCE_TASK_NOTIFICATION:
        task_drop_reference(place);
        break;
    case REFERENCE_IRQ_NOTIFICATION:
        irq_drop_reference(place);
        break;
    case REFERENCE_REVOCATION: // whoever finds one ends it while he has the lock
    case REFERENCE_KIND_COUNT:
        CHECK(false);
        break;
    }
}

// A member that is to be destroyed, as it was while its object was locked.
struct member {
    ring_link link;
    uint32_t version; // of a slot
    enum reference_kind kind;
};

static struct member member_at(ring_link link) {
    return (struct member){
        .link = link,
        .version = ring_kind(link) == RING_CAP ? slot_of(link)->version : 0,
        .kind = ring_is_reference(link) ? (enum reference_kind)reference_of(link)->kind
                                        : REFERENCE_KIND_COUNT,
    };
}

// No lock is held: somebody else may have been faster.
static void destroy_member(struct object *object, const struct ring_node *before,
                           const struct member *member) {
    ring_link link = member->link;
    if (ring_kind(link) == RING_CAP) {
        if (cap_delete_version(slot_of(link), object, member->version)) {
            cspace_release_slot_last(slot_of(link));
        }
    } else if (ring_is_reference(link)) {
        const struct reference_place place = {reference_of(link), member->kind, object, before};
        drop(&place);
    } else {
        vspace_drop_mapping(ring_node(link), object, before);
    }
}

// Whether so many revocations begin at this capability that one more would make joining slow.
static bool has_many_markers(struct slot *slot) {
    ring_link at = slot->node.next;
    unsigned count = 0;
    for (; count < CAP_MAX_REVOCATIONS && is_marker(at); count++) {
        at = ring_node(at)->next;
    }
    return count == CAP_MAX_REVOCATIONS;
}

// The object is locked; others may be looking (object_is_revoking).
static void count_revocation(struct object *object, int change) {
    __atomic_store_n(&object->revoking, (uint8_t)(object->revoking + change), __ATOMIC_RELAXED);
}

enum cap_result cap_revoke_begin(struct reference *marker, struct slot *slot, uint32_t version) {
    struct object *object = lock_source(slot, version);
    if (object == NULL) {
        return CAP_GONE;
    }
    CHECK(slot->level != CAP_COPY); // a capability does not become one
    if (has_many_markers(slot) || object->revoking == CAP_MAX_REVOCATIONS) {
        lock_release(&object->lock);
        return CAP_REVOKING;
    }
    count_revocation(object, slot->level == CAP_ORIGINAL);
    *marker = (struct reference){
        .object = object,
        .badge = slot->level, // a marker has no use for a badge
        .kind = REFERENCE_REVOCATION,
    };
    insert_behind(ring_to(&slot->node, RING_CAP), &marker->node, RING_REFERENCE);
    lock_release(&object->lock);
    return CAP_OK;
}

// The member behind the marker that is to be destroyed next; 0 if there is none. Markers of other
// revocations are passed by.
static ring_link next_derived(struct reference *marker, unsigned *budget) {
    bool is_original = marker->badge == CAP_ORIGINAL;
    for (; *budget > 0; (*budget)--) {
        ring_link next = marker->node.next;
        if (ring_kind(next) == RING_HEAD || (!is_original && begins_group(next))) {
            return 0;
        }
        if (!is_marker(next)) {
            return next;
        }
        leave(&marker->node);
        // Whether the other one heads a group stands in the links to it.
        next = ring_node(reference_of(next)->node.prev)->next;
        insert_behind(next, &marker->node, RING_REFERENCE);
    }
    return marker->node.next;
}

// Locks what is being revoked, if the marker is still in its ring; NULL otherwise.
static struct object *lock_marked(const struct reference *marker) {
    struct object *object = __atomic_load_n(&marker->object, __ATOMIC_ACQUIRE);
    if (object != NULL) {
        lock_acquire(&object->lock);
        if (marker->object == object) {
            return object;
        }
        lock_release(&object->lock);
    }
    return NULL;
}

// The object is locked.
static void end_marker(struct object *object, struct reference *marker) {
    count_revocation(object, -(marker->badge == CAP_ORIGINAL));
    leave(&marker->node);
    __atomic_store_n(&marker->object, NULL, __ATOMIC_RELEASE); // its task may use it again
}

bool cap_revoke_step(struct reference *marker, unsigned budget) {
    for (; budget > 0; budget--) {
        struct object *object = lock_marked(marker);
        if (object == NULL) {
            return true;
        }
        const struct member next = member_at(next_derived(marker, &budget));
        lock_release(&object->lock);
        if (next.link == 0) {
            return true;
        }
        if (budget == 0) {
            break;
        }
        destroy_member(object, &marker->node, &next);
    }
    return false;
}

void cap_revoke_end(struct reference *marker) {
    struct object *object = lock_marked(marker);
    if (object != NULL) {
        end_marker(object, marker);
        unlock_after_leaving(object);
    }
}

bool cap_purge_step(struct object *object, unsigned budget) {
    for (; budget > 0; budget--) {
        lock_acquire(&object->lock);
        object_set_state(object, OBJECT_DYING);
        const struct member first = member_at(object->ring.next);
        bool ends_marker = is_marker(first.link);
        if (ends_marker) {
            end_marker(object, reference_of(first.link));
        }
        lock_release(&object->lock);
        if (ring_kind(first.link) == RING_HEAD) {
            return true;
        }
        if (!ends_marker) {
            destroy_member(object, &object->ring, &first);
        }
    }
    return false;
}
