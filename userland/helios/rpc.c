// SPDX-License-Identifier: MIT
#include "userland/helios/rpc.h"

#include <string.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/error.h"
#include "userland/helios/kept.h"

// This program's own table of capabilities: the same slot in every process.
#define OWN_CSPACE HELIOS_INIT_CSPACE

const char *helios_rpc_strerror(enum helios_error status) {
    if (status == HELIOS_RPC_BAD_REPLY) {
        return "the server's answer makes no sense";
    }
    return status == HELIOS_RPC_LATER ? "the answer comes later" : helios_strerror(status);
}

// Destroys capabilities that arrived. Those in the mask `own` are badges, no slots.
static void drop(const uint64_t *caps, size_t count, uint64_t own) {
    for (size_t i = 0; i < count && i < HELIOS_MAX_CAPS; i++) {
        if ((own >> i & 1) == 0) {
            helios_call(OWN_CSPACE, HELIOS_CSPACE_DESTROY, 1, caps[i], 0);
        }
    }
}

// The same for those that came with the message last received.
static void drop_received(uint64_t tag) {
    uint64_t caps[HELIOS_MAX_CAPS];
    size_t count = helios_tag_caps(tag);
    if (count == 0) {
        return; // `unwrapped` is of an earlier message
    }
    for (size_t i = 0; i < count && i < HELIOS_MAX_CAPS; i++) {
        caps[i] = helios_buffer->caps[i];
    }
    drop(caps, count, helios_buffer->unwrapped);
}

enum helios_error helios_rpc_defer(const struct helios_request *request, uint64_t *reply) {
    (void)request;
    enum helios_error kept = helios_keep_reply(reply);
    return kept == HELIOS_OK ? HELIOS_RPC_LATER : kept;
}

enum helios_error helios_rpc_save(const struct helios_request *request, uint64_t *reply) {
    (void)request;
    struct helios_answer answer =
        helios_call(OWN_CSPACE, HELIOS_CSPACE_SAVE_REPLY, 1, HELIOS_CADDR_UNDEF, 0);
    if (answer.status != HELIOS_OK) {
        return answer.status;
    }
    *reply = answer.value;
    return HELIOS_RPC_LATER;
}

enum helios_error helios_rpc_reply(uint64_t reply, const struct helios_message *message) {
    if (helios_is_kept(reply)) {
        reply = helios_kept_take(reply);
    }
    if (reply == 0) {
        return HELIOS_ERROR_NO_CALL;
    }
    struct helios_answer answer = helios_reply(reply, *message);
    if (answer.status != HELIOS_OK) {
        drop(&reply, 1, 0);
    }
    return answer.status;
}

enum helios_error helios_serve(const struct helios_server *server) {
    struct helios_message message;
    uint32_t flags = helios_recv(server->endpoint, 0, &message);
    for (;;) {
        if ((flags & HELIOS_FLAG_ERROR) != 0) {
            return (enum helios_error)helios_tag_label(message.tag);
        }
        bool has_answer = false;
        if ((flags & HELIOS_FLAG_NOTIFIED) == 0) {
            has_answer = server->dispatch(server->context, &message);
        } else if (server->notified != NULL) {
            server->notified(server->context, message.capability);
        }
        flags = has_answer ? helios_reply_recv(server->endpoint, &message)
                           : helios_recv(server->endpoint, 0, &message);
    }
}

enum helios_error helios_rpc_failed(uint64_t tag) {
    drop_received(tag);
    enum helios_error status = (enum helios_error)helios_tag_label(tag);
    return status == HELIOS_OK || status == HELIOS_RPC_LATER ? HELIOS_RPC_BAD_REPLY : status;
}

bool helios_rpc_refuse(struct helios_message *message, enum helios_error status, uint64_t argument,
                       uint64_t found) {
    const uint64_t flags = message->tag & HELIOS_RPC_FLAGS;
    drop_received(message->tag);
    *message = helios_message_of(helios_tag((uint32_t)status, 0, 3, 0), argument, found);
    return flags == (uint64_t)HELIOS_FLAG_CALL << HELIOS_TAG_FLAGS_SHIFT;
}

bool helios_rpc_refuse_shape(struct helios_message *message, size_t least_caps, size_t most_caps,
                             uint32_t params) {
    const uint32_t caps = helios_tag_caps(message->tag);
    const uint32_t count = helios_tag_params(message->tag);
    bool are_caps = caps < least_caps || caps > most_caps;
    uint64_t wanted = are_caps ? least_caps : params;
    bool is_call =
        helios_rpc_refuse(message, HELIOS_ERROR_ARGUMENTS,
                          are_caps ? HELIOS_ARGUMENT_CAP_COUNT : HELIOS_ARGUMENT_PARAM_COUNT,
                          are_caps ? caps : count);
    message->params[2] = wanted;
    return is_call;
}

bool helios_rpc_unsupported(struct helios_message *message) {
    return helios_rpc_refuse(message, HELIOS_ERROR_UNSUPPORTED, HELIOS_ARGUMENT_LABEL,
                             helios_tag_label(message->tag));
}

bool helios_rpc_unknown(struct helios_message *message) {
    return helios_rpc_refuse(message, HELIOS_ERROR_INVOCATION, HELIOS_ARGUMENT_LABEL,
                             helios_tag_label(message->tag));
}

