// SPDX-License-Identifier: MIT
//
// In place of system calls, for tests on the host: whoever links this says what they do.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_HOST_INCLUDE_HELIOS_STUB_H
#define HELIOS_USERLAND_HELIOS_ARCH_HOST_INCLUDE_HELIOS_STUB_H

#include <stdint.h>

#include "uapi/syscall.h"

#define HELIOS_STUB_MACHINE ELF_MACHINE_X86_64

struct helios_thread; // userland/helios/syscall.h

// The test's: a system call, and the thread that makes it.
void helios_host_syscall(uint64_t number, struct helios_message *message);
struct helios_thread *helios_host_self(void);

static inline void helios_syscall(uint64_t number, struct helios_message *message) {
    helios_host_syscall(number, message);
}

static inline struct helios_thread *helios_self(void) {
    return helios_host_self();
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_HOST_INCLUDE_HELIOS_STUB_H
