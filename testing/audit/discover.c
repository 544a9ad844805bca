// SPDX-License-Identifier: GPL-3.0-only
//
// Finds everything that there is: what is found is put behind what has been found before, and
// followed in that order, so that nothing recurses.
#include "kernel/device_memory.h"
#include "kernel/list.h"
#include "kernel/slab.h"
#include "testing/audit/check.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

static void fail(struct audit_world *world, const char *finding) {
    world->problem = finding;
}

// NULL: it was nothing, or the walk has failed.
static struct audit_item *add(struct audit_world *world, const struct object *object) {
    if (object == NULL || world->problem != NULL) {
        return NULL;
    }
    if (object->type == HELIOS_TYPE_REPLY) {
        object = &audit_task_of_reply(object)->object;
    }
    if (object->type == HELIOS_TYPE_NULL || object->type >= HELIOS_TYPE_COUNT) {
        fail(world, audit_say("%p is no object: its type is %u", object, object->type));
        return NULL;
    }
    struct audit_item *item = audit_map_add(&world->objects, object);
    if (item == NULL) {
        fail(world, audit_say("too many objects to walk: %u", world->objects.capacity));
    }
    return item;
}

static struct audit_item *add_task(struct audit_world *world, const struct task *task) {
    return task != NULL ? add(world, &task->object) : NULL;
}

// What stands in a list that nothing stands in twice.
static bool add_once(struct audit_world *world, const struct object *object, enum audit_mark mark) {
    struct audit_item *item = add(world, object);
    if (item == NULL) {
        return false;
    }
    if ((item->marks & mark) != 0) {
        fail(world, audit_say("object %p (type %u) stands twice in the %s", object, object->type,
                              mark == AUDIT_DYING    ? "reapers' stacks"
                              : mark == AUDIT_QUEUED ? "run queues"
                                                     : "queues of what tasks wait for"));
        return false;
    }
    item->marks |= mark;
    return true;
}

static void add_waiters(struct audit_world *world, const struct task_queue *queue) {
    const struct task *task = queue->first;
    while (task != NULL && add_once(world, &task->object, AUDIT_WAITS)) {
        task = task->queue.next;
    }
}

// Rings. -----------------------------------------------------------------------------------------

static void follow_slot(struct audit_world *world, const struct slot *slot) {
    const struct cspace *home = slot->home;
    uint64_t distance = (uintptr_t)slot - (uintptr_t)home->slots;
    add(world, &home->object);
    if (world->problem == NULL &&
        (home->object.type != HELIOS_TYPE_CSPACE || distance / sizeof(*slot) >= home->slot_count ||
         distance % sizeof(*slot) != 0)) {
        fail(world, audit_say("slot %p is none of CSpace %p", slot, home));
    }
}

static void follow_mapping(struct audit_world *world, const struct object *object,
                           struct ring_node *node) {
    const struct table *table = table_of_node(node);
    unsigned index = table_index_of_node(node);
    add(world, &table->object);
    if (world->problem == NULL && (!audit_is_table(table->object.type) || index >= TABLE_ENTRIES ||
                                   !table_entry_used(audit_block_of(table), index) ||
                                   table_entry_object(audit_block_of(table), index) != object)) {
        fail(world,
             audit_say("ring of %p: entry %u of table %p does not map it", object, index, table));
    }
}

// Where a reference stands in the object that holds it.
static size_t offset_of(const struct reference *reference) {
    static const size_t offsets[REFERENCE_KIND_COUNT] = {
        [REFERENCE_TASK_CSPACE] = offsetof(struct task, cspace_reference),
        [REFERENCE_TASK_VSPACE] = offsetof(struct task, vspace_reference),
        [REFERENCE_TASK_BUFFER] = offsetof(struct task, buffer_reference),
        [REFERENCE_TASK_FAULT] = offsetof(struct task, fault_reference),
        [REFERENCE_TASK_NOTIFICATION] = offsetof(struct task, notification_reference),
        [REFERENCE_IRQ_NOTIFICATION] = offsetof(struct irq_handler, notification),
        [REFERENCE_REVOCATION] = offsetof(struct task, operation.words),
    };
    return offsets[reference->kind];
}

