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
    uint64_t memory;     // Memory that the task and its IPC buffer are made of
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

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_THREAD_H
