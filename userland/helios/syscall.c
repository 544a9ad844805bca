// SPDX-License-Identifier: MIT
#include "userland/helios/syscall.h"

#include "uapi/object.h"

struct helios_answer helios_writecons(const char *text, uint64_t length) {
    for (uint64_t i = 0; i < length && i < HELIOS_MAX_TEXT; i++) {
        helios_buffer->text[i] = text[i];
    }
    return helios_writecons_buffer(length);
}

struct helios_answer helios_call(uint64_t capability, uint32_t label, uint32_t params, uint64_t p0,
                                 uint64_t p1) {
    struct helios_message message = {
        .tag = helios_tag(label, 0, params, 0),
        .params = {p0, p1},
    };
    return helios_exchange(capability, &message);
}

struct helios_answer helios_invoke(uint64_t capability, uint32_t label, uint32_t caps,
                                   uint32_t params, const uint64_t first[4]) {
    struct helios_message message = {
        .tag = helios_tag(label, caps, params, 0),
        .params = {first[0], first[1], first[2], first[3]},
    };
    return helios_exchange(capability, &message);
}

struct helios_answer helios_call_with(uint64_t capability, uint32_t label, uint64_t argument,
                                      uint32_t params, uint64_t p0, uint64_t p1, uint64_t p2) {
    helios_buffer->caps[0] = argument;
    const uint64_t first[4] = {p0, p1, p2, 0};
    return helios_invoke(capability, label, 1, params, first);
}

struct helios_answer helios_allocate(uint64_t memory, uint64_t type, uint64_t size) {
    const uint64_t first[4] = {type, size, 1, 0};
    struct helios_answer answer = helios_invoke(memory, HELIOS_MEMORY_ALLOCATE, 0, 3, first);
    if (answer.status == HELIOS_OK) {
        answer.value = helios_buffer->caps[0];
    }
    return answer;
}
