// SPDX-License-Identifier: MIT
#include "userland/helios/start.h"

#include <stdint.h>

#include "userland/helios/console.h"
#include "userland/helios/syscall.h"

// Called by _start.
_Noreturn void helios_start(const struct helios_bootinfo *bootinfo);

void helios_start(const struct helios_bootinfo *bootinfo) {
    helios_buffer = (struct helios_ipc_buffer *)(uintptr_t)bootinfo->ipc_buffer;
    helios_console_open(&bootinfo->console);
    helios_main(bootinfo);
    for (;;) {
        helios_yield();
    }
}
