// SPDX-License-Identifier: GPL-3.0-only
//
// Entries of Sv39 and Sv48 (RISC-V Privileged 1.12 section 4.4). Accessed and dirty are set from
// the start: without Svadu, using a page where they are clear is a fault.
#include "boot/paging/paging.h"

enum {
    RISCV_VALID = 1 << 0,
    RISCV_READ = 1 << 1,
    RISCV_WRITE = 1 << 2,
    RISCV_EXECUTE = 1 << 3,
    RISCV_GLOBAL = 1 << 5,
    RISCV_ACCESSED = 1 << 6,
    RISCV_DIRTY = 1 << 7,
};

#define RISCV_PPN 0x003ffffffffffc00ull

static uint64_t riscv_table(uint64_t physical) {
    return physical >> 2 | RISCV_VALID;
}

static uint64_t riscv_leaf(uint64_t physical, unsigned level, unsigned flags) {
    (void)level; // a leaf is what has any of R, W and X, at every level
    uint64_t entry = physical >> 2 | RISCV_VALID | RISCV_READ | RISCV_ACCESSED | RISCV_DIRTY;
    entry |= (flags & PAGING_WRITE) != 0 ? RISCV_WRITE : 0u;
    entry |= (flags & PAGING_EXECUTE) != 0 ? RISCV_EXECUTE : 0u;
    entry |= (flags & PAGING_GLOBAL) != 0 ? RISCV_GLOBAL : 0u;
    return entry;
}

static bool riscv_is_present(uint64_t entry) {
    return (entry & RISCV_VALID) != 0;
}

static bool riscv_is_leaf(uint64_t entry, unsigned level) {
    (void)level;
    return (entry & (RISCV_READ | RISCV_WRITE | RISCV_EXECUTE)) != 0;
}

static uint64_t riscv_address(uint64_t entry) {
    return (entry & RISCV_PPN) << 2;
}

static unsigned riscv_flags(uint64_t leaf) {
    return ((leaf & RISCV_WRITE) != 0 ? PAGING_WRITE : 0u) |
           ((leaf & RISCV_GLOBAL) != 0 ? PAGING_GLOBAL : 0u) |
           ((leaf & RISCV_EXECUTE) != 0 ? PAGING_EXECUTE : 0u);
}

const struct paging_format paging_riscv64 = {
    .table = riscv_table,
    .leaf = riscv_leaf,
    .is_present = riscv_is_present,
    .is_leaf = riscv_is_leaf,
    .address = riscv_address,
    .flags = riscv_flags,
};
