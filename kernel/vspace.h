// SPDX-License-Identifier: GPL-3.0-only
//
// The VSpace object, its page tables, and Pages.
//
// A page table (the root too) is a block of 16 KiB: the hardware's 512 entries, then a ring_node
// for each of them, by which a mapping is a member of the ring of the Page or table that is mapped,
// then the header below, and at the end what object each entry maps. So whoever finds a node knows
// the table, the entry and the VSpace by arithmetic (table_of_node), and a walk reads what the
// kernel wrote for itself: the hardware's entries are only ever written (but for `query`). An
// entry's node means something while the entry is in use.
//
// A table belongs to the VSpace that it is mapped in. It is taken out only when it is empty, so a
// table that is mapped nowhere never has entries. Whoever wants it out (unmap_table refuses) takes
// its entries out first, the ones of the lowest tables first of all, in bounded steps
// (vspace_drop_mapping); the hardware never walks a table that is not in its place.
//
// Lock order: a VSpace's lock, then an object's (the Page's, the table's, the pool's).
#ifndef HELIOS_KERNEL_VSPACE_H
#define HELIOS_KERNEL_VSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/mmu.h"
#include "kernel/frame.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TABLE_ENTRIES 512u
#define TABLE_ORDER   2u // log2 of the frames of its block

struct asid_pool;
struct vspace;

// Header of a page table and, with what follows it in struct vspace, of a VSpace. Guarded by the
// VSpace's lock; `vspace` of a table that is mapped nowhere is whoever's who puts his own there
// first.
struct table {
    struct object object;  // type HELIOS_TYPE_TABLE_n or HELIOS_TYPE_VSPACE
    struct vspace *vspace; // where it is mapped; NULL: nowhere. A VSpace's root: itself.
    uintptr_t address;     // first address that it maps there
    uint16_t level;        // of its entries: 0 holds 4 KiB pages
    uint16_t is_leaving;   // it is being taken out (kernel/table.h)
    uint16_t used;         // entries in use
    uint16_t cursor;       // where the search for one to take out goes on
};

struct vspace {
    struct table root;  // first
    struct lock lock;   // guards all tables of this VSpace
    uint32_t asid;      // 0: none of its own. Tasks and CPUs read it here, nobody keeps a copy.
    uint32_t old_asid;  // another one while not all CPUs know that it has changed
    uint64_t cpus;      // atomic, set of CPUs: they have or had tasks in it
    uint64_t root_word; // atomic, arch_root_word of it: what the hardware is told
    // The level 0 table that was walked to last, if it is still there, and what it serves, in 2
    // MiB. One page is mapped or unmapped beside the other most of the time.
    struct table_block *near;
    uintptr_t near_region;
    // kernel/asid.h; guarded by the pool's lock, but for `pool`, which is atomic: NULL: none.
    struct asid_pool *pool;
    struct vspace *pool_next;
    struct vspace *pool_prev;
    uint32_t pool_index;
    uint32_t is_changing; // who has set this gives it another identifier, and nobody else does
};

struct table_block {
    arch_pte entries[TABLE_ENTRIES];
    struct ring_node nodes[TABLE_ENTRIES];
    union {
        struct table table;
        struct vspace vspace;
        uint8_t header[1024];
    };
    // What an entry maps, as the distance of the object from the start of the direct map: bits
    // 32..47 (signed) and bits 0..31, of which the lowest says that it is a table. Both 0: nothing.
    int16_t object_high[TABLE_ENTRIES];
    uint32_t object_low[TABLE_ENTRIES];
};

static_assert(sizeof(struct table_block) == 4096 << TABLE_ORDER, "a block");
static_assert(sizeof(struct vspace) <= 1024, "fits before the objects");

static inline struct table_block *table_block(struct table *table) {
    return (struct table_block *)((uintptr_t)table & ~(sizeof(struct table_block) - 1));
}

// The table beside whose entries this node stands, and which entry it is.
static inline struct table *table_of_node(struct ring_node *node) {
    return &((struct table_block *)((uintptr_t)node & ~(sizeof(struct table_block) - 1)))->table;
}

static inline unsigned table_index_of_node(struct ring_node *node) {
    return (unsigned)(node - table_block(table_of_node(node))->nodes);
}

static inline uint64_t table_physical(struct table *table) {
    return arch_direct_physical(table_block(table)->entries);
}

// Whether an entry is in use, whether it holds a table, and the Page or table.
static inline bool table_entry_used(const struct table_block *block, unsigned index) {
    return block->object_low[index] != 0;
}

static inline bool table_entry_is_table(const struct table_block *block, unsigned index) {
    return (block->object_low[index] & 1) != 0;
}

