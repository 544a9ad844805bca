// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/allocate.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "kernel/buddy.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/irq.h"
#include "kernel/list.h"
#include "kernel/memory.h"
#include "kernel/object_types.h"
#include "kernel/reaper.h"
#include "kernel/slab.h"

static_assert(sizeof(struct allocation) <= sizeof(((struct operation *)0)->words),
              "operation words");

// log2 of the slots in a frame.
enum { SLOTS_SHIFT = 6 };
static_assert(sizeof(struct slot) << SLOTS_SHIFT == KERNEL_PAGE_SIZE, "slots in a frame");

// Preparing goes by units: a frame to zero, or a frame of slots to make free. How many of them, and
// how many objects, are dealt with in one go, with interrupts off; and how many objects are given
// back.
enum { STEP_UNITS = 2, STEP_OBJECTS = 4, STEP_GIVEN = 8 };

// What becomes of a type. -----------------------------------------------------------------------

static bool has_block(unsigned type) {
    return object_types[type].slab == 0 || type == HELIOS_TYPE_CSPACE || type == HELIOS_TYPE_MEMORY;
}

static unsigned block_order(unsigned type, unsigned size) {
    switch (type) {
    case HELIOS_TYPE_PAGE:
        return size * 9;
    case HELIOS_TYPE_CSPACE:
        return size > SLOTS_SHIFT ? size - SLOTS_SHIFT : 0;
    case HELIOS_TYPE_MEMORY:
        return size > ARCH_PAGE_SHIFT ? size - ARCH_PAGE_SHIFT : 0;
    default:
        return object_types[type].order;
    }
}

static uint32_t unit_count(unsigned type, unsigned size) {
    const struct object_type *row = &object_types[type];
    uint32_t units = row->units;
    return row->size_most == 0 ? units : units << block_order(type, size);
}

// The objects of a type that the slabs hold are counted as what they are, not as a slab.
static uint64_t bytes_wanted(const struct allocation *a) {
    uint64_t bytes = has_block(a->type) ? KERNEL_PAGE_SIZE << block_order(a->type, a->size) : 0;
    unsigned slab = object_types[a->type].slab;
    bytes += slab != 0 ? 1ull << slab_shift((enum slab_class)(slab - 1)) : 0;
    return a->count * bytes;
}

// Taking and giving back. -----------------------------------------------------------------------
//
// The list `made` holds, for what is a block, its descriptor (the block itself is not clean yet);
// for what is small, the object, complete but for its own block's contents, and without its type,
// so that nobody takes it for one.

static bool is_block(unsigned type) {
    return object_types[type].slab == 0;
}

static struct object *take_block(const struct allocation *a) {
    struct frame *frame = memory_take_block(a->memory, block_order(a->type, a->size));
    return frame != NULL ? &frame->object : NULL;
}

static void join(const struct allocation *a, struct object *object, struct frame *frame) {
    uint64_t physical = frame_physical(frame);
    if (a->type == HELIOS_TYPE_CSPACE) {
        cspace_init(cspace_of(object), a->memory, arch_direct(physical), 1ull << a->size);
    } else {
        memory_init(memory_of(object), a->memory, frame, physical, 1ull << frame->object.order);
    }
    object->type = HELIOS_TYPE_NULL;
}

static struct object *take_one(const struct allocation *a) {
    const struct object_type *row = &object_types[a->type];
    if (row->slab == 0) {
        return take_block(a);
    }
    struct object *object = memory_take_small(a->memory, (enum slab_class)(row->slab - 1));
    if (object == NULL) {
        return NULL;
    }
    if (row->init != NULL) {
        row->init(object, a->memory, NULL);
        object->type = HELIOS_TYPE_NULL;
        return object;
    }
    struct object *block = take_block(a);
    if (block == NULL) {
        memory_give_small(a->memory, object);
        return NULL;
    }
    join(a, object, frame_of(block));
    return object;
}

// Gives back what is taken, at most `budget` of it. The Memory's lock is held. True: that was all.
static bool give_locked(struct allocation *a, unsigned budget) {
    for (; a->made != NULL; budget--) {
        if (budget == 0) {
            return false;
        }
        struct object *object = a->made;
        a->made = object->reap_next;
        if (is_block(a->type)) {
            buddy_give(a->memory, frame_of(object));
            continue;
        }
        object->type = a->type;
        struct frame *frame = memory_block_beside(a->memory, object);
        if (frame != NULL) {
            buddy_give(a->memory, frame);
        }
        slab_give(a->memory, object);
    }
    a->taken = 0;
    a->progress = 0;
    return true;
}

