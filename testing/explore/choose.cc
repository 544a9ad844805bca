// SPDX-License-Identifier: GPL-3.0-only
//
// What tasks do in a world.
#include "kernel/cspace.h"
#include "testing/explore/places.h"
#include "testing/explore/world.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"

namespace explore {

// A capability of any kind: something of the world, or what has come since.
uint64_t World::Any(Random &random) {
    return random.Chance(3) ? kFree + random.Below(kFreeCount) : 1 + random.Below(kFree - 1);
}

World::Call World::Message(Random &random, task *current, Actor &actor) {
    static const uint8_t numbers[] = {HELIOS_SYS_CALL,  HELIOS_SYS_CALL,   HELIOS_SYS_RECV,
                                      HELIOS_SYS_RECV,  HELIOS_SYS_RECV,   HELIOS_SYS_SEND,
                                      HELIOS_SYS_REPLY, HELIOS_SYS_NBRECV, HELIOS_SYS_NBSEND};
    Call call;
    call.number = numbers[random.Below(sizeof(numbers))];
    call.capability = kEndpoint + random.Below(2);
    bool receives = call.number == HELIOS_SYS_RECV || call.number == HELIOS_SYS_NBRECV;
    bool may_wait = call.number == HELIOS_SYS_RECV || call.number == HELIOS_SYS_CALL ||
                    call.number == HELIOS_SYS_SEND;
    call.flags = may_wait && random.Chance(4) ? HELIOS_FLAG_DEADLINE : 0;
    if (call.number == HELIOS_SYS_REPLY || (receives && random.Chance(2))) {
        // An answer.
        call.flags |= receives ? HELIOS_FLAG_REPLY : 0;
        bool through_slot = !receives && random.Chance(3);
        if (!receives) {
            call.capability = through_slot ? kFree + random.Below(4) : HELIOS_CADDR_UNDEF;
        }
        call.label = 77;
        call.params = 2;
        call.words[0] = through_slot ? 0 : actor.received;
        call.words[1] = Shadow(call.words[0], 7);
        return call;
    }
    if (receives) {
        return call;
    }
    uint64_t token = (tokens_.fetch_add(1, std::memory_order_relaxed) + 1) << 8 | 1;
    call.params = 4;
    call.words[0] = token;
    for (unsigned i = 1; i < 4; i++) {
        call.words[i] = Shadow(token, i);
    }
    actor.sent = call.number == HELIOS_SYS_CALL ? token : 0;
    if (current->buffer != nullptr && random.Chance(4)) {
        call.caps = 1;
        current->buffer->caps[0] = Any(random);
    }
    return call;
}

World::Call World::OfTask(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_CALL;
    call.capability =
        random.Chance(6) ? kFree + random.Below(kFreeCount) : kTask + random.Below(size_.tasks);
    helios_ipc_buffer *buffer = current->buffer;
    auto take = [&](uint64_t capability) {
        if (buffer != nullptr) {
            buffer->caps[call.caps++] = capability;
        }
    };
    switch (random.Below(16)) {
    case 0:
    case 1:
        call.label = HELIOS_TASK_SUSPEND;
        break;
    case 2:
    case 3:
    case 4:
        call.label = HELIOS_TASK_RESUME;
        break;
    case 5:
        call.label = HELIOS_TASK_CANCEL;
        break;
    case 6:
    case 7:
        call.label = HELIOS_TASK_SET_AFFINITY;
        call.params = 1;
        call.words[0] = 1 + random.Below((1u << plan_.cpus) - 1);
        take(kTask + random.Below(size_.tasks));
        break;
    case 8:
        call.label = HELIOS_TASK_SET_PRIORITY;
        call.params = 2;
        call.words[0] = 28 + random.Below(8);
        call.words[1] = 40;
        take(kTask + random.Below(size_.tasks));
        break;
    case 9:
        call.label = HELIOS_TASK_CONFIGURE;
        call.params = 1;
        call.words[0] = 1u << random.Below(4);
        if (!takes_turns && call.words[0] == HELIOS_TASK_BUFFER) {
            call.words[0] = HELIOS_TASK_CSPACE; // two tasks would write to one page
        }
        take(call.words[0] == HELIOS_TASK_CSPACE   ? kSpace + random.Below(3)
             : call.words[0] == HELIOS_TASK_VSPACE ? kVspace + random.Below(2)
             : call.words[0] == HELIOS_TASK_BUFFER ? kPage + random.Below(kPages)
                                                   : kEndpoint + random.Below(2));
        break;
    case 10:
        call.label = random.Chance(2) ? HELIOS_TASK_READ_REGISTERS : HELIOS_TASK_QUERY;
        break;
    case 11:
        call.label = HELIOS_TASK_BIND;
        take(kNotification + random.Below(2));
        break;
    case 12:
        call.label = HELIOS_TASK_UNBIND;
        break;
    case 13:
        call.label = HELIOS_TASK_SET_STEP;
        call.params = 1;
        call.words[0] = random.Below(2);
        break;
    case 14:
        call.label = HELIOS_TASK_LIST;
        call.params = 1;
        break;
    default:
        call.label = HELIOS_TASK_WRITE_REGISTERS;
        call.params = 4 + ARCH_REGISTER_COUNT;
        call.words[0] = 8;
    }
    return call;
}

World::Call World::OfCSpace(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_CALL;
    call.capability = kSpace + random.Below(3);
    uint64_t place = random.Chance(3) ? HELIOS_CADDR_UNDEF : kFree + random.Below(kFreeCount);
    switch (random.Below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
        call.label = HELIOS_CSPACE_COPY;
        call.params = 3;
        call.words[0] = place;
        call.words[1] = HELIOS_RIGHT_ALL;
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = Any(random);
        }
        break;
    case 4:
        call.label = HELIOS_CSPACE_MOVE;
        call.params = 2;
        call.words[0] = kFree + random.Below(kFreeCount);
        call.words[1] = place;
        break;
    case 5:
    case 6:
        call.label = HELIOS_CSPACE_DESTROY;
        call.params = 1;
        call.words[0] = random.Chance(6) ? Any(random) : kFree + random.Below(kFreeCount);
        break;
    case 7:
        call.label = HELIOS_CSPACE_REVOKE;
        call.params = 1;
        call.words[0] = random.Chance(2) ? Any(random) : kFree + random.Below(kFreeCount);
        break;
    case 8:
        call.label = HELIOS_CSPACE_SAVE_REPLY;
        call.params = 1;
        call.words[0] = kFree + random.Below(4);
        break;
    default:
        call.label = HELIOS_CSPACE_IDENTIFY;
        call.params = 1;
        call.words[0] = Any(random);
    }
    return call;
}

