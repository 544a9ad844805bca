// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// The message tag and the IPC buffer.
//
// The tag describes a message in one word:
//
//     bits  0..31  label: the invocation in a call, enum helios_error in an answer of the kernel
//     bits 32..37  number of capabilities
//     bits 38..39  zero
//     bits 40..46  number of parameters
//     bit  47      zero
//     bits 48..63  flags
//
// Four parameters travel in registers; whatever else a message has stands in the IPC buffer of the
// sender until it is delivered, and in that of the receiver afterwards. The kernel reads each word
// of a buffer once, at that time: who changes it meanwhile changes the message.
#ifndef HELIOS_UAPI_MESSAGE_H
#define HELIOS_UAPI_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_TAG_LABEL_MASK  0xffffffffull
#define HELIOS_TAG_CAPS_SHIFT  32
#define HELIOS_TAG_CAPS_MASK   0x3full
#define HELIOS_TAG_PARAM_SHIFT 40
#define HELIOS_TAG_PARAM_MASK  0x7full
#define HELIOS_TAG_FLAGS_SHIFT 48
#define HELIOS_TAG_FLAGS_MASK  0xffffull

// Limits of one message.
#define HELIOS_MAX_PARAMS 64
#define HELIOS_MAX_CAPS   32
#define HELIOS_MAX_POLL   32
#define HELIOS_MAX_TEXT   2048 // bytes of one writecons

static inline uint64_t helios_tag(uint32_t label, uint32_t caps, uint32_t params, uint32_t flags) {
    return label | (caps & HELIOS_TAG_CAPS_MASK) << HELIOS_TAG_CAPS_SHIFT |
           (params & HELIOS_TAG_PARAM_MASK) << HELIOS_TAG_PARAM_SHIFT |
           (flags & HELIOS_TAG_FLAGS_MASK) << HELIOS_TAG_FLAGS_SHIFT;
}

static inline uint32_t helios_tag_label(uint64_t tag) {
    return (uint32_t)(tag & HELIOS_TAG_LABEL_MASK);
}

static inline uint32_t helios_tag_caps(uint64_t tag) {
    return (uint32_t)(tag >> HELIOS_TAG_CAPS_SHIFT & HELIOS_TAG_CAPS_MASK);
}

static inline uint32_t helios_tag_params(uint64_t tag) {
    return (uint32_t)(tag >> HELIOS_TAG_PARAM_SHIFT & HELIOS_TAG_PARAM_MASK);
}

static inline uint32_t helios_tag_flags(uint64_t tag) {
    return (uint32_t)(tag >> HELIOS_TAG_FLAGS_SHIFT & HELIOS_TAG_FLAGS_MASK);
}

// Flags of the tag. The first two go in; the others come out, and a sender can't set them.

// recv, nbrecv: the message answers the pending call first.
#define HELIOS_FLAG_REPLY (1u << 0)

// call, send, recv, wait: until `deadline` of the IPC buffer.
#define HELIOS_FLAG_DEADLINE (1u << 1)

// recv: no message, label and parameters are a refusal.
#define HELIOS_FLAG_ERROR (1u << 8)

// recv: no message, the bound notification; badge: its word.
#define HELIOS_FLAG_NOTIFIED (1u << 9)

// recv: the reply that came with it could not be sent.
#define HELIOS_FLAG_REPLY_FAILED (1u << 10)

// recv: a fault message of the kernel (uapi/fault.h).
#define HELIOS_FLAG_FAULT (1u << 11)

// recv: the sender waits for an answer.
#define HELIOS_FLAG_CALL (1u << 12)

// What poll waits for.

// Endpoint: somebody waits in send or call. Notification: it is signalled. Needs READ.
#define HELIOS_POLL_RECV (1u << 0)

// Endpoint: somebody waits in recv. Needs WRITE.
#define HELIOS_POLL_SEND (1u << 1)

// One entry of the array that poll waits for.
struct helios_poll {
    uint64_t capability;
    uint32_t events; // HELIOS_POLL_*
    uint32_t ready;  // out
};

// The IPC buffer: one page of a task that the kernel reads and writes. Whatever does not travel in
// registers stands here. Parameters 0..3 are never read from `params`.
struct helios_ipc_buffer {
    uint64_t params[HELIOS_MAX_PARAMS];
    uint64_t caps[HELIOS_MAX_CAPS];    // in: capabilities to send; out: the slots they arrived in
    uint64_t receive[HELIOS_MAX_CAPS]; // slots (or HELIOS_CADDR_UNDEF) for capabilities to receive
    struct helios_poll poll[HELIOS_MAX_POLL];
    uint64_t receive_count; // how many of `receive` are offered, 0 .. HELIOS_MAX_CAPS
    uint64_t unwrapped;     // out, bit i: caps[i] is no slot but the badge of a capability to the
                            // very endpoint that it came through
    uint64_t deadline;      // of HELIOS_FLAG_DEADLINE: ns of the monotonic clock, absolute
    uint64_t reserved[61];
    char text[HELIOS_MAX_TEXT]; // writecons
};

HELIOS_ASSERT_LAYOUT(sizeof(struct helios_ipc_buffer) == 4096);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_ipc_buffer, caps) == 512);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_ipc_buffer, receive) == 768);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_ipc_buffer, poll) == 1024);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_ipc_buffer, text) == 2048);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_MESSAGE_H
