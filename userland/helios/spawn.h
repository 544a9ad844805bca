// SPDX-License-Identifier: MIT
//
// New processes out of ELF files. A process is made of a Memory of its own, which is split from its
// maker's, down to the last page table: destroying that takes all of it down. It gets what its
// maker's config says and nothing else.
#ifndef HELIOS_USERLAND_HELIOS_SPAWN_H
#define HELIOS_USERLAND_HELIOS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/elf/elf.h"
#include "userland/helios/startup.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_SPAWN_MEMORY_BITS 22 // the default quota: 4 MiB
#define HELIOS_SPAWN_CSPACE_BITS 10
#define HELIOS_SPAWN_STACK       0x10000ull
#define HELIOS_SPAWN_PRIORITY    16
#define HELIOS_SPAWN_TASKS_BITS  6 // log2 of the threads that `keeps_tasks` has room for

// A capability to hand on: a copy of the maker's, which stays.
struct helios_spawn_capability {
    const char *name;    // what helios_cap finds it by; NULL: by its slot only
    uint64_t capability; // in the maker's CSpace
    uint64_t rights;     // enum helios_rights: at most these
    uint64_t badge;      // 0: as it is
    uint64_t slot;       // in the process; 0: the next free one
};

// Whatever is 0 or NULL has a default, which each line says.
struct helios_spawn_config {
    const void *elf; // the file; needs no alignment
    size_t elf_size;
    const char *name;             // "process"
    const char *const *arguments; // argv; none: the name alone
    uint32_t argument_count;
    uint32_t capability_count;
    const struct helios_spawn_capability *capabilities;
    uint64_t memory;      // Memory to split; any of the maker's
    uint32_t memory_bits; // log2 of its bytes; HELIOS_SPAWN_MEMORY_BITS
    uint32_t cspace_bits; // log2 of its slots; HELIOS_SPAWN_CSPACE_BITS
    uint64_t stack_size;  // HELIOS_SPAWN_STACK
    uint64_t authority;   // Task that allows the priority and CPUs; the maker's first
    uint64_t priority;    // HELIOS_SPAWN_PRIORITY
    uint64_t ceiling;     // as the priority
    uint64_t cpus;        // set; the authority's
    uint64_t manager;     // Endpoint for its exit (and its faults); nobody
    uint64_t badge;       // of the process, at the manager's and the fault endpoint
    uint64_t fault;       // Endpoint for faults; the manager's
    uint64_t log;         // Endpoint for its output; the kernel's console
    uint64_t log_badge;
    uint64_t registry; // Endpoint of the registry; none
    uint64_t registry_badge;
    uint64_t asid_pool; // ASIDPool; none: it runs without an identifier of its own
    bool suspended;     // don't let it run yet
    bool keeps_tasks;   // have its threads where the maker finds them: for who counts their time
    bool keeps_stack;   // keep what reads the first thread's stack: for who reports its faults
};

// How far a spawn came.
enum helios_spawn_stage {
    HELIOS_SPAWN_DONE = 0,
    HELIOS_SPAWN_CONFIG,  // the configuration itself; value: which number was found
    HELIOS_SPAWN_ELF,     // `elf` says why
    HELIOS_SPAWN_OBJECTS, // its Memory, CSpace, VSpace, Task
    HELIOS_SPAWN_SEGMENT, // `index`: of the ELF file's segments
    HELIOS_SPAWN_STACK_PAGES,
    HELIOS_SPAWN_BUFFER,
    HELIOS_SPAWN_STARTUP,
    HELIOS_SPAWN_CAPABILITY, // `index`: of the config's capabilities
    HELIOS_SPAWN_TASK,
};

// A process that was made. Its capabilities stand in the maker's CSpace.
struct helios_process {
    uint64_t memory;
    uint64_t task;
    uint64_t cspace;
    uint64_t vspace;
    uint64_t image_base; // in its address space
    uint64_t image_end;
    uint64_t stack_base; // of its first thread
    uint64_t stack_top;
    // CSpace of the process's Memory that only the maker has: its slots are the stack's Pages from
    // stack_base on, readable. 0: config.keeps_stack was not set.
    uint64_t stack;
    // CSpace of the process's Memory that both have: copies of its threads' Tasks, readable, but
    // for the first thread's. The process may put anything there, or nothing. 0: config.keeps_tasks
    // was not set.
    uint64_t tasks;
    // Why there is none:
    enum helios_spawn_stage stage;
    uint32_t index;
    struct elf_error elf;
    struct helios_answer answer; // the kernel's refusal
};

// Makes a process and lets it run. On failure returns an error (ERROR_UNSUPPORTED: not an ELF file
// that can be run), nothing is left behind, and *process says what was wrong.
enum helios_error helios_spawn(const struct helios_spawn_config *config,
                               struct helios_process *process);

// Says in words why a spawn failed: "segment 2: not enough memory (...)". Returns the length.
size_t helios_spawn_describe(char *text, size_t size, const struct helios_process *process);

// Takes a process down, whatever it is doing, with all that it was made of. Returns when it is
// gone.
void helios_process_destroy(struct helios_process *process);

// What the manager's endpoint brings (helios_process_event): how a process ended.
enum helios_process_end {
    HELIOS_PROCESS_NOTHING = 0, // some other message
    HELIOS_PROCESS_EXITED,
    HELIOS_PROCESS_FAULTED, // it stands still until it is destroyed or answered (uapi/fault.h)
};

struct helios_process_event {
    enum helios_process_end end;
    uint64_t badge;
    int64_t status;   // EXITED: what main returned
    uint32_t fault;   // FAULTED: enum helios_fault
    uint64_t address; // of the access
    uint64_t pc;
    uint64_t sp;
};

// Reads a message that helios_recv (or helios_reply_recv) brought, by its flags.
struct helios_process_event helios_process_event_of(uint32_t flags,
                                                    const struct helios_message *message);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SPAWN_H
