// SPDX-License-Identifier: GPL-3.0-only
//
// The kernel window: virtual addresses for device registers and guarded stacks of the kernel. The
// rest of the kernel's half is the loader's work; users' address spaces are kernel/vspace.h.
#ifndef HELIOS_KERNEL_WINDOW_H
#define HELIOS_KERNEL_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Makes the window's topmost table, so that every root table made later shares it (on Sv39 the
// window has a root entry of its own). false: no memory.
bool window_init(void);

// Maps the pages that hold [physical, physical + length) with `flags` (enum mmu_flags; global is
// added) and returns the virtual address of `physical`; 0 if there is no memory for tables or the
// window is full. A page that is never mapped lies between any two mappings.
uintptr_t window_map(uint64_t physical, uint64_t length, unsigned flags);

// Unmaps a page of the kernel image and flushes it from this CPU's TLB. false: no page of 4 KiB is
// mapped there.
bool window_unmap(uintptr_t address);

// A zeroed stack of ARCH_STACK_SIZE bytes with a page below it that is never mapped. Returns its
// top; 0 if there is no memory for it.
uintptr_t window_stack(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_WINDOW_H
