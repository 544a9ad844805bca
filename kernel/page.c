// SPDX-License-Identifier: GPL-3.0-only
//
// Pages: what can be asked of one without mapping it.
#include "arch/include/mmu.h"
#include "kernel/memory.h"
#include "kernel/smp.h"
#include "kernel/vspace.h"

// At most this much is maintained by one system call.
#define MAINTENANCE_LIMIT 0x10000ull

static struct task *query(struct task *current, const struct slot_view *slot,
                          const struct syscall *call) {
    if (!syscall_check(current, slot, call, 0, 0, HELIOS_RIGHT_READ)) {
        return current;
    }
    const struct frame *frame = frame_of(slot->object);
    return answer_values(current, 3, frame_physical(frame), page_level(slot->object),
                         frame->content != NULL, 0);
}

// The bytes that parameters 0 and 1 name. NULL: current has its refusal.
static void *find_bytes(struct task *current, const struct slot_view *slot,
                        const struct syscall *call, unsigned rights) {
    if (!syscall_check(current, slot, call, 0, 2, rights)) {
        return NULL;
    }
    const struct frame *frame = frame_of(slot->object);
    uint64_t offset = call->params[0];
    uint64_t length = call->params[1];
    uint64_t size = KERNEL_PAGE_SIZE << (9 * page_level(slot->object));
    if (offset >= size) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM, offset, size - 1);
        return NULL;
    }
    uint64_t limit = size - offset < MAINTENANCE_LIMIT ? size - offset : MAINTENANCE_LIMIT;
    if (length > limit) {
        answer_error(current, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, length, limit);
        return NULL;
    }
    if (frame->content != NULL) {
        answer_error(current, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_CAPABILITY,
                     HELIOS_TYPE_DEVICE_MEMORY, HELIOS_TYPE_MEMORY);
        return NULL;
    }
    return (uint8_t *)arch_direct(frame_physical(frame)) + offset;
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
    const void *bytes = find_bytes(
        current, slot, call, label == HELIOS_PAGE_CLEAN ? HELIOS_RIGHT_READ : HELIOS_RIGHT_WRITE);
    if (bytes == NULL) {
        return current;
    }
    if (label == HELIOS_PAGE_SYNC_CODE) {
        arch_instruction_sync(bytes, call->params[1]);
        smp_flush((struct flush_request){.kind = FLUSH_INSTRUCTIONS}, smp_online());
    } else {
        arch_cache_maintain(bytes, call->params[1],
                            label == HELIOS_PAGE_CLEAN ? CACHE_CLEAN : CACHE_INVALIDATE);
    }
    return answer(current, 0);
}
