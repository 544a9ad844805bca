// SPDX-License-Identifier: MIT
//
// The start-up code of an ordinary process, and its end.
#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
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
    char **argv = (char **)((uintptr_t)startup + startup->arguments);
    helios_exit(main((int)startup->argument_count, argv));
}
