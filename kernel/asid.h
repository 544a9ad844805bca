// SPDX-License-Identifier: GPL-3.0-only
//
// Address space identifiers: ASIDControl makes pools, a pool assigns one to a VSpace. A VSpace
// without one works (asid 0) but leaves nothing behind in the TLB when it is switched away from.
// Where the hardware has no identifiers, pools hand out numbers all the same.
//
// A VSpace belongs to the pool that is put into its `pool` first, by compare-and-exchange; it
// stands in that one's list until it leaves, so neither of the two is gone before. It gets its
// identifier, or loses it, while no lock is held, as other CPUs have to be waited for: whoever does
// that has set `is_changing` under the pool's lock. So one at a time does it, and who ends the
// VSpace or the pool comes again.
#ifndef HELIOS_KERNEL_ASID_H
#define HELIOS_KERNEL_ASID_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vspace;

// How many identifiers one pool has.
#define ASID_POOL_SIZE 256u

// A pool has a run of ASID_POOL_SIZE of the machine's identifiers, as far as there are so many; 0
// is nobody's. The pools that come too late have none, and assign 0.
struct asid_pool {
    struct object object; // its lock guards the rest, and what its VSpaces know of it
    struct vspace *first; // the VSpaces that it serves
    uint32_t base;        // first identifier; ASID_POOL_EMPTY: none
    uint32_t count;       // of the VSpaces
    uint64_t used[ASID_POOL_SIZE / 64];
};

#define ASID_POOL_EMPTY (~0u)

static_assert(sizeof(struct asid_pool) <= 128, "SLAB_128");

// Boot: forgets every pool. The control object, for init's capability.
struct object *asid_init(void);

struct task *asid_control_invoke(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call);
struct task *asid_pool_invoke(struct task *current, const struct slot_view *slot,
                              const struct syscall *call);

// The VSpace dies: its identifier is free again once no TLB remembers it. false: another CPU is
// changing it just now; the caller comes again.
bool asid_release(struct vspace *vspace);

// Object table row: the pool dies; VSpaces that it served fall back to asid 0.
bool asid_pool_reap(struct object *object);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_ASID_H
