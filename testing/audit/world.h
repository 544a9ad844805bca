// SPDX-License-Identifier: GPL-3.0-only
//
// What the checker has found, for its parts.
#ifndef HELIOS_TESTING_AUDIT_WORLD_H
#define HELIOS_TESTING_AUDIT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cspace.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/memory_object.h"
#include "kernel/percpu.h"
#include "kernel/smp.h"
#include "kernel/task.h"
#include "kernel/vspace.h"
#include "testing/audit/map.h"

#ifdef __cplusplus
extern "C" {
#endif

// Marks of an object in struct audit_world's `objects`.
enum audit_mark {
    AUDIT_DYING = 1 << 0,  // it is on a reaper's stack
    AUDIT_QUEUED = 1 << 1, // a task that stands in a run queue
    AUDIT_WAITS = 1 << 2,  // a task that stands in the queue of an endpoint or a notification
};

// Everything that can be reached from the CPUs, found by following every pointer. What is found is
// not checked here, but nothing that is visibly no object is followed.
struct audit_world {
    struct percpu *cpus[SMP_MAX_CPUS];
    uint32_t cpu_count;
    struct audit_map objects; // in the order in which they were found
    struct audit_map listed;  // free, kept or partly used blocks of the Memory that is looked at
    // Members of all rings, each of which is one of those that have to be: slots that are not Null,
    // references, entries of tables. As many of the one as of the other: they are the same.
    uint64_t members;
    uint64_t holders;
    const char *problem; // why it could not be walked to the end; NULL: it was
};

// Finds everything, from `cpus` and `root`.
void audit_discover(struct audit_world *world, const struct object *root);

// What the parts check once everything has been found.
const char *audit_memory(struct audit_world *world, const struct memory *memory);
const char *audit_task(const struct audit_world *world, const struct task *task);
const char *audit_endpoint(const struct endpoint *endpoint);
const char *audit_notification(const struct notification *notification);
const char *audit_table(const struct audit_world *world, const struct table *table);
const char *audit_asid_pool(const struct asid_pool *pool);
const char *audit_running(const struct audit_world *world);

// What only the port knows of one of its CPUs.
const char *audit_port(const struct percpu *cpu);

static inline bool audit_knows(const struct audit_world *world, const void *object) {
    return audit_map_find(&world->objects, object) != NULL;
}

static inline bool audit_has_mark(const struct audit_world *world, const struct object *object,
                                  enum audit_mark mark) {
    const struct audit_item *item = audit_map_find(&world->objects, object);
    return item != NULL && (item->marks & mark) != 0;
}

// The small parts of pointers' meanings.
static inline const struct task *audit_task_of(const struct object *object) {
    return task_of((struct object *)(uintptr_t)object);
}

static inline const struct task *audit_task_of_reply(const struct object *object) {
    return task_of_reply((struct object *)(uintptr_t)object);
}

static inline const struct table_block *audit_block_of(const struct table *table) {
    return table_block((struct table *)(uintptr_t)table);
}

static inline bool audit_is_table(unsigned type) {
    return type >= HELIOS_TYPE_VSPACE && type <= HELIOS_TYPE_TABLE_2;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_AUDIT_WORLD_H
