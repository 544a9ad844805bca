// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/world.h"

#include "kernel/reaper.h"
#include "testing/audit/check.h"
#include "testing/audit/say.h"

enum {
    MOST_OBJECTS = 1 << 16,
    MOST_FREE_BLOCKS = 1 << 15, // of one Memory
};

// The checker's own memory: whoever has more than this to walk is told so.
static struct audit_item object_items[MOST_OBJECTS];
static struct audit_place object_places[MOST_OBJECTS * 2];
static struct audit_item listed_items[MOST_FREE_BLOCKS];
static struct audit_place listed_places[MOST_FREE_BLOCKS * 2];

static struct audit_world world = {
    .objects = {.items = object_items, .places = object_places, .capacity = MOST_OBJECTS},
    .listed = {.items = listed_items, .places = listed_places, .capacity = MOST_FREE_BLOCKS},
};

uint32_t audit_object_count(void) {
    return world.objects.count;
}

// Objects. ---------------------------------------------------------------------------------------

// Taken apart, but its memory may still be seen by another CPU.
static bool is_in_limbo(const struct object *object, uint32_t marks) {
    return object->state == OBJECT_DYING && object->reap_next != NULL && (marks & AUDIT_DYING) == 0;
}

static const char *check_life(const struct object *object, uint32_t marks) {
    if (object->lock.holder != 0) {
        return audit_say("object %p (type %u) is locked", object, object->type);
    }
    const bool is_queued = object->reap_next != NULL;
    if (is_queued != ((marks & AUDIT_DYING) != 0) && !is_in_limbo(object, marks)) {
        return audit_say("object %p (type %u): %s the reaper's stack and does not know it", object,
                         object->type, is_queued ? "not on" : "on");
    }
    const bool is_parked =
        object->type == HELIOS_TYPE_MEMORY && ((const struct memory *)object)->parked != 0;
    if (object->state == OBJECT_DYING && !is_queued && !is_parked) {
        return audit_say("object %p (type %u) is dying and nobody takes it apart", object,
                         object->type);
    }
    if (object->state == OBJECT_LIVE && object->owner != NULL && !object_is_referenced(object)) {
        return audit_say("object %p (type %u) lives and nobody refers to it", object, object->type);
    }
    return NULL;
}

static const char *check_parts(const struct object *object) {
    switch (object->type) {
    case HELIOS_TYPE_MEMORY:
        return audit_memory(&world, (const struct memory *)object);
    case HELIOS_TYPE_CSPACE:
        return audit_check_cspace((const struct cspace *)object);
    case HELIOS_TYPE_VSPACE:
    case HELIOS_TYPE_TABLE_0:
    case HELIOS_TYPE_TABLE_1:
    case HELIOS_TYPE_TABLE_2:
        return audit_table(&world, (const struct table *)object);
    case HELIOS_TYPE_TASK:
        return audit_task(&world, audit_task_of(object));
    case HELIOS_TYPE_ENDPOINT:
        return audit_endpoint((const struct endpoint *)object);
    case HELIOS_TYPE_NOTIFICATION:
        return audit_notification((const struct notification *)object);
    case HELIOS_TYPE_ASID_POOL:
        return audit_asid_pool((const struct asid_pool *)object);
    default:
        return NULL;
    }
}

// Rings. -----------------------------------------------------------------------------------------

static bool is_member(const struct object *object, const struct ring_node *node) {
    const struct ring_node *at = ring_node(object->ring.next);
    while (at != &object->ring && at != node) {
        at = ring_node(at->next);
    }
    return at == node;
}

static const char *find_stray_slot(const struct cspace *space) {
    for (uint64_t i = 0; i < space->slot_count; i++) {
        const struct slot *slot = &space->slots[i];
        if (slot->type != HELIOS_TYPE_NULL && !is_member(slot->object, &slot->node)) {
            return audit_say("CSpace %p slot %lu is not in its object's ring", space, i);
        }
    }
    return NULL;
}

static const char *find_stray_entry(const struct table *table) {
    const struct table_block *block = audit_block_of(table);
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        if (table_entry_used(block, i) &&
            !is_member(table_entry_object(block, i), &block->nodes[i])) {
            return audit_say("table %p entry %u is not in the ring of %p", table, i,
                             table_entry_object(block, i));
        }
    }
    return NULL;
}

static bool is_stray(const struct reference *reference) {
    return reference->object != NULL && !is_member(reference->object, &reference->node);
}

static const char *find_stray_reference(const struct task *task) {
    return is_stray(&task->cspace_reference) || is_stray(&task->vspace_reference) ||
                   is_stray(&task->buffer_reference) || is_stray(&task->fault_reference) ||
                   is_stray(&task->notification_reference)
               ? audit_say("task %p: a reference is not in its object's ring", task)
               : NULL;
}

