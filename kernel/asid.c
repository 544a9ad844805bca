// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/asid.h"

#include "arch/include/mmu.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/operation.h"
#include "kernel/reaper.h"
#include "kernel/smp.h"
#include "kernel/vspace.h"

enum {
    RUNS = 256, // of ASID_POOL_SIZE identifiers: no machine has more than 65536
    RUN_WORDS = RUNS / 64,
    RELEASES = 16, // in one step of a pool's end
};

static struct object control;
// Guarded by the control object's lock. A bit per run: a pool has it.
static uint64_t runs[RUN_WORDS];

static struct asid_pool *pool_of(struct object *object) {
    return (struct asid_pool *)object;
}

struct object *asid_init(void) {
    memory_zero(&control, sizeof(control));
    memory_zero(runs, sizeof(runs));
    object_init(&control, HELIOS_TYPE_ASID_CONTROL, NULL);
    return &control;
}

// Sets the lowest bit that is 0 and returns its number; `count` if there is none below.
static uint32_t take_bit(uint64_t *words, uint32_t count) {
    for (uint32_t word = 0; word < (count + 63) / 64; word++) {
        if (words[word] != ~0ull) {
            uint32_t bit = word * 64 + (uint32_t)__builtin_ctzll(~words[word]);
            if (bit < count) {
                words[word] |= 1ull << bit % 64;
                return bit;
            }
        }
    }
    return count;
}

static void give_bit(uint64_t *words, uint32_t bit) {
    words[bit / 64] &= ~(1ull << bit % 64);
}

static uint32_t take_run(void) {
    uint32_t count = (arch_asid_count() + ASID_POOL_SIZE - 1) / ASID_POOL_SIZE;
    count = count < RUNS ? count : RUNS;
    lock_acquire(&control.lock);
    uint32_t run = take_bit(runs, count);
    lock_release(&control.lock);
    return run < count ? run * ASID_POOL_SIZE : ASID_POOL_EMPTY;
}

static void give_run(uint32_t base) {
    if (base != ASID_POOL_EMPTY) {
        lock_acquire(&control.lock);
        give_bit(runs, base / ASID_POOL_SIZE);
        lock_release(&control.lock);
    }
}

// The identifier of a pool's place; 0 if the machine has no such one. The place of identifier 0
// comes last.
static uint32_t identifier(const struct asid_pool *pool, uint32_t index) {
    uint32_t asid = pool->base + (index + 1) % ASID_POOL_SIZE;
    return pool->base != ASID_POOL_EMPTY && asid < arch_asid_count() ? asid : 0;
}

// A VSpace, which is changing, has another identifier from now on; the CPUs that walk it have to
// know. No lock is held. Who walks it by the new one has flushes of it done by that, too.
static void set_asid(struct vspace *vspace, uint32_t asid) {
    uint32_t old = vspace->asid;
    __atomic_store_n(&vspace->asid, asid, __ATOMIC_RELEASE);
    __atomic_store_n(&vspace->root_word, arch_root_word(table_physical(&vspace->root), asid),
                     __ATOMIC_RELEASE);
    if (asid != old) {
        smp_flush((struct flush_request){.kind = FLUSH_ROOT, .vspace = vspace}, &vspace->cpus);
    }
    __atomic_store_n(&vspace->old_asid, asid, __ATOMIC_RELEASE);
    if (old != 0) { // so that it can be somebody else's
        uint64_t cpus = smp_online();
        smp_flush((struct flush_request){.kind = FLUSH_ASID, .asid = old, .old_asid = old}, &cpus);
    }
}

static struct asid_pool *pool_of_vspace(const struct vspace *vspace) {
    return __atomic_load_n(&vspace->pool, __ATOMIC_ACQUIRE);
}

static void set_pool(struct vspace *vspace, struct asid_pool *pool) {
    __atomic_store_n(&vspace->pool, pool, __ATOMIC_RELEASE);
}

