// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/object_fast.h"

#include "kernel/buddy.h"
#include "kernel/ipc.h"
#include "kernel/list.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/slab.h"
#include "kernel/table.h"

// Each ends in a jump and has six arguments, which are registers on all architectures.
#define ARGUMENTS                                                                                  \
    struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3
// "used" keeps the compiler from moving the arguments of some to other registers.
#define WAY  static __attribute__((noinline, used)) struct arch_task *
#define FAST static inline __attribute__((always_inline))

// A check that is taken to succeed.
FAST bool expect(bool condition) {
    return __builtin_expect(condition, 1) != 0;
}

static __attribute__((noinline, cold)) struct arch_task *long_way(ARGUMENTS) {
    return syscall_dispatch(cspace_address(slot), tag, p0, p1, p2, p3, HELIOS_SYS_CALL);
}

// Keeps the compiler from loading again what a comparison has made a constant.
FAST uint64_t hidden(uint64_t value) {
    __asm__("" : "+r"(value));
    return value;
}

// Whether no other CPU can still be looking at what is going to be used again, or has to be told.
FAST bool is_alone(void) {
    return expect(arch_percpu()->shares_kernel == 0);
}

#define LONG_WAY long_way(slot, tag, p0, p1, p2, p3)

// What a way is for: the whole tag, which says that there are no flags and how much of the rest
// means something. Nothing else need be kept for the long way.
#define COPY    helios_tag(HELIOS_CSPACE_COPY, 1, 3, 0)
#define DESTROY helios_tag(HELIOS_CSPACE_DESTROY, 0, 1, 0)
#define MAP     helios_tag(HELIOS_VSPACE_MAP, 1, 2, 0)
#define UNMAP   helios_tag(HELIOS_VSPACE_UNMAP, 0, 1, 0)
#define MAKE    helios_tag(HELIOS_MEMORY_ALLOCATE, 0, 3, 0)

// The object that is invoked, if the slot says that it is of this type, with this right, and it is
// alive. NULL otherwise.
FAST struct object *invoked(const struct slot *slot, unsigned type, unsigned right) {
    uint64_t word = slot_word(slot);
    struct object *object = slot_object(slot);
    bool is_right = expect(slot_word_is(word, type, right)) && expect(slot_is_still(slot, word)) &&
                    expect(object_is_live(object));
    return is_right ? object : NULL;
}

FAST struct arch_task *answer_to(struct arch_task *current, unsigned caps, unsigned params,
                                 uint64_t value) {
    uint64_t tag = helios_tag(HELIOS_OK, caps, params, 0);
    lock_check_none();
    latency_end();
    return arch_leave(current, 0, tag, value, 0, 0, 0);
}

FAST struct arch_task *answer_value(unsigned caps, unsigned params, uint64_t value) {
    return answer_to(arch_percpu()->arch_current, caps, params, value);
}

// Slots: the lock of the CSpace is held. Slot 0 is none that a short way takes or gives back, as it
// has a place of its own in the list.
FAST struct slot *first_free(const struct cspace *cspace) {
    return slot_of_node(list_first(&cspace->free));
}

FAST bool has_free(const struct cspace *cspace) {
    return expect(cspace->free.next != cspace->free.prev);
}

FAST void take_first(struct cspace *cspace, struct slot *slot) {
    uintptr_t next = slot->node.next;
    cspace->free.next = next;
    ((struct ring_node *)next)->prev = (uintptr_t)&cspace->free;
    cspace->free_count--;
}

FAST void give_first(struct cspace *cspace, struct slot *slot) {
    list_add_first(&cspace->free, &slot->node);
    cspace->free_count++;
}

FAST uint64_t address_in(const struct cspace *cspace, const struct slot *slot) {
    return (uint64_t)((uintptr_t)slot - (uintptr_t)cspace->slots) / sizeof(struct slot);
}

