// SPDX-License-Identifier: GPL-3.0-only
#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/serve.h"

void watchdog_begin(void) {
}

void watchdog_ask(uint64_t endpoint, uint32_t process) {
    (void)endpoint;
    (void)process;
}

void serve_watchdog(const struct helios_message *message) {
    struct proc *proc = proc_find((uint32_t)message->params[0]);
    if (proc != NULL && proc->state == PROC_RUNNING) {
        say("%s: does not answer", proc->program.name);
        proc_crashed(proc, PROC_HUNG, 0);
    }
}
