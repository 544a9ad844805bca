// SPDX-License-Identifier: MIT
//
// What every system call needs: the instruction, the thread that makes it, the answer.
#ifndef HELIOS_USERLAND_HELIOS_ANSWER_H
#define HELIOS_USERLAND_HELIOS_ANSWER_H

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

// What a message that came says as an answer: of the kernel, or of a server that answers as it
// does.
static inline struct helios_answer helios_answer_of(const struct helios_message *message) {
    struct helios_answer answer;
    answer.status = (enum helios_error)helios_tag_label(message->tag);
    answer.caps = helios_tag_caps(message->tag);
    answer.value = message->params[0];
    for (unsigned i = 0; i < 3; i++) {
        answer.more[i] = message->params[i + 1];
    }
    return answer;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_ANSWER_H
