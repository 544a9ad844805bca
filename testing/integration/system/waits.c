// SPDX-License-Identifier: GPL-3.0-only
//
// Who gave up waiting for the end of a process does not keep others from it.
#include <stdbool.h>
#include <stdio.h>

#include "userland/helios/clock.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/thread.h"
#include "userland/interfaces/process.h"

enum { ROUNDS = 6 };

static uint64_t processes;

struct waiter {
    uint32_t id;
    enum helios_error status;
    struct process_info info;
};

static void wait(void *argument) {
    struct waiter *waiter = argument;
    waiter->status = process_manager_wait(processes, waiter->id, &waiter->info);
}

static enum helios_error give_up(uint32_t id) {
    struct helios_message message =
        helios_message_of(helios_tag(PROCESS_MANAGER_WAIT, 0, 1, HELIOS_FLAG_DEADLINE), id, 0);
    helios_buffer->deadline = helios_after(10 * HELIOS_MILLISECOND);
    return helios_exchange(processes, &message).status;
}

int main(void) {
    struct waiter waiter = {.status = HELIOS_ERROR_STATE};
    struct helios_thread *thread = NULL;
    processes = helios_cap("processes");
    enum helios_error status = process_manager_start(processes, "stays", "", &waiter.id);
    for (int i = 0; i < ROUNDS && status == HELIOS_OK; i++) {
        enum helios_error end = give_up(waiter.id);
        status = end == HELIOS_ERROR_DEADLINE ? HELIOS_OK : end;
    }
    if (status != HELIOS_OK || helios_thread_run(wait, &waiter, NULL, &thread) != HELIOS_OK) {
        printf("WRONG: %s\n", process_strerror(status));
        return 1;
    }
    helios_yield(); // the thread asks, unless somebody else had the CPU
    process_manager_kill(processes, waiter.id);
    helios_thread_join(thread, HELIOS_FOREVER);
    bool is_told = waiter.status == HELIOS_OK && waiter.info.state == PROCESS_STATE_KILLED;
    printf("%s after others gave up: %s\n", is_told ? "who waits is told" : "who waits is NOT told",
           process_strerror(waiter.status));
    return 0;
}
