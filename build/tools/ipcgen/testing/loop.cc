// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/testing/loop.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "uapi/object.h"
#include "userland/helios/memory.h"

namespace {

Loop *present = nullptr;

constexpr uint64_t kNonsense = 0xa5a5a5a5a5a5a5a5;
constexpr uint64_t kFirstCall = 1000000; // objects that are calls

} // namespace

void helios_host_syscall(uint64_t number, helios_message *message) {
    present->Call(number, message);
}

helios_thread *helios_host_self() {
    return present->Self();
}

helios_answer helios_make(uint64_t type, uint64_t) {
    if (type != HELIOS_TYPE_CSPACE) {
        abort();
    }
    helios_answer answer{};
    answer.status = HELIOS_OK;
    answer.value = Loop::kCSpace;
    return answer;
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

uint64_t Loop::Take(uint64_t object) {
    uint64_t slot = 1;
    while (own.count(slot) != 0) {
        slot++;
    }
    own[slot] = object;
    return slot;
}

void Loop::Die(uint64_t object) {
    for (auto *slots : {&own, &kept}) {
        for (auto slot = slots->begin(); slot != slots->end();) {
            slot = slot->second == object ? slots->erase(slot) : std::next(slot);
        }
    }
}

// From kCSpace to any slot of the server's own, or the other way round.
helios_error Loop::Move(helios_message *message) {
    bool is_back = message->capability == kCSpace;
    auto &from = is_back ? kept : own;
    auto found = from.find(message->params[0]);
    if (found == from.end()) {
        return HELIOS_ERROR_CAPABILITY;
    }
    uint64_t object = found->second;
    if (is_back) {
        message->params[0] = Take(object);
    } else if (!kept.emplace(message->params[1], object).second) {
        abort(); // somebody else's place
    }
    from.erase(found);
    return HELIOS_OK;
}

void Loop::Destroy(const helios_message *message) {
    uint64_t slot = message->params[0];
    if (message->capability == kCSpace) {
        kept.erase(slot);
    } else if (own.erase(slot) == 0 && running_->received.erase(slot) == 0) {
        abort(); // nobody destroys what did not arrive
    }
}

// Invocations of CSpaces, which are all that rpc.c and kept.c make.
void Loop::Object(helios_message *message) {
    uint32_t label = helios_tag_label(message->tag);
    helios_error status = HELIOS_OK;
    if (label == HELIOS_CSPACE_DESTROY) {
        Destroy(message);
    } else if (label == HELIOS_CSPACE_MOVE) {
        status = Move(message);
    } else if (label == HELIOS_CSPACE_IDENTIFY) {
        std::fill_n(message->params, 4, 0); // no badge
    } else if (label == HELIOS_CSPACE_COPY) {
        message->params[0] = Take(own.at(running_->buffer.caps[0]));
    } else if (label == HELIOS_CSPACE_SAVE_REPLY && !has_reply_) {
        status = HELIOS_ERROR_NO_CALL;
    } else if (label == HELIOS_CSPACE_SAVE_REPLY && message->capability == kCSpace) {
        if (!kept.emplace(message->params[0], call).second) {
            abort(); // somebody else's place
        }
    } else if (label == HELIOS_CSPACE_SAVE_REPLY) {
        message->params[0] = Take(call);
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
    call = kFirstCall + calls;
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
        auto found = own.find(message->capability);
        bool is_good = found != own.end() && found->second == call && has_reply_ && !is_answered_;
        if (is_good) {
            answer_ = *message;
            own.erase(found);
        }
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
