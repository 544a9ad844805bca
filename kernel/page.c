// SPDX-License-Identifier: GPL-3.0-only
//
// Pages: what can be asked of one without mapping it.
#include "arch/include/mmu.h"
#include "kernel/memory.h"
#include "kernel/operation.h"
#include "kernel/smp.h"
#include "kernel/vspace.h"

// At most this much is maintained by one system call.
#define MAINTENANCE_LIMIT 0x10000ull

// Of these, so many with interrupts off.
#define MAINTENANCE_STEP 0x4000ull

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 0, HELIOS_RIGHT_READ)) {
        return current;
    }
    const struct frame *frame = frame_of(slot->object);
    return answer_values(current, 3, frame_physical(frame), page_level(slot->object),
                         frame->content != NULL, 0);
}

// Whether parameters 0 and 1 name bytes of the Page. False: current has its refusal.
static bool check_bytes(struct task *current, const struct slot_view *slot,
                        const struct syscall *call, unsigned rights) {
    if (!syscall_check(current, slot, call, 0, 2, rights)) {
        return false;
    }
    const struct frame *frame = frame_of(slot->object);
    uint64_t offset = call->params[0];
    uint64_t length = call->params[1];
    uint64_t size = KERNEL_PAGE_SIZE << (9 * page_level(slot->object));
    if (offset >= size) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, offset, size - 1);
        return false;
    }
    uint64_t limit = size - offset < MAINTENANCE_LIMIT ? size - offset : MAINTENANCE_LIMIT;
    if (length > limit) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, length, limit);
        return false;
    }
    if (frame->content != NULL) {
        answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAPABILITY,
                     HELIOS_TYPE_DEVICE_MEMORY, HELIOS_TYPE_MEMORY);
        return false;
    }
    return true;
}

// Maintenance as a long operation, and what its words are.
enum {
    CAPABILITY = 0, // the address of the capability that was invoked
    OBJECT = 1,     // what it was to
    LABEL = 2,
    NEXT = 3, // offsets
    END = 4,
};

// Another Page may have been made of the same memory, a smaller one even.
static bool is_still_there(const struct slot_view *slot, const uint64_t *words) {
    return slot->type == HELIOS_TYPE_PAGE && (uintptr_t)slot->object == words[OBJECT] &&
           object_is_live(slot->object) && frame_of(slot->object)->content == NULL &&
           words[END] <= KERNEL_PAGE_SIZE << (9 * page_level(slot->object));
}

static enum operation_result maintain_step(struct task *task) {
    uint64_t *words = task->operation.words;
    struct slot_view slot;
    if (!syscall_lookup(task, words[CAPABILITY], &slot) || !is_still_there(&slot, words)) {
        answer_error(task, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    const struct frame *frame = frame_of(slot.object);
    const uint8_t *bytes = (const uint8_t *)arch_direct(frame_physical(frame)) + words[NEXT];
    uint64_t left = words[END] - words[NEXT];
    uint64_t length = left < MAINTENANCE_STEP ? left : MAINTENANCE_STEP;
    if (words[LABEL] == HELIOS_PAGE_SYNC_CODE) {
        arch_instruction_sync(bytes, length);
    } else {
        arch_cache_maintain(bytes, length,
                            words[LABEL] == HELIOS_PAGE_CLEAN ? CACHE_CLEAN : CACHE_INVALIDATE);
    }
    words[NEXT] += length;
    if (length < left) {
        return OPERATION_MORE;
    }
    if (words[LABEL] == HELIOS_PAGE_SYNC_CODE) {
        uint64_t cpus = smp_online();
        smp_flush((struct flush_request){.kind = FLUSH_INSTRUCTIONS}, &cpus);
    }
    answer(task, 0);
    return OPERATION_DONE;
}

struct task *page_invoke(struct task *current, const struct slot_view *slot,
                         const struct syscall *call) {
    uint32_t label = helios_tag_label(call->tag);
    if (label == HELIOS_PAGE_QUERY) {
        return query(current, slot, call);
    }
    if (label != HELIOS_PAGE_CLEAN && label != HELIOS_PAGE_INVALIDATE &&
        label != HELIOS_PAGE_SYNC_CODE) {
        return answer_invocation(current, call);
    }
    unsigned rights = label == HELIOS_PAGE_CLEAN ? HELIOS_RIGHT_READ : HELIOS_RIGHT_WRITE;
    if (!check_bytes(current, slot, call, rights)) {
        return current;
    }
    current->operation.step = maintain_step;
    current->operation.abort = NULL;
    uint64_t *words = current->operation.words;
    words[CAPABILITY] = call->capability;
    words[OBJECT] = (uintptr_t)slot->object;
    words[LABEL] = label;
    words[NEXT] = call->params[0];
    words[END] = call->params[0] + call->params[1];
    return operation_start(current);
}
