// SPDX-License-Identifier: MIT
//
// System calls, thinly wrapped.
#ifndef HELIOS_USERLAND_HELIOS_SYSCALL_H
#define HELIOS_USERLAND_HELIOS_SYSCALL_H

#include <stdint.h>

#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Issues system call `number` with the registers in *message and leaves the result's there.
static inline void helios_syscall(uint64_t number, struct helios_message *message);

// The architecture's part: helios_syscall.
#include <helios_stub.h>

// This task's IPC buffer; set by the start-up code.
extern struct helios_ipc_buffer *helios_buffer;

// What the kernel, or a server, answered. status is HELIOS_OK if all went well; value is the first
// parameter. Of a refusal: which argument (enum helios_argument), what was found, what was wanted.
struct helios_answer {
    enum helios_error status;
    uint64_t value;
    uint64_t found;
    uint64_t wanted;
};

// Writes up to HELIOS_MAX_TEXT bytes to the kernel's console.
struct helios_answer helios_writecons(const char *text, uint64_t length);

// Lets others run.
void helios_yield(void);

// What lies at a capability address: value is an enum helios_type.
struct helios_answer helios_identify(uint64_t capability);

// Invokes an object with `params` parameters, of which the first two are given.
struct helios_answer helios_call(uint64_t capability, uint32_t label, uint32_t params, uint64_t p0,
                                 uint64_t p1);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SYSCALL_H
