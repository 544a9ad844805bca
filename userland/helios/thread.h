// SPDX-License-Identifier: MIT
//
// Threads: tasks that share their maker's address space and capabilities.
#ifndef HELIOS_USERLAND_HELIOS_THREAD_H
#define HELIOS_USERLAND_HELIOS_THREAD_H

#include <stdint.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_thread_config {
    uint64_t memory;     // Memory that the task and its IPC buffer are made of; 0: any
    uint64_t own_cspace; // the maker's: where the new capabilities stand
    uint64_t cspace;     // the thread's capabilities, usually the same; 0: none
    uint64_t vspace;     // the maker's address space
    uint64_t authority;  // Task whose ceiling allows `priority`
    void *stack;
    uint64_t stack_size;
    uintptr_t buffer_address; // where to map the IPC buffer; its page tables exist
    uint64_t priority;
    void (*entry)(void *argument); // must not return
    void *argument;
};

// Makes a thread, which is suspended: helios_call(thread->task, HELIOS_TASK_RESUME, 0, 0, 0) lets
// it run. On failure everything that was made is gone, and the answer is the refusal.
struct helios_answer helios_thread_create(struct helios_thread *thread,
                                          const struct helios_thread_config *config);

// Ends a thread: its task, its buffer and the mapping of that. The stack is the caller's again.
void helios_thread_destroy(struct helios_thread *thread);

// Whatever is 0 or NULL has a default.
struct helios_thread_options {
    const char *name;    // for the kernel's messages
    uint64_t stack_size; // 64 KiB
    uint64_t priority;   // as the calling thread
    uint64_t cpus;       // set; those of the process's first thread
    // Endpoint, with the badge that is wanted: its faults go there. By default to who manages the
    // process, as the first thread's do; of a root task to nobody.
    uint64_t fault;
};

// Starts a thread: entry(argument) on a stack of its own, with a page below that is never mapped,
// and its own thread-local variables. *thread is what helios_thread_join wants. `options` may be
// NULL. On failure nothing is left behind.
enum helios_error helios_thread_run(void (*entry)(void *argument), void *argument,
                                    const struct helios_thread_options *options,
                                    struct helios_thread **thread);

// Waits until a thread of helios_thread_run has ended, or until `deadline` (ns, HELIOS_FOREVER:
// none), and gives back all that it was made of. Exactly one thread joins each.
enum helios_error helios_thread_join(struct helios_thread *thread, uint64_t deadline);

// Ends the calling thread, which helios_thread_run has started; so does returning from its entry.
void helios_thread_exit(void) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_THREAD_H
