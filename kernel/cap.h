// SPDX-License-Identifier: GPL-3.0-only
//
// Capabilities and the rings that they form (kernel/object.h).
//
// Everything here is for one object at a time and takes that object's lock and no other, except
// where a function says that it needs it held. Lock order: docs/kernel.md.
#ifndef HELIOS_KERNEL_CAP_H
#define HELIOS_KERNEL_CAP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cspace;

enum cap_level {
    CAP_ORIGINAL = 0, // what Memory.allocate (or the boot) gave
    CAP_MINTED = 1,   // copied from an original; heads a group
    CAP_COPY = 2,     // copied from a minted one or from a copy: same group
};

// A slot of a CSpace. type HELIOS_TYPE_NULL: free, `node` links the CSpace's free list then.
struct slot {
    struct ring_node node; // first: a ring_link of kind RING_CAP names a slot
    struct object *object;
    uint8_t type;   // enum helios_type
    uint8_t rights; // enum helios_rights
    uint8_t level;  // enum cap_level
    uint8_t reserved;
    uint32_t version; // counts the changes of this slot: who stores what he read earlier compares
    uint64_t badge;   // Endpoint, Notification; IOPort: first | count << 32; Reply: which call
    struct cspace *home; // whose slot it is; never changes
    uint64_t unused[2];
};

static_assert(sizeof(struct slot) == 64, "a cache line; slots are found by shifting");

enum cap_result {
    CAP_OK = 0,
    CAP_GONE,     // the source has changed since it was looked up, or its object is dying
    CAP_REVOKING, // a revocation is under way
};

// Puts an original capability into a Null slot that has been taken off its free list.
void cap_make(struct slot *slot, struct object *object, unsigned rights, uint64_t badge);

// Puts a capability derived from `source` into a Null slot that has been taken off its free list:
// minted from an original, a copy from everything else. `version` is the source's as it was looked
// up. `rights` are the copy's, a subset of the source's; `badge` too is final.
enum cap_result cap_copy(struct slot *slot, struct slot *source, uint32_t version, unsigned rights,
                         uint64_t badge);

// Moves a capability to a Null slot that has been taken off its free list; the source becomes Null
// (and is NOT put on its free list: cspace_release_slot).
enum cap_result cap_move(struct slot *slot, struct slot *source, uint32_t version);

// Empties a slot; a Null slot stays one. The first copy of a minted capability's group takes its
// place; if the last member leaves, the object goes to the reaper. The slot is not put on its free
// list. Returns whether there was something.
bool cap_delete(struct slot *slot);

// Makes `reference` (which refers to nothing) refer to the source's object, as a member of the
// source's group.
enum cap_result reference_set(struct reference *reference, enum reference_kind kind,
                              struct slot *source, uint32_t version);

// Ends a reference; one to nothing stays so. The object goes to the reaper if that was its last.
void reference_clear(struct reference *reference);

// The same for a mapping of the source's object (a Page or a page table).
enum cap_result mapping_set(struct ring_node *mapping, struct slot *source, uint32_t version);
void mapping_clear(struct ring_node *mapping, struct object *object);

// Destroys at most `budget` members that were derived from the capability in `slot`. Returns true
// when there are none left. The caller has set object->revoking meanwhile. Members are removed
// through cspace_release_slot, vspace_drop_mapping and reference_drop.
bool cap_revoke_step(struct slot *slot, unsigned budget);

// Destroys at most `budget` members of the object's ring, whoever made them. True: it is empty.
// For objects whose Memory is being destroyed.
bool cap_purge_step(struct object *object, unsigned budget);

// Called for a reference that a revocation found: the object that holds it (kernel/task.h,
// kernel/irq.h) lets go of what it refers to, by kind, and calls reference_clear. No lock is held.
void reference_drop(struct reference *reference);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CAP_H
