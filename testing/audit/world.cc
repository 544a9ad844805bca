// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/world.h"

#include <cstddef>

#include "kernel/asid.h"
#include "kernel/device_memory.h"
#include "kernel/list.h"
#include "kernel/reaper.h"
#include "kernel/slab.h"
#include "kernel/smp.h"
#include "testing/audit/audit.h"
#include "testing/audit/say.h"

// Pointers. --------------------------------------------------------------------------------------

static size_t Hash(const void *pointer) {
    return (reinterpret_cast<uintptr_t>(pointer) >> 3) * 0x9e3779b97f4a7c15ull >> 20;
}

const Pointers::Entry *Pointers::Find(const void *pointer) const {
    size_t mask = entries_.size() - 1;
    for (size_t i = Hash(pointer) & mask; entries_[i].epoch == epoch_; i = (i + 1) & mask) {
        if (entries_[i].pointer == pointer) {
            return &entries_[i];
        }
    }
    return nullptr;
}

void Pointers::Insert(const void *pointer, const object *value) {
    size_t mask = entries_.size() - 1;
    size_t i = Hash(pointer) & mask;
    while (entries_[i].epoch == epoch_) {
        i = (i + 1) & mask;
    }
    entries_[i] = {pointer, value, epoch_};
    count_++;
}

bool Pointers::Add(const void *pointer, const object *value) {
    if (Find(pointer) != nullptr) {
        return false;
    }
    if (count_ * 2 >= entries_.size()) {
        std::vector<Entry> old(entries_.size() * 2);
        old.swap(entries_);
        count_ = 0;
        for (const Entry &entry : old) {
            if (entry.epoch == epoch_) {
                Insert(entry.pointer, entry.value);
            }
        }
    }
    Insert(pointer, value);
    return true;
}

const object *Pointers::Get(const void *pointer) const {
    const Entry *entry = Find(pointer);
    return entry != nullptr ? entry->value : nullptr;
}

void Pointers::Clear() {
    epoch_++;
    count_ = 0;
}

// Who holds what. --------------------------------------------------------------------------------

const object *HolderOf(const reference *reference) {
    auto at = reinterpret_cast<uintptr_t>(reference);
    auto in_task = [at](size_t offset) {
        return &reinterpret_cast<const task *>(at - offset)->object;
    };
    switch (reference->kind) {
    case REFERENCE_TASK_CSPACE:
        return in_task(offsetof(task, cspace_reference));
    case REFERENCE_TASK_VSPACE:
        return in_task(offsetof(task, vspace_reference));
    case REFERENCE_TASK_BUFFER:
        return in_task(offsetof(task, buffer_reference));
    case REFERENCE_TASK_FAULT:
        return in_task(offsetof(task, fault_reference));
    case REFERENCE_TASK_NOTIFICATION:
        return in_task(offsetof(task, notification_reference));
    case REFERENCE_REVOCATION:
        return in_task(offsetof(task, operation.words));
    case REFERENCE_IRQ_NOTIFICATION:
        return &reinterpret_cast<const irq_handler *>(at - offsetof(irq_handler, notification))
                    ->object;
    default:
        return nullptr;
    }
}

// Discovery. -------------------------------------------------------------------------------------

void World::Add(const object *object) {
    if (object == nullptr) {
        return;
    }
    if (object->type == HELIOS_TYPE_REPLY) {
        Add(TaskOfReply(object));
    } else if (object->type == HELIOS_TYPE_NULL || object->type >= HELIOS_TYPE_COUNT) {
        Fail(Say("%p is no object: its type is %u", object, object->type));
    } else if (known.Add(object)) {
        objects.push_back(object);
    }
}

void World::AddWaiters(const task_queue &queue) {
    unsigned count = 0;
    for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
        Add(task);
        if (task == queue.last || ++count > 100000) {
            break;
        }
    }
}

