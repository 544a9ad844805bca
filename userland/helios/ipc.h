// SPDX-License-Identifier: MIT
//
// Messages through Endpoints, and Notifications: a function for each system call that is no
// invocation.
//
// A struct helios_message is what stands in registers. Going out, its tag (helios_tag) says how
// many parameters and capabilities there are; parameters from the fourth on stand in
// helios_buffer->params, capabilities in helios_buffer->caps. Coming in, `capability` is the badge,
// and capabilities have arrived where helios_buffer->caps says. With HELIOS_FLAG_DEADLINE in its
// tag a call that waits ends at helios_buffer->deadline.
#ifndef HELIOS_USERLAND_HELIOS_IPC_H
#define HELIOS_USERLAND_HELIOS_IPC_H

#include "uapi/object.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

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

// The message is in and out; its `capability` is set here.
static inline struct helios_answer helios_exchange(uint64_t number, uint64_t capability,
                                                   struct helios_message *message) {
    message->capability = capability;
    helios_syscall(number, message);
    return helios_answer_of(message);
}

// Sends a message and waits until somebody has received it; or only if somebody waits for it.
static inline struct helios_answer helios_send(uint64_t endpoint, struct helios_message message) {
    return helios_exchange(HELIOS_SYS_SEND, endpoint, &message);
}

static inline struct helios_answer helios_nbsend(uint64_t endpoint, struct helios_message message) {
    return helios_exchange(HELIOS_SYS_NBSEND, endpoint, &message);
}

// Waits for a message (`flags` 0 or HELIOS_FLAG_DEADLINE), or takes one if there is one. Returns
// its flags: ERROR says that there is none and why (helios_answer_of), NOTIFIED that the bound
// Notification was signalled, CALL that the sender waits for an answer.
static inline uint32_t helios_recv(uint64_t endpoint, uint32_t flags,
                                   struct helios_message *message) {
    *message = helios_message_of(helios_tag(0, 0, 0, flags), 0, 0);
    helios_exchange(HELIOS_SYS_RECV, endpoint, message);
    return helios_tag_flags(message->tag);
}

static inline uint32_t helios_nbrecv(uint64_t endpoint, struct helios_message *message) {
    *message = helios_message_of(0, 0, 0);
    helios_exchange(HELIOS_SYS_NBRECV, endpoint, message);
    return helios_tag_flags(message->tag);
}

// Answers the call that was received last with *message and waits for the next one, which is in
// *message then; returns its flags. What a server does all day.
static inline uint32_t helios_reply_recv(uint64_t endpoint, struct helios_message *message) {
    message->tag |= (uint64_t)HELIOS_FLAG_REPLY << HELIOS_TAG_FLAGS_SHIFT;
    helios_exchange(HELIOS_SYS_RECV, endpoint, message);
    return helios_tag_flags(message->tag);
}

// Answers a call: that of a Reply, or with HELIOS_CADDR_UNDEF the one that was received last.
static inline struct helios_answer helios_reply(uint64_t reply, struct helios_message message) {
    return helios_exchange(HELIOS_SYS_REPLY, reply, &message);
}

// Sets the bits of the capability's badge.
static inline struct helios_answer helios_signal(uint64_t notification) {
    struct helios_message message = helios_message_of(0, 0, 0);
    return helios_exchange(HELIOS_SYS_SIGNAL, notification, &message);
}

// Waits for a signal (`flags` 0 or HELIOS_FLAG_DEADLINE), or takes what has been signalled: value
// is the word.
static inline struct helios_answer helios_wait(uint64_t notification, uint32_t flags) {
    struct helios_message message = helios_message_of(helios_tag(0, 0, 0, flags), 0, 0);
    return helios_exchange(HELIOS_SYS_WAIT, notification, &message);
}

static inline struct helios_answer helios_nbwait(uint64_t notification) {
    struct helios_message message = helios_message_of(0, 0, 0);
    return helios_exchange(HELIOS_SYS_NBWAIT, notification, &message);
}

// Waits for any of the first `count` entries of helios_buffer->poll: value is how many are ready.
static inline struct helios_answer helios_poll(uint32_t count) {
    struct helios_message message = helios_message_of(helios_tag(0, 0, 1, 0), count, 0);
    return helios_exchange(HELIOS_SYS_POLL, 0, &message);
}

// The same until a time, in ns of the monotonic clock. With 0 entries: sleeps until then; the
// status is always HELIOS_ERROR_DEADLINE.
static inline struct helios_answer helios_pollx(uint32_t count, uint64_t until) {
    struct helios_message message = helios_message_of(helios_tag(0, 0, 2, 0), count, until);
    return helios_exchange(HELIOS_SYS_POLLX, 0, &message);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_IPC_H
