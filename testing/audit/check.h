// SPDX-License-Identifier: GPL-3.0-only
//
// The invariant checker: walks what the kernel believes about the world and says what does not fit
// together, between two kernel entries. The same code runs in tests on arch/host and in a kernel in
// a guest (testing/audit/guest.c): it allocates nothing, does not recurse, changes nothing and
// takes no lock.
//
// Every function returns NULL if all is well, else a line that names the first thing that is not;
// the line is there until the next one is needed. docs/invariants.md lists what must hold.
#ifndef HELIOS_TESTING_AUDIT_CHECK_H
#define HELIOS_TESTING_AUDIT_CHECK_H

#include <stdint.h>

#include "kernel/cspace.h"
#include "kernel/object.h"
#include "kernel/percpu.h"

#ifdef __cplusplus
extern "C" {
#endif

// The ring of one object: links agree both ways, every member points back, the original comes
// first, groups are well formed.
const char *audit_check_ring(const struct object *object);

// The slots of one CSpace: their contents, and that the free list holds exactly the Null ones.
const char *audit_check_cspace(const struct cspace *cspace);

// Everything that can be reached from this CPU (and from `root`, for a machine whose tasks may all
// be stopped; or NULL): rings, CSpaces, every frame of every Memory, tasks and the queues they wait
// in, address spaces, deadlines.
const char *audit_check_machine(struct percpu *cpu, const struct object *root);

// The same for all CPUs that run tasks, at a moment when none of them is inside the kernel (but to
// wait for an interrupt) and nothing is on its way from one to another.
const char *audit_check_cpus(const struct object *root);

// How many objects the last of these two has walked.
uint32_t audit_object_count(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_AUDIT_CHECK_H
