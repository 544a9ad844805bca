// SPDX-License-Identifier: MIT
#include "userland/helios/start.h"

#include <stdint.h>

#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/syscall.h"

// Called by _start.
_Noreturn void helios_start(const struct helios_bootinfo *bootinfo);

void helios_start(const struct helios_bootinfo *bootinfo) {
    helios_buffer = (struct helios_ipc_buffer *)(uintptr_t)bootinfo->ipc_buffer;
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