static void follow_reference(struct audit_world *world, const struct reference *reference) {
    uintptr_t holder = (uintptr_t)reference - offset_of(reference);
    bool is_irq = reference->kind == REFERENCE_IRQ_NOTIFICATION;
    const struct task *task = (const struct task *)holder;
    const struct object *object =
        is_irq ? &((const struct irq_handler *)holder)->object : &task->object;
    bool is_mark = reference->kind == REFERENCE_REVOCATION;
    add(world, object);
    if (world->problem == NULL &&
        (object->type != (is_irq ? HELIOS_TYPE_IRQ_HANDLER : HELIOS_TYPE_TASK) ||
         (is_mark && task->operation.step == NULL))) {
        fail(world,
             audit_say("reference %p (kind %u) is held by nobody", reference, reference->kind));
    }
    world->holders += is_mark; // that of a long operation, which only its ring knows
}

static void follow_members(struct audit_world *world, const struct object *object) {
    for (ring_link link = object->ring.next;
         ring_node(link) != &object->ring && world->problem == NULL; link = ring_node(link)->next) {
        world->members++;
        switch (ring_kind(link)) {
        case RING_CAP:
            follow_slot(world, slot_of_node(ring_node(link)));
            break;
        case RING_MAPPING:
        case RING_MAPPING_FIRST:
            follow_mapping(world, object, ring_node(link));
            break;
        default:
            follow_reference(world, (const struct reference *)ring_node(link));
        }
    }
}

static void follow_ring(struct audit_world *world, const struct object *object) {
    const char *finding = audit_check_ring(object);
    if (finding != NULL) {
        fail(world, finding);
        return;
    }
    follow_members(world, object);
}

// Objects. ---------------------------------------------------------------------------------------

static void hold(struct audit_world *world, const struct reference *reference) {
    add(world, reference->object);
    world->holders += reference->object != NULL;
}

static void follow_task(struct audit_world *world, const struct task *task) {
    hold(world, &task->cspace_reference);
    hold(world, &task->vspace_reference);
    hold(world, &task->buffer_reference);
    hold(world, &task->fault_reference);
    hold(world, &task->notification_reference);
    add_task(world, task->caller);
    add_task(world, task->callee);
    add(world, task->blocked_on);
    for (unsigned i = 0; i < task->poll_count && i < HELIOS_MAX_POLL; i++) {
        add(world, task->polls[i].object);
    }
    if (world->problem == NULL) {
        follow_ring(world, &task->reply);
    }
}

static void follow_block(struct audit_world *world, const struct frame *frame) {
    switch (frame_use(frame)) {
    case FRAME_PAGE:
        add(world, &frame->object);
        break;
    case FRAME_OBJECT:
    case FRAME_SLOTS:
        add(world, frame->content);
        break;
    case FRAME_SLAB:
        for (uint32_t used = slab_used(frame); used != 0; used &= used - 1) {
            const struct object *object = slab_object(frame, (unsigned)__builtin_ctz(used));
            if (object->type != HELIOS_TYPE_NULL) {
                add(world, object);
            }
        }
        break;
    default:
        break;
    }
}

// A child's frames are passed by. A child that is half made has no type yet.
static void follow_child(struct audit_world *world, const struct memory *memory, uint64_t *at) {
    const struct frame *frame = memory->frames + *at;
    const struct memory *owner = frame->object.owner;
    const bool is_half_made = owner->object.type == HELIOS_TYPE_NULL &&
                              owner->object.owner == memory && !list_is_empty(&memory->allocations);
    if (!is_half_made) {
        add(world, &owner->object);
    }
    while (owner != NULL && owner->object.owner != memory) {
        owner = owner->object.owner;
    }
    if (owner == NULL || owner->frames != frame || owner->frame_count == 0) {
        fail(world, audit_say("Memory %p: frame %lu belongs to a stranger", memory, *at));
        return;
    }
    if (!is_half_made) {
        add(world, &owner->object);
    }
    *at += owner->frame_count;
}