static bool give(struct allocation *a, unsigned budget) {
    lock_acquire(&a->memory->lock);
    bool is_all = give_locked(a, budget);
    lock_release(&a->memory->lock);
    return is_all;
}

// At most `budget` more. false: there is no memory.
static bool take(struct allocation *a, unsigned budget) {
    for (; budget > 0 && a->taken < a->count; budget--) {
        struct object *object = take_one(a);
        if (object == NULL) {
            return false;
        }
        object->reap_next = a->made;
        a->made = object;
        a->next = object;
        a->taken++;
    }
    return true;
}

// Preparing. --------------------------------------------------------------------------------

static void prepare_unit(const struct allocation *a, struct object *object, uint32_t unit) {
    if (a->type == HELIOS_TYPE_CSPACE) {
        uint64_t count = 1ull << (a->size < SLOTS_SHIFT ? a->size : SLOTS_SHIFT);
        cspace_init_slots(cspace_of(object), (uint64_t)unit << SLOTS_SHIFT, count);
        return;
    }
    struct frame *frame = frame_of(object);
    // Of a page table only the hardware's part and the header: the nodes between need not be clean.
    bool is_header = a->type != HELIOS_TYPE_PAGE && unit == 1;
    uint64_t at = is_header ? (1ull << frame->object.order) - 1 : unit;
    memory_zero_page(arch_direct(frame_physical(frame) + at * KERNEL_PAGE_SIZE));
}

// At most `budget` units. True: all is prepared.
static bool prepare(struct allocation *a, uint32_t budget) {
    for (; a->units > 0 && a->next != NULL; budget--) {
        if (budget == 0) {
            return false;
        }
        prepare_unit(a, a->next, a->progress);
        a->progress++;
        if (a->progress == a->units) {
            a->next = a->next->reap_next;
            a->progress = 0;
        }
    }
    return true;
}

// Making objects. ---------------------------------------------------------------------------

static struct object *make_block_object(const struct allocation *a, struct frame *frame) {
    const struct object_type *row = &object_types[a->type];
    struct object *object =
        (struct object *)((uint8_t *)arch_direct(frame_physical(frame)) + row->object_offset);
    object_init(object, (enum helios_type)a->type, a->memory);
    object->order = frame->object.order;
    memory_use_block(frame, FRAME_OBJECT, object);
    row->init(object, a->memory, frame);
    return object;
}

// Turns what is prepared into its object.
static struct object *make_object(const struct allocation *a, struct object *prepared) {
    if (a->type == HELIOS_TYPE_PAGE) {
        return memory_page_init(frame_of(prepared));
    }
    if (is_block(a->type)) {
        return make_block_object(a, frame_of(prepared));
    }
    prepared->type = a->type;
    if (a->type == HELIOS_TYPE_CSPACE) {
        memory_use_block(memory_block_beside(a->memory, prepared), FRAME_SLOTS, prepared);
    }
    return prepared;
}

// Everything is prepared, and there are slots.
static struct task *finish(struct task *task, struct allocation *a, struct slot *const *slots) {
    struct object *object = a->made;
    for (unsigned i = 0; i < a->count; i++) {
        struct object *next = object->reap_next;
        object->reap_next = NULL;
        if (i >= IRQ_WINDOW_PARTS && i % IRQ_WINDOW_PARTS == 0) {
            irq_window();
        }
        cap_make(slots[i], make_object(a, object), HELIOS_RIGHT_ALL, 0);
        object = next;
    }
    cspace_report_slots(task, a->count, slots);
    return answer_caps(task, a->count, 0, 0, 0);
}

struct object *memory_make(struct memory *memory, enum helios_type type, uint64_t size) {
    struct allocation a = {
        .memory = memory,
        .type = (uint8_t)type,
        .size = (uint8_t)size,
        .count = 1,
        .units = unit_count(type, (unsigned)size),
    };
    if (!take(&a, 1)) {
        return NULL;
    }
    prepare(&a, UINT32_MAX);
    return make_object(&a, a.made);
}

// The long operation. -----------------------------------------------------------------------

