// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/wrapped.h"

struct helios_answer WRAP(helios_call)(uint64_t capability, uint32_t label, uint32_t params,
                                       uint64_t p0, uint64_t p1) {
    const uint64_t first[4] = {p0, p1, 0, 0};
    return WRAP(helios_invoke)(capability, label, 0, params, first);
}

struct helios_answer WRAP(helios_call_with)(uint64_t capability, uint32_t label, uint64_t argument,
                                            uint32_t params, uint64_t p0, uint64_t p1,
                                            uint64_t p2) {
    helios_buffer->caps[0] = argument;
    const uint64_t first[4] = {p0, p1, p2, 0};
    return WRAP(helios_invoke)(capability, label, 1, params, first);
}

struct helios_answer WRAP(helios_allocate)(uint64_t memory, uint64_t type, uint64_t size) {
    const uint64_t first[4] = {type, size, 1, 0};
    struct helios_answer answer = WRAP(helios_invoke)(memory, HELIOS_MEMORY_ALLOCATE, 0, 3, first);
    if (answer.status == HELIOS_OK) {
        answer.value = helios_buffer->caps[0];
    }
    return answer;
}