static const char *find_stray(const struct object *object) {
    if (object->type == HELIOS_TYPE_CSPACE) {
        return find_stray_slot((const struct cspace *)object);
    }
    if (object->type == HELIOS_TYPE_TASK) {
        return find_stray_reference(audit_task_of(object));
    }
    if (object->type == HELIOS_TYPE_IRQ_HANDLER) {
        return is_stray(&((const struct irq_handler *)object)->notification)
                   ? audit_say("IRQ handler %p: its reference is not in its object's ring", object)
                   : NULL;
    }
    return audit_is_table(object->type) ? find_stray_entry((const struct table *)object) : NULL;
}

// Each member of a ring is a slot that holds something, a reference that its holder knows, or the
// node of an entry in use: discovery has looked. If there are more of those, one is in no ring.
static const char *check_membership(void) {
    if (world.members == world.holders) {
        return NULL;
    }
    for (uint32_t i = 0; i < world.objects.count; i++) {
        const char *problem = find_stray(world.objects.items[i].pointer);
        if (problem != NULL) {
            return problem;
        }
    }
    return audit_say("rings have %lu members, %lu are known", world.members, world.holders);
}

// Everything. ------------------------------------------------------------------------------------

// IRQHandlers in a list of limbo: they are of no Memory, and nobody refers to them, so they are not
// found otherwise. What the last one of a list is linked to is not dying.
static uint32_t handlers_in(const struct object *first) {
    uint32_t count = 0;
    for (const struct object *object = first; object != NULL && object->state == OBJECT_DYING;
         object = object->reap_next) {
        count += object->owner == NULL;
    }
    return count;
}

static const char *check_limbo(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < percpu_count(); i++) {
        const struct percpu *cpu = percpu_get(i);
        count += handlers_in(cpu->limbo.waiting) + handlers_in(cpu->limbo.fresh);
    }
    for (uint32_t i = 0; i < world.objects.count; i++) {
        count += is_in_limbo(world.objects.items[i].pointer, world.objects.items[i].marks);
    }
    return count == reaper_limbo
               ? NULL
               : audit_say("%u objects are in limbo, %u say so", reaper_limbo, count);
}

static const char *check_world(const struct object *root) {
    audit_discover(&world, root);
    const char *problem = world.problem;
    for (uint32_t i = 0; i < world.objects.count && problem == NULL; i++) {
        const struct object *object = world.objects.items[i].pointer;
        problem = check_life(object, world.objects.items[i].marks);
        if (problem == NULL) {
            problem = check_parts(object);
        }
    }
    if (problem == NULL) {
        problem = check_membership();
    }
    if (problem == NULL) {
        problem = check_limbo();
    }
    return problem == NULL ? audit_running(&world) : problem;
}

const char *audit_check_machine(struct percpu *cpu, const struct object *root) {
    world.cpus[0] = cpu;
    world.cpu_count = 1;
    return check_world(root);
}

// What one CPU asks of another has been done.
static const char *check_requests(const struct percpu *cpu) {
    if (cpu->mail != NULL || cpu->beggars != 0) {
        return audit_say("CPU %u has mail %p and beggars 0x%lx", cpu->index, cpu->mail,
                         cpu->beggars);
    }
    if (cpu->flush_from != 0 || cpu->flush_waiting != 0) {
        return audit_say("CPU %u: flushes from 0x%lx, waits for 0x%lx", cpu->index, cpu->flush_from,
                         cpu->flush_waiting);
    }
    return cpu->reaping == 0 ? NULL : audit_say("CPU %u: its stack is being reaped", cpu->index);
}

static const char *check_pending(const struct object *object) {
    if (object->type != HELIOS_TYPE_TASK || audit_task_of(object)->pending == 0) {
        return NULL;
    }
    const struct task *task = audit_task_of(object);
    return audit_say("task %p: 0x%x is asked of CPU %u, which does nothing", task, task->pending,
                     task->cpu);
}

const char *audit_check_cpus(const struct object *root) {
    const char *problem = NULL;
    world.cpu_count = 0;
    for (uint32_t i = 0; i < percpu_count() && i < SMP_MAX_CPUS && problem == NULL; i++) {
        if ((smp_online() >> i & 1) != 0) {
            struct percpu *cpu = percpu_get(i);
            world.cpus[world.cpu_count++] = cpu;
            problem = check_requests(cpu);
        }
    }
    if (problem == NULL) {
        problem = check_world(root);
    }
    for (uint32_t i = 0; i < world.objects.count && problem == NULL; i++) {
        problem = check_pending(world.objects.items[i].pointer);
    }
    return problem;
}
