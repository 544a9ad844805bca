// SPDX-License-Identifier: MIT
#include "userland/helios/start.h"

#include <stddef.h>
#include <stdint.h>

#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/libc/glue.h"
#include "userland/helios/memory.h"
#include "userland/helios/random.h"
#include "userland/helios/syscall.h"
#include "userland/helios/tls.h"

// The root task has a C library if it asks for one.
#pragma weak helios_libc_begin

// Called by _start.
_Noreturn void helios_start(const struct helios_bootinfo *bootinfo);

__attribute__((weak)) void helios_root_console(const struct helios_bootinfo *bootinfo) {
    helios_console_open(bootinfo);
}

void helios_start(const struct helios_bootinfo *bootinfo) {
    helios_tls_begin(HELIOS_INIT_TASK, bootinfo->ipc_buffer);
    helios_environment_of_root(bootinfo);
    if (helios_libc_begin != NULL) {
        static uint64_t seed[2];
        helios_random(seed, sizeof(seed));
        helios_libc_begin(seed);
    }
    helios_root_console(bootinfo);
    helios_main(bootinfo);
    for (;;) {
        helios_yield();
    }
}
