// SPDX-License-Identifier: MIT
#include "userland/helios/tls.h"

#include <string.h>

#include "uapi/object.h"

// Of the linker script; the last one's address is a number.
extern const char helios_tls_data[];
extern const char helios_tls_data_end[];
extern const char helios_tls_end[];
extern const char helios_tls_align[];
extern char helios_tls_first[];

static size_t align_up(size_t value, size_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

static size_t alignment_of_variables(void) {
    size_t alignment = (uintptr_t)helios_tls_align;
    return alignment != 0 ? alignment : 1;
}

static size_t variables_size(void) {
    return (uintptr_t)helios_tls_end - (uintptr_t)helios_tls_data;
}

size_t helios_tls_size(void) {
    return align_up(variables_size() + (size_t)2 * HELIOS_TLS_ALIGNMENT + HELIOS_THREAD_SIZE,
                    HELIOS_TLS_ALIGNMENT);
}

struct helios_thread *helios_tls_place(void *area) {
    size_t alignment = alignment_of_variables();
    char *variables;
    struct helios_thread *thread;
    if (HELIOS_STUB_TLS_ABOVE) {
        thread = area;
        variables =
            (char *)area + HELIOS_THREAD_SIZE + align_up(HELIOS_STUB_TLS_RESERVED, alignment);
    } else {
        char *base = (char *)area + align_up(variables_size(), HELIOS_TLS_ALIGNMENT);
        thread = (struct helios_thread *)(uintptr_t)base;
        variables = base - align_up(variables_size(), alignment);
    }
    memcpy(variables, helios_tls_data, (size_t)(helios_tls_data_end - helios_tls_data));
    thread->self = thread;
    return thread;
}

void helios_tls_begin(uint64_t task, uint64_t ipc_buffer) {
    struct helios_thread *first = helios_tls_place(helios_tls_first);
    first->buffer = (struct helios_ipc_buffer *)(uintptr_t)ipc_buffer;
    first->task = task;
    if (!helios_set_self(first)) {
        helios_call(task, HELIOS_TASK_SET_TLS, 1, helios_tls_base(first), 0);
    }
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        helios_buffer->receive[i] = HELIOS_CADDR_UNDEF;
    }
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
}