// The pool is locked; the VSpace is its own, and in no list.
static void join(struct asid_pool *pool, struct vspace *vspace, uint32_t index) {
    vspace->is_changing = 1;
    vspace->pool_index = index;
    vspace->pool_prev = NULL;
    vspace->pool_next = pool->first;
    if (pool->first != NULL) {
        pool->first->pool_prev = vspace;
    }
    pool->first = vspace;
    pool->count++;
}

// The pool is locked. From then on the VSpace may be another one's, or gone.
static void leave(struct asid_pool *pool, struct vspace *vspace) {
    if (vspace->pool_next != NULL) {
        vspace->pool_next->pool_prev = vspace->pool_prev;
    }
    if (vspace->pool_prev != NULL) {
        vspace->pool_prev->pool_next = vspace->pool_next;
    } else {
        pool->first = vspace->pool_next;
    }
    pool->count--;
    give_bit(pool->used, vspace->pool_index);
    vspace->is_changing = 0;
    set_pool(vspace, NULL);
}

// Nothing knows the VSpace by its identifier any more when that is free. The pool is locked, and
// released meanwhile. false: somebody else is changing it.
static bool take_out(struct asid_pool *pool, struct vspace *vspace) {
    if (vspace->is_changing) {
        return false;
    }
    vspace->is_changing = 1;
    lock_release(&pool->object.lock);
    set_asid(vspace, 0);
    lock_acquire(&pool->object.lock);
    leave(pool, vspace);
    return true;
}

// That it dies has been said before (claim_vspace).
bool asid_release(struct vspace *vspace) {
    smp_fence();
    struct asid_pool *pool = pool_of_vspace(vspace);
    if (pool == NULL) {
        return true;
    }
    lock_acquire(&pool->object.lock);
    bool is_out = pool_of_vspace(vspace) == pool && take_out(pool, vspace);
    lock_release(&pool->object.lock);
    return is_out;
}

bool asid_pool_reap(struct object *object) {
    struct asid_pool *pool = pool_of(object);
    lock_acquire(&pool->object.lock);
    for (unsigned i = 0; i < RELEASES && pool->first != NULL && take_out(pool, pool->first); i++) {
    }
    bool is_empty = pool->first == NULL;
    lock_release(&pool->object.lock);
    if (is_empty) {
        give_run(pool->base);
        pool->base = ASID_POOL_EMPTY; // it may be asked again
    }
    return is_empty;
}

static struct task *make_pool(struct task *current, const struct slot_view *slot,
                              const struct syscall *call) {
    struct slot_view source;
    if (syscall_cap(current, 0, HELIOS_TYPE_MEMORY, HELIOS_RIGHT_WRITE, &source) == NULL) {
        return current;
    }
    struct memory *memory = memory_of(source.object);
    struct slot *received;
    struct refusal refusal;
    if (!cspace_take_receive_slots(current, 1, &received, &refusal)) {
        return answer_refusal(current, &refusal);
    }
    memory_set_making(memory);
    struct asid_pool *pool = memory_take_small(memory, SLAB_128);
    if (pool == NULL) {
        memory_set_making(NULL);
        cspace_release_slot(received);
        if (reaper_has_work()) {
            return operation_retry(current, slot, call);
        }
        return answer_error(current, HELIOS_ERROR_NO_MEMORY, HELIOS_ARGUMENT_CAP,
                            memory_free_bytes(memory), sizeof(*pool));
    }
    object_init(&pool->object, HELIOS_TYPE_ASID_POOL, memory);
    pool->base = take_run();
    cap_make(received, &pool->object, HELIOS_RIGHT_ALL, 0);
    memory_set_making(NULL);
    cspace_report_slots(current, 1, &received);
    return answer_caps(current, 1, 0, 0, 0);
}

struct task *asid_control_invoke(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_ASID_CONTROL_MAKE_POOL] = {make_pool, 1, 0, HELIOS_RIGHT_WRITE},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}

