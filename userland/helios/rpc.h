// SPDX-License-Identifier: MIT
//
// What code that ipcgen makes of interface files is built upon (docs/reference/ipcgen.md), and the
// loop of a server.
//
// A request is a call whose label says which function is meant; the label of the answer is its
// status. Whoever decodes a message takes nothing in it for granted: counts, lengths and values are
// checked before anything is used, and what arrived beside is given back.
//
// A server's function (a member of the generated struct X_ops) returns the status of the answer. If
// that is HELIOS_OK the capabilities that came with the request are the server's own; otherwise,
// HELIOS_RPC_LATER excepted, they are destroyed for it.
#ifndef HELIOS_USERLAND_HELIOS_RPC_H
#define HELIOS_USERLAND_HELIOS_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/object.h"
#include "userland/helios/ipc.h"

#ifdef __cplusplus
extern "C" {
#endif

// The answer's label is OK, but nothing else about it is as it must be.
#define HELIOS_RPC_BAD_REPLY ((enum helios_error)0xf00u)

// Of a server's function: the answer comes later.
#define HELIOS_RPC_LATER ((enum helios_error)0xf01u)

// Who asks. Valid while the server's function runs.
struct helios_request {
    uint64_t badge;
    uint32_t label;
};

// Stores the right to answer: *reply is for X_reply(), or for helios_kept_drop (kept.h) if nobody
// is going to answer. It is nothing but this call's, even when the caller is long gone. Returns
// HELIOS_RPC_LATER, for the server's function to return, or why it can't be stored: *reply is 0.
enum helios_error helios_rpc_defer(const struct helios_request *request, uint64_t *reply);

// The same, with the Reply itself in any free slot: it costs a system call less, and when the
// caller dies the slot is free for anything. For servers that look at every slot that something
// comes to, as drivers do (userland/venus/driver/calls.h).
enum helios_error helios_rpc_save(const struct helios_request *request, uint64_t *reply);

// A status in words: those of the kernel and those above. Never NULL.
const char *helios_rpc_strerror(enum helios_error status);

// A server. `dispatch` answers a message: true if the answer stands in *message now, and, what of
// it is longer, in the IPC buffer: whoever has a loop of its own sends it before anything else is
// called. `notified` (NULL: nobody) learns of the word of the task's bound Notification.
struct helios_server {
    uint64_t endpoint;
    bool (*dispatch)(void *context, struct helios_message *message);
    void (*notified)(void *context, uint64_t word);
    void *context;
};

// Receives and answers until the endpoint can't be received from any more: the status says why.
enum helios_error helios_serve(const struct helios_server *server);

// For generated code ------------------------------------------------------------------------------

#define HELIOS_RPC_SHAPE                                                                           \
    (HELIOS_TAG_LABEL_MASK | HELIOS_TAG_CAPS_MASK << HELIOS_TAG_CAPS_SHIFT |                       \
     HELIOS_TAG_PARAM_MASK << HELIOS_TAG_PARAM_SHIFT)

#define HELIOS_RPC_FLAGS                                                                           \
    ((uint64_t)(HELIOS_FLAG_CALL | HELIOS_FLAG_FAULT) << HELIOS_TAG_FLAGS_SHIFT)

// Words that so many bytes take.
#define HELIOS_RPC_WORDS(bytes) (((uint32_t)(bytes) + 7u) / 8u)

// Whether an answer has this status, and so many capabilities and parameters; none of them may be
// one to the endpoint that was called.
static inline bool helios_rpc_is(const struct helios_message *message, uint32_t label,
                                 uint32_t caps, uint32_t params) {
    return (message->tag & HELIOS_RPC_SHAPE) == helios_tag(label, caps, params, 0);
}

// Whether a message is a call of this kind, with so many capabilities and parameters.
static inline bool helios_rpc_asks(const struct helios_message *message, uint32_t label,
                                   uint32_t caps, uint32_t params) {
    return (message->tag & (HELIOS_RPC_SHAPE | HELIOS_RPC_FLAGS)) ==
           helios_tag(label, caps, params, HELIOS_FLAG_CALL);
}

static inline struct helios_request helios_rpc_request(const struct helios_message *message) {
    struct helios_request request;
    request.badge = message->capability;
    request.label = helios_tag_label(message->tag);
    return request;
}

// Makes *message an answer that is a status and nothing else.
static inline void helios_rpc_status(struct helios_message *message, enum helios_error status) {
    *message = helios_message_of(helios_tag((uint32_t)status, 0, 0, 0), 0, 0);
}

// What an answer with this tag, which is not as it must be, means; what came with it is destroyed.
// It gets the tag alone, so that the message of a small call can stay in registers.
enum helios_error helios_rpc_failed(uint64_t tag);

// Makes *message the answer to a request that makes no sense: which argument, and what was found.
// Destroys what came with it. Returns whether there is somebody to answer.
bool helios_rpc_refuse(struct helios_message *message, enum helios_error status, uint64_t argument,
                       uint64_t found);

// The same for one that is no call, or has the wrong number of capabilities or parameters.
bool helios_rpc_refuse_shape(struct helios_message *message, size_t least_caps, size_t most_caps,
                             uint32_t params);

// The same for a call that the server has no function for.
bool helios_rpc_unsupported(struct helios_message *message);

// The same for one with a label that nobody knows.
bool helios_rpc_unknown(struct helios_message *message);

// Types that a capability in an interface file can have, beside those of enum helios_type.
#define HELIOS_RPC_ANY   HELIOS_TYPE_NULL
#define HELIOS_RPC_TABLE HELIOS_TYPE_TABLE_0 // of any level

// Whether the capabilities that came with an answer are to objects of these types; the last type
// is that of all further ones. What leads nowhere any more fits: its first use will say so.
bool helios_rpc_fit(uint64_t tag, const uint8_t *types, uint32_t type_count);

// Takes the capabilities of a request. False if it was refused, with *message as the answer:
// others than those in the mask `own` are to the very endpoint that it came through, or one of
// these is not, or one is to an object of another type.
bool helios_rpc_take(struct helios_message *message, uint64_t *caps, uint64_t own,
                     const uint8_t *types, uint32_t type_count);

// What a server's function returned is not HELIOS_OK. Destroys the capabilities, if the request
// ends here. Returns whether *message is the answer.
bool helios_rpc_end(struct helios_message *message, enum helios_error status, const uint64_t *caps,
                    size_t count, uint64_t own);

// Answers through a Reply, be it kept (helios_rpc_defer) or in a slot, and destroys it if that
// fails.
enum helios_error helios_rpc_reply(uint64_t reply, const struct helios_message *message);

// Parameters from and to words; as many as the tag says. Get sets those that did not come to 0.
void helios_rpc_put(struct helios_message *message, const uint64_t *words);
void helios_rpc_get(const struct helios_message *message, uint64_t *words, uint32_t count);

// Length of a string, at most + 1 if it is longer.
uint32_t helios_rpc_text_length(const char *text, uint32_t most);

// A string from words; false if there is a NUL in it. `text` has room for one more.
bool helios_rpc_get_text(char *text, const uint64_t *words, uint32_t length);

void helios_rpc_put_bytes(uint64_t *words, const void *bytes, uint32_t length);
void helios_rpc_get_bytes(void *bytes, const uint64_t *words, uint32_t length);

// Strings and bytes at fixed places in structs. A string is filled up with zeroes; bytes follow a
// word with their length.
void helios_rpc_pack_text(uint64_t *words, const char *text, uint32_t most);
void helios_rpc_unpack_text(char *text, const uint64_t *words, uint32_t most);
void helios_rpc_pack_bytes(uint64_t *words, const void *bytes, uint32_t length, uint32_t most);
bool helios_rpc_unpack_bytes(void *bytes, uint32_t *length, const uint64_t *words, uint32_t most);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_RPC_H