static bool fits(uint64_t found, uint8_t wanted) {
    if (wanted == HELIOS_RPC_TABLE) {
        return found == HELIOS_TYPE_NULL ||
               (found >= HELIOS_TYPE_TABLE_0 && found <= HELIOS_TYPE_TABLE_2);
    }
    return found == wanted || found == HELIOS_TYPE_NULL;
}

// Looks at the first `count` capabilities that arrived: the first one of another type than it must
// be, or `count`; *found is its type.
static uint32_t find_misfit(uint32_t count, const uint8_t *types, uint32_t type_count,
                            uint64_t *found) {
    for (uint32_t i = 0; i < count && i < HELIOS_MAX_CAPS; i++) {
        const uint8_t wanted = types[i < type_count ? i : type_count - 1];
        if (wanted == HELIOS_RPC_ANY) {
            continue;
        }
        const struct helios_answer is = helios_identify(helios_buffer->caps[i]);
        *found = is.value;
        if (is.status != HELIOS_OK || !fits(is.value, wanted)) {
            return i;
        }
    }
    return count;
}

bool helios_rpc_fit(uint64_t tag, const uint8_t *types, uint32_t type_count) {
    const uint32_t count = helios_tag_caps(tag);
    uint64_t found = 0;
    return find_misfit(count, types, type_count, &found) == count;
}

bool helios_rpc_take(struct helios_message *message, uint64_t *caps, uint64_t own,
                     const uint8_t *types, uint32_t type_count) {
    const uint32_t count = helios_tag_caps(message->tag);
    uint64_t found = 0;
    for (uint32_t i = 0; i < count && i < HELIOS_MAX_CAPS; i++) {
        caps[i] = helios_buffer->caps[i];
    }
    if (count != 0 && helios_buffer->unwrapped != own) {
        helios_rpc_refuse(message, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP, 0);
        return false;
    }
    const uint32_t misfit = find_misfit(count, types, type_count, &found);
    if (misfit != count) {
        helios_rpc_refuse(message, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAP + misfit, found);
        message->params[2] = types[misfit < type_count ? misfit : type_count - 1];
        return false;
    }
    return true;
}

bool helios_rpc_end(struct helios_message *message, enum helios_error status, const uint64_t *caps,
                    size_t count, uint64_t own) {
    if (status == HELIOS_RPC_LATER) {
        return false;
    }
    drop(caps, count, own);
    helios_rpc_status(message, status);
    return true;
}

// How many words of a message stand in registers, of `count`.
static uint32_t in_registers(uint32_t count) {
    return count < HELIOS_REGISTER_PARAMS ? count : HELIOS_REGISTER_PARAMS;
}

void helios_rpc_put(struct helios_message *message, const uint64_t *words) {
    const uint32_t tagged = helios_tag_params(message->tag);
    const uint32_t count = tagged < HELIOS_MAX_PARAMS ? tagged : HELIOS_MAX_PARAMS;
    const uint32_t first = in_registers(count);
    memcpy(message->params, words, first * sizeof *words);
    if (count > first) {
        memcpy(helios_buffer->params + first, words + first, (count - first) * sizeof *words);
    }
}

void helios_rpc_get(const struct helios_message *message, uint64_t *words, uint32_t count) {
    const uint32_t tagged = helios_tag_params(message->tag);
    const uint32_t came = tagged < count ? tagged : count;
    const uint32_t first = in_registers(came);
    memcpy(words, message->params, first * sizeof *words);
    if (came > first) {
        memcpy(words + first, helios_buffer->params + first, (came - first) * sizeof *words);
    }
    memset(words + came, 0, (count - came) * sizeof *words);
}

uint32_t helios_rpc_text_length(const char *text, uint32_t most) {
    uint32_t length = 0;
    while (length <= most && text[length] != '\0') {
        length++;
    }
    return length;
}

bool helios_rpc_get_text(char *text, const uint64_t *words, uint32_t length) {
    memcpy(text, words, length);
    text[length] = '\0';
    return memchr(text, '\0', length) == NULL;
}

void helios_rpc_put_bytes(uint64_t *words, const void *bytes, uint32_t length) {
    if (length > 0) {
        words[HELIOS_RPC_WORDS(length) - 1] = 0; // what is behind them in the last word
        memcpy(words, bytes, length);
    }
}

void helios_rpc_get_bytes(void *bytes, const uint64_t *words, uint32_t length) {
    memcpy(bytes, words, length);
}

void helios_rpc_pack_text(uint64_t *words, const char *text, uint32_t most) {
    uint32_t length = helios_rpc_text_length(text, most);
    memset(words, 0, HELIOS_RPC_WORDS(most) * sizeof *words);
    memcpy(words, text, length < most ? length : most);
}

void helios_rpc_unpack_text(char *text, const uint64_t *words, uint32_t most) {
    memcpy(text, words, most);
    text[most] = '\0';
}

void helios_rpc_pack_bytes(uint64_t *words, const void *bytes, uint32_t length, uint32_t most) {
    memset(words, 0, (1 + HELIOS_RPC_WORDS(most)) * sizeof *words);
    words[0] = length < most ? length : most;
    memcpy(words + 1, bytes, words[0]);
}

bool helios_rpc_unpack_bytes(void *bytes, uint32_t *length, const uint64_t *words, uint32_t most) {
    if (words[0] > most) {
        return false;
    }
    *length = (uint32_t)words[0];
    memcpy(bytes, words + 1, most);
    return true;
}
