// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/testing/loop.h"

#include <cstdlib>
#include <cstring>

#include "uapi/object.h"

namespace {

Loop *present = nullptr;

constexpr uint64_t kNonsense = 0xa5a5a5a5a5a5a5a5;

} // namespace

void helios_host_syscall(uint64_t number, helios_message *message) {
    present->Call(number, message);
}

helios_thread *helios_host_self() {
    return present->Self();
}

LoopSide::LoopSide() : buffer(), thread() {
    thread.buffer = &buffer;
}

void LoopSide::Deliver(const helios_message &message, const helios_ipc_buffer &from,
                       uint64_t unwrapped) {
    uint32_t params = helios_tag_params(message.tag);
    uint32_t caps = helios_tag_caps(message.tag);
    uint64_t words[HELIOS_MAX_PARAMS];
    uint64_t slots[HELIOS_MAX_CAPS];
    memcpy(words, from.params, sizeof words);
    memcpy(slots, from.caps, sizeof slots);
    for (uint32_t i = 0; i < HELIOS_MAX_PARAMS; i++) {
        buffer.params[i] = i >= HELIOS_REGISTER_PARAMS && i < params ? words[i] : kNonsense;
    }
    for (uint32_t i = 0; i < HELIOS_MAX_CAPS; i++) {
        buffer.caps[i] = kNonsense;
        if (i < caps && (unwrapped >> i & 1) != 0) {
            buffer.caps[i] = slots[i];
        } else if (i < caps) {
            sent[next_slot] = slots[i];
            received.insert(buffer.caps[i] = next_slot++);
        }
    }
    buffer.unwrapped = caps > 0 ? unwrapped & ((1ull << caps) - 1) : kNonsense;
}

Loop::Loop() : running_(&client) {
    present = this;
}

Loop::~Loop() {
    present = nullptr;
}

helios_thread *Loop::Self() {
    return &running_->thread;
}

// Invocations of the CSpace, which are all that rpc.c makes.
void Loop::Object(helios_message *message) {
    uint32_t label = helios_tag_label(message->tag);
    helios_error status = HELIOS_OK;
    if (label == HELIOS_CSPACE_DESTROY) {
        if (running_->received.erase(message->params[0]) == 0 && message->params[0] != kReply) {
            abort(); // nobody destroys what did not arrive
        }
    } else if (label == HELIOS_CSPACE_SAVE_REPLY) {
        status = has_reply_ ? HELIOS_OK : HELIOS_ERROR_NO_CALL;
        message->params[0] = kReply;
    } else {
        abort();
    }
    message->tag = helios_tag(static_cast<uint32_t>(status), 0, 1, 0);
}

void Loop::Identify(helios_message *message) {
    if (running_->received.count(message->capability) == 0) {
        abort(); // nobody asks for what did not arrive
    }
    auto type = types.find(running_->sent[message->capability]);
    message->params[0] = type == types.end() ? HELIOS_TYPE_PAGE : type->second;
    message->tag = helios_tag(HELIOS_OK, 0, 4, 0);
}

void Loop::ToServer(helios_message *message) {
    calls++;
    uint32_t flags = helios_tag_flags(message->tag);
    deadline = (flags & HELIOS_FLAG_DEADLINE) != 0 ? client.buffer.deadline : 0;
    is_buffer_used = helios_tag_params(message->tag) > HELIOS_REGISTER_PARAMS;
    message->tag = helios_tag(helios_tag_label(message->tag), helios_tag_caps(message->tag),
                              helios_tag_params(message->tag), HELIOS_FLAG_CALL);
    message->capability = kBadge;
    if (tamper_request) {
        tamper_request(message, &client.buffer);
    }
    server.Deliver(*message, client.buffer, unwrapped);
    running_ = &server;
    has_reply_ = true;
    is_answered_ = false;
    answer_ = *message;
    if (dispatch(&answer_)) {
        is_answered_ = true;
    } else if (later) {
        later();
    }
    running_ = &client;
    has_reply_ = false;
    if (!is_answered_) {
        *message = {0, helios_tag(HELIOS_ERROR_ABANDONED, 0, 3, 0), {0, 0, 0, 0}};
        return;
    }
    if (tamper) {
        tamper(&answer_, &server.buffer);
    }
    *message = answer_;
    client.Deliver(*message, server.buffer, 0);
}

void Loop::Call(uint64_t number, helios_message *message) {
    if (number == HELIOS_SYS_REPLY) {
        bool is_good = message->capability == kReply && has_reply_ && !is_answered_;
        answer_ = is_good ? *message : answer_;
        is_answered_ = is_answered_ || is_good;
        uint32_t status = is_good ? HELIOS_OK : HELIOS_ERROR_NO_CALL;
        *message = {0, helios_tag(status, 0, 0, 0), {0, 0, 0, 0}};
    } else if (number == HELIOS_SYS_IDENTIFY) {
        Identify(message);
    } else if (number != HELIOS_SYS_CALL) {
        abort();
    } else if (message->capability == kEndpoint) {
        ToServer(message);
    } else {
        Object(message);
    }
}
