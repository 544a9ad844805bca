// SPDX-License-Identifier: GPL-3.0-only
//
// What the process manager says of threads: how many there are, and what all of them have used.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/startup.h"
#include "userland/helios/sync.h"
#include "userland/helios/thread.h"
#include "userland/interfaces/process.h"

enum { THREADS = 3, LIES = 100, MOST = 65 };

static const uint64_t WORK = 5 * HELIOS_MILLISECOND;

static struct helios_semaphore worked;
static struct helios_semaphore go;
static unsigned failures;

static void check(bool is_so, const char *what) {
    if (!is_so) {
        printf("WRONG: %s\n", what);
        failures++;
    }
}

static void work(void *argument) {
    (void)argument;
    while (helios_task_query(helios_self()->task).value < WORK) {
    }
    helios_semaphore_give(&worked);
    helios_semaphore_take(&go, HELIOS_FOREVER);
}

static struct process_info own_info(void) {
    struct process_info info = {0};
    uint64_t processes = helios_cap("processes");
    for (uint32_t i = 0; process_manager_list(processes, i, &info) == HELIOS_OK; i++) {
        if (strcmp(info.name, "tasks") == 0) {
            break;
        }
    }
    return info;
}

// Whatever is put there, this process alone is told of wrongly.
static void lie(void) {
    for (int i = 0; i < LIES; i++) {
        uint64_t what = i % 2 == 0 ? HELIOS_PROCESS_TASK : HELIOS_PROCESS_MEMORY;
        helios_cspace_copy(HELIOS_PROCESS_TASKS, what, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0);
    }
    for (int i = 0; i < 2; i++) {
        uint32_t tasks = own_info().tasks;
        check(tasks > 1 && tasks <= MOST, "after lies there are more than there is room for");
    }
}

int main(void) {
    struct helios_thread *threads[THREADS];
    check(own_info().tasks == 1, "there is one task at first");
    for (int i = 0; i < THREADS; i++) {
        if (helios_thread_run(work, NULL, NULL, &threads[i]) != HELIOS_OK) {
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        helios_semaphore_take(&worked, HELIOS_FOREVER);
    }
    uint64_t memory = own_info().memory_free;
    for (int i = 0; i < 2; i++) { // looking changes nothing
        struct process_info info = own_info();
        check(info.tasks == 1 + THREADS, "all threads are counted");
        check(info.time >= THREADS * WORK, "the time of all threads is counted");
        check(info.memory_free == memory, "looking takes no memory");
    }
    for (int i = 0; i < THREADS; i++) {
        helios_semaphore_give(&go);
    }
    for (int i = 0; i < THREADS; i++) {
        helios_thread_join(threads[i], HELIOS_FOREVER);
    }
    check(own_info().tasks == 1, "who was joined is counted no more");
    check(own_info().memory_free > memory, "their memory is free again");
    lie();
    printf("%s\n", failures == 0 ? "all threads are counted" : "threads are NOT counted");
    return (int)failures;
}