// Loads a pointer to slots together with their number, in one instruction perhaps, and not where it
// turns out to be needed.
FAST struct slot *beside(struct slot *slots) {
    __asm__ volatile("" : "+r"(slots));
    return slots;
}

// The slot that the first capability argument names, if there is such a slot. The task has a
// buffer, and who has called something has a CSpace.
FAST bool find_argument(const struct task *task, struct slot **slot) {
    uint64_t address = *(const volatile uint64_t *)&task->buffer->caps[0];
    struct slot *slots = beside(task->slots);
    if (!expect(address < task->slot_count)) {
        return false;
    }
    *slot = &slots[address];
    return true;
}

static_assert(sizeof(struct endpoint) <= sizeof(struct notification), "make_small");

// Whether a task offers its first receive slot, and leaves it to the kernel which that is.
FAST bool offers_slot(const struct task *task) {
    const volatile struct helios_ipc_buffer *buffer = task->buffer;
    return expect(buffer != NULL) && expect(buffer->receive_count - 1 < HELIOS_MAX_CAPS) &&
           expect(buffer->receive[0] == HELIOS_CADDR_UNDEF);
}

FAST void report(struct task *task, uint64_t address) {
    task->buffer->caps[0] = address;
    task->buffer->unwrapped = 0;
}

// Copying. -----------------------------------------------------------------------------------

// type, state, revoking, order: what has to be looked at of an object that is locked.
FAST uint32_t object_word(const struct object *object) {
    uint32_t word;
    __builtin_memcpy(&word, &object->type, sizeof(word));
    return word;
}

#define OBJECT_WORD_BUSY 0x00ffff00u // dying, or its original is being revoked

static_assert(offsetof(struct object, order) == offsetof(struct object, type) + 3, "object_word");

// Reply capabilities are counted, and what is no capability is nobody's to copy or destroy here.
FAST bool is_plain(unsigned type) {
    return expect(((1u << HELIOS_TYPE_NULL | 1u << HELIOS_TYPE_REPLY) >> type & 1) == 0);
}

// A member joins the ring behind `at`.
FAST void join(ring_link at, ring_link next, struct ring_node *node, enum ring_kind kind) {
    node->next = next;
    node->prev = at;
    ring_node(at)->next = ring_to(node, kind);
    ring_node(next)->prev = ring_to(node, kind);
}

// Copies what is in `source`, with at most `rights`, to any slot of `to`, unless its object is
// `except`. Returns that slot; NULL: nothing has been done.
FAST struct slot *derive(struct slot *source, const struct object *except, struct cspace *to,
                         unsigned rights) {
    uint64_t word = slot_word(source);
    struct object *object = slot_object(source);
    if (!is_plain(slot_word_type(word)) || (except != NULL && object == except)) {
        return NULL;
    }
    lock_acquire(&object->lock);
    if (!expect(slot_is_locked(source, word))) {
        lock_release(&object->lock);
        return NULL;
    }
    bool is_minted = (word & SLOT_LEVEL(0xff)) == SLOT_LEVEL(CAP_ORIGINAL);
    ring_link at = is_minted ? object->ring.prev : ring_to(&source->node, RING_CAP);
    ring_link next = ring_node(at)->next;
    // What stands behind may be a marker, which stays before.
    bool is_usual =
        expect((object_word(object) & OBJECT_WORD_BUSY) == 0) && expect(!ring_is_reference(next));
    struct slot *slot = NULL;
    if (is_usual) {
        lock_acquire(&to->lock);
        if (has_free(to)) {
            slot = first_free(to);
            take_first(to, slot);
            slot_fill_from(slot, SLOT_FREE, object, slot_word_type(word),
                           is_minted ? CAP_MINTED : CAP_COPY, slot_word_rights(word) & rights,
                           source->badge);
            join(at, next, &slot->node, RING_CAP);
        }
        lock_release(&to->lock);
    }
    lock_release(&object->lock);
    return slot;
}

