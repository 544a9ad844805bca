// SPDX-License-Identifier: MIT
//
// Threads that need nothing of their maker. One range of addresses holds a stack, the area of
// thread-local storage and the IPC buffer. The last thing that a thread does is to signal: whoever
// joins it may destroy it right then.
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/libc/glue.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/sync.h"
#include "userland/helios/thread.h"
#include "userland/helios/tls.h"

enum { DEFAULT_STACK = 0x10000, PRIORITY_MASK = 0xff };

// At the end of the stack.
struct body {
    void (*entry)(void *argument);
    void *argument;
    struct helios_thread *thread;
};

// The program may have no C library.
#pragma weak helios_libc_go_threaded

static uint64_t pages(uint64_t bytes) {
    return (bytes + HELIOS_PAGE_BYTES - 1) & ~(HELIOS_PAGE_BYTES - 1);
}

void helios_thread_exit(void) {
    helios_signal(helios_self()->done);
    helios_stand_still();
}

static void begin(void *argument) {
    const struct body *body = argument;
    body->entry(body->argument);
    helios_thread_exit();
}

static uint64_t own_priority(void) {
    return helios_task_query(helios_self()->task).more[1] & PRIORITY_MASK;
}

static struct helios_answer set_options(const struct helios_thread *thread,
                                        const struct helios_thread_options *options) {
    struct helios_answer answer = {.status = HELIOS_OK};
    if (options->name != NULL) {
        uint64_t words[2] = {0, 0};
        size_t length = strlen(options->name);
        memcpy(words, options->name, length < sizeof(words) ? length : sizeof(words) - 1);
        answer = helios_task_set_name(thread->task, words[0], words[1]);
    }
    if (answer.status == HELIOS_OK && options->cpus != 0) {
        answer = helios_task_set_affinity(thread->task, helios_environment.task, options->cpus);
    }
    const uint64_t fault = options->fault != 0 ? options->fault : helios_environment.fault;
    if (answer.status == HELIOS_OK && fault != 0) {
        answer = helios_task_configure(thread->task, &fault, 1, HELIOS_TASK_FAULT_ENDPOINT);
    }
    return answer;
}

// Who manages the process finds it there; if there is no room, or nobody asked, it is not found.
static void show(const struct helios_thread *thread) {
    if (helios_startup != NULL) {
        helios_cspace_copy(HELIOS_PROCESS_TASKS, thread->task, HELIOS_CADDR_UNDEF,
                           HELIOS_RIGHT_READ, 0);
    }
}

// Everything of a thread whose range is mapped but for the buffer's page.
static enum helios_error create(struct body *body, uint64_t stack, uint64_t stack_size,
                                uint64_t buffer, const struct helios_thread_options *options) {
    struct helios_thread *thread = body->thread;
    const struct helios_thread_config config = {
        .own_cspace = helios_environment.cspace,
        .cspace = helios_environment.cspace,
        .vspace = helios_environment.vspace,
        .authority = helios_environment.task,
        .stack = (void *)(uintptr_t)stack,
        .stack_size = stack_size - sizeof(struct body),
        .buffer_address = buffer,
        .priority = options->priority != 0 ? options->priority : own_priority(),
        .entry = begin,
        .argument = body,
    };
    struct helios_answer answer = helios_thread_create(thread, &config);
    if (answer.status != HELIOS_OK) {
        return answer.status;
    }
    enum helios_error error = helios_notification_new(&thread->wake);
    if (error == HELIOS_OK) {
        error = helios_notification_new(&thread->done);
    }
    if (error == HELIOS_OK) {
        error = set_options(thread, options).status;
    }
    if (error == HELIOS_OK) {
        error = helios_task_resume(thread->task).status;
    }
    if (error != HELIOS_OK) {
        helios_thread_destroy(thread);
    } else {
        show(thread);
    }
    return error;
}

static struct body *body_of(uint64_t stack, uint64_t stack_size) {
    return (struct body *)(uintptr_t)(stack + stack_size - sizeof(struct body));
}

enum helios_error helios_thread_run(void (*entry)(void *argument), void *argument,
                                    const struct helios_thread_options *options,
                                    struct helios_thread **thread) {
    static const struct helios_thread_options none;
    options = options != NULL ? options : &none;
    enum helios_error error = helios_sync_prepare();
    if (error != HELIOS_OK) {
        return error;
    }
    if (helios_libc_go_threaded != NULL) {
        helios_libc_go_threaded();
    }
    uint64_t stack_size = pages(options->stack_size != 0 ? options->stack_size : DEFAULT_STACK);
    uint64_t filled = stack_size + pages(helios_tls_size());
    uint64_t range = helios_vm_reserve(filled + HELIOS_PAGE_BYTES, 0);
    if (range == 0 || helios_vm_fill(range, filled, HELIOS_MAP_WRITE).status != HELIOS_OK) {
        helios_vm_release(range);
        return HELIOS_ERROR_NO_MEMORY;
    }
    struct body *body = body_of(range, stack_size);
    *body = (struct body){.entry = entry, .argument = argument};
    body->thread = helios_tls_place((void *)(uintptr_t)(range + stack_size));
    *thread = body->thread;
    error = create(body, range, stack_size, range + filled, options);
    if (error != HELIOS_OK) {
        helios_vm_release(range);
    }
    return error;
}

enum helios_error helios_thread_join(struct helios_thread *thread, uint64_t deadline) {
    helios_buffer->deadline = deadline;
    struct helios_answer answer =
        helios_wait(thread->done, deadline == HELIOS_FOREVER ? 0 : HELIOS_FLAG_DEADLINE);
    if (answer.status != HELIOS_OK) {
        return answer.status;
    }
    // Copies would keep it.
    helios_cspace_revoke(helios_environment.cspace, thread->task);
    helios_thread_destroy(thread);
    helios_vm_release_around((uintptr_t)thread);
    return HELIOS_OK;
}
