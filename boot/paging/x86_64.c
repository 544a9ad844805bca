// SPDX-License-Identifier: GPL-3.0-only
//
// Entries of 4-level paging (Intel SDM volume 3 section 4.5). Accessed and dirty are set from the
// start, so that the processor need not write to the tables.
#include "boot/paging/paging.h"

enum {
    X86_PRESENT = 1 << 0,
    X86_WRITE = 1 << 1,
    X86_ACCESSED = 1 << 5,
    X86_DIRTY = 1 << 6,
    X86_LARGE = 1 << 7,
    X86_GLOBAL = 1 << 8,
};

#define X86_NO_EXECUTE (1ull << 63)
#define X86_ADDRESS    0x000ffffffffff000ull

static uint64_t x86_table(uint64_t physical) {
    return physical | X86_PRESENT | X86_WRITE | X86_ACCESSED;
}

static uint64_t x86_leaf(uint64_t physical, unsigned level, unsigned flags) {
    uint64_t entry = physical | X86_PRESENT | X86_ACCESSED | X86_DIRTY;
    entry |= level > 1 ? X86_LARGE : 0u;
    entry |= (flags & PAGING_WRITE) != 0 ? X86_WRITE : 0u;
    entry |= (flags & PAGING_GLOBAL) != 0 ? X86_GLOBAL : 0u;
    entry |= (flags & PAGING_EXECUTE) != 0 ? 0 : X86_NO_EXECUTE;
    return entry;
}

static bool x86_is_present(uint64_t entry) {
    return (entry & X86_PRESENT) != 0;
}

static bool x86_is_leaf(uint64_t entry, unsigned level) {
    return level == 1 || (entry & X86_LARGE) != 0;
}

static uint64_t x86_address(uint64_t entry) {
    return entry & X86_ADDRESS;
}

static unsigned x86_flags(uint64_t leaf) {
    return ((leaf & X86_WRITE) != 0 ? PAGING_WRITE : 0u) |
           ((leaf & X86_GLOBAL) != 0 ? PAGING_GLOBAL : 0u) |
           ((leaf & X86_NO_EXECUTE) != 0 ? 0u : PAGING_EXECUTE);
}

const struct paging_format paging_x86_64 = {
    .table = x86_table,
    .leaf = x86_leaf,
    .is_present = x86_is_present,
    .is_leaf = x86_is_leaf,
    .address = x86_address,
    .flags = x86_flags,
};
