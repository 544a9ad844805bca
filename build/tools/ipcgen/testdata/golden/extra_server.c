// SPDX-License-Identifier: MIT
//
// Made by ipcgen of extra.ipc.
#include <stddef.h>
#include <string.h>

#include "build/tools/ipcgen/testdata/extra.h"

static void answer_counter_add_(struct helios_message *message_, uint32_t status, uint32_t reply,
                                uint32_t deadline) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 2, 0),
        .params = {(uint64_t)status | (uint64_t)reply << 32, (uint64_t)deadline},
    };
}

static bool serve_counter_add_(const struct sample_extra_counter_ops *ops_, void *context_,
                               struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_EXTRA_COUNTER_ADD, 0, 2)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 2);
    }
    if (ops_->add == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const uint32_t context = (uint32_t)message_->params[0];
    const uint32_t request = (uint32_t)(message_->params[0] >> 32);
    const uint32_t message = (uint32_t)message_->params[1];
    const struct helios_request request_ = helios_rpc_request(message_);
    uint32_t status = 0;
    uint32_t reply = 0;
    uint32_t deadline = 0;
    const enum helios_error status_ =
        ops_->add(context_, &request_, context, request, message, &status, &reply, &deadline);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_counter_add_(message_, status, reply, deadline);
    return true;
}

enum helios_error sample_extra_counter_add_reply(uint64_t reply_, enum helios_error status_,
                                                 uint32_t status, uint32_t reply,
                                                 uint32_t deadline) {
    struct helios_message message_;
    if (status_ == HELIOS_OK) {
        answer_counter_add_(&message_, status, reply, deadline);
    } else {
        helios_rpc_status(&message_, status_);
    }
    return helios_rpc_reply(reply_, &message_);
}

static void answer_counter_register_(struct helios_message *message_) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 0, 0),
    };
}

static bool serve_counter_register_(const struct sample_extra_counter_ops *ops_, void *context_,
                                    struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_EXTRA_COUNTER_REGISTER, 1, 0)) {
        return helios_rpc_refuse_shape(message_, 1, 1, 0);
    }
    if (ops_->register_ == NULL) {
        return helios_rpc_unsupported(message_);
    }
    static const uint8_t types_[] = {HELIOS_TYPE_ENDPOINT};
    uint64_t caps_[1];
    if (!helios_rpc_take(message_, caps_, 0, types_, 1)) {
        return true;
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    const enum helios_error status_ = ops_->register_(context_, &request_, caps_[0]);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, caps_, 1, 0);
    }
    answer_counter_register_(message_);
    return true;
}

enum helios_error sample_extra_counter_register_reply(uint64_t reply, enum helios_error status) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_counter_register_(&message_);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

bool sample_extra_counter_dispatch(const struct sample_extra_counter_ops *ops, void *context,
                                   struct helios_message *message) {
    switch (helios_tag_label(message->tag)) {
    case SAMPLE_EXTRA_COUNTER_ADD:
        return serve_counter_add_(ops, context, message);
    case SAMPLE_EXTRA_COUNTER_REGISTER:
        return serve_counter_register_(ops, context, message);
    default:
        return helios_rpc_unknown(message);
    }
}

struct serve_counter_ {
    const struct sample_extra_counter_ops *ops;
    void *context;
};

static bool dispatch_counter_(void *context, struct helios_message *message) {
    const struct serve_counter_ *serve = (const struct serve_counter_ *)context;
    return sample_extra_counter_dispatch(serve->ops, serve->context, message);
}

enum helios_error sample_extra_counter_serve(uint64_t endpoint,
                                             const struct sample_extra_counter_ops *ops,
                                             void *context) {
    struct serve_counter_ serve = {ops, context};
    const struct helios_server server = {
        .endpoint = endpoint,
        .dispatch = dispatch_counter_,
        .context = &serve,
    };
    return helios_serve(&server);
}

static void answer_both_where_(struct helios_message *message_, const struct sample_point *result) {
    uint64_t words_[1];
    sample_point_pack(words_, result);
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 1, 0),
    };
    helios_rpc_put(message_, words_);
}

static bool serve_both_where_(const struct sample_extra_both_ops *ops_, void *context_,
                              struct helios_message *message_) {
    uint64_t words_[1];
    helios_rpc_get(message_, words_, 1);
    if (!helios_rpc_asks(message_, SAMPLE_EXTRA_BOTH_WHERE, 0, 1)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 1);
    }
    if (ops_->where == NULL) {
        return helios_rpc_unsupported(message_);
    }
    struct sample_point at;
    if (!sample_point_unpack(words_, &at)) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    struct sample_point result = {0};
    const enum helios_error status_ = ops_->where(context_, &request_, &at, &result);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_both_where_(message_, &result);
    return true;
}

enum helios_error sample_extra_both_where_reply(uint64_t reply, enum helios_error status,
                                                const struct sample_point *result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_both_where_(&message_, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

bool sample_extra_both_dispatch(const struct sample_extra_both_ops *ops, void *context,
                                struct helios_message *message) {
    switch (helios_tag_label(message->tag)) {
    case SAMPLE_EXTRA_BOTH_WHERE:
        return serve_both_where_(ops, context, message);
    case SAMPLE_EXTRA_COUNTER_ADD:
    case SAMPLE_EXTRA_COUNTER_REGISTER:
        return sample_extra_counter_dispatch(&ops->sample_extra_counter, context, message);
    default:
        return sample_serial_dispatch(&ops->sample_serial, context, message);
    }
}

struct serve_both_ {
    const struct sample_extra_both_ops *ops;
    void *context;
};

static bool dispatch_both_(void *context, struct helios_message *message) {
    const struct serve_both_ *serve = (const struct serve_both_ *)context;
    return sample_extra_both_dispatch(serve->ops, serve->context, message);
}

enum helios_error sample_extra_both_serve(uint64_t endpoint,
                                          const struct sample_extra_both_ops *ops, void *context) {
    struct serve_both_ serve = {ops, context};
    const struct helios_server server = {
        .endpoint = endpoint,
        .dispatch = dispatch_both_,
        .context = &serve,
    };
    return helios_serve(&server);
}
