// SPDX-License-Identifier: GPL-3.0-only
//
// Lets the kernel panic on the last CPU while all others write to the console without end.
#include <stdbool.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"
#include "userland/test/space.h"

enum { PRIORITY = 32 };

static uint64_t said_something;
static unsigned talkers; // atomic

static void talk(void *cpu) {
    helios_printf("CPU %u begins\n", (unsigned)(uintptr_t)cpu);
    __atomic_fetch_add(&talkers, 1, __ATOMIC_SEQ_CST);
    helios_signal(said_something);
    for (;;) {
        helios_printf("CPU %u goes on\n", (unsigned)(uintptr_t)cpu);
    }
}

static bool run_on(uint64_t task, unsigned cpu) {
    return helios_task_set_affinity(task, HELIOS_INIT_TASK, 1ull << cpu).status == HELIOS_OK;
}

static bool start_talker(const struct helios_bootinfo *info, unsigned cpu) {
    if (!space_thread(info, cpu, HELIOS_INIT_VSPACE, 0, PRIORITY, talk, (void *)(uintptr_t)cpu)) {
        return false;
    }
    const uint64_t task = space_get(cpu)->task;
    return run_on(task, cpu) && helios_task_resume(task).status == HELIOS_OK;
}

// The kernel drives it.
void helios_root_console(const struct helios_bootinfo *bootinfo) {
    (void)bootinfo;
}

void helios_main(const struct helios_bootinfo *info) {
    const unsigned last = info->cpu_count - 1;
    said_something = helios_allocate(info->memories[0].slot, HELIOS_TYPE_NOTIFICATION, 0).value;
    bool is_ready = true;
    for (unsigned cpu = 0; cpu < last; cpu++) {
        is_ready = is_ready && start_talker(info, cpu);
    }
    while (is_ready && __atomic_load_n(&talkers, __ATOMIC_SEQ_CST) < last) {
        helios_wait(said_something, 0);
    }
    is_ready = is_ready && run_on(HELIOS_INIT_TASK, last);
    helios_printf("panics: %s\n", is_ready ? "ready" : "can't");
    helios_power_panic_test(HELIOS_INIT_POWER);
    helios_printf("panics: survived\n");
}
