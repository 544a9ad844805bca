// SPDX-License-Identifier: GPL-3.0-only
//
// Task.dump: what a task has, on the console, for whoever debugs it. A line in a step, because the
// console is slow.
#include <stdbool.h>
#include <stddef.h>

#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/syscall.h"
#include "kernel/table.h"
#include "kernel/task.h"

// Slots or page table entries that a step looks at until it finds something to print.
enum { BUDGET = 8 };

// operation.words.
enum {
    CAPABILITY = 0, // the address of the capability that was invoked
    OBJECT = 1,     // what it was to
    PHASE = 2,
    CURSOR = 3, // slot or address that comes next
    // Pages before the cursor that are mapped one after the other in the same way.
    START = 4, // as the cursor: there are none
    FLAGS = 5, // enum helios_map_flags
    PHYSICAL = 6,
};

enum phase {
    PHASE_SLOTS = 0,
    PHASE_PAGES = 1,
    PHASE_END = 2,
};

static void print_slot(uint64_t address, const struct slot_view *slot) {
    unsigned rights = slot->rights;
    console_printf("  slot %lu: %s %c%c%c%c badge 0x%lx\n", (unsigned long)address,
                   object_types[slot->type].name, (rights & HELIOS_RIGHT_READ) != 0 ? 'r' : '-',
                   (rights & HELIOS_RIGHT_WRITE) != 0 ? 'w' : '-',
                   (rights & HELIOS_RIGHT_EXECUTE) != 0 ? 'x' : '-',
                   (rights & HELIOS_RIGHT_GRANT) != 0 ? 'g' : '-', (unsigned long)slot->badge);
}

// Both return false at the end.
static bool dump_slots(struct cspace *cspace, uint64_t *cursor) {
    for (unsigned i = 0; i < BUDGET; i++) {
        const struct slot *slot = cspace_slot(cspace, *cursor);
        if (slot == NULL) {
            return false;
        }
        const struct slot_view view = slot_read(slot);
        (*cursor)++;
        if (view.type != HELIOS_TYPE_NULL) {
            print_slot(*cursor - 1, &view);
            return true;
        }
    }
    return true;
}

static void print_run(const uint64_t *words) {
    console_printf("  0x%016lx: %lu KiB, r%c%c", (unsigned long)words[START],
                   (unsigned long)(words[CURSOR] - words[START]) / 1024,
                   (words[FLAGS] & HELIOS_MAP_WRITE) != 0 ? 'w' : '-',
                   (words[FLAGS] & HELIOS_MAP_EXECUTE) != 0 ? 'x' : '-');
    if ((words[FLAGS] & VSPACE_CACHING) != 0) {
        console_printf(", %s, physical 0x%lx",
                       (words[FLAGS] & HELIOS_MAP_DEVICE) != 0 ? "device" : "write-combined",
                       (unsigned long)words[PHYSICAL]);
    }
    console_printf("\n");
}

// Of registers it matters which they are; of memory it does not.
static bool continues_run(const uint64_t *words, const struct vspace_mapping *mapping) {
    return mapping->flags == words[FLAGS] &&
           ((mapping->flags & VSPACE_CACHING) == 0 ||
            mapping->physical - words[PHYSICAL] == words[CURSOR] - words[START]);
}

static bool dump_pages(struct vspace *vspace, uint64_t *words) {
    for (unsigned i = 0; i < BUDGET; i++) {
        struct vspace_mapping mapping;
        bool found = vspace != NULL && vspace_lookup(vspace, (uintptr_t)words[CURSOR], &mapping);
        if (words[START] == words[CURSOR] && found) {
            words[FLAGS] = mapping.flags;
            words[PHYSICAL] = mapping.physical;
        }
        if (words[START] != words[CURSOR] && !(found && continues_run(words, &mapping))) {
            print_run(words);
            words[START] = words[CURSOR];
            return true;
        }
        if (vspace == NULL || words[CURSOR] >= USER_LIMIT) {
            return false;
        }
        uint64_t reach = table_reach(mapping.level);
        words[CURSOR] = align_down(words[CURSOR], reach) + reach;
        words[START] = found ? words[START] : words[CURSOR];
    }
    return true;
}

static enum operation_result step(struct task *current) {
    uint64_t *words = current->operation.words;
    struct slot_view slot;
    if (!syscall_lookup(current, words[CAPABILITY], &slot) ||
        (uintptr_t)slot.object != words[OBJECT] || slot.type != HELIOS_TYPE_TASK) {
        answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    struct task *task = task_of(slot.object); // which may be another CPU's by now
    bool more = words[PHASE] == PHASE_SLOTS ? dump_slots(task_cspace(task), &words[CURSOR])
                                            : dump_pages(task_vspace(task), words);
    if (more) {
        return OPERATION_MORE;
    }
    words[CURSOR] = 0;
    words[START] = 0;
    if (++words[PHASE] != PHASE_END) {
        return OPERATION_MORE;
    }
    answer(current, 0);
    return OPERATION_DONE;
}

struct task *task_dump(struct task *current, struct task *task, const struct syscall *call) {
    console_printf("%s: state %u%s, priority %u\n", task->name, task_state(task),
                   task_is_suspended(task) ? ", suspended" : "", task_priority(task));
    struct operation *operation = &current->operation; // it may be one that runs already
    operation->step = step;
    operation->abort = NULL;
    memory_zero(operation->words, sizeof(operation->words));
    operation->words[CAPABILITY] = call->capability;
    operation->words[OBJECT] = (uintptr_t)&task->object;
    return operation_start(current);
}
