// SPDX-License-Identifier: GPL-3.0-only
//
// Task.dump: what a task has, on the console, for whoever debugs it. A line in a step, because the
// console is slow.
#include <stdbool.h>
#include <stddef.h>

#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/vspace.h"

// Slots or page table entries that a step looks at until it finds something to print.
enum { BUDGET = 64 };

// operation.words.
enum {
    CAPABILITY = 0, // the address of the capability that was invoked
    OBJECT = 1,     // what it was to
    PHASE = 2,
    CURSOR = 3, // slot or address that comes next
};

enum phase {
    PHASE_SLOTS = 0,
    PHASE_PAGES = 1,
    PHASE_END = 2,
};

static void print_slot(const struct slot *slot) {
    unsigned rights = slot->rights;
    console_printf("  slot %lu: %s %c%c%c%c badge 0x%lx\n", (unsigned long)cspace_address(slot),
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
        (*cursor)++;
        if (slot->type != HELIOS_TYPE_NULL) {
            print_slot(slot);
            return true;
        }
    }
    return true;
}

// Goes on to the next page from `cursor` on; true if it stands at one. The VSpace is locked.
static bool find_page(struct vspace *vspace, uint64_t *cursor) {
    struct table *table = &vspace->root;
    for (unsigned i = 0; i < BUDGET && *cursor < ARCH_USER_TOP; i++) {
        unsigned shift = ARCH_PAGE_SHIFT + 9 * table->level;
        unsigned index = *cursor >> shift & (TABLE_ENTRIES - 1);
        const struct table_block *block = table_block(table);
        if (!table_entry_used(block, index)) {
            *cursor = ((*cursor >> shift) + 1) << shift;
            table = &vspace->root;
        } else if (table_entry_is_table(block, index)) {
            table = table_of(table_entry_object(block, index));
        } else {
            return true;
        }
    }
    return false;
}

static bool dump_pages(struct vspace *vspace, uint64_t *cursor) {
    if (vspace == NULL) {
        return false;
    }
    lock_acquire(&vspace->lock);
    bool found = find_page(vspace, cursor);
    lock_release(&vspace->lock);
    struct vspace_mapping mapping;
    if (found && vspace_lookup(vspace, (uintptr_t)*cursor, &mapping)) {
        console_printf("  0x%016lx: level %u, physical 0x%lx r%c%c\n", (unsigned long)*cursor,
                       mapping.level, (unsigned long)mapping.physical,
                       (mapping.flags & HELIOS_MAP_WRITE) != 0 ? 'w' : '-',
                       (mapping.flags & HELIOS_MAP_EXECUTE) != 0 ? 'x' : '-');
        *cursor += 1ull << (ARCH_PAGE_SHIFT + 9 * mapping.level);
    }
    return *cursor < ARCH_USER_TOP;
}

static enum operation_result step(struct task *current) {
    uint64_t *words = current->operation.words;
    const struct slot *slot = syscall_lookup(current, words[CAPABILITY]);
    if (slot == NULL || (uintptr_t)slot->object != words[OBJECT] ||
        slot->type != HELIOS_TYPE_TASK) {
        answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    struct task *task = task_of(slot->object);
    bool more = words[PHASE] == PHASE_SLOTS ? dump_slots(task->cspace, &words[CURSOR])
                                            : dump_pages(task->vspace, &words[CURSOR]);
    if (more) {
        return OPERATION_MORE;
    }
    words[CURSOR] = 0;
    if (++words[PHASE] != PHASE_END) {
        return OPERATION_MORE;
    }
    answer(current, 0);
    return OPERATION_DONE;
}

struct task *task_dump(struct task *current, struct task *task, const struct syscall *call) {
    console_printf("%s: state %u%s, priority %u\n", task->name, task->state,
                   task->suspended != 0 ? ", suspended" : "", task->priority);
    current->operation = (struct operation){
        .step = step,
        .words = {call->capability, (uintptr_t)&task->object, PHASE_SLOTS, 0},
    };
    return operation_start(current);
}