WAY copy(ARGUMENTS) {
    (void)tag;
    (void)p3;
    struct object *object = invoked(slot, HELIOS_TYPE_CSPACE, HELIOS_RIGHT_WRITE);
    struct task *current = arch_percpu()->current;
    struct slot *source;
    if (object == NULL || !expect(current->buffer != NULL) || !expect(p0 == HELIOS_CADDR_UNDEF) ||
        !expect(p1 <= HELIOS_RIGHT_ALL) || !expect(p2 == 0) || !find_argument(current, &source)) {
        return long_way(slot, COPY, p0, p1, p2, 0);
    }
    struct cspace *cspace = cspace_of(object);
    struct slot *target = derive(source, NULL, cspace, (unsigned)p1);
    return expect(target != NULL) ? answer_to(&current->arch, 0, 1, address_in(cspace, target))
                                  : long_way(slot, COPY, HELIOS_CADDR_UNDEF, p1, 0, 0);
}

bool object_fast_carry(struct task *from, struct task *to, const struct object *through) {
    struct slot *source;
    if (!find_argument(from, &source) || !offers_slot(to)) {
        return false;
    }
    struct slot *slot = derive(source, through, to->cspace, HELIOS_RIGHT_ALL);
    if (!expect(slot != NULL)) {
        return false;
    }
    report(to, address_in(to->cspace, slot));
    return true;
}

// Destroying. --------------------------------------------------------------------------------

FAST void put_back(struct cspace *cspace, struct slot *slot) {
    lock_acquire(&cspace->lock);
    slot_empty_to(slot, SLOT_FREE);
    give_first(cspace, slot);
    lock_release(&cspace->lock);
}

// Whether nothing has to be taken apart of an object that nobody refers to any more, but its memory
// to be given back. It is locked; `word` is its object_word.
FAST bool is_idle(struct object *object, uint32_t word) {
    switch (word) { // of one that is dying already it is none of these
    case HELIOS_TYPE_PAGE:
        return frame_of(object)->content == NULL;
    case HELIOS_TYPE_ENDPOINT: {
        const struct endpoint *endpoint = endpoint_of(object);
        return endpoint->waiters.first == NULL && endpoint->pollers == NULL;
    }
    case HELIOS_TYPE_NOTIFICATION: {
        const struct notification *notification = notification_of(object);
        return notification->waiters.first == NULL && notification->pollers == NULL;
    }
    default:
        return false;
    }
}

// A frame joins those that are kept as they are. The Memory's lock is held. false: nothing has been
// done.
FAST bool give_page(struct memory *memory, struct frame *frame) {
    if (!expect(!memory->parked) || !expect(memory->cached_count[0] < MEMORY_CACHED_BLOCKS)) {
        return false;
    }
    frame->object.type = HELIOS_TYPE_NULL;
    object_set_state(&frame->object, OBJECT_LIVE);
    frame->object.reap_next = (struct object *)memory->cached[0];
    frame_set_use(frame, FRAME_CACHED);
    memory->cached[0] = frame;
    memory->cached_count[0]++;
    memory->free_frames++;
    return true;
}

// An object of 128 bytes goes back to its slab, which was not full and does not become empty.
FAST bool give_small(struct memory *memory, struct object *object) {
    struct frame *slab = memory_frame_of(memory, object);
    uint32_t used = slab_used(slab);
    uint32_t left = used & ~(1u << ((uintptr_t)object >> 7) % 32);
    if (!expect(!memory->parked) || !expect(used != slab_all_used(SLAB_128)) ||
        !expect(left != 0)) {
        return false;
    }
    slab->slab_used = left;
    return true;
}

// Its memory may have been what another Memory's death waited for.
static __attribute__((noinline, cold)) struct arch_task *release(struct object *object) {
    uint32_t depth = reaper_depth();
    memory_release_object(object);
    return sched_resume(reaper_finish(answer(arch_percpu()->current, 1), depth));
}

