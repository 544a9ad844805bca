// SPDX-License-Identifier: GPL-3.0-only
//
// Several CPUs.
//
// Who may touch what. A task belongs to one CPU (task->cpu). Only that CPU links it into run queues
// and deadlines, runs it, changes its parts and its registers. Everybody else asks: bits in
// task->pending say what, the task goes into the owner's mailbox, and an interrupt makes the owner
// look. Where a task waits for somebody (in an endpoint's queue, for an answer), whoever takes it
// out of there under the object's lock has it to himself and leaves the result in it; then it is
// posted to its owner like anything else. A dying task is given up by its owner and belongs to
// nobody (TASK_NOBODY), so that the reaper can take it apart anywhere.
//
// A task that wants something of a foreign task (Task.suspend, ...) goes to that one's CPU itself
// (operation_elsewhere) and comes back if its affinity wants it back.
//
// No lock is global. Whatever is done takes the locks of the objects that it is about, and claims
// the waiting tasks that it ends or carries something for; docs/kernel.md lists what protects what.
// What takes long is taken in steps, between which nothing is held; what is dying is taken apart by
// whoever has the token of the stack that it is on (kernel/reaper.h).
//
// Looking without a lock. A capability is looked up as a whole (kernel/slot.h): what it says was so
// at one moment. Whatever changes an object then locks it, and looks again whether that still
// holds: the version of the slot, the state of the object, where a member of its ring stands.
//
// What is gone but may still be seen. Who has looked something up may go on using it until he
// leaves the kernel: it may be dying, and even be taken apart, but its memory stays what it was.
// That is used again only when every other CPU has passed a point at which it looks at nothing
// (`passes`, or idle) since the object was taken out of everything (smp_grace_*). Until then it
// waits in limbo (kernel/reaper.c), from which it comes when nobody has anything else to do or when
// memory runs out. What must not happen to an object that has been taken apart is refused where it
// would: a CSpace is closed, a VSpace found dying by whoever has locked it, a Memory purging; and
// it is taken apart only when nobody can be in the middle of that (cspace_reap, vspace_reap,
// memory_reap).
//
// Flushing. A translation that has been taken back is forgotten here and on every CPU that may hold
// it before the system call that took it back goes on. The CPU that waits for others to do that
// holds no lock, and serves the flushes that they ask for; so does one that waits for a claim.
#ifndef HELIOS_KERNEL_SMP_H
#define HELIOS_KERNEL_SMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/mmu.h"
#include "kernel/percpu.h"

#ifdef __cplusplus
extern "C" {
#endif

// The `cpu` of a task that its owner has given up.
#define TASK_NOBODY 0xffffffffu

// What is asked of a task's owner.
enum task_request {
    TASK_WOKEN = 1 << 0,   // its wait has ended, or it has come from another CPU
    TASK_RELEASE = 1 << 1, // it dies: give it up
    TASK_DROP = 1 << 2,    // shifted by an enum reference_kind: let go of that
};

// Boot: starts the other CPUs, waits until they are up, and says which are missing. The kernel
// window and interrupts work; nobody runs.
void smp_start(void);

// The CPUs that run tasks, as a set.
uint64_t smp_online(void);

// Those of them that have nothing to do: a hint.
uint64_t smp_idle(void);

// Asks the owner of a task for something; on the owner itself it is done at once. For a task that
// is nobody's nothing happens.
void smp_post(struct task *task, unsigned requests);

// An interrupt from another CPU: flushes, mail, beggars. smp_serve_flushes is the part that needs
// no lock.
void smp_handle_interrupt(void);
void smp_serve_flushes(void);

// This CPU is about to wait for an interrupt, and is back. Between the two it looks at nothing.
// begin returns false if there is something to do after all.
bool smp_begin_idle(void);
void smp_end_idle(void);

// This CPU has nothing to do: asks busy ones for a task.
void smp_beg(void);

// Interrupts one of those that have nothing to do, if there is any: it looks again.
void smp_wake_idle(void);

// The end of a kernel that cannot go on: stops this CPU for good; or all others, and returns when
// they have stopped. One that hangs is waited for no longer than a second.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void smp_stop(void);
void smp_stop_others(void);

// Flushing. ------------------------------------------------------------------------------------

enum flush_kind {
    FLUSH_PAGE,         // one page's translation of an address space
    FLUSH_ASID,         // everything of an address space
    FLUSH_LEAVE,        // the address space is not walked any more
    FLUSH_ROOT,         // the address space has another identifier now
    FLUSH_INSTRUCTIONS, // what was fetched before it was changed
    FLUSH_MESSAGES,     // interrupts that were sent to who had the same message before
};

// What this CPU has stored is seen by others before it reads what they store.
static inline void smp_fence(void) {
    if (__builtin_expect(arch_percpu()->shares_kernel != 0, 0)) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
}

// Does it here and on the CPUs in *cpus (those that run tasks), and returns when it is done.
void smp_flush(struct flush_request flush, const uint64_t *cpus);

// The two parts of that: here, and who has to be asked (0: nobody) of those in *cpus, which is read
// when everything that has been stored before can be seen; then the others, while no lock is held.
uint64_t smp_flush_begin(const struct flush_request *flush, const uint64_t *cpus);
void smp_flush_others(struct flush_request flush, uint64_t others);

// Grace. ---------------------------------------------------------------------------------------

// Whether no other CPU can be looking at what has been taken out of everything by now.
bool smp_is_quiet(void);

// Waits for the same: begin notes where every other CPU is, and interrupts it; is_over, on any CPU,
// asks whether all have passed since. Who begins looks at nothing himself (reaper_step).
void smp_grace_begin(struct grace *grace);
bool smp_grace_is_over(struct grace *grace);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SMP_H
