// SPDX-License-Identifier: MIT
//
// The start-up code of an ordinary process, and its end.
#include <stdlib.h>

#include "userland/helios/libc/glue.h"
#include "userland/helios/memory.h"
#include "userland/helios/random.h"
#include "userland/helios/startup.h"
#include "userland/helios/tls.h"

// The program.
int main(int argc, char **argv);

// Called by _start.
_Noreturn void helios_start(const struct helios_startup *startup);

void helios_start(const struct helios_startup *startup) {
    helios_startup = startup;
    helios_tls_begin(HELIOS_PROCESS_TASK, startup->ipc_buffer);
    helios_environment_of_process(startup);
    static uint64_t seed[2];
    helios_random(seed, sizeof(seed));
    helios_libc_begin(seed);
    char **argv = (char **)((uintptr_t)startup + startup->arguments);
    exit(main((int)startup->argument_count, argv));
}
