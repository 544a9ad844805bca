// SPDX-License-Identifier: MIT
//
// Messages through Endpoints, and Notifications: calls.h has the functions.
#ifndef HELIOS_USERLAND_HELIOS_IPC_H
#define HELIOS_USERLAND_HELIOS_IPC_H

#include "uapi/object.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// A message of up to two parameters, which the tag (helios_tag) counts.
static inline struct helios_message helios_message_of(uint64_t tag, uint64_t p0, uint64_t p1) {
    struct helios_message message;
    message.capability = 0;
    message.tag = tag;
    message.params[0] = p0;
    message.params[1] = p1;
    message.params[2] = 0;
    message.params[3] = 0;
    return message;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_IPC_H