// The last capability of an object goes, that in slot p0, and the object with it. That is locked.
// There are no other CPUs.
WAY destroy_last(struct slot *slot, uint64_t p0) {
    struct cspace *cspace = cspace_of(slot->object);
    struct slot *doomed = &cspace->slots[p0];
    struct object *object = doomed->object;
    struct memory *memory = object->owner;
    uint32_t word = object_word(object);
    if (!expect(memory != NULL) || !expect(is_idle(object, word))) {
        lock_release(&object->lock);
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    object_set_state(object, OBJECT_DYING);
    put_back(cspace, doomed);
    lock_release(&object->lock);
    lock_acquire(&memory->lock);
    bool is_given =
        word == HELIOS_TYPE_PAGE ? give_page(memory, frame_of(object)) : give_small(memory, object);
    lock_release(&memory->lock);
    return expect(is_given) ? answer_value(0, 1, 1) : release(object);
}

// Whether a group begins with this member, or the ring ends.
FAST bool is_border(ring_link link) {
    const unsigned borders =
        1u << RING_HEAD | 1u << RING_MAPPING_FIRST | 1u << RING_REFERENCE_FIRST;
    return (borders >> ring_kind(link) & 1) != 0 ||
           (ring_kind(link) == RING_CAP && slot_of_node(ring_node(link))->level == CAP_MINTED);
}

WAY destroy(ARGUMENTS) {
    (void)tag;
    (void)p1;
    (void)p2;
    (void)p3;
    struct object *invoked_object = invoked(slot, HELIOS_TYPE_CSPACE, HELIOS_RIGHT_WRITE);
    if (invoked_object == NULL) {
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    struct cspace *cspace = cspace_of(invoked_object);
    struct slot *slots = beside(cspace->slots);
    if (!expect(p0 - 1 < cspace->slot_count - 1)) {
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    struct slot *doomed = &slots[p0];
    uint64_t word = slot_word(doomed);
    struct object *object = slot_object(doomed);
    if (!is_plain(slot_word_type(word))) {
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    lock_acquire(&object->lock);
    if (!expect(slot_is_locked(doomed, word))) {
        lock_release(&object->lock);
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    ring_link next = doomed->node.next;
    ring_link prev = doomed->node.prev;
    bool is_minted = (word & SLOT_LEVEL(0xff)) == SLOT_LEVEL(CAP_MINTED);
    if (is_minted && !expect(is_border(next))) { // which takes its role
        lock_release(&object->lock);
        return long_way(slot, DESTROY, p0, 0, 0, 0);
    }
    if (next == prev) {
        if (!is_alone()) {
            lock_release(&object->lock);
            return long_way(slot, DESTROY, p0, 0, 0, 0);
        }
        return destroy_last(slot, p0);
    }
    ring_node(prev)->next = next;
    ring_node(next)->prev = prev;
    put_back(cspace, doomed);
    lock_release(&object->lock);
    return answer_value(0, 1, 1);
}

struct arch_task *object_fast_cspace(ARGUMENTS) {
    if (tag == DESTROY) {
        return destroy(slot, hidden(tag), p0, p1, p2, p3);
    }
    return tag == COPY ? copy(slot, hidden(tag), p0, p1, p2, p3) : LONG_WAY;
}

// Making. ------------------------------------------------------------------------------------

// The first capability to an object that nobody knows yet, in a slot of the current task. NULL: it
// has none that a short way can take.
FAST struct arch_task *answer_made(struct task *current, struct object *object, unsigned type) {
    struct cspace *cspace = current->cspace;
    lock_acquire(&cspace->lock);
    if (!has_free(cspace)) {
        lock_release(&cspace->lock);
        return NULL;
    }
    struct slot *target = first_free(cspace);
    take_first(cspace, target);
    ring_link head = ring_to(&object->ring, RING_HEAD);
    join(head, head, &target->node, RING_CAP);
    slot_fill_from(target, SLOT_FREE, object, type, CAP_ORIGINAL, HELIOS_RIGHT_ALL, 0);
    lock_release(&cspace->lock);
    report(current, address_in(cspace, target));
    return answer_value(1, 0, 0);
}

static __attribute__((noinline, cold)) void give_back(struct object *object) {
    memory_release_object(object);
}

WAY make_page(struct slot *slot) {
    struct task *current = arch_percpu()->current;
    struct memory *memory = memory_of(slot->object);
    lock_acquire(&memory->lock);
    struct frame *frame = expect(!memory->purging) ? buddy_take_cached(memory, 0) : NULL;
    lock_release(&memory->lock);
    if (!expect(frame != NULL)) {
        return long_way(slot, MAKE, HELIOS_TYPE_PAGE, 0, 1, 0);
    }
    memory_zero_page(arch_direct(frame_physical(frame)));
    frame->object.type = HELIOS_TYPE_PAGE;
    frame_set_use(frame, FRAME_PAGE);
    struct arch_task *next = answer_made(current, &frame->object, HELIOS_TYPE_PAGE);
    if (!expect(next != NULL)) {
        give_back(&frame->object);
        return long_way(slot, MAKE, HELIOS_TYPE_PAGE, 0, 1, 0);
    }
    return next;
}

WAY make_small(struct slot *slot, uint64_t p0) {
    struct task *current = arch_percpu()->current;
    struct memory *memory = memory_of(slot->object);
    lock_acquire(&memory->lock);
    struct object *object =
        expect(!memory->purging) ? (struct object *)slab_take_listed(memory, SLAB_128) : NULL;
    lock_release(&memory->lock);
    if (!expect(object != NULL)) {
        return long_way(slot, MAKE, p0, 0, 1, 0);
    }
    memory_zero(object, sizeof(struct notification));
    object->type = (uint8_t)p0;
    object->owner = memory;
    struct arch_task *next = answer_made(current, object, (unsigned)p0);
    if (!expect(next != NULL)) {
        give_back(object);
        return long_way(slot, MAKE, p0, 0, 1, 0);
    }
    return next;
}

struct arch_task *object_fast_memory(ARGUMENTS) {
    if (!expect(tag == MAKE) || !is_alone() ||
        invoked(slot, HELIOS_TYPE_MEMORY, HELIOS_RIGHT_WRITE) == NULL || !expect(p1 == 0) ||
        !expect(p2 == 1) || !offers_slot(arch_percpu()->current)) {
        return LONG_WAY;
    }
    if (p0 == HELIOS_TYPE_PAGE) {
        return make_page(slot);
    }
    return p0 == HELIOS_TYPE_ENDPOINT || p0 == HELIOS_TYPE_NOTIFICATION ? make_small(slot, p0)
                                                                        : LONG_WAY;
}

// Mapping. -----------------------------------------------------------------------------------

// An address that a page can be mapped at (kernel/map.c).
FAST bool is_page_address(uintptr_t address) {
    return expect((address >> ARCH_PAGE_SHIFT | address << (64 - ARCH_PAGE_SHIFT)) < USER_LIMIT >>
                  ARCH_PAGE_SHIFT);
}

// The table of level 0 that was used last, if it serves this address. The VSpace is locked.
FAST struct table_block *near_table(const struct vspace *vspace, uintptr_t address) {
    return expect(vspace->near_region == address / NEAR_BYTES) ? vspace->near : NULL;
}

// A Page of 4 KiB, of memory, mapped by an entry that is free.
FAST bool enter_page(struct vspace *vspace, struct slot *source, uint64_t word, uintptr_t address,
                     uint64_t flags) {
    struct table_block *block = near_table(vspace, address);
    unsigned index = table_index(address, 0);
    if (block == NULL || !expect(!table_entry_used(block, index)) ||
        !expect(!table_is_busy(vspace, block))) {
        return false;
    }
    struct object *object = slot_object(source);
    const struct frame *frame = frame_of(object);
    lock_acquire(&object->lock);
    if (!expect(slot_is_locked(source, word))) {
        lock_release(&object->lock);
        return false;
    }
    ring_link next = source->node.next;
    bool is_usual = expect(object_word(object) == HELIOS_TYPE_PAGE) &&
                    expect(frame->content == NULL) && expect(!ring_is_reference(next));
    if (is_usual) {
        join(ring_to(&source->node, RING_CAP), next, &block->nodes[index], RING_MAPPING);
        table_set_entry(block, index, object, false);
        arch_page_enter(&block->entries[index], frame_physical(frame), (unsigned)flags, address,
                        vspace->asid);
    }
    lock_release(&object->lock);
    return is_usual;
}

WAY map(ARGUMENTS) {
    (void)tag;
    (void)p2;
    (void)p3;
    struct object *object = invoked(slot, HELIOS_TYPE_VSPACE, HELIOS_RIGHT_WRITE);
    const struct task *current = arch_percpu()->current;
    struct slot *source;
    if (object == NULL || !is_page_address(p0) || !expect(p1 <= HELIOS_MAP_EXECUTE) ||
        !expect(current->buffer != NULL) || !find_argument(current, &source)) {
        return long_way(slot, MAP, p0, p1, 0, 0);
    }
    uint64_t word = slot_word(source);
    struct vspace *vspace = vspace_of(object);
    bool is_done = false;
    if (expect(slot_word_is(word, HELIOS_TYPE_PAGE, table_needed_rights(p1)))) {
        lock_acquire(&vspace->lock);
        is_done = enter_page(vspace, source, word, p0, p1);
        lock_release(&vspace->lock);
    }
    return expect(is_done) ? answer_value(0, 1, 0) : long_way(slot, MAP, p0, p1, 0, 0);
}

// Nothing can be translated by the entry any more when the Page's ring hears of it.
FAST bool remove_page(struct vspace *vspace, uintptr_t address) {
    struct table_block *block = near_table(vspace, address);
    unsigned index = table_index(address, 0);
    if (block == NULL || !expect(table_entry_used(block, index))) {
        return false;
    }
    struct object *object = table_entry_object(block, index);
    struct ring_node *node = &block->nodes[index];
    lock_acquire(&object->lock);
    ring_link next = node->next;
    ring_link prev = node->prev;
    // Not the last member of the ring, nor the head of a group.
    bool is_usual =
        expect(next != prev) && expect(ring_kind(ring_node(prev)->next) == RING_MAPPING);
    if (is_usual) {
        table_clear_entry(block, index);
        arch_page_leave(&block->entries[index], address, vspace->asid);
        ring_node(prev)->next = next;
        ring_node(next)->prev = prev;
    }
    lock_release(&object->lock);
    return is_usual;
}

WAY unmap(ARGUMENTS) {
    (void)tag;
    (void)p1;
    (void)p2;
    (void)p3;
    struct object *object = invoked(slot, HELIOS_TYPE_VSPACE, HELIOS_RIGHT_WRITE);
    if (object == NULL || !is_alone() || !is_page_address(p0)) {
        return long_way(slot, UNMAP, p0, 0, 0, 0);
    }
    struct vspace *vspace = vspace_of(object);
    lock_acquire(&vspace->lock);
    bool is_done = remove_page(vspace, p0);
    lock_release(&vspace->lock);
    return expect(is_done) ? answer_value(0, 1, 0) : long_way(slot, UNMAP, p0, 0, 0, 0);
}

struct arch_task *object_fast_vspace(ARGUMENTS) {
    if (tag == MAP) {
        return map(slot, hidden(tag), p0, p1, p2, p3);
    }
    return tag == UNMAP ? unmap(slot, hidden(tag), p0, p1, p2, p3) : LONG_WAY;
}
