// SPDX-License-Identifier: GPL-3.0-only
//
// The CSpace object: a flat array of slots. An address is an index; slots that hold nothing form a
// list, so that one is found in constant time.
#ifndef HELIOS_KERNEL_CSPACE_H
#define HELIOS_KERNEL_CSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cap.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSPACE_MIN_BITS 2u
#define CSPACE_MAX_BITS 18u

struct cspace {
    struct object object;
    struct slot *slots;    // a block of its own
    uint64_t slot_count;   // a power of two
    struct lock lock;      // guards the free list. Taken after an object's lock.
    uint32_t reap_cursor;  // first slot that the reaper has not emptied
    struct ring_node free; // head of the list of free slots: untagged addresses of nodes, circular
    uint64_t free_count;
    uint8_t is_closed; // taken apart: no slot is given out any more
};

// Whether a slot is on the free list, whose lock is held. Others may fill one that they have taken,
// or empty one, while this looks: that changes nothing of it.
static inline bool slot_is_free(const struct slot *slot) {
    return (__atomic_load_n(&slot->word, __ATOMIC_RELAXED) & SLOT_FREE) != 0;
}

static inline struct cspace *cspace_of(struct object *object) {
    return (struct cspace *)object;
}

// The slot at `address`; NULL if the address lies outside (or cspace is NULL). It may be Null.
static inline struct slot *cspace_slot(struct cspace *cspace, uint64_t address) {
    return cspace != NULL && address < cspace->slot_count ? &cspace->slots[address] : NULL;
}

static inline uint64_t cspace_address(const struct slot *slot) {
    return (uint64_t)(slot - slot->home->slots);
}

// A CSpace in zeroed memory: `slots` is a block of slot_count slots whose contents do not matter
// yet. cspace_init_slots makes [first, first + count) Null and free, beginning with 0; everything
// must have been done before the CSpace is shown to anyone.
void cspace_init(struct cspace *cspace, struct memory *owner, struct slot *slots,
                 uint64_t slot_count);
void cspace_init_slots(struct cspace *cspace, uint64_t first, uint64_t count);

// Takes a slot off the free list: the one at `address`, or any for HELIOS_CADDR_UNDEF (slot 0 is
// given last of all fresh slots, so that 0 stays "nothing" for a while). NULL: there is none, the
// address lies outside, or something is there; `*error` says which (NO_SLOT, RANGE, OCCUPIED).
// Until something is put in, the slot is Null but not free. Nobody keeps one beyond the end of a
// system call, or from one step of a long operation to the next: the CSpace may be gone then. (Not
// before: it is taken apart when all its slots are free. GONE: it has been.)
struct slot *cspace_take_slot(struct cspace *cspace, uint64_t address, enum helios_error *error);

// Gives a Null slot back to the free list.
void cspace_release_slot(struct slot *slot);

// The same for one that somebody else has emptied: who has its address may not know yet that it
// means nothing any more, so it is used again after all others.
void cspace_release_slot_last(struct slot *slot);

// Slots for `count` capabilities that an answer or a message is going to bring to `task`, as its
// receive slots say. All or none: on failure nothing is taken and `*problem` says what is wrong.
// The IPC buffer's words are read once.
bool cspace_take_receive_slots(struct task *task, unsigned count, struct slot **slots,
                               struct refusal *problem);

// The same for a task of which CSpace (or NULL) and buffer have been looked up.
bool cspace_take_offered_slots(struct cspace *cspace, const struct helios_ipc_buffer *buffer,
                               unsigned count, struct slot **slots, struct refusal *problem);

// Tells the task in its IPC buffer where capabilities arrived (caps[i], unwrapped = 0).
void cspace_report_slots(struct task *task, unsigned count, struct slot *const *slots);

struct task *cspace_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call);

// identify and list, for others that offer them. list refuses a `first` outside as parameter 0.
struct task *cspace_answer_identify(struct task *current, const struct slot *slot);
struct task *cspace_answer_list(struct task *current, struct cspace *cspace, uint64_t first);

// The reaper's: empties a bounded number of slots; true when all are empty.
bool cspace_reap(struct object *object);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_CSPACE_H