void World::FollowMembers(const object *object) {
    for (ring_link link = object->ring.next; ring_node(link) != &object->ring;
         link = ring_node(link)->next) {
        members.Add(ring_node(link), object);
        switch (ring_kind(link)) {
        case RING_CAP:
            Add(&slot_of_node(ring_node(link))->home->object);
            break;
        case RING_MAPPING:
        case RING_MAPPING_FIRST:
            Add(&table_of_node(ring_node(link))->object);
            break;
        default:
            Add(HolderOf(reinterpret_cast<const reference *>(ring_node(link))));
        }
    }
}

void World::FollowTask(const task *task) {
    for (const reference *reference :
         {&task->cspace_reference, &task->vspace_reference, &task->buffer_reference,
          &task->fault_reference, &task->notification_reference}) {
        Add(reference->object);
    }
    Add(task->caller);
    Add(task->callee);
    Add(task->blocked_on);
    for (unsigned i = 0; i < task->poll_count; i++) {
        Add(task->polls[i].object);
    }
    std::string ring = audit_ring(&task->reply);
    if (!ring.empty()) {
        Fail(ring);
    } else {
        FollowMembers(&task->reply);
    }
}

void World::FollowFrames(const memory *memory) {
    for (uint64_t at = 0; at < memory->frame_count;) {
        const frame *frame = memory->frames + at;
        const struct memory *owner = frame->object.owner;
        if (owner == nullptr) {
            Fail(Say("Memory %p: frame %lu is nobody's", memory, at));
            return;
        }
        // A child that is half made has no type yet.
        bool is_half_made = owner->object.type == HELIOS_TYPE_NULL &&
                            owner->object.owner == memory && !list_is_empty(&memory->allocations);
        if (!is_half_made) {
            Add(&owner->object);
        }
        if (owner != memory) {
            while (owner != nullptr && owner->object.owner != memory) {
                owner = owner->object.owner;
            }
            if (owner == nullptr || owner->frames != frame) {
                Fail(Say("Memory %p: frame %lu belongs to a stranger", memory, at));
                return;
            }
            if (!is_half_made) {
                Add(&owner->object);
            }
            at += owner->frame_count;
            continue;
        }
        if (frame_use(frame) == FRAME_PAGE) {
            Add(&frame->object);
        } else if (frame_use(frame) == FRAME_OBJECT || frame_use(frame) == FRAME_SLOTS) {
            Add(static_cast<const object *>(frame->content));
        } else if (frame_use(frame) == FRAME_SLAB) {
            for (uint32_t used = slab_used(frame); used != 0; used &= used - 1) {
                auto *object = static_cast<const struct object *>(
                    slab_object(frame, static_cast<unsigned>(__builtin_ctz(used))));
                if (object->type != HELIOS_TYPE_NULL) {
                    Add(object);
                }
            }
        }
        at += 1ull << frame->object.order;
    }
}

void World::Follow(const object *object) {
    std::string ring = audit_ring(object);
    if (!ring.empty()) {
        Fail(ring);
        return;
    }
    FollowMembers(object);
    if (object->owner != nullptr) {
        Add(&object->owner->object);
    }
    switch (object->type) {
    case HELIOS_TYPE_MEMORY:
        FollowFrames(As<memory>(object));
        break;
    case HELIOS_TYPE_CSPACE:
        for (uint64_t i = 0; i < As<cspace>(object)->slot_count; i++) {
            const slot *slot = &As<cspace>(object)->slots[i];
            if (slot->type != HELIOS_TYPE_NULL) {
                Add(slot->object);
            }
        }
        break;
    case HELIOS_TYPE_VSPACE:
    case HELIOS_TYPE_TABLE_0:
    case HELIOS_TYPE_TABLE_1:
    case HELIOS_TYPE_TABLE_2: {
        const struct table_block *block = table_block(const_cast<table *>(As<table>(object)));
        unsigned left = As<table>(object)->used;
        for (unsigned i = 0; i < TABLE_ENTRIES && left > 0; i++) {
            if (table_entry_used(block, i)) {
                Add(table_entry_object(block, i));
                left--;
            }
        }
        break;
    }
    case HELIOS_TYPE_TASK:
        FollowTask(TaskOf(object));
        break;
    case HELIOS_TYPE_ENDPOINT:
        AddWaiters(As<endpoint>(object)->waiters);
        break;
    case HELIOS_TYPE_NOTIFICATION:
        AddWaiters(As<notification>(object)->waiters);
        Add(As<notification>(object)->bound);
        break;
    case HELIOS_TYPE_IRQ_HANDLER:
        Add(As<irq_handler>(object)->notification.object);
        break;
    case HELIOS_TYPE_DEVICE_MEMORY:
        if (As<device_memory>(object)->parent != nullptr) {
            Add(&As<device_memory>(object)->parent->object);
        }
        break;
    default:
        break;
    }
}

