// SPDX-License-Identifier: GPL-3.0-only
//
// What all kernel objects have in common.
//
// Everything that refers to an object for longer than one system call is a member of the object's
// ring: capabilities in slots (kernel/cap.h), mappings in page tables, and references that objects
// hold to each other (a Task's CSpace, an IRQHandler's Notification ...). The ring is what revoke
// walks, and the object dies when it becomes empty. The order in the ring is the derivation:
//
//   head - [original] - uses of it - [minted 1] - its copies and uses - [minted 2] - ...
//
// so that what was derived from a minted capability stands between it and the next group.
//
// A member is told by the low bits of the link that points to it, so that a mapping needs two words
// and no more.
#ifndef HELIOS_KERNEL_OBJECT_H
#define HELIOS_KERNEL_OBJECT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lock.h"
#include "uapi/object.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ring_kind {
    RING_HEAD = 0,      // struct object's own
    RING_CAP = 1,       // struct slot; it knows its level itself
    RING_MAPPING = 2,   // struct ring_node beside a page table (kernel/vspace.h)
    RING_REFERENCE = 4, // struct reference
    // The same two at the head of a group whose capability is gone.
    RING_MAPPING_FIRST = 3,
    RING_REFERENCE_FIRST = 5,
    RING_KIND_MASK = 7,
};

// Address of a node with the node's enum ring_kind in the low bits. 0: not in a ring.
typedef uintptr_t ring_link;

struct ring_node {
    ring_link next;
    ring_link prev;
};

static inline struct ring_node *ring_node(ring_link link) {
    return (struct ring_node *)(link & ~(uintptr_t)RING_KIND_MASK);
}

static inline enum ring_kind ring_kind(ring_link link) {
    return (enum ring_kind)(link & RING_KIND_MASK);
}

static inline ring_link ring_to(struct ring_node *node, enum ring_kind kind) {
    return (uintptr_t)node + (uintptr_t)kind;
}

static inline bool ring_is_reference(ring_link link) {
    return (link & RING_REFERENCE) != 0; // one bit, which RING_REFERENCE_FIRST has too
}

enum object_state {
    OBJECT_LIVE = 0,
    // The ring is empty (or its Memory is being destroyed): nobody can find the object any more,
    // and the reaper (kernel/reaper.h) takes it apart.
    OBJECT_DYING = 1,
};

struct memory;

struct object {
    struct lock lock; // guards the ring, `state`, `revoking`, and what the type says
    uint8_t type;     // enum helios_type
    uint8_t state;    // enum object_state
    uint8_t revoking; // number of revocations of the original: no new member joins meanwhile
    uint8_t order;    // log2 of the pages of the block that it is or stands in; slab objects: 0
    struct ring_node ring;
    struct memory *owner; // whose memory it is made of; NULL: the kernel's own, never given back
    struct object *reap_next; // the reaper's; while the object is dying
};

static_assert(sizeof(struct object) == 48, "kept small: there is one per frame");

// An object that nobody refers to yet. Its memory is zeroed.
static inline void object_init(struct object *object, enum helios_type type, struct memory *owner) {
    object->type = (uint8_t)type;
    object->owner = owner;
    object->ring.next = ring_to(&object->ring, RING_HEAD);
    object->ring.prev = ring_to(&object->ring, RING_HEAD);
}

static inline bool object_is_referenced(const struct object *object) {
    return ring_node(object->ring.next) != &object->ring;
}

// Its state is changed under its lock; whoever asks without that gets a hint.
static inline bool object_is_live(const struct object *object) {
    return __atomic_load_n(&object->state, __ATOMIC_RELAXED) == OBJECT_LIVE;
}

// The same for who has locked it.
static inline bool object_is_live_locked(const struct object *object) {
    return object->state == OBJECT_LIVE;
}

// Whether nothing may join its ring just now. A hint, too, without its lock.
static inline bool object_is_revoking(const struct object *object) {
    return __atomic_load_n(&object->revoking, __ATOMIC_RELAXED) != 0;
}

static inline void object_set_state(struct object *object, enum object_state state) {
    __atomic_store_n(&object->state, (uint8_t)state, __ATOMIC_RELAXED);
}

// A reference that one object holds to another. All zero: to nothing. What it refers to, and how
// far it has come, changes under the lock of the object that is referred to, before and after;
// while it refers to nothing it is its holder's.
enum reference_kind {
    REFERENCE_TASK_CSPACE = 1,
    REFERENCE_TASK_VSPACE,
    REFERENCE_TASK_BUFFER,
    REFERENCE_TASK_FAULT,
    REFERENCE_TASK_NOTIFICATION,
    REFERENCE_IRQ_NOTIFICATION,
    REFERENCE_REVOCATION, // marks how far a revocation has come (kernel/cap.h)
    REFERENCE_KIND_COUNT,
};

// How far the owner of a task has come with letting go of a reference (kernel/task.h).
enum reference_drop {
    REFERENCE_KEPT = 0,
    REFERENCE_DROP_ASKED = 1,
    REFERENCE_LET_GO = 2, // the task does not use it any more, but it is still in the ring
};

struct reference {
    struct ring_node node;
    struct object *object; // atomic: what is referred to; NULL: nothing
    uint64_t badge;        // of the capability that it was made from
    uint8_t kind;          // enum reference_kind
    uint8_t rights;        // of that capability
    uint8_t drop;          // enum reference_drop: of a task on another CPU
    uint8_t reserved[5];
};

// NULL: what others have done with it before is seen.
static inline struct object *reference_object(const struct reference *reference) {
    return __atomic_load_n(&reference->object, __ATOMIC_ACQUIRE);
}

static_assert(sizeof(struct lock) == 12, "struct object");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_OBJECT_H
