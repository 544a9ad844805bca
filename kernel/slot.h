// SPDX-License-Identifier: GPL-3.0-only
//
// A slot of a CSpace, and how it is read without a lock.
//
// Who changes a capability holds the lock of its object. Who looks one up holds nothing: he must
// not see the type or rights of one capability with the object or badge of another. So type,
// rights, level and version stand in one word, which says what the rest of the slot means:
//
//   - a writer empties a slot by storing a word of type Null, with the next version, before
//   anything
//     else of it changes; object and badge stay as they are and mean nothing from then on;
//   - a writer fills one (which is Null, and which he has taken off its free list: the lock of that
//     list orders him behind whoever emptied it) by storing object and badge first, then the word,
//     with the next version, last;
//   - whether it is free stands in the word, too: `node` is its ring's as soon as it is filled;
//   - a reader loads the word, then object and badge, then the word again. If both are the same,
//     what he has is one capability, which was there at that moment: to get to another object the
//     slot must have passed through Null, and no version comes twice while somebody is in the
//     kernel.
//
// The object that he finds can't be reused before he has left the kernel, but it may be dying
// already, and the slot can change right after. Who stores a reference therefore locks the object
// and compares the version again (kernel/cap.h).
#ifndef HELIOS_KERNEL_SLOT_H
#define HELIOS_KERNEL_SLOT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
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

// type HELIOS_TYPE_NULL: `node` links the CSpace's free list, or nothing while somebody is about to
// fill the slot; object and badge are left over from what was there.
struct slot {
    union {            // first, because that is what every lookup loads
        uint64_t word; // what follows, as it is read and written
        struct {
            uint8_t type;     // enum helios_type
            uint8_t rights;   // enum helios_rights
            uint8_t level;    // enum cap_level
            uint8_t is_free;  // on its CSpace's free list, whose lock guards that
            uint32_t version; // counts the changes of this slot: who stores what he read compares
        };
    };
    struct object *object;
    uint64_t badge; // Endpoint, Notification; IOPort: first | count << 32; Reply: which call
    struct ring_node node;
    struct cspace *home; // whose slot it is; never changes
    uint64_t unused[2];
};

static_assert(sizeof(struct slot) == 64, "a cache line; slots are found by shifting");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the parts of `word`");

// Of a ring's member of kind RING_CAP, or of one of a free list.
static inline struct slot *slot_of_node(const struct ring_node *node) {
    return (struct slot *)((uintptr_t)node - offsetof(struct slot, node));
}

// Parts of a slot's word.
#define SLOT_TYPE(type)     ((uint64_t)(type))
#define SLOT_RIGHTS(rights) ((uint64_t)(rights) << 8)
#define SLOT_LEVEL(level)   ((uint64_t)(level) << 16)
#define SLOT_FREE           (1ull << 24)
#define SLOT_VERSION_ONE    (1ull << 32)

static inline unsigned slot_word_type(uint64_t word) {
    return (uint8_t)word;
}

static inline unsigned slot_word_rights(uint64_t word) {
    return (uint8_t)(word >> 8);
}

static inline uint32_t slot_word_version(uint64_t word) {
    return (uint32_t)(word >> 32);
}

// Whether this is a capability of this type with (at least) these rights.
static inline bool slot_word_is(uint64_t word, unsigned type, unsigned rights) {
    uint32_t wanted = (uint32_t)(SLOT_TYPE(type) | SLOT_RIGHTS(rights));
    return ((uint32_t)word & (0xffu | wanted)) == wanted;
}

// Reading. ------------------------------------------------------------------------------------

// The word, before anything else of the slot is looked at.
static inline uint64_t slot_word(const struct slot *slot) {
    return __atomic_load_n(&slot->word, __ATOMIC_ACQUIRE);
}

// For who has locked the object that was in it: it may hold another one by now, and be changing
// under the lock of that. If the version is the same it is, and does not.
static inline uint32_t slot_version(const struct slot *slot) {
    return __atomic_load_n(&slot->version, __ATOMIC_RELAXED);
}

static inline struct object *slot_object(const struct slot *slot) {
    return __atomic_load_n(&slot->object, __ATOMIC_RELAXED);
}

static inline uint64_t slot_badge(const struct slot *slot) {
    return __atomic_load_n(&slot->badge, __ATOMIC_RELAXED);
}

// Whether what was read of the slot since slot_word belongs to that word.
static inline bool slot_is_still(const struct slot *slot, uint64_t word) {
    __atomic_thread_fence(__ATOMIC_ACQUIRE); // that was read before the word is read again
    return __builtin_expect(__atomic_load_n(&slot->word, __ATOMIC_RELAXED) == word, 1) != 0;
}

// The same for who has taken the lock of its object since: nothing can come between.
static inline bool slot_is_locked(const struct slot *slot, uint64_t word) {
    return __builtin_expect(__atomic_load_n(&slot->word, __ATOMIC_RELAXED) == word, 1) != 0;
}

// A capability as it was at one moment. Of type Null: nothing else means anything.
struct slot_view {
    struct object *object;
    union {
        uint64_t word;
        struct {
            uint8_t type;
            uint8_t rights;
            uint8_t level;
            uint8_t is_free;
            uint32_t version;
        };
    };
    uint64_t badge;
};

static inline struct slot_view slot_read(const struct slot *slot) {
    for (;;) {
        uint64_t word = slot_word(slot);
        const struct slot_view view = {slot_object(slot), {word}, slot_badge(slot)};
        if (slot_is_still(slot, word)) {
            return view;
        }
    }
}

// Writing: the lock of the object is held, and the slot is Null or a capability to that. ------

// Whether it is free: the lock of the list is held, and the slot Null.
static inline void slot_set_free(struct slot *slot, bool is_free) {
    __atomic_store_n(&slot->is_free, is_free, __ATOMIC_RELAXED);
}

// `was`: what a word of type Null has beside its version: SLOT_FREE if the slot has just left the
// free list, which is locked, or 0.
static inline void slot_fill_from(struct slot *slot, uint64_t was, struct object *object,
                                  unsigned type, unsigned level, unsigned rights, uint64_t badge) {
    uint64_t word = SLOT_TYPE(type) | SLOT_RIGHTS(rights) | SLOT_LEVEL(level) | SLOT_VERSION_ONE;
    __atomic_store_n(&slot->object, object, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->badge, badge, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->word, slot->word + (word - was), __ATOMIC_RELEASE);
}

static inline void slot_fill(struct slot *slot, struct object *object, unsigned type,
                             unsigned level, unsigned rights, uint64_t badge) {
    slot_fill_from(slot, 0, object, type, level, rights, badge);
}

// It has left its ring: whoever sees that it is Null sees that too. `is`: SLOT_FREE if it joins the
// free list, which is locked, or 0.
static inline void slot_empty_to(struct slot *slot, uint64_t is) {
    __atomic_store_n(&slot->word, (slot->word | (SLOT_VERSION_ONE - 1)) + (is + 1),
                     __ATOMIC_RELEASE);
}

static inline void slot_empty(struct slot *slot) {
    slot_empty_to(slot, 0);
}

// The same capability, with another standing in its ring.
static inline void slot_set_level(struct slot *slot, enum cap_level level) {
    uint64_t word = slot->word & ~SLOT_LEVEL(0xff);
    __atomic_store_n(&slot->word, word | SLOT_LEVEL(level), __ATOMIC_RELAXED);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SLOT_H