void World::AddCpu(const percpu *cpu) {
    Add(cpu->current);
    Add(cpu->loaded);
    Add(cpu->fpu_owner);
    const object *object = cpu->dying;
    for (uint32_t i = 0; i < cpu->dying_count && object != nullptr; i++) {
        if (!dying.Add(object)) {
            Fail(Say("object %p stands twice on the reapers' stacks", object));
            return;
        }
        Add(object);
        object = object->reap_next;
    }
    for (const auto &queue : cpu->ready) {
        for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
            if (!queued.Add(task)) {
                Fail(Say("task %p stands twice in the run queues", task));
                return;
            }
            Add(task);
        }
    }
}

void World::Discover(const object *root) {
    objects.clear();
    problem.clear();
    for (Pointers *pointers : {&known, &members, &dying, &queued}) {
        pointers->Clear();
    }
    Add(root);
    for (const percpu *cpu : cpus) {
        AddCpu(cpu);
    }
    for (size_t i = 0; i < objects.size() && problem.empty(); i++) {
        Follow(objects[i]);
    }
}

// Everything. ------------------------------------------------------------------------------------

// Taken apart, but its memory may still be seen by another CPU.
static bool IsInLimbo(const World &world, const object *object) {
    return object->state == OBJECT_DYING && object->reap_next != nullptr &&
           !world.dying.Has(object);
}

static std::string AuditLimbo(const World &world) {
    uint32_t count = 0;
    for (const object *object : world.objects) {
        count += IsInLimbo(world, object);
    }
    return count == reaper_limbo ? ""
                                 : Say("%u objects are in limbo, %u say so", reaper_limbo, count);
}

static std::string AuditObject(World &world, const object *object) {
    if (object->lock.holder != 0) {
        return Say("object %p (type %u) is locked", object, object->type);
    }
    bool is_queued = object->reap_next != nullptr;
    if (is_queued != world.dying.Has(object) && !IsInLimbo(world, object)) {
        return Say("object %p (type %u): %s the reaper's stack and does not know it", object,
                   object->type, is_queued ? "not on" : "on");
    }
    bool is_parked = object->type == HELIOS_TYPE_MEMORY && As<memory>(object)->parked;
    if (object->state == OBJECT_DYING && !is_queued && !is_parked) {
        return Say("object %p (type %u) is dying and nobody takes it apart", object, object->type);
    }
    if (object->state == OBJECT_LIVE && object->owner != nullptr && !object_is_referenced(object)) {
        return Say("object %p (type %u) lives and nobody refers to it", object, object->type);
    }
    switch (object->type) {
    case HELIOS_TYPE_MEMORY:
        return audit_memory(world, As<memory>(object));
    case HELIOS_TYPE_CSPACE:
        return audit_cspace(As<cspace>(object));
    case HELIOS_TYPE_VSPACE:
    case HELIOS_TYPE_TABLE_0:
    case HELIOS_TYPE_TABLE_1:
    case HELIOS_TYPE_TABLE_2:
        return audit_table(world, As<table>(object));
    case HELIOS_TYPE_TASK:
        return audit_task(world, TaskOf(object));
    case HELIOS_TYPE_ENDPOINT:
        return audit_endpoint(As<endpoint>(object));
    case HELIOS_TYPE_NOTIFICATION:
        return audit_notification(As<notification>(object));
    case HELIOS_TYPE_ASID_POOL:
        return audit_asid_pool(As<asid_pool>(object));
    default:
        return "";
    }
}

