// SPDX-License-Identifier: MIT
#include "userland/helios/start.h"

#include <stdint.h>

#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/syscall.h"

// Called by _start.
_Noreturn void helios_start(const struct helios_bootinfo *bootinfo);

void helios_start(const struct helios_bootinfo *bootinfo) {
    static struct helios_thread first;
    first.self = &first;
    first.buffer = (struct helios_ipc_buffer *)(uintptr_t)bootinfo->ipc_buffer;
    first.task = HELIOS_INIT_TASK;
    if (!helios_set_self(&first)) {
        helios_call(HELIOS_INIT_TASK, HELIOS_TASK_SET_TLS, 1, (uint64_t)(uintptr_t)&first, 0);
    }
    for (unsigned i = 0; i < HELIOS_MAX_CAPS; i++) {
        helios_buffer->receive[i] = HELIOS_CADDR_UNDEF;
    }
    helios_buffer->receive_count = HELIOS_MAX_CAPS;
    helios_console_open(bootinfo);
    helios_main(bootinfo);
    for (;;) {
        helios_yield();
    }
}
