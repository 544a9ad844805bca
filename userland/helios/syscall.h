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

// Bytes of a struct helios_thread, of which the TLS base is a fixed distance away.
#define HELIOS_THREAD_SIZE 128

// The architecture's part: helios_syscall, helios_self, helios_tls_base.
#include <helios_stub.h>

// What a thread knows about itself. helios_tls_base(thread) is its TLS base.
struct helios_thread {
    struct helios_thread *self; // first: x86_64 finds the address by reading here
    struct helios_ipc_buffer *buffer;
    uint64_t task;        // its Task capability
    uint64_t buffer_page; // capability to the Page of its buffer, 0 for the first thread
    uint64_t vspace;      // where that is mapped
    uint64_t cspace;      // where these capabilities stand
    uint64_t wake;        // Notification that others wake it with; 0 until it first waits
    uint64_t done;        // Notification that it signals as it ends; 0: nobody may join it
    uint64_t reserved[8];
};

HELIOS_ASSERT_LAYOUT(sizeof(struct helios_thread) == HELIOS_THREAD_SIZE);

// This thread's IPC buffer.
#define helios_buffer (helios_self()->buffer)

// What the kernel, or a server, answered. status is HELIOS_OK if all went well; value and more are
// its parameters. Of a refusal: value says which argument (enum helios_argument), then what was
// found and what was wanted.
struct helios_answer {
    enum helios_error status;
    uint32_t caps; // capabilities that arrived; their slots stand in helios_buffer->caps
    uint64_t value;
    union {
        struct {
            uint64_t found;
            uint64_t wanted;
        };
        uint64_t more[3];
    };
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

// Invokes an object with `caps` capability arguments, whose addresses the caller has written to
// helios_buffer->caps, and `params` parameters; those beyond the first four stand in
// helios_buffer->params.
struct helios_answer helios_invoke(uint64_t capability, uint32_t label, uint32_t caps,
                                   uint32_t params, const uint64_t first[4]);

// The same with one capability argument and up to three parameters.
struct helios_answer helios_call_with(uint64_t capability, uint32_t label, uint64_t argument,
                                      uint32_t params, uint64_t p0, uint64_t p1, uint64_t p2);

// Makes an object of a Memory, in any free slot: value is its address.
struct helios_answer helios_allocate(uint64_t memory, uint64_t type, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SYSCALL_H