// The VSpace, which has no pool, is this one's from now on, unless another one is faster or it
// dies: who ends it says so, then looks for its pool; here it is the other way round.
static enum helios_error claim_vspace(struct asid_pool *pool, struct vspace *vspace) {
    struct asid_pool *none = NULL;
    if (!__atomic_compare_exchange_n(&vspace->pool, &none, pool, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED)) {
        return HELIOS_ERROR_OCCUPIED;
    }
    smp_fence();
    if (!object_is_live(&vspace->root.object)) {
        set_pool(vspace, NULL);
        return HELIOS_ERROR_GONE;
    }
    return HELIOS_OK;
}

// The VSpace joins the pool, which is locked, and is changing then.
static enum helios_error enter(struct asid_pool *pool, struct vspace *vspace) {
    if (pool_of_vspace(vspace) != NULL) {
        return HELIOS_ERROR_OCCUPIED;
    }
    uint32_t index = take_bit(pool->used, ASID_POOL_SIZE);
    if (index == ASID_POOL_SIZE) {
        return HELIOS_ERROR_NO_SLOT;
    }
    enum helios_error error = claim_vspace(pool, vspace);
    if (error != HELIOS_OK) {
        give_bit(pool->used, index);
        return error;
    }
    join(pool, vspace, index);
    return HELIOS_OK;
}

static struct task *refuse_assign(struct task *current, enum helios_error error) {
    switch (error) {
    case HELIOS_ERROR_OCCUPIED:
        return answer_error(current, error, HELIOS_ARGUMENT_CAP, HELIOS_TYPE_ASID_POOL,
                            HELIOS_TYPE_NULL);
    case HELIOS_ERROR_NO_SLOT:
        return answer_error(current, error, HELIOS_ARGUMENT_CAPABILITY, ASID_POOL_SIZE,
                            ASID_POOL_SIZE - 1);
    default:
        return answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAP, 0, 0);
    }
}

static struct task *assign(struct task *current, const struct slot_view *slot,
                           const struct syscall *call) {
    (void)call;
    struct slot_view source;
    if (syscall_cap(current, 0, HELIOS_TYPE_VSPACE, HELIOS_RIGHT_WRITE, &source) == NULL) {
        return current;
    }
    struct vspace *vspace = vspace_of(source.object);
    struct asid_pool *pool = pool_of(slot->object);
    lock_acquire(&pool->object.lock);
    bool is_live = object_is_live_locked(&pool->object); // or it has been emptied
    enum helios_error error = is_live ? enter(pool, vspace) : HELIOS_OK;
    lock_release(&pool->object.lock);
    if (!is_live) {
        return answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    if (error != HELIOS_OK) {
        return refuse_assign(current, error);
    }
    set_asid(vspace, identifier(pool, vspace->pool_index));
    lock_acquire(&pool->object.lock);
    vspace->is_changing = 0;
    lock_release(&pool->object.lock);
    return answer(current, 0);
}

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    (void)call;
    struct asid_pool *pool = pool_of(slot->object);
    lock_acquire(&pool->object.lock);
    uint32_t count = pool->count;
    lock_release(&pool->object.lock);
    return answer_values(current, 2, ASID_POOL_SIZE, ASID_POOL_SIZE - count, 0, 0);
}

struct task *asid_pool_invoke(struct task *current, const struct slot_view *slot,
                              const struct syscall *call) {
    static const struct invocation invocations[] = {
        [HELIOS_ASID_POOL_ASSIGN] = {assign, 1, 0, HELIOS_RIGHT_WRITE},
        [HELIOS_ASID_POOL_QUERY] = {query, 0, 0, HELIOS_RIGHT_READ},
    };
    return syscall_invoke(current, slot, call, invocations,
                          sizeof(invocations) / sizeof(invocations[0]));
}