static void follow_memory(struct audit_world *world, const struct memory *memory) {
    for (uint64_t at = 0; at < memory->frame_count && world->problem == NULL;) {
        const struct frame *frame = memory->frames + at;
        const struct memory *owner = frame->object.owner;
        if (owner == NULL) {
            fail(world, audit_say("Memory %p: frame %lu is nobody's", memory, at));
        } else if (owner != memory) {
            follow_child(world, memory, &at);
        } else {
            follow_block(world, frame);
            at += 1ull << (frame->object.order & 31);
        }
    }
}

static void follow_cspace(struct audit_world *world, const struct cspace *cspace) {
    for (uint64_t i = 0; i < cspace->slot_count; i++) {
        const struct slot *slot = &cspace->slots[i];
        if (slot->type != HELIOS_TYPE_NULL) {
            add(world, slot->object);
            world->holders++;
        }
    }
}

static void follow_table(struct audit_world *world, const struct table *table) {
    const struct table_block *block = audit_block_of(table);
    unsigned left = table->used;
    world->holders += left;
    for (unsigned i = 0; i < TABLE_ENTRIES && left > 0; i++) {
        if (table_entry_used(block, i)) {
            add(world, table_entry_object(block, i));
            left--;
        }
    }
}

static void follow_parts(struct audit_world *world, const struct object *object) {
    switch (object->type) {
    case HELIOS_TYPE_MEMORY:
        follow_memory(world, (const struct memory *)object);
        break;
    case HELIOS_TYPE_CSPACE:
        follow_cspace(world, (const struct cspace *)object);
        break;
    case HELIOS_TYPE_VSPACE:
    case HELIOS_TYPE_TABLE_0:
    case HELIOS_TYPE_TABLE_1:
    case HELIOS_TYPE_TABLE_2:
        follow_table(world, (const struct table *)object);
        break;
    case HELIOS_TYPE_TASK:
        follow_task(world, audit_task_of(object));
        break;
    case HELIOS_TYPE_ENDPOINT:
        add_waiters(world, &((const struct endpoint *)object)->waiters);
        break;
    case HELIOS_TYPE_NOTIFICATION:
        add_waiters(world, &((const struct notification *)object)->waiters);
        add_task(world, ((const struct notification *)object)->bound);
        break;
    case HELIOS_TYPE_IRQ_HANDLER:
        hold(world, &((const struct irq_handler *)object)->notification);
        break;
    case HELIOS_TYPE_DEVICE_MEMORY:
        if (((const struct device_memory *)object)->parent != NULL) {
            add(world, &((const struct device_memory *)object)->parent->object);
        }
        break;
    default:
        break;
    }
}

static void follow(struct audit_world *world, const struct object *object) {
    follow_ring(world, object);
    if (world->problem != NULL) {
        return;
    }
    if (object->owner != NULL) {
        add(world, &object->owner->object);
    }
    follow_parts(world, object);
}

static void add_cpu(struct audit_world *world, const struct percpu *cpu) {
    add_task(world, cpu->current);
    add_task(world, cpu->loaded);
    add_task(world, cpu->fpu_owner);
    const struct object *object = cpu->dying;
    for (uint32_t i = 0; i < cpu->dying_count && object != NULL; i++) {
        if (!add_once(world, object, AUDIT_DYING)) {
            return;
        }
        object = object->reap_next;
    }
    for (unsigned i = 0; i < HELIOS_PRIORITIES; i++) {
        const struct task *task = cpu->ready[i].first;
        while (task != NULL && add_once(world, &task->object, AUDIT_QUEUED)) {
            task = task->queue.next;
        }
    }
}

void audit_discover(struct audit_world *world, const struct object *root) {
    audit_map_clear(&world->objects);
    world->members = 0;
    world->holders = 0;
    world->problem = NULL;
    add(world, root);
    for (uint32_t i = 0; i < world->cpu_count; i++) {
        add_cpu(world, world->cpus[i]);
    }
    for (uint32_t i = 0; i < world->objects.count && world->problem == NULL; i++) {
        follow(world, world->objects.items[i].pointer);
    }
}