static struct allocation *allocation_of(struct task *task) {
    return (struct allocation *)task->operation.words;
}

// Of what is listed. The Memory's lock is held.
static bool take_back(struct allocation *a) {
    a->gives_back = true;
    if (!give_locked(a, STEP_GIVEN)) {
        return false;
    }
    list_remove(&a->link);
    __atomic_store_n(&a->memory, NULL, __ATOMIC_RELEASE); // its task may use the words again
    return true;
}

void allocate_take_back(struct memory *memory) {
    struct allocation *a = (struct allocation *)list_first(&memory->allocations);
    if (!a->in_step) {
        take_back(a);
    }
}

// Locks the Memory of what is listed; NULL: it is listed no more.
static struct memory *lock_memory(const struct allocation *a) {
    struct memory *memory = __atomic_load_n(&a->memory, __ATOMIC_ACQUIRE);
    if (memory != NULL) {
        lock_acquire(&memory->lock);
        if (a->memory == memory) {
            return memory;
        }
        lock_release(&memory->lock);
    }
    return NULL;
}

// A step begins or ends. False: there is nothing left to work on.
static bool set_in_step(struct allocation *a, bool in_step) {
    struct memory *memory = lock_memory(a);
    if (memory != NULL) {
        a->in_step = in_step;
        lock_release(&memory->lock);
    }
    return memory != NULL;
}

// Also of a step that is under way.
static void allocate_abort(struct task *task) {
    struct allocation *a = allocation_of(task);
    for (bool is_over = false; !is_over;) {
        irq_window();
        struct memory *memory = lock_memory(a);
        is_over = memory == NULL || take_back(a);
        if (memory != NULL) {
            lock_release(&memory->lock);
        }
    }
}

// Whether there may be memory later. A Memory that is reset is purging a moment before it is on a
// stack.
static bool may_come(const struct allocation *a) {
    lock_acquire(&a->memory->lock);
    bool is_purging = a->memory->purging;
    lock_release(&a->memory->lock);
    return is_purging || reaper_has_work();
}

// There is no memory, and nothing is taken any more.
static enum operation_result lack_memory_in_step(struct task *task, struct allocation *a) {
    uint64_t free = memory_free_bytes(a->memory);
    uint64_t wanted = bytes_wanted(a);
    allocate_abort(task);
    answer_error(task, HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAPABILITY, free, wanted);
    return OPERATION_DONE;
}

// From here on nobody else takes it back: this CPU is making objects of it. False: too late.
static bool begin_making(struct allocation *a) {
    struct memory *memory = a->memory;
    lock_acquire(&memory->lock);
    bool is_purging = memory->purging;
    if (!is_purging) {
        memory_set_making(memory);
        list_remove(&a->link);
    }
    lock_release(&memory->lock);
    return !is_purging;
}

static void release_slots(unsigned count, struct slot *const *slots) {
    for (unsigned i = 0; i < count; i++) {
        cspace_release_slot(slots[i]);
    }
}

// The part of a step that has the allocation to itself.
static enum operation_result work(struct task *task, struct allocation *a) {
    if (a->gives_back && !give(a, STEP_GIVEN)) {
        return OPERATION_MORE;
    }
    if (a->gives_back) {
        a->gives_back = false;
        return may_come(a) ? OPERATION_REAP : lack_memory_in_step(task, a);
    }
    if (a->taken < a->count) {
        a->gives_back = !take(a, STEP_OBJECTS);
        return OPERATION_MORE;
    }
    if (!prepare(a, STEP_UNITS)) {
        return OPERATION_MORE;
    }
    struct slot *slots[HELIOS_MAX_CAPS];
    struct refusal problem;
    if (!cspace_take_receive_slots(task, a->count, slots, &problem)) {
        allocate_abort(task);
        answer_refusal(task, &problem);
        return OPERATION_DONE;
    }
    if (!begin_making(a)) {
        release_slots(a->count, slots);
        a->gives_back = true;
        return OPERATION_MORE;
    }
    finish(task, a, slots);
    memory_set_making(NULL);
    return OPERATION_DONE;
}

