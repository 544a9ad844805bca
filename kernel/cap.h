// SPDX-License-Identifier: GPL-3.0-only
//
// Capabilities and the rings that they form (kernel/object.h).
//
// Everything here is for one object at a time and takes that object's lock and no other. Lock
// order: docs/kernel.md.
//
// Where a member stands is what it was derived from:
//
//   - A minted capability joins at the ring's end and heads a group. A copy, a mapping or a
//     reference joins right behind the capability that it was made from, and so in its group.
//   - When the head of a group goes, the next member of the group takes its place: a copy becomes
//     MINTED; a mapping or a reference is marked as the first of its group (RING_*_FIRST), which
//     keeps the border. Such a group has no capability that it could be revoked by; the original
//     still can, and a copy that comes to head it later is MINTED again.
//   - An original that goes passes nothing on: its uses stay in front, and what was minted from it
//     stays as it is, but nothing revokes all of them any more.
//   - A Reply capability is minted from the start, because the ring of a task's reply may hold
//     several from different calls.
//
// Revocation is long, and everything can change between its steps. So it puts a member of its own
// into the ring (a reference of kind REFERENCE_REVOCATION, behind the capability) and destroys what
// stands behind that, up to the end of the group, or of the ring if the capability was the
// original. The marker keeps the object alive and remembers the place even if the capability goes.
// Two revocations of one object pass each other's markers by.
//
// While an original is being revoked, nothing new joins the ring. A group that is being revoked can
// still grow, but only behind the marker: refusing that would let the holder of one minted
// capability stop everybody from using the object, by being suspended in the middle.
//
// A marker is the revoking task's; what purges the object ends it, too. So everything about one
// happens under the object's lock, and who has lost it finds that its `object` is NULL then, or
// another one. It stands in memory that the task uses for something else afterwards: the purger
// takes it out while he has the lock under which he has found it.
#ifndef HELIOS_KERNEL_CAP_H
#define HELIOS_KERNEL_CAP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/object.h"
#include "kernel/slot.h"

#ifdef __cplusplus
extern "C" {
#endif

// Most revocations that can be under way at once: of one original, or begun at one minted
// capability.
#define CAP_MAX_REVOCATIONS 16u

enum cap_result {
    CAP_OK = 0,
    CAP_GONE,     // the source has changed since it was looked up, or its object is dying
    CAP_REVOKING, // a revocation is under way, or too many are
    CAP_OCCUPIED, // it can be used once, and is
};

// Puts an original capability into a Null slot that has been taken off its free list.
void cap_make(struct slot *slot, struct object *object, unsigned rights, uint64_t badge);

// Puts a capability derived from `source` into a Null slot that has been taken off its free list:
// minted from an original, a copy from everything else. `version` is the source's as it was looked
// up. `rights` are the copy's, a subset of the source's; `badge` too is final.
enum cap_result cap_copy(struct slot *slot, struct slot *source, uint32_t version, unsigned rights,
                         uint64_t badge);

// The same with another type: an IOPort is a capability to IOControl's object.
enum cap_result cap_issue(struct slot *slot, struct slot *source, uint32_t version,
                          enum helios_type type, unsigned rights, uint64_t badge);

// Moves a capability to a Null slot that has been taken off its free list; the source becomes Null
// (and is NOT put on its free list: cspace_release_slot).
enum cap_result cap_move(struct slot *slot, struct slot *source, uint32_t version);

// Empties a slot; a Null slot stays one. If the last member leaves the ring, the object goes to the
// reaper. The slot is not put on its free list. Returns whether there was something.
bool cap_delete(struct slot *slot);

// The same, if the capability in it is still this one.
bool cap_delete_version(struct slot *slot, struct object *object, uint32_t version);

// Makes `reference` (which refers to nothing) refer to the source's object, as a member of the
// source's group.
enum cap_result reference_set(struct reference *reference, enum reference_kind kind,
                              struct slot *source, uint32_t version);

// Ends a reference; one to nothing stays so. The object goes to the reaper if that was its last.
void reference_clear(struct reference *reference);

// A reference that a revocation, or the reaper, has found in a ring while that was locked, and
// wants to end. By the time that it does, the reference may have gone, or refer to something else.
struct reference_place {
    struct reference *reference;
    enum reference_kind kind;
    struct object *object;
    const struct ring_node *before; // what stood before it
};

// Locks the object. false: the reference stands there no more, and nothing is locked.
bool reference_lock(const struct reference_place *place);

// Ends the reference that has been locked, and releases the lock.
void reference_clear_locked(const struct reference_place *place);

// The same for a mapping of the source's object (a Page or a page table).
enum cap_result mapping_set(struct ring_node *mapping, struct slot *source, uint32_t version);
void mapping_clear(struct ring_node *mapping, struct object *object);

// Begins to revoke what was derived from the capability in `slot`, which is not a copy. `marker`
// refers to nothing. CAP_REVOKING: too many at once.
enum cap_result cap_revoke_begin(struct reference *marker, struct slot *slot, uint32_t version);

// Destroys at most `budget` members of those. Returns true when there are none left (also if the
// object has been destroyed meanwhile). Members are removed through cspace_release_slot,
// vspace_drop_mapping and by who holds a reference (kernel/task.h, kernel/irq.h); what this pushes
// on the reaper is the caller's to finish.
bool cap_revoke_step(struct reference *marker, unsigned budget);

// Ends a revocation, also before its time or if nothing is left of it. The object may go to the
// reaper.
void cap_revoke_end(struct reference *marker);

// Whether there may be something left to do: it has been begun, and nobody has ended it.
static inline bool cap_is_revoking(const struct reference *marker) {
    return __atomic_load_n(&marker->object, __ATOMIC_ACQUIRE) != NULL;
}

// Destroys at most `budget` members of the object's ring, whoever made them. True: it is empty, and
// nothing joins it any more. For objects that the reaper has (reaper_push).
bool cap_purge_step(struct object *object, unsigned budget);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CAP_H
