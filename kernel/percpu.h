// SPDX-License-Identifier: GPL-3.0-only
//
// What one CPU owns. Only that CPU writes here, so nothing in it needs a lock; others ask through
// what stands under kernel/smp.h.
#ifndef HELIOS_KERNEL_PERCPU_H
#define HELIOS_KERNEL_PERCPU_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/include/port.h"
#include "uapi/object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;
struct deadline; // kernel/deadline.h
struct lock;     // kernel/lock.h
struct memory;   // kernel/memory_object.h
struct object;   // kernel/object.h
struct syscall;  // kernel/syscall.h
struct task;     // kernel/task.h
struct vspace;   // kernel/vspace.h

// Most CPUs that are used: sets of them are one word.
#define SMP_MAX_CPUS 64u

// Most locks that a CPU holds at once.
#define PERCPU_LOCKS 6u

// Where every CPU was, for who waits until all have passed (kernel/smp.h).
struct grace {
    uint64_t waiting; // set of CPUs
    uint64_t passes[SMP_MAX_CPUS];
};

// What one CPU asks others to forget (kernel/smp.h).
struct flush_request {
    uint8_t kind; // enum flush_kind
    uint32_t asid;
    uint32_t old_asid; // FLUSH_PAGE, FLUSH_ASID: of the same address space; may be the same
    uintptr_t address;
    struct vspace *vspace;
};

// Ports reach the first four from assembly and inline functions: they stay where they are.
struct percpu {
    // The task that runs; NULL while idle. Its register state is its first member.
    union {
        struct arch_task *arch_current;
        struct task *current;
    };
    uintptr_t stack_top; // initial stack pointer of every kernel entry, 16-byte aligned
    struct percpu *self;
    uint64_t port;  // the port's, for what its inline functions look at; zero at the start
    uint32_t index; // position in the boot block's list of CPUs
    union {
        uint32_t attention; // not 0: a switch to another task is more than it is most of the time
        struct {
            uint8_t reschedule; // sched_resume has to look closer: whether `current` can go on, the
                                // timer
            uint8_t fpu_open;   // FP registers may be used by who runs
            uint8_t fpu_eager;  // how often their owner gets them without asking (kernel/fpu.h)
            uint8_t port_attention; // the port's: arch_task_switch_plain does not suffice
        };
    };
    uint64_t hardware_id;  // APIC id, MPIDR affinity, hart id
    uint64_t own_state[8]; // what task_state_word says of a task of this CPU, by state

    // kernel/sched.h
    uint64_t ready_mask; // bit: priority whose queue is not empty
    struct {
        struct task *first;
        struct task *last;
    } ready[HELIOS_PRIORITIES];
    struct task *loaded;        // while idle: whose TLS base the CPU holds; NULL: nobody's
    uint64_t slice_end;         // counter value; 0: the running task is alone with its priority
    uint8_t slice_over;         // slice_end has passed, and nobody has made way for it yet
    uint64_t timer_set_for;     // what the timer is armed for; 0: stopped
    struct deadline *deadlines; // root of the queue (kernel/deadline.h)

    // kernel/reaper.h
    struct object *dying;     // atomic: top of the stack of dying objects
    uint32_t dying_count;     // atomic: how many those are
    uint8_t reaping;          // atomic, the token: some CPU takes a step of this stack or limbo
    struct percpu *reaps_for; // whose stack it works on; NULL: nobody's
    struct memory *making;    // atomic: of which it has taken something that is no object yet

    struct vspace *vspace;  // whose root table is active; NULL: the kernel's own
    struct task *fpu_owner; // whose FP registers are in the CPU; NULL: nobody's

    // kernel/smp.h. Others write the atomic ones.
    struct task *mail;          // atomic: tasks that something is asked of, newest first
    uint64_t beggars;           // atomic, set of CPUs: idle ones that would take a task from here
    uint64_t flush_from;        // atomic, set of CPUs: who waits for a flush here
    uint64_t flush_waiting;     // atomic, set of CPUs: that have not yet done what `flush` says
    struct flush_request flush; // what this CPU wants others to do
    uint64_t passes;            // how often it has come to a point at which it looks at nothing
    uint8_t is_online;          // atomic: it runs tasks (1), or never will (2, 3)
    uint8_t is_idle;            // it waits for an interrupt
    uint8_t shares_kernel;      // there are others

    // Checked kernels only.
    const struct syscall *call;       // the one that is being handled; NULL: none
    struct lock *locks[PERCPU_LOCKS]; // that are held, in ascending order (kernel/lock.h)
    uint32_t lock_count;
    struct arch_percpu arch;

    // kernel/reaper.h: whose the token is. Last, so that the rest is reached with short offsets.
    struct {
        struct object *waiting; // linked through reap_next: their grace has begun
        struct object *fresh;   // have come since
        struct grace grace;
    } limbo;
};

// False until the boot CPU's arch_cpu_init: arch_percpu must not be called before.
extern bool percpu_ready;

// Allocates and fills the struct percpu of every CPU of the boot block. Returns the boot CPU's;
// NULL if there is not enough memory.
struct percpu *percpu_init(const struct helios_boot *boot);

uint32_t percpu_count(void);

// `index` < percpu_count().
struct percpu *percpu_get(uint32_t index);

// The current CPU's position; 0 before percpu_ready.
static inline uint32_t percpu_index(void) {
    return percpu_ready ? arch_percpu()->index : 0;
}

static_assert(offsetof(struct percpu, arch_current) == 0, "used by the ports' entry code");
static_assert(offsetof(struct percpu, stack_top) == 8, "used by the ports' entry code");
static_assert(offsetof(struct percpu, self) == 16, "used by the ports' entry code");
static_assert(offsetof(struct percpu, port) == 24, "used by the ports' entry code");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_PERCPU_H