static inline struct object *table_entry_object(const struct table_block *block, unsigned index) {
    int64_t offset =
        (int64_t)((uint64_t)block->object_high[index] << 32 | (block->object_low[index] & ~1u));
    return (struct object *)((uint8_t *)arch_direct(0) + offset);
}

static inline struct vspace *vspace_of(struct object *object) {
    return (struct vspace *)object;
}

static inline struct table *table_of(struct object *object) {
    return (struct table *)object;
}

// log2(512)-steps of a Page's size: 0, 1, 2 for 4 KiB, 2 MiB, 1 GiB.
static inline unsigned page_level(const struct object *page) {
    return page->order == 0 ? 0 : page->order == 9 ? 1 : 2;
}

// Object table rows: the block is zeroed by the caller as far as its first and last frame go. The
// object of a block of type VSpace or table stands in its last frame.
void vspace_init(struct object *object, struct memory *owner, struct frame *frame);
void table_init(struct object *object, struct memory *owner, struct frame *frame); // type is set

// Makes this the address space of the CPU; most often it is already. percpu's `vspace` is what the
// hardware walks, also while nobody runs.
static inline void vspace_activate(struct percpu *cpu, struct vspace *vspace) {
    if (cpu->vspace != vspace) {
        cpu->vspace = vspace;
        arch_root_load(__atomic_load_n(&vspace->root_word, __ATOMIC_RELAXED));
    }
}

// Every CPU that walks that address space goes over to the kernel's own.
void vspace_leave(struct vspace *vspace);

// A CPU has a task in it from now on. Who clears an entry looks for CPUs after that, who notes one
// does so before that walks the tables: one of the two sees what the other has done.
static inline void vspace_note_cpu(struct vspace *vspace, uint32_t cpu) {
    __atomic_fetch_or(&vspace->cpus, 1ull << (cpu & 63), __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

struct task *vspace_invoke(struct task *current, const struct slot_view *slot,
                           const struct syscall *call);
struct task *table_invoke(struct task *current, const struct slot_view *slot,
                          const struct syscall *call);
struct task *page_invoke(struct task *current, const struct slot_view *slot,
                         const struct syscall *call);

// The reaper's: removes a bounded number of entries; true when the table, or VSpace, is empty (a
// VSpace also loses its ASID then).
bool vspace_reap(struct object *object);
bool table_reap(struct object *object);

// Revocation found this mapping in the ring of the object, behind `before`. Removes it, flushes,
// and clears the node; but while it is the mapping of a table that has entries, one of those (or of
// a table below) goes instead, or a few entries are looked at and none goes: then the node stays
// and the caller comes again. Each call is one unit of work. No lock is held.
void vspace_drop_mapping(struct ring_node *node, struct object *object,
                         const struct ring_node *before);

// Boot: maps a Page into init's VSpace, `slot` being the capability to it; missing tables are made
// from `memory` and their capabilities put into `cspace`. `flags` are enum helios_map_flags. false:
// no memory, no slot.
bool vspace_map_at_boot(struct vspace *vspace, uintptr_t address, struct slot *page, unsigned flags,
                        struct memory *memory, struct cspace *cspace);

// Flags of uapi to enum mmu_flags (user, readable) and back.
static_assert((unsigned)HELIOS_MAP_WRITE == MMU_WRITE &&
                  (unsigned)HELIOS_MAP_EXECUTE == MMU_EXECUTE &&
                  HELIOS_MAP_DEVICE << 2 == MMU_DEVICE &&
                  HELIOS_MAP_WRITE_COMBINE << 2 == MMU_WRITE_COMBINE,
              "two shifts turn one into the other");

#define VSPACE_CACHING (HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE_COMBINE)

static inline unsigned vspace_mmu_flags(uint64_t map_flags) {
    return MMU_USER | (unsigned)(map_flags & (HELIOS_MAP_WRITE | HELIOS_MAP_EXECUTE)) |
           (unsigned)(map_flags & VSPACE_CACHING) << 2;
}

static inline uint64_t vspace_map_flags(unsigned mmu_flags) {
    return (mmu_flags & (MMU_WRITE | MMU_EXECUTE)) | (mmu_flags >> 2 & VSPACE_CACHING);
}

// What is mapped at an address. false: nothing; `level` is then that of the empty entry, above 0 if
// a table is missing, and only that is set.
struct vspace_mapping {
    uint64_t physical; // of the address
    uint64_t flags;    // enum helios_map_flags
    unsigned level;
    bool is_device; // not memory: the kernel can't read it
};
bool vspace_lookup(struct vspace *vspace, uintptr_t address, struct vspace_mapping *mapping);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_VSPACE_H