World::Call World::OfVSpace(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_CALL;
    call.capability = kVspace + random.Below(2);
    call.words[0] = kWindow + random.Below(kPages) * 4096ull;
    switch (random.Below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        call.label = HELIOS_VSPACE_MAP;
        call.params = 2;
        call.words[1] = random.Below(3);
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = kPage + random.Below(kPages);
        }
        break;
    case 5:
    case 6:
    case 7:
        call.label = HELIOS_VSPACE_UNMAP;
        call.params = 1;
        break;
    case 8:
        call.label = HELIOS_VSPACE_UNMAP_TABLE;
        call.params = 2;
        break;
    case 9:
        call.label = HELIOS_VSPACE_MAP;
        call.params = 2;
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = kTable;
        }
        break;
    case 10:
        call.capability = kPage + random.Below(kPages);
        call.label = HELIOS_PAGE_SYNC_CODE;
        call.params = 2;
        call.words[0] = 0;
        call.words[1] = 64;
        break;
    case 11:
        call.capability = kAsidControl;
        call.label = HELIOS_ASID_CONTROL_MAKE_POOL;
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = random.Chance(2) ? kMemory : kPoor;
            current->buffer->receive[0] = kTable + 1; // if somebody has destroyed the one there
        }
        break;
    case 12:
        call.capability = kSpace + random.Below(3);
        call.label = random.Chance(2) ? HELIOS_CSPACE_REVOKE : HELIOS_CSPACE_DESTROY;
        call.params = 1;
        call.words[0] = kTable + 1;
        break;
    default:
        call.capability = kTable + 1;
        call.label = HELIOS_ASID_POOL_ASSIGN;
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = kVspace + random.Below(2);
        }
    }
    return call;
}

// Handlers are where the line says.
World::Call World::OfInterrupt(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_CALL;
    uint64_t line = random.Below(kLines);
    call.capability = kFree + line;
    switch (random.Below(8)) {
    case 0:
    case 1:
        call.capability = kIrqControl;
        call.label = HELIOS_IRQ_CONTROL_ISSUE;
        call.params = 3;
        call.words[0] = kFirstLine + line;
        if (current->buffer != nullptr) {
            current->buffer->receive[0] = kFree + line;
        }
        break;
    case 2:
    case 3:
        call.label = HELIOS_IRQ_HANDLER_BIND;
        if (current->buffer != nullptr) {
            call.caps = 1;
            current->buffer->caps[0] = kNotification + random.Below(2);
        }
        break;
    case 4:
        call.label = HELIOS_IRQ_HANDLER_UNBIND;
        break;
    case 5:
        call.label = HELIOS_IRQ_HANDLER_ROUTE;
        call.params = 1;
        call.words[0] = random.Below(plan_.cpus);
        break;
    default:
        call.label = HELIOS_IRQ_HANDLER_ACK;
    }
    return call;
}

