// SPDX-License-Identifier: GPL-3.0-only
//
// Mistakes on purpose, for the tests that an audited kernel finds them: --wrap puts this before the
// checker, and the linker is told which of the functions below is `audit_spoil`.
#include "kernel/cspace.h"
#include "kernel/memory_object.h"
#include "kernel/task.h"
#include "kernel/vspace.h"
#include "testing/audit/check.h"
#include "uapi/bootinfo.h"

enum { SPOILED_AUDIT = 3 };

// One of these.
void audit_spoil(struct task *task);

void audit_spoil_ring(struct task *task);
void audit_spoil_slots(struct task *task);
void audit_spoil_memory(struct task *task);
void audit_spoil_table(struct task *task);

// The neighbour of a capability in its ring does not know it any more.
void audit_spoil_ring(struct task *task) {
    struct ring_node *node = &task->slots[HELIOS_INIT_TASK].node;
    ring_node(node->next)->prev = ring_to(&task->object.ring, RING_REFERENCE);
}

// A slot has gone from the free list.
void audit_spoil_slots(struct task *task) {
    enum helios_error error = HELIOS_OK;
    cspace_take_slot(task->cspace, HELIOS_CADDR_UNDEF, &error);
}

// A block is neither free nor used.
void audit_spoil_memory(struct task *task) {
    for (uint64_t i = 0; i < task->slot_count; i++) {
        if (task->slots[i].type == HELIOS_TYPE_MEMORY) {
            memory_take_block(memory_of(task->slots[i].object), 0);
            return;
        }
    }
}

// An entry of the hardware's that the bookkeeping does not know.
void audit_spoil_table(struct task *task) {
    struct table_block *root = table_block(&task->vspace->root);
    for (unsigned i = 1; i < TABLE_ENTRIES / 2; i++) {
        if (!table_entry_used(root, i)) {
            root->entries[i] = arch_pte_table(table_physical(&task->vspace->root), 1);
            return;
        }
    }
}

const char *__real_audit_check_cpus(const struct object *root);
const char *__wrap_audit_check_cpus(const struct object *root);

const char *__wrap_audit_check_cpus(const struct object *root) {
    static unsigned audits;
    if (++audits == SPOILED_AUDIT) {
        audit_spoil(arch_percpu()->current);
    }
    return __real_audit_check_cpus(root);
}