// Each slot that holds something is a member of its object's ring, each member is such a slot, a
// reference that its holder knows, or the node of an entry in use.
static std::string AuditMembership(const World &world) {
    size_t counted = 0;
    for (const object *object : world.objects) {
        if (object->type == HELIOS_TYPE_CSPACE) {
            const auto *space = As<cspace>(object);
            for (uint64_t i = 0; i < space->slot_count; i++) {
                const slot *slot = &space->slots[i];
                bool is_filled = slot->type != HELIOS_TYPE_NULL;
                if (is_filled && world.members.Get(&slot->node) != slot->object) {
                    return Say("CSpace %p slot %lu is not in its object's ring", space, i);
                }
                counted += is_filled;
            }
        } else if (object->type == HELIOS_TYPE_TASK) {
            const task *task = TaskOf(object);
            for (const reference *reference :
                 {&task->cspace_reference, &task->vspace_reference, &task->buffer_reference,
                  &task->fault_reference, &task->notification_reference}) {
                if (reference->object != nullptr &&
                    world.members.Get(reference) != reference->object) {
                    return Say("task %p: a reference is not in its object's ring", task);
                }
                counted += reference->object != nullptr;
            }
            // A revocation's marker, if that is what its long operation is.
            counted += task->operation.step != nullptr && world.members.Has(task->operation.words);
        } else if (object->type == HELIOS_TYPE_IRQ_HANDLER) {
            const reference *reference = &As<irq_handler>(object)->notification;
            if (reference->object != nullptr && world.members.Get(reference) != reference->object) {
                return Say("IRQ handler %p: its reference is not in its object's ring", object);
            }
            counted += reference->object != nullptr;
        } else if (object->type >= HELIOS_TYPE_VSPACE && object->type <= HELIOS_TYPE_TABLE_2) {
            counted += As<table>(object)->used;
        }
    }
    if (counted != world.members.Size()) {
        return Say("rings have %zu members, %zu are known", world.members.Size(), counted);
    }
    return "";
}

static std::string AuditWorld(World &world, const object *root) {
    world.Discover(root);
    if (!world.problem.empty()) {
        return world.problem;
    }
    for (const object *object : world.objects) {
        std::string problem = AuditObject(world, object);
        if (!problem.empty()) {
            return problem;
        }
    }
    std::string problem = AuditMembership(world);
    if (problem.empty()) {
        problem = AuditLimbo(world);
    }
    return problem.empty() ? audit_running(world) : problem;
}

static World world; // kept for its memory

std::string audit_machine(percpu *cpu, const object *root) {
    world.cpus = {cpu};
    return AuditWorld(world, root);
}

// What one CPU asks of another has been done.
static std::string AuditRequests(const percpu *cpu) {
    if (cpu->mail != nullptr || cpu->beggars != 0) {
        return Say("CPU %u has mail %p and beggars 0x%lx", cpu->index, cpu->mail, cpu->beggars);
    }
    if (cpu->flush_from != 0 || cpu->flush_waiting != 0) {
        return Say("CPU %u: flushes from 0x%lx, waits for 0x%lx", cpu->index, cpu->flush_from,
                   cpu->flush_waiting);
    }
    return cpu->holds_kernel != 0 ? Say("CPU %u has the kernel lock", cpu->index) : "";
}

std::string audit_cpus(const object *root) {
    world.cpus.clear();
    for (uint32_t i = 0; i < percpu_count(); i++) {
        if ((smp_online() >> i & 1) != 0) {
            world.cpus.push_back(percpu_get(i));
            std::string problem = AuditRequests(percpu_get(i));
            if (!problem.empty()) {
                return problem;
            }
        }
    }
    std::string problem = AuditWorld(world, root);
    for (const object *object : world.objects) {
        if (problem.empty() && object->type == HELIOS_TYPE_TASK && TaskOf(object)->pending != 0) {
            problem = Say("task %p: 0x%x is asked of CPU %u, which does nothing", TaskOf(object),
                          TaskOf(object)->pending, TaskOf(object)->cpu);
        }
    }
    return problem;
}
