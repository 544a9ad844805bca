// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/serve.h"
#include "userland/helios/memory.h"
#include "userland/mercury/mercury.h"
void serve_begin(void) {
}
bool serve(struct helios_message *message) {
    (void)message;
    return false;
}
void serve_followers(void) {
}
void serve_watchdog(const struct helios_message *message) {
    (void)message;
}
void services_forget(uint32_t process) {
    (void)process;
}
void devices_forget(struct proc *proc) {
    (void)proc;
}
void proc_tell_waiters(struct proc *proc) {
    (void)proc;
}
