// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/device_memory.h"

#include <stddef.h>

#include "arch/include/device.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/list.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/reaper.h"
#include "kernel/slab.h"

static_assert(sizeof(struct device_memory) <= 128, "SLAB_128");
static_assert(sizeof(struct device_page) <= 128, "SLAB_128");

enum { DEVICE_SLAB = SLAB_128 };

// What a page that has outlived its DeviceMemory (both are dying) says that it is a piece of.
static struct device_memory nowhere;

static struct device_memory *device_of(struct object *object) {
    return (struct device_memory *)object;
}

void device_memory_init(struct device_memory *device, uint64_t base, uint64_t length) {
    object_init(&device->object, HELIOS_TYPE_DEVICE_MEMORY, device->object.owner);
    device->base = base;
    device->length = length;
    list_init(&device->children);
    list_init(&device->pages);
}

// Making. -------------------------------------------------------------------------------------

// Whether [physical, physical + length) lies in the device's range and is aligned; otherwise
// `current` has its refusal, of parameter 0.
static bool check_range(struct task *current, const struct device_memory *device, uint64_t physical,
                        uint64_t length, uint64_t alignment) {
    bool is_aligned = physical % alignment == 0;
    bool is_inside = physical >= device->base && length <= device->length &&
                     physical - device->base <= device->length - length;
    if (!is_aligned || !is_inside) {
        answer_error(current, is_aligned ? HELIOS_ERROR_RANGE : HELIOS_ERROR_ALIGNMENT,
                     HELIOS_ARGUMENT_PARAM, physical, is_aligned ? device->base : alignment);
    }
    return is_aligned && is_inside;
}

// What is to be made: a page of this order, or (negative) a smaller DeviceMemory.
struct piece {
    uint64_t physical;
    uint64_t length;
    int order;
};

// Which device's list the page is in changes while that one is locked.
static void set_content(struct device_page *page, struct device_memory *device) {
    __atomic_store_n(&page->frame.content, device, __ATOMIC_RELAXED);
}

static struct object *make_page(struct device_memory *device, struct memory *payer,
                                struct device_page *page, const struct piece *piece) {
    struct object *object = &page->frame.object;
    object_init(object, HELIOS_TYPE_PAGE, payer);
    object->order = (uint8_t)piece->order;
    page->frame.physical = piece->physical | FRAME_PAGE;
    set_content(page, device);
    console_claim(DEVICE_MEMORY, piece->physical, piece->length);
    return object;
}

static struct object *make_child(struct device_memory *device, struct memory *payer,
                                 struct device_memory *child, const struct piece *piece) {
    child->object.owner = payer;
    device_memory_init(child, piece->physical, piece->length);
    child->parent = device;
    return &child->object;
}

static void set_parent(struct device_memory *child, struct device_memory *parent) {
    __atomic_store_n(&child->parent, parent, __ATOMIC_RELAXED);
}

// The piece joins the lists, in which the device's end finds it: so there is a capability to it
// already. Should that have gone again, its memory is still there until this CPU has left the
// kernel. false: the device is dying, and may have been taken apart, and the piece is on its own.
static bool join(struct device_memory *device, void *at, const struct piece *piece) {
    lock_acquire(&device->object.lock);
    bool is_live = object_is_live_locked(&device->object);
    if (piece->order >= 0) {
        struct device_page *page = at;
        if (is_live) {
            list_add_first(&device->pages, &page->siblings);
        } else {
            set_content(page, &nowhere);
        }
    } else {
        struct device_memory *child = at;
        if (is_live) {
            list_add_first(&device->children, &child->siblings);
        } else {
            set_parent(child, NULL);
        }
    }
    lock_release(&device->object.lock);
    return is_live;
}

static struct object *make_piece(struct device_memory *device, struct memory *payer, void *at,
                                 const struct piece *piece) {
    return piece->order >= 0 ? make_page(device, payer, at, piece)
                             : make_child(device, payer, at, piece);
}

// The part that both invocations share: parameters are decoded and checked.
static struct task *make(struct task *current, const struct slot_view *slot,
                         const struct syscall *call, const struct piece *piece) {
    struct device_memory *device = device_of(slot->object);
    struct slot_view source;
    if (syscall_cap(current, 0, HELIOS_TYPE_MEMORY, HELIOS_RIGHT_WRITE, &source) == NULL) {
        return current;
    }
    struct memory *payer = memory_of(source.object);
    struct slot *target;
    struct refusal problem;
    if (!cspace_take_receive_slots(current, 1, &target, &problem)) {
        return answer_refusal(current, &problem);
    }
    memory_set_making(payer);
    void *at = memory_take_small(payer, DEVICE_SLAB);
    if (at == NULL) {
        memory_set_making(NULL);
        cspace_release_slot(target);
        if (reaper_has_work()) {
            return operation_retry(current, slot, call);
        }
        return answer_error(current, HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAP,
                            memory_free_bytes(payer), 1u << slab_shift(DEVICE_SLAB));
    }
    struct object *made = make_piece(device, payer, at, piece);
    cap_make(target, made, HELIOS_RIGHT_ALL, 0);
    bool is_live = join(device, at, piece);
    memory_set_making(NULL);
    if (!is_live) {
        uint32_t depth = reaper_depth();
        reaper_push(made); // and whoever has used it meanwhile loses it
        answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return reaper_finish(current, depth);
    }
    cspace_report_slots(current, 1, &target);
    return answer_caps(current, 1, 0, 0, 0);
}

