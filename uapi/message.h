// SPDX-License-Identifier: MIT
//
// The message tag and the IPC buffer.
#ifndef HELIOS_UAPI_MESSAGE_H
#define HELIOS_UAPI_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

// The tag describes a message in one word:
//
//   bits  0..31  label: the invocation in a call, enum helios_error in an answer of the kernel
//   bits 32..37  number of capabilities
//   bits 38..39  zero
//   bits 40..46  number of parameters
//   bit  47      zero
//   bits 48..63  flags
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

// One entry of the array that poll waits for.
struct helios_poll {
    uint64_t capability;
    uint32_t events;
    uint32_t ready;
};

// The IPC buffer: one page of a task that the kernel reads and writes. Whatever does not travel in
// registers stands here. Parameters 0..3 are never read from `params`.
struct helios_ipc_buffer {
    uint64_t params[HELIOS_MAX_PARAMS];
    uint64_t caps[HELIOS_MAX_CAPS];    // capabilities to send
    uint64_t receive[HELIOS_MAX_CAPS]; // slots for capabilities to receive
    struct helios_poll poll[HELIOS_MAX_POLL];
    uint64_t reserved[64];
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