World::Call World::OfMemory(Random &random, task *current) {
    static const uint8_t types[] = {
        HELIOS_TYPE_PAGE,         HELIOS_TYPE_PAGE,    HELIOS_TYPE_ENDPOINT,
        HELIOS_TYPE_NOTIFICATION, HELIOS_TYPE_TASK,    HELIOS_TYPE_CSPACE,
        HELIOS_TYPE_VSPACE,       HELIOS_TYPE_TABLE_0, HELIOS_TYPE_MEMORY};
    Call call;
    call.number = HELIOS_SYS_CALL;
    call.capability = random.Chance(4) ? kMemory : kPoor;
    if (random.Chance(12)) {
        call.label = HELIOS_MEMORY_RESET;
        call.capability = random.Chance(8) ? kMemory : kPoor;
        return call;
    }
    call.label = HELIOS_MEMORY_ALLOCATE;
    call.params = 3;
    call.words[0] = types[random.Below(sizeof(types))];
    call.words[1] = call.words[0] == HELIOS_TYPE_CSPACE   ? 4 + random.Below(5)
                    : call.words[0] == HELIOS_TYPE_MEMORY ? 14
                                                          : 0;
    call.words[2] = 1 + random.Below(4);
    if (current->buffer != nullptr) {
        current->buffer->receive[0] = kFree + random.Below(kFreeCount);
    }
    return call;
}

World::Call World::Poll(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_POLLX;
    call.params = 2;
    call.words[0] = current->buffer != nullptr ? 2 : 0;
    call.words[1] = (Now() + 1000 + random.Below(2000)) * 1000000;
    for (unsigned i = 0; i < call.words[0]; i++) {
        bool is_endpoint = i == 0 && (!only_talks_ || random.Chance(4));
        current->buffer->poll[i].capability =
            (is_endpoint ? kEndpoint : kNotification) + (only_talks_ ? 0 : random.Below(2));
        current->buffer->poll[i].events = is_endpoint ? 1 + random.Below(3) : HELIOS_POLL_RECV;
    }
    return call;
}

// What can be done with a Reply that is there, or made of the call that the task has received.
bool World::OfReply(Random &random, task *current, Call *call) {
    uint64_t place = kFree + random.Below(2);
    const slot *slot = cspace_slot(task_cspace(current), place);
    bool is_reply = slot != nullptr && slot_word_type(slot_word(slot)) == HELIOS_TYPE_REPLY;
    bool is_caller = task_caller(current) != nullptr;
    if ((!is_reply && !is_caller) || random.Chance(4)) {
        return false;
    }
    helios_ipc_buffer *buffer = current->buffer;
    call->number = HELIOS_SYS_CALL;
    call->capability = kSpace;
    call->params = 1;
    call->words[0] = place;
    if (!is_reply) {
        call->label = HELIOS_CSPACE_SAVE_REPLY;
    } else if (random.Chance(6)) {
        call->label = HELIOS_CSPACE_DESTROY;
    } else if (buffer != nullptr && random.Chance(6)) {
        call->label = HELIOS_CSPACE_COPY;
        call->params = 3;
        call->words[0] = kFree + random.Below(2);
        call->words[1] = HELIOS_RIGHT_ALL;
        buffer->caps[call->caps++] = place;
    } else {
        call->number = HELIOS_SYS_REPLY;
        call->capability = place;
        call->label = 77;
        call->params = 2;
        call->words[0] = 0;
        for (unsigned i = random.Chance(2) ? random.Below(6) : 0; buffer != nullptr && i > 0; i--) {
            buffer->caps[call->caps++] = kNotification;
        }
    }
    return true;
}

// IPC and nothing else, all at the same few objects and slots: calls that are answered through
// Replies which others destroy, copy and use, messages that can't be received, signals for a task
// that is bound, polls, and whatever else ends waits.
World::Call World::Talk(Random &random, task *current, Actor &actor) {
    Call call;
    if (OfReply(random, current, &call)) {
        return call;
    }
    call.number = HELIOS_SYS_CALL;
    call.capability = kTask + random.Below(size_.tasks);
    helios_ipc_buffer *buffer = current->buffer;
    switch (random.Below(12)) {
    case 0:
        // More than anybody offers slots for.
        call.number = random.Chance(2) ? HELIOS_SYS_NBSEND : HELIOS_SYS_SEND;
        call.capability = kEndpoint;
        for (unsigned i = 0; buffer != nullptr && i < 5; i++) {
            buffer->caps[call.caps++] = kNotification;
        }
        return call;
    case 1:
    case 2:
        call.number = random.Chance(2) ? HELIOS_SYS_NBWAIT : HELIOS_SYS_SIGNAL;
        call.capability = kNotification;
        return call;
    case 3:
    case 4:
    case 5:
        return Poll(random, current);
    case 6:
        call.label = random.Chance(2) ? HELIOS_TASK_BIND : HELIOS_TASK_UNBIND;
        if (buffer != nullptr && call.label == HELIOS_TASK_BIND) {
            buffer->caps[call.caps++] = kNotification;
        }
        return call;
    case 7:
        call.label = random.Chance(2) ? HELIOS_TASK_CANCEL : HELIOS_TASK_RESUME;
        return call;
    case 8:
        return OfTask(random, current);
    default:
        call = Message(random, current, actor);
        call.capability = call.capability == kEndpoint + 1 ? kEndpoint : call.capability;
        return call;
    }
}

