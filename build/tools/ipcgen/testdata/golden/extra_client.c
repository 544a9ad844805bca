// SPDX-License-Identifier: MIT
//
// Made by ipcgen of extra.ipc.
#include <string.h>

#include "build/tools/ipcgen/testdata/extra.h"

static inline enum helios_error call_counter_add_(uint64_t counter, uint32_t flags_,
                                                  uint32_t context, uint32_t request,
                                                  uint32_t message, uint32_t *status,
                                                  uint32_t *reply, uint32_t *deadline) {
    struct helios_message message_ = {
        .capability = counter,
        .tag = helios_tag(SAMPLE_EXTRA_COUNTER_ADD, 0, 2, flags_),
        .params = {(uint64_t)context | (uint64_t)request << 32, (uint64_t)message},
    };
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 2)) {
        return helios_rpc_failed(message_.tag);
    }
    *status = (uint32_t)message_.params[0];
    *reply = (uint32_t)(message_.params[0] >> 32);
    *deadline = (uint32_t)message_.params[1];
    return HELIOS_OK;
}

enum helios_error sample_extra_counter_add(uint64_t counter, uint32_t context, uint32_t request,
                                           uint32_t message, uint32_t *status, uint32_t *reply,
                                           uint32_t *deadline) {
    return call_counter_add_(counter, 0, context, request, message, status, reply, deadline);
}

enum helios_error sample_extra_counter_add_until(uint64_t counter, uint64_t deadline_,
                                                 uint32_t context, uint32_t request,
                                                 uint32_t message, uint32_t *status,
                                                 uint32_t *reply, uint32_t *deadline) {
    helios_buffer->deadline = deadline_;
    return call_counter_add_(counter, HELIOS_FLAG_DEADLINE, context, request, message, status,
                             reply, deadline);
}

static inline enum helios_error call_counter_register_(uint64_t counter_, uint32_t flags_,
                                                       uint64_t counter) {
    struct helios_message message_ = {
        .capability = counter_,
        .tag = helios_tag(SAMPLE_EXTRA_COUNTER_REGISTER, 1, 0, flags_),
    };
    helios_buffer->caps[0] = counter;
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 0)) {
        return helios_rpc_failed(message_.tag);
    }
    return HELIOS_OK;
}

enum helios_error sample_extra_counter_register(uint64_t counter_, uint64_t counter) {
    return call_counter_register_(counter_, 0, counter);
}

enum helios_error sample_extra_counter_register_until(uint64_t counter_, uint64_t deadline,
                                                      uint64_t counter) {
    helios_buffer->deadline = deadline;
    return call_counter_register_(counter_, HELIOS_FLAG_DEADLINE, counter);
}

static inline enum helios_error call_both_where_(uint64_t both, uint32_t flags_,
                                                 const struct sample_point *at,
                                                 struct sample_point *result) {
    uint64_t words_[1];
    sample_point_pack(words_, at);
    struct helios_message message_ = {
        .capability = both,
        .tag = helios_tag(SAMPLE_EXTRA_BOTH_WHERE, 0, 1, flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_syscall(HELIOS_SYS_CALL, &message_);
    uint64_t answer_[1];
    helios_rpc_get(&message_, answer_, 1);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    if (!sample_point_unpack(answer_, result)) {
        return helios_rpc_failed(message_.tag);
    }
    return HELIOS_OK;
}

enum helios_error sample_extra_both_where(uint64_t both, const struct sample_point *at,
                                          struct sample_point *result) {
    return call_both_where_(both, 0, at, result);
}

enum helios_error sample_extra_both_where_until(uint64_t both, uint64_t deadline,
                                                const struct sample_point *at,
                                                struct sample_point *result) {
    helios_buffer->deadline = deadline;
    return call_both_where_(both, HELIOS_FLAG_DEADLINE, at, result);
}
