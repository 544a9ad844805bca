// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// A function for each system call.
//
// A struct helios_message is what stands in registers. Going out, its tag (helios_tag) says how
// many parameters and capabilities there are; parameters from the fourth on stand in
// helios_buffer->params, capabilities in helios_buffer->caps. Its `capability` is set here. Coming
// in, that is the badge, and capabilities have arrived where helios_buffer->caps says. With
// HELIOS_FLAG_DEADLINE among its flags a call that waits ends at helios_buffer->deadline.
//
// Who receives is told the flags of what came: ERROR says that there is no message and why
// (helios_answer_of), NOTIFIED that the bound Notification was signalled, CALL that the sender
// waits for an answer.
#ifndef HELIOS_USERLAND_HELIOS_CALLS_H
#define HELIOS_USERLAND_HELIOS_CALLS_H

#include <stdint.h>

#include "userland/helios/answer.h"

#ifdef __cplusplus
extern "C" {
#endif

// writecons(length) -> (written)
// Writes text to the console.
//   length: bytes, at most HELIOS_MAX_TEXT
//   value: written, the same
static inline struct helios_answer helios_writecons_buffer(uint64_t length) {
    struct helios_message message = {0, helios_tag(0, 0, 1, 0), {length, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_WRITECONS, &message);
    return helios_answer_of(&message);
}

// yield()
// Lets another task of the same priority run. It looks at no argument and never fails.
static inline void helios_yield(void) {
    struct helios_message message = {0, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_YIELD, &message);
}

// identify() -> (type, rights, badge, size)
// Says what a capability is: of the caller's own CSpace, by its address, with no right needed.
//   value: type, an `enum helios_type`
//   more[0]: rights, `enum helios_rights`
//   more[1]: badge, 0: none
//   more[2]: size, as in Memory.allocate; 0 where there is none
static inline struct helios_answer helios_identify(uint64_t capability) {
    struct helios_message message = {capability, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_IDENTIFY, &message);
    return helios_answer_of(&message);
}

// send{capabilities...}(words...)  [WRITE]
// Sends a message through an Endpoint and waits until somebody has received it.
static inline struct helios_answer helios_send(uint64_t endpoint, struct helios_message message) {
    message.capability = endpoint;
    helios_syscall(HELIOS_SYS_SEND, &message);
    return helios_answer_of(&message);
}

// recv{capabilities...}(words...) -> (message...) {caps...}  [READ]
// Waits for a message of an Endpoint; with HELIOS_FLAG_REPLY it answers the last call first.
//   flags: 0, HELIOS_FLAG_DEADLINE
static inline uint32_t helios_recv(uint64_t endpoint, uint32_t flags,
                                   struct helios_message *message) {
    struct helios_message none = {0, helios_tag(0, 0, 0, flags), {0, 0, 0, 0}};
    *message = none;
    message->capability = endpoint;
    helios_syscall(HELIOS_SYS_RECV, message);
    return helios_tag_flags(message->tag);
}

// Answers the call that was received last with *message, then does what helios_recv does: the
// next one is in *message.
static inline uint32_t helios_reply_recv(uint64_t endpoint, struct helios_message *message) {
    message->tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
    message->capability = endpoint;
    helios_syscall(HELIOS_SYS_RECV, message);
    return helios_tag_flags(message->tag);
}

// call{capabilities...}(words...) -> (answer...) {caps...}  [WRITE]
// Sends a message and waits for the answer: invokes an object, or asks a server.
static inline struct helios_answer helios_exchange(uint64_t capability,
                                                   struct helios_message *message) {
    message->capability = capability;
    helios_syscall(HELIOS_SYS_CALL, message);
    return helios_answer_of(message);
}

// reply{capabilities...}(words...)
// Answers a call: the pending one, or that of a Reply capability, which is used up.
static inline struct helios_answer helios_reply(uint64_t reply, struct helios_message message) {
    message.capability = reply;
    helios_syscall(HELIOS_SYS_REPLY, &message);
    return helios_answer_of(&message);
}

// signal()  [WRITE]
// Signals a Notification: sets the bits of the capability's badge in its word. It never waits.
static inline struct helios_answer helios_signal(uint64_t notification) {
    struct helios_message message = {notification, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_SIGNAL, &message);
    return helios_answer_of(&message);
}

// wait() -> (word)  [READ]
// Waits until a Notification is signalled; takes the word and clears it.
//   flags: 0, HELIOS_FLAG_DEADLINE
//   value: word, never 0
static inline struct helios_answer helios_wait(uint64_t notification, uint32_t flags) {
    struct helios_message message = {notification, helios_tag(0, 0, 0, flags), {0, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_WAIT, &message);
    return helios_answer_of(&message);
}

// nbsend{capabilities...}(words...)  [WRITE]
// As send, if somebody waits for it; WOULD_BLOCK otherwise.
static inline struct helios_answer helios_nbsend(uint64_t endpoint, struct helios_message message) {
    message.capability = endpoint;
    helios_syscall(HELIOS_SYS_NBSEND, &message);
    return helios_answer_of(&message);
}

// nbrecv{capabilities...}(words...) -> (message...) {caps...}  [READ]
// As recv, if somebody sends; WOULD_BLOCK otherwise.
static inline uint32_t helios_nbrecv(uint64_t endpoint, struct helios_message *message) {
    struct helios_message none = {0, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};
    *message = none;
    message->capability = endpoint;
    helios_syscall(HELIOS_SYS_NBRECV, message);
    return helios_tag_flags(message->tag);
}

// Answers the call that was received last with *message, then does what helios_nbrecv does: the
// next one is in *message.
static inline uint32_t helios_reply_nbrecv(uint64_t endpoint, struct helios_message *message) {
    message->tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);
    message->capability = endpoint;
    helios_syscall(HELIOS_SYS_NBRECV, message);
    return helios_tag_flags(message->tag);
}

// nbwait() -> (word)  [READ]
// As wait, if the Notification is signalled; WOULD_BLOCK otherwise.
//   value: word, never 0
static inline struct helios_answer helios_nbwait(uint64_t notification) {
    struct helios_message message = {notification, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_NBWAIT, &message);
    return helios_answer_of(&message);
}

// poll(count) -> (ready)
// Waits until one of several Endpoints and Notifications is ready.
//   count: entries, 1 .. HELIOS_MAX_POLL
//   value: ready, entries that are
static inline struct helios_answer helios_poll(uint64_t count) {
    struct helios_message message = {0, helios_tag(0, 0, 1, 0), {count, 0, 0, 0}};
    helios_syscall(HELIOS_SYS_POLL, &message);
    return helios_answer_of(&message);
}

// pollx(count, until) -> (ready)
// As poll, with a deadline; without entries it is a sleep.
//   count: entries, 0 .. HELIOS_MAX_POLL
//   until: the deadline, in ns
//   value: ready, entries that are
static inline struct helios_answer helios_pollx(uint64_t count, uint64_t until) {
    struct helios_message message = {0, helios_tag(0, 0, 2, 0), {count, until, 0, 0}};
    helios_syscall(HELIOS_SYS_POLLX, &message);
    return helios_answer_of(&message);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_CALLS_H
