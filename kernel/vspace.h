// SPDX-License-Identifier: GPL-3.0-only
//
// The VSpace object, its page tables, and Pages.
//
// A page table (the root too) is a block of 16 KiB: the hardware's 512 entries, then a ring_node
// for each of them, by which a mapping is a member of the ring of the Page or table that is mapped,
// then the header below. An entry's node means something while the entry is present. So whoever
// finds a node knows the table, the entry and the VSpace by arithmetic (table_of_node), and an
// entry's physical address gives the Page (frame_at) or the table (table_at).
//
// A table belongs to the VSpace that it is mapped in. When it is taken out with entries in it (its
// capability was revoked, its VSpace died), it is `clearing` until the reaper or the operation has
// removed them, and can't be mapped meanwhile.
//
// Lock order: a VSpace's lock, then an object's (the Page's, the table's).
#ifndef HELIOS_KERNEL_VSPACE_H
#define HELIOS_KERNEL_VSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/mmu.h"
#include "kernel/frame.h"
#include "kernel/mmu.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TABLE_ENTRIES 512u
#define TABLE_ORDER   2u // log2 of the frames of its block

struct vspace;

// Header of a page table and, with what follows it in struct vspace, of a VSpace.
struct table {
    struct object object;  // type HELIOS_TYPE_TABLE_n or HELIOS_TYPE_VSPACE
    struct vspace *vspace; // where it is mapped; NULL: nowhere. A VSpace's root: itself.
    uintptr_t address;     // first address that it maps there
    uint8_t level;         // of its entries: 0 holds 4 KiB pages
    uint8_t clearing;
    uint16_t used;         // entries that are present
    uint32_t clear_cursor; // first entry that has not been cleared
};

struct vspace {
    struct table root; // first
    struct lock lock;  // guards all tables of this VSpace
    uint32_t asid;     // 0: none of its own
};

struct table_block {
    arch_pte entries[TABLE_ENTRIES];
    struct ring_node nodes[TABLE_ENTRIES];
    union {
        struct table table;
        struct vspace vspace;
        uint8_t page[4096];
    };
};

static_assert(sizeof(struct table_block) == 4096 << TABLE_ORDER, "a block");

static inline struct table_block *table_block(struct table *table) {
    return (struct table_block *)((uintptr_t)table & ~(sizeof(struct table_block) - 1));
}

// The table whose hardware part lies at `physical`.
static inline struct table *table_at(uint64_t physical) {
    return &((struct table_block *)arch_direct(physical))->table;
}

// The table beside whose entries this node stands, and which entry it is.
static inline struct table *table_of_node(struct ring_node *node) {
    return &((struct table_block *)((uintptr_t)node & ~(sizeof(struct table_block) - 1)))->table;
}

static inline uint64_t table_physical(struct table *table) {
    return arch_direct_physical(table_block(table)->entries);
}

static inline struct vspace *vspace_of(struct object *object) {
    return (struct vspace *)object;
}

// Object table rows: the block is zeroed by the caller as far as its first and last frame go. The
// object of a block of type VSpace or table stands in its last frame (vspace_object_at).
void vspace_init(struct object *object, struct memory *owner, struct frame *frame);
void table_init(struct object *object, struct memory *owner, struct frame *frame); // type is set
static inline struct object *vspace_object_at(uint64_t block_physical) {
    return &table_at(block_physical)->object;
}

struct task *vspace_invoke(struct task *current, struct slot *slot, const struct syscall *call);
struct task *table_invoke(struct task *current, struct slot *slot, const struct syscall *call);
struct task *page_invoke(struct task *current, struct slot *slot, const struct syscall *call);

// The reaper's: removes a bounded number of entries; true when the table, or VSpace, is empty (a
// VSpace also loses its ASID then).
bool vspace_reap(struct object *object);
bool table_reap(struct object *object);

// Revocation found this mapping: removes the entry, flushes, and clears the node. A table with
// entries starts `clearing` and goes to the reaper. No lock is held.
void vspace_drop_mapping(struct ring_node *node);

// Boot: maps a Page into init's VSpace, `slot` being the capability to it; missing tables are made
// from `memory` and their capabilities put into `cspace`. false: no memory, no slot.
bool vspace_map_at_boot(struct vspace *vspace, uintptr_t address, struct slot *page, unsigned flags,
                        struct memory *memory, struct cspace *cspace);

// Flags of uapi to enum mmu_flags (user, readable) and back.
unsigned vspace_mmu_flags(uint64_t map_flags);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_VSPACE_H
