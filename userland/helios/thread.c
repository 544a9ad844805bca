// SPDX-License-Identifier: MIT
#include "userland/helios/thread.h"

#include <stddef.h>

#include "uapi/object.h"
#include "uapi/registers.h"
#include "userland/helios/memory.h"

enum { STACK_ALIGNMENT = 16 };

static struct helios_answer write_registers(const struct helios_thread *thread,
                                            const struct helios_thread_config *config) {
    uint64_t *words = &helios_buffer->params[4];
    for (unsigned i = 0; i < HELIOS_STUB_REGISTERS; i++) {
        words[i] = 0;
    }
    uintptr_t top = ((uintptr_t)config->stack + config->stack_size) & ~(STACK_ALIGNMENT - 1ull);
    words[HELIOS_REGISTER_PC] = (uintptr_t)config->entry;
    words[HELIOS_REGISTER_SP] = helios_stub_stack(top);
    words[HELIOS_STUB_ARGUMENT] = (uintptr_t)config->argument;
    helios_stub_fill(words);
    const uint64_t first[4] = {(1ull << HELIOS_STUB_REGISTERS) - 1, 0, 0, 0};
    return helios_invoke(thread->task, HELIOS_TASK_WRITE_REGISTERS, 0, 4 + HELIOS_STUB_REGISTERS,
                         first);
}

static struct helios_answer configure(const struct helios_thread *thread,
                                      const struct helios_thread_config *config) {
    unsigned caps = 0;
    uint64_t mask = HELIOS_TASK_VSPACE | HELIOS_TASK_BUFFER;
    if (config->cspace != 0) {
        mask |= HELIOS_TASK_CSPACE;
        helios_buffer->caps[caps++] = config->cspace;
    }
    helios_buffer->caps[caps++] = config->vspace;
    helios_buffer->caps[caps++] = thread->buffer_page;
    const uint64_t first[4] = {mask, 0, 0, 0};
    return helios_invoke(thread->task, HELIOS_TASK_CONFIGURE, caps, 1, first);
}

// Everything after the task and its page exist.
static struct helios_answer prepare(struct helios_thread *thread,
                                    const struct helios_thread_config *config) {
    struct helios_answer answer =
        config->memory != 0
            ? helios_call_with(config->vspace, HELIOS_VSPACE_MAP, thread->buffer_page, 2,
                               config->buffer_address, HELIOS_MAP_WRITE, 0)
            : helios_vm_map(thread->buffer_page, config->buffer_address, HELIOS_MAP_WRITE);
    if (answer.status != HELIOS_OK) {
        return answer;
    }
    thread->buffer = (struct helios_ipc_buffer *)config->buffer_address;
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        thread->buffer->receive[i] = HELIOS_CADDR_UNDEF;
    }
    thread->buffer->receive_count = HELIOS_MAX_CAPS;
    answer = configure(thread, config);
    if (answer.status == HELIOS_OK) {
        answer = write_registers(thread, config);
    }
    if (answer.status == HELIOS_OK) {
        answer = helios_call(thread->task, HELIOS_TASK_SET_TLS, 1, helios_tls_base(thread), 0);
    }
    if (answer.status == HELIOS_OK) {
        answer = helios_call_with(thread->task, HELIOS_TASK_SET_PRIORITY, config->authority, 2,
                                  config->priority, config->priority, 0);
    }
    return answer;
}

static struct helios_answer make(const struct helios_thread_config *config, uint64_t type) {
    return config->memory != 0 ? helios_allocate(config->memory, type, 0) : helios_make(type, 0);
}

struct helios_answer helios_thread_create(struct helios_thread *thread,
                                          const struct helios_thread_config *config) {
    *thread = (struct helios_thread){
        .self = thread, .vspace = config->vspace, .cspace = config->own_cspace};
    struct helios_answer answer = make(config, HELIOS_TYPE_TASK);
    if (answer.status != HELIOS_OK) {
        return answer;
    }
    thread->task = answer.value;
    answer = make(config, HELIOS_TYPE_PAGE);
    if (answer.status == HELIOS_OK) {
        thread->buffer_page = answer.value;
        answer = prepare(thread, config);
    }
    if (answer.status != HELIOS_OK) {
        struct helios_answer why = answer;
        helios_thread_destroy(thread);
        return why;
    }
    return answer;
}

void helios_thread_destroy(struct helios_thread *thread) {
    if (thread->buffer != NULL) {
        helios_call(thread->vspace, HELIOS_VSPACE_UNMAP, 1, (uintptr_t)thread->buffer, 0);
    }
    // The task goes first: from then on nobody uses the others.
    uint64_t *const slots[] = {&thread->task, &thread->buffer_page, &thread->wake, &thread->done};
    for (unsigned i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        if (*slots[i] != 0) {
            helios_call(thread->cspace, HELIOS_CSPACE_DESTROY, 1, *slots[i], 0);
            *slots[i] = 0;
        }
    }
    thread->buffer = NULL;
}