static enum operation_result allocate_step(struct task *task) {
    struct allocation *a = allocation_of(task);
    if (!set_in_step(a, true)) {
        answer_error(task, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    enum operation_result result = work(task, a);
    if (result != OPERATION_DONE) {
        set_in_step(a, false); // the Memory may be what is dying
    }
    return result;
}

// False: the Memory is purging.
static bool list(struct allocation *a) {
    struct memory *memory = a->memory;
    lock_acquire(&memory->lock);
    bool is_purging = memory->purging;
    if (!is_purging) {
        list_add_first(&memory->allocations, &a->link);
    }
    lock_release(&memory->lock);
    return !is_purging;
}

// The invocation. -----------------------------------------------------------------------------

static bool refuse_parameter(struct task *current, enum helios_error error, unsigned index,
                             uint64_t found, uint64_t wanted) {
    answer_error(current, error, HELIOS_ARGUMENT_PARAM + index, found, wanted);
    return false;
}

static bool decode(struct task *current, const struct syscall *call, struct allocation *a) {
    uint64_t type = call->params[0];
    uint64_t size = call->params[1];
    uint64_t count = call->params[2];
    if (type >= HELIOS_TYPE_COUNT || !object_types[type].allocatable) {
        return refuse_parameter(current, HELIOS_ERROR_TYPE, 0, type, 0);
    }
    // The largest level is the root's, and that is a VSpace.
    if (type == HELIOS_TYPE_TABLE_2 && arch_mmu_levels() < 4) {
        return refuse_parameter(current, HELIOS_ERROR_UNSUPPORTED, 0, type, 0);
    }
    const struct object_type *row = &object_types[type];
    if (size < row->size_least || size > row->size_most) {
        return refuse_parameter(current, HELIOS_ERROR_RANGE, 1, size,
                                size < row->size_least ? row->size_least : row->size_most);
    }
    if (count == 0 || count > HELIOS_MAX_CAPS) {
        return refuse_parameter(current, HELIOS_ERROR_RANGE, 2, count,
                                count == 0 ? 1 : HELIOS_MAX_CAPS);
    }
    a->type = (uint8_t)type;
    a->size = (uint8_t)size;
    a->count = (uint8_t)count;
    a->units = unit_count((unsigned)type, (unsigned)size);
    return true;
}

// Nothing is taken, and nothing can be had right now.
static struct task *lack_memory(struct task *current, const struct slot_view *slot,
                                const struct syscall *call, const struct allocation *a) {
    if (may_come(a)) {
        return operation_retry(current, slot, call);
    }
    return answer_error(current, HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAPABILITY,
                        memory_free_bytes(a->memory), bytes_wanted(a));
}

static struct task *start_long(struct task *current, const struct slot_view *slot,
                               const struct syscall *call, const struct allocation *wanted) {
    struct allocation *a = allocation_of(current);
    *a = *wanted;
    if (!list(a)) {
        return lack_memory(current, slot, call, wanted); // not before it is over
    }
    current->operation.step = allocate_step;
    current->operation.abort = allocate_abort;
    return operation_start(current);
}

static struct task *allocate(struct task *current, const struct slot_view *slot,
                             const struct syscall *call, struct allocation *a) {
    struct slot *slots[HELIOS_MAX_CAPS];
    struct refusal problem;
    if (!cspace_take_receive_slots(current, a->count, slots, &problem)) {
        return answer_refusal(current, &problem);
    }
    a->made = NULL;
    a->next = NULL;
    a->progress = 0;
    a->taken = 0;
    a->gives_back = false;
    a->in_step = false;
    if (a->count > STEP_OBJECTS || (uint64_t)a->count * a->units > STEP_UNITS) {
        // Nothing is kept of a CSpace that may be gone at the next step.
        release_slots(a->count, slots);
        irq_window();
        return start_long(current, slot, call, a);
    }
    memory_set_making(a->memory);
    if (!take(a, STEP_OBJECTS)) {
        give(a, STEP_OBJECTS);
        release_slots(a->count, slots);
        memory_set_making(NULL);
        return lack_memory(current, slot, call, a);
    }
    prepare(a, STEP_UNITS);
    finish(current, a, slots);
    memory_set_making(NULL);
    return current;
}

struct task *allocate_invoke(struct task *current, const struct slot_view *slot,
                             const struct syscall *call) {
    struct allocation a;
    if (!syscall_check(current, slot, call, 0, 3, HELIOS_RIGHT_WRITE) ||
        !decode(current, call, &a)) {
        return current;
    }
    a.memory = memory_of(slot->object);
    return allocate(current, slot, call, &a);
}
