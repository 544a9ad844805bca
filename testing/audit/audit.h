// SPDX-License-Identifier: GPL-3.0-only
//
// The invariant checker: walks what the kernel believes about the world and says what does not fit
// together. For tests on arch/host, between two kernel entries.
//
// Every function returns the empty string if all is well, else a line that names the first thing
// that is not. docs/invariants.md lists what must hold.
#ifndef HELIOS_TESTING_AUDIT_AUDIT_H
#define HELIOS_TESTING_AUDIT_AUDIT_H

#include <string>

#include "kernel/cspace.h"
#include "kernel/object.h"
#include "kernel/percpu.h"

// The ring of one object: links agree both ways, every member points back, the original comes
// first, groups are well formed.
std::string audit_ring(const object *object);

// The slots of one CSpace: their contents, and that the free list holds exactly the Null ones.
std::string audit_cspace(const cspace *cspace);

// Everything that can be reached from this CPU (and from `root`, for a machine whose tasks may all
// be stopped): rings, CSpaces, every frame of every Memory, tasks and the queues they wait in,
// address spaces, deadlines.
std::string audit_machine(percpu *cpu, const object *root = nullptr);

// The same for all CPUs that run tasks, at a moment when none of them is inside the kernel (but to
// wait for an interrupt) and nothing is on its way from one to another.
std::string audit_cpus(const object *root);

#endif // HELIOS_TESTING_AUDIT_AUDIT_H