// A part of a device's memory, and a page of that.
World::Call World::OfDevice(Random &random, task *current) {
    Call call;
    call.number = HELIOS_SYS_CALL;
    uint64_t which = random.Below(3);
    call.capability = which == 0 ? kDevice : kFree + 2u;
    call.label = which == 0 ? HELIOS_DEVICE_MEMORY_SPLIT : HELIOS_DEVICE_MEMORY_ALLOCATE;
    call.params = 2;
    call.words[0] = device_;
    call.words[1] = which == 0 ? 4096 : 0;
    if (random.Chance(3)) {
        call.capability = kSpace;
        call.label = HELIOS_CSPACE_DESTROY;
        call.params = 1;
        call.words[0] = kFree + 2u + random.Below(2);
    } else if (current->buffer != nullptr) {
        call.caps = 1;
        current->buffer->caps[0] = kPoor;
        current->buffer->receive[0] = kFree + 2u + (which != 0);
    }
    return call;
}

// An endpoint and a notification, each in a slot that all tasks have, used while others destroy it
// and make it anew. Nobody waits long.
World::Call World::ComeAndGo(Random &random, task *current) {
    static const uint8_t uses[2][3] = {{HELIOS_SYS_NBSEND, HELIOS_SYS_NBRECV, HELIOS_SYS_POLL},
                                       {HELIOS_SYS_SIGNAL, HELIOS_SYS_NBWAIT, HELIOS_SYS_POLL}};
    Call call;
    uint64_t which = random.Below(2);
    helios_ipc_buffer *buffer = current->buffer;
    if (random.Chance(3)) {
        return OfDevice(random, current);
    }
    switch (random.Below(8)) {
    case 0:
    case 1:
        call.number = HELIOS_SYS_CALL;
        call.capability = kPoor;
        call.label = HELIOS_MEMORY_ALLOCATE;
        call.params = 3;
        call.words[0] = which == 0 ? HELIOS_TYPE_ENDPOINT : HELIOS_TYPE_NOTIFICATION;
        call.words[2] = 1;
        if (buffer != nullptr) {
            buffer->receive[0] = kFree + which;
        }
        return call;
    case 2:
    case 3:
        call.number = HELIOS_SYS_CALL;
        call.capability = kSpace;
        call.label = HELIOS_CSPACE_DESTROY;
        call.params = 1;
        call.words[0] = kFree + which;
        return call;
    default:
        call.number = uses[which][random.Below(3)];
        call.capability = kFree + which;
    }
    if (call.number == HELIOS_SYS_POLL) {
        call.capability = 0;
        call.number = HELIOS_SYS_POLLX;
        call.params = 2;
        call.words[0] = buffer != nullptr;
        call.words[1] = Now() * 1000000;
        if (buffer != nullptr) {
            buffer->poll[0].capability = kFree + which;
            buffer->poll[0].events = HELIOS_POLL_RECV;
        }
    }
    return call;
}

World::Call World::Choose(Random &random, task *current, Actor &actor) {
    static const uint8_t signals[] = {HELIOS_SYS_SIGNAL, HELIOS_SYS_SIGNAL, HELIOS_SYS_WAIT,
                                      HELIOS_SYS_NBWAIT};
    if (only_talks_) {
        return Talk(random, current, actor);
    }
    if (comes_and_goes_) {
        return ComeAndGo(random, current);
    }
    uint32_t what = random.Below(32);
    if (what < 11) {
        return Message(random, current, actor);
    }
    if (what < 15) {
        Call call;
        call.number = signals[random.Below(sizeof(signals))];
        call.capability = kNotification + random.Below(2);
        call.flags = call.number == HELIOS_SYS_WAIT && random.Chance(2) ? HELIOS_FLAG_DEADLINE : 0;
        return call;
    }
    if (what < 16) {
        Call call;
        call.number = HELIOS_SYS_YIELD;
        return call;
    }
    if (what < 17) {
        return Poll(random, current);
    }
    if (what < 22) {
        return OfTask(random, current);
    }
    if (what < 26) {
        return OfCSpace(random, current);
    }
    if (what < 28) {
        return OfVSpace(random, current);
    }
    if (what < 29) {
        return OfInterrupt(random, current);
    }
    return OfMemory(random, current);
}

} // namespace explore