// Pages may overlap: who holds the DeviceMemory may make the same page as often as he likes.
static struct task *allocate(struct task *current, const struct slot_view *slot,
                             const struct syscall *call) {
    uint64_t level = call->params[1];
    if (level > 2) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, level, 2);
    }
    struct piece piece = {
        .physical = call->params[0],
        .length = KERNEL_PAGE_SIZE << (9 * level),
        .order = 9 * (int)level,
    };
    if (!check_range(current, device_of(slot->object), piece.physical, piece.length,
                     piece.length)) {
        return current;
    }
    return make(current, slot, call, &piece);
}

static struct task *split(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    struct piece piece = {.physical = call->params[0], .length = call->params[1], .order = -1};
    if (piece.length % KERNEL_PAGE_SIZE != 0) {
        return answer_error(current, HELIOS_ERROR_ALIGNMENT, HELIOS_ARGUMENT_PARAM + 1,
                            piece.length, KERNEL_PAGE_SIZE);
    }
    if (piece.length == 0) {
        return answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 0,
                            KERNEL_PAGE_SIZE);
    }
    if (!check_range(current, device_of(slot->object), piece.physical, piece.length,
                     KERNEL_PAGE_SIZE)) {
        return current;
    }
    return make(current, slot, call, &piece);
}

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    (void)call;
    const struct device_memory *device = device_of(slot->object);
    return answer_values(current, 2, device->base, device->length, 0, 0);
}

struct task *device_memory_invoke(struct task *current, const struct slot_view *slot,
                                  const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_DEVICE_MEMORY_ALLOCATE] = {allocate, 1, 2, HELIOS_RIGHT_WRITE},
        [HELIOS_DEVICE_MEMORY_SPLIT] = {split, 1, 2, HELIOS_RIGHT_WRITE},
        [HELIOS_DEVICE_MEMORY_QUERY] = {query, 0, 0, HELIOS_RIGHT_READ},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}

// Ending. -------------------------------------------------------------------------------------

static struct device_page *page_of_sibling(struct ring_node *node) {
    return (struct device_page *)((uint8_t *)node - offsetof(struct device_page, siblings));
}

static struct device_memory *child_of_sibling(struct ring_node *node) {
    return (struct device_memory *)((uint8_t *)node - offsetof(struct device_memory, siblings));
}

// Takes one piece out of the lists. From then on it is on its own. *is_live: whether it has to be
// told that it dies. One that is dying already may have gone when the device is not locked any
// more; one that is not stays what it is until this CPU has passed. NULL: there is none.
static struct object *take_piece(struct device_memory *device, bool *is_live) {
    struct object *piece = NULL;
    lock_acquire(&device->object.lock);
    if (!list_is_empty(&device->pages)) {
        struct device_page *page = page_of_sibling(list_first(&device->pages));
        list_remove(&page->siblings);
        set_content(page, &nowhere);
        piece = &page->frame.object;
    } else if (!list_is_empty(&device->children)) {
        struct device_memory *child = child_of_sibling(list_first(&device->children));
        list_remove(&child->siblings);
        set_parent(child, NULL);
        piece = &child->object;
    }
    *is_live = piece != NULL && object_is_live(piece);
    lock_release(&device->object.lock);
    return piece;
}

bool device_memory_reap(struct object *object) {
    bool is_live;
    struct object *piece = take_piece(device_of(object), &is_live);
    if (is_live) {
        reaper_push(piece);
    }
    return piece == NULL;
}

// Those whose memory goes have been dead for long; what they were pieces of may just be taking them
// out of its lists.
void device_memory_leave(struct object *object) {
    struct device_memory *device = device_of(object);
    struct device_memory *parent = __atomic_load_n(&device->parent, __ATOMIC_RELAXED);
    if (parent != NULL) {
        lock_acquire(&parent->object.lock);
        if (__atomic_load_n(&device->parent, __ATOMIC_RELAXED) == parent) {
            list_remove(&device->siblings);
        }
        lock_release(&parent->object.lock);
    }
}

void device_page_release(struct frame *frame) {
    struct device_page *page = (struct device_page *)frame;
    struct device_memory *device = __atomic_load_n(&frame->content, __ATOMIC_RELAXED);
    if (device != &nowhere) {
        lock_acquire(&device->object.lock);
        if (__atomic_load_n(&frame->content, __ATOMIC_RELAXED) == device) {
            list_remove(&page->siblings);
        }
        lock_release(&device->object.lock);
    }
    memory_give_small(frame->object.owner, page);
}
