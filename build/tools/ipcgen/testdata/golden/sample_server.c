// SPDX-License-Identifier: MIT
//
// Made by ipcgen of sample.ipc.
#include <stddef.h>
#include <string.h>

#include "build/tools/ipcgen/testdata/sample.h"

static void answer_file_read_(struct helios_message *message_, uint32_t result) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 1, 0),
        .params = {(uint64_t)result},
    };
}

static bool serve_file_read_(const struct sample_file_ops *ops_, void *context_,
                             struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_FILE_READ, 1, 2)) {
        return helios_rpc_refuse_shape(message_, 1, 1, 2);
    }
    if (ops_->read == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const uint64_t offset = message_->params[0];
    const uint32_t len = (uint32_t)message_->params[1];
    static const uint8_t types_[] = {HELIOS_TYPE_PAGE};
    uint64_t caps_[1];
    if (!helios_rpc_take(message_, caps_, 0, types_, 1)) {
        return true;
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    uint32_t result = 0;
    const enum helios_error status_ =
        ops_->read(context_, &request_, caps_[0], offset, len, &result);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, caps_, 1, 0);
    }
    answer_file_read_(message_, result);
    return true;
}

enum helios_error sample_file_read_reply(uint64_t reply, enum helios_error status,
                                         uint32_t result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_read_(&message_, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_write_(struct helios_message *message_, uint32_t result) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 1, 0),
        .params = {(uint64_t)result},
    };
}

static bool serve_file_write_(const struct sample_file_ops *ops_, void *context_,
                              struct helios_message *message_) {
    uint64_t words_[15];
    helios_rpc_get(message_, words_, 15);
    const uint32_t data_length_ = (uint32_t)words_[0];
    if (data_length_ > 100) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    const uint32_t params_ = 2 + HELIOS_RPC_WORDS(data_length_);
    if (!helios_rpc_asks(message_, SAMPLE_FILE_WRITE, 0, params_)) {
        return helios_rpc_refuse_shape(message_, 0, 0, params_);
    }
    if (ops_->write == NULL) {
        return helios_rpc_unsupported(message_);
    }
    uint8_t data[100];
    helios_rpc_get_bytes(data, words_ + 2, data_length_);
    const uint64_t at = words_[1];
    const struct helios_request request_ = helios_rpc_request(message_);
    uint32_t result = 0;
    const enum helios_error status_ =
        ops_->write(context_, &request_, data, data_length_, at, &result);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_write_(message_, result);
    return true;
}

enum helios_error sample_file_write_reply(uint64_t reply, enum helios_error status,
                                          uint32_t result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_write_(&message_, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_close_(struct helios_message *message_) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 0, 0),
    };
}

static bool serve_file_close_(const struct sample_file_ops *ops_, void *context_,
                              struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_FILE_CLOSE, 0, 0)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 0);
    }
    if (ops_->close == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    const enum helios_error status_ = ops_->close(context_, &request_);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_close_(message_);
    return true;
}

enum helios_error sample_file_close_reply(uint64_t reply, enum helios_error status) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_close_(&message_);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_turn_(struct helios_message *message_, uint8_t a2, int32_t b2,
                              enum sample_parity c2, bool d2, uint32_t e2, int64_t f2) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 3, 0),
        .params = {(uint64_t)a2 | (uint64_t)(uint32_t)b2 << 32,
                   (uint64_t)(uint8_t)c2 | (uint64_t)d2 << 8 | (uint64_t)e2 << 32, (uint64_t)f2},
    };
}

static bool serve_file_turn_(const struct sample_file_ops *ops_, void *context_,
                             struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_FILE_TURN, 0, 3)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 3);
    }
    if (ops_->turn == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const uint8_t a = (uint8_t)message_->params[0];
    const int32_t b = (int32_t)(message_->params[0] >> 32);
    if (!sample_parity_is_valid((uint8_t)message_->params[1])) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 0);
    }
    const enum sample_parity c = (enum sample_parity)(uint8_t)message_->params[1];
    if ((uint8_t)(message_->params[1] >> 8) > 1) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 0);
    }
    const bool d = (uint8_t)(message_->params[1] >> 8) != 0;
    if (((uint32_t)(message_->params[1] >> 32) & ~SAMPLE_MODE_ALL) != 0) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 1, 0);
    }
    const uint32_t e = (uint32_t)(message_->params[1] >> 32);
    const int64_t f = (int64_t)message_->params[2];
    const struct helios_request request_ = helios_rpc_request(message_);
    uint8_t a2 = 0;
    int32_t b2 = 0;
    enum sample_parity c2 = (enum sample_parity)0;
    bool d2 = false;
    uint32_t e2 = 0;
    int64_t f2 = 0;
    const enum helios_error status_ =
        ops_->turn(context_, &request_, a, b, c, d, e, f, &a2, &b2, &c2, &d2, &e2, &f2);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_turn_(message_, a2, b2, c2, d2, e2, f2);
    return true;
}

enum helios_error sample_file_turn_reply(uint64_t reply, enum helios_error status, uint8_t a2,
                                         int32_t b2, enum sample_parity c2, bool d2, uint32_t e2,
                                         int64_t f2) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_turn_(&message_, a2, b2, c2, d2, e2, f2);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_find_(struct helios_message *message_, const struct sample_point *at,
                              const char *name, const struct sample_point all[2]) {
    const uint32_t name_length_ = helios_rpc_text_length(name, 16);
    if (name_length_ > 16) {
        helios_rpc_status(message_, HELIOS_ERROR_RANGE);
        return;
    }
    uint64_t words_[6];
    words_[1] = (uint64_t)name_length_;
    sample_point_pack(words_, at);
    helios_rpc_put_bytes(words_ + 4, name, name_length_);
    for (unsigned i_ = 0; i_ < 2; i_++) {
        sample_point_pack(words_ + 2 + (size_t)i_ * 1, &all[i_]);
    }
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 4 + HELIOS_RPC_WORDS(name_length_), 0),
    };
    helios_rpc_put(message_, words_);
}

static bool serve_file_find_(const struct sample_file_ops *ops_, void *context_,
                             struct helios_message *message_) {
    uint64_t words_[8];
    helios_rpc_get(message_, words_, 8);
    const uint32_t path_length_ = (uint32_t)words_[0];
    if (path_length_ > 40) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    const uint32_t params_ = 3 + HELIOS_RPC_WORDS(path_length_);
    if (!helios_rpc_asks(message_, SAMPLE_FILE_FIND, 0, params_)) {
        return helios_rpc_refuse_shape(message_, 0, 0, params_);
    }
    if (ops_->find == NULL) {
        return helios_rpc_unsupported(message_);
    }
    char path[41];
    if (!helios_rpc_get_text(path, words_ + 3, path_length_)) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    uint32_t weights[3];
    for (unsigned i_ = 0; i_ < 3; i_++) {
        weights[i_] = (uint32_t)(words_[1 + i_ / 2] >> i_ % 2 * 32);
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    struct sample_point at = {0};
    char name[17] = {0};
    struct sample_point all[2] = {0};
    const enum helios_error status_ =
        ops_->find(context_, &request_, path, weights, &at, name, all);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_find_(message_, &at, name, all);
    return true;
}

enum helios_error sample_file_find_reply(uint64_t reply, enum helios_error status,
                                         const struct sample_point *at, const char *name,
                                         const struct sample_point all[2]) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_find_(&message_, at, name, all);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_share_(struct helios_message *message_, uint64_t done, uint8_t a) {
    helios_buffer->caps[0] = done;
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0 + (done != 0), 1, 0),
        .params = {(uint64_t)a},
    };
}

static bool serve_file_share_(const struct sample_file_ops *ops_, void *context_,
                              struct helios_message *message_) {
    const uint32_t caps_count_ = helios_tag_caps(message_->tag);
    uint64_t words_[3];
    helios_rpc_get(message_, words_, 3);
    const uint32_t name_length_ = (uint32_t)words_[0];
    if (name_length_ > 16) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    const uint32_t params_ = 1 + HELIOS_RPC_WORDS(name_length_);
    if (caps_count_ < 1 || !helios_rpc_asks(message_, SAMPLE_FILE_SHARE, caps_count_, params_)) {
        return helios_rpc_refuse_shape(message_, 1, 32, params_);
    }
    if (ops_->share == NULL) {
        return helios_rpc_unsupported(message_);
    }
    char name[17];
    if (!helios_rpc_get_text(name, words_ + 1, name_length_)) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    static const uint8_t types_[] = {HELIOS_RPC_ANY, HELIOS_TYPE_PAGE};
    uint64_t caps_[32];
    if (!helios_rpc_take(message_, caps_, 0x1, types_, 2)) {
        return true;
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    uint8_t a = 0;
    uint64_t done = 0;
    const enum helios_error status_ =
        ops_->share(context_, &request_, caps_[0], caps_ + 1, caps_count_ - 1, name, &a, &done);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, caps_, caps_count_, 0x1);
    }
    answer_file_share_(message_, done, a);
    return true;
}

enum helios_error sample_file_share_reply(uint64_t reply, enum helios_error status, uint64_t done,
                                          uint8_t a) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_share_(&message_, done, a);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_pages_(struct helios_message *message_, uint64_t first_page,
                               const uint64_t *pages, uint32_t pages_count, uint64_t result) {
    helios_buffer->caps[0] = first_page;
    if (pages_count > HELIOS_MAX_CAPS - 1) {
        helios_rpc_status(message_, HELIOS_ERROR_RANGE);
        return;
    }
    for (uint32_t i_ = 0; i_ < pages_count; i_++) {
        helios_buffer->caps[1 + i_] = pages[i_];
    }
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 1 + pages_count, 1, 0),
        .params = {result},
    };
}

static bool serve_file_pages_(const struct sample_file_ops *ops_, void *context_,
                              struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_FILE_PAGES, 0, 1)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 1);
    }
    if (ops_->pages == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const uint64_t first = message_->params[0];
    const struct helios_request request_ = helios_rpc_request(message_);
    uint64_t result = 0;
    uint64_t first_page = 0;
    uint64_t pages[HELIOS_MAX_CAPS - 1] = {0};
    uint32_t pages_count = HELIOS_MAX_CAPS - 1;
    const enum helios_error status_ =
        ops_->pages(context_, &request_, first, &result, &first_page, pages, &pages_count);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_pages_(message_, first_page, pages, pages_count, result);
    return true;
}

enum helios_error sample_file_pages_reply(uint64_t reply, enum helios_error status,
                                          uint64_t first_page, const uint64_t *pages,
                                          uint32_t pages_count, uint64_t result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_pages_(&message_, first_page, pages, pages_count, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_many_(struct helios_message *message_, uint64_t result) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 1, 0),
        .params = {result},
    };
}

static bool serve_file_many_(const struct sample_file_ops *ops_, void *context_,
                             struct helios_message *message_) {
    uint64_t words_[5];
    helios_rpc_get(message_, words_, 5);
    if (!helios_rpc_asks(message_, SAMPLE_FILE_MANY, 0, 5)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 5);
    }
    if (ops_->many == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const uint64_t a = words_[0];
    const uint64_t b = words_[1];
    const uint64_t c = words_[2];
    const uint64_t d = words_[3];
    const uint64_t e = words_[4];
    const struct helios_request request_ = helios_rpc_request(message_);
    uint64_t result = 0;
    const enum helios_error status_ = ops_->many(context_, &request_, a, b, c, d, e, &result);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_file_many_(message_, result);
    return true;
}

enum helios_error sample_file_many_reply(uint64_t reply, enum helios_error status,
                                         uint64_t result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_many_(&message_, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_file_signal_(struct helios_message *message_, const void *result,
                                uint32_t result_length) {
    if (result_length > 24) {
        helios_rpc_status(message_, HELIOS_ERROR_RANGE);
        return;
    }
    uint64_t words_[4];
    words_[0] = (uint64_t)result_length;
    helios_rpc_put_bytes(words_ + 1, result, result_length);
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 1 + HELIOS_RPC_WORDS(result_length), 0),
    };
    helios_rpc_put(message_, words_);
}

static bool serve_file_signal_(const struct sample_file_ops *ops_, void *context_,
                               struct helios_message *message_) {
    const uint32_t caps_count_ = helios_tag_caps(message_->tag);
    if (caps_count_ > 1 || !helios_rpc_asks(message_, SAMPLE_FILE_SIGNAL, caps_count_, 0)) {
        return helios_rpc_refuse_shape(message_, 0, 1, 0);
    }
    if (ops_->signal == NULL) {
        return helios_rpc_unsupported(message_);
    }
    static const uint8_t types_[] = {HELIOS_TYPE_NOTIFICATION};
    uint64_t caps_[1] = {0};
    if (!helios_rpc_take(message_, caps_, 0, types_, 1)) {
        return true;
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    uint8_t result[24] = {0};
    uint32_t result_length = 0;
    const enum helios_error status_ =
        ops_->signal(context_, &request_, caps_[0], result, &result_length);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, caps_, caps_count_, 0);
    }
    answer_file_signal_(message_, result, result_length);
    return true;
}

enum helios_error sample_file_signal_reply(uint64_t reply, enum helios_error status,
                                           const void *result, uint32_t result_length) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_file_signal_(&message_, result, result_length);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

bool sample_file_dispatch(const struct sample_file_ops *ops, void *context,
                          struct helios_message *message) {
    switch (helios_tag_label(message->tag)) {
    case SAMPLE_FILE_READ:
        return serve_file_read_(ops, context, message);
    case SAMPLE_FILE_WRITE:
        return serve_file_write_(ops, context, message);
    case SAMPLE_FILE_CLOSE:
        return serve_file_close_(ops, context, message);
    case SAMPLE_FILE_TURN:
        return serve_file_turn_(ops, context, message);
    case SAMPLE_FILE_FIND:
        return serve_file_find_(ops, context, message);
    case SAMPLE_FILE_SHARE:
        return serve_file_share_(ops, context, message);
    case SAMPLE_FILE_PAGES:
        return serve_file_pages_(ops, context, message);
    case SAMPLE_FILE_MANY:
        return serve_file_many_(ops, context, message);
    case SAMPLE_FILE_SIGNAL:
        return serve_file_signal_(ops, context, message);
    default:
        return helios_rpc_unknown(message);
    }
}

struct serve_file_ {
    const struct sample_file_ops *ops;
    void *context;
};

static bool dispatch_file_(void *context, struct helios_message *message) {
    const struct serve_file_ *serve = (const struct serve_file_ *)context;
    return sample_file_dispatch(serve->ops, serve->context, message);
}

enum helios_error sample_file_serve(uint64_t endpoint, const struct sample_file_ops *ops,
                                    void *context) {
    struct serve_file_ serve = {ops, context};
    const struct helios_server server = {
        .endpoint = endpoint,
        .dispatch = dispatch_file_,
        .context = &serve,
    };
    return helios_serve(&server);
}

static void answer_serial_set_config_(struct helios_message *message_) {
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 0, 0),
    };
}

static bool serve_serial_set_config_(const struct sample_serial_ops *ops_, void *context_,
                                     struct helios_message *message_) {
    uint64_t words_[15];
    helios_rpc_get(message_, words_, 15);
    if (!helios_rpc_asks(message_, SAMPLE_SERIAL_SET_CONFIG, 0, 15)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 15);
    }
    if (ops_->set_config == NULL) {
        return helios_rpc_unsupported(message_);
    }
    struct sample_config config;
    if (!sample_config_unpack(words_, &config)) {
        return helios_rpc_refuse(message_, HELIOS_ERROR_RANGE, HELIOS_ARGUMENT_PARAM + 0, 0);
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    const enum helios_error status_ = ops_->set_config(context_, &request_, &config);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_serial_set_config_(message_);
    return true;
}

enum helios_error sample_serial_set_config_reply(uint64_t reply, enum helios_error status) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_serial_set_config_(&message_);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

static void answer_serial_get_config_(struct helios_message *message_,
                                      const struct sample_config *result) {
    uint64_t words_[15];
    sample_config_pack(words_, result);
    *message_ = (struct helios_message){
        .tag = helios_tag(HELIOS_OK, 0, 15, 0),
    };
    helios_rpc_put(message_, words_);
}

static bool serve_serial_get_config_(const struct sample_serial_ops *ops_, void *context_,
                                     struct helios_message *message_) {
    if (!helios_rpc_asks(message_, SAMPLE_SERIAL_GET_CONFIG, 0, 0)) {
        return helios_rpc_refuse_shape(message_, 0, 0, 0);
    }
    if (ops_->get_config == NULL) {
        return helios_rpc_unsupported(message_);
    }
    const struct helios_request request_ = helios_rpc_request(message_);
    struct sample_config result = {0};
    const enum helios_error status_ = ops_->get_config(context_, &request_, &result);
    if (status_ != HELIOS_OK) {
        return helios_rpc_end(message_, status_, NULL, 0, 0);
    }
    answer_serial_get_config_(message_, &result);
    return true;
}

enum helios_error sample_serial_get_config_reply(uint64_t reply, enum helios_error status,
                                                 const struct sample_config *result) {
    struct helios_message message_;
    if (status == HELIOS_OK) {
        answer_serial_get_config_(&message_, result);
    } else {
        helios_rpc_status(&message_, status);
    }
    return helios_rpc_reply(reply, &message_);
}

bool sample_serial_dispatch(const struct sample_serial_ops *ops, void *context,
                            struct helios_message *message) {
    switch (helios_tag_label(message->tag)) {
    case SAMPLE_SERIAL_SET_CONFIG:
        return serve_serial_set_config_(ops, context, message);
    case SAMPLE_SERIAL_GET_CONFIG:
        return serve_serial_get_config_(ops, context, message);
    default:
        return sample_file_dispatch(&ops->sample_file, context, message);
    }
}

struct serve_serial_ {
    const struct sample_serial_ops *ops;
    void *context;
};

static bool dispatch_serial_(void *context, struct helios_message *message) {
    const struct serve_serial_ *serve = (const struct serve_serial_ *)context;
    return sample_serial_dispatch(serve->ops, serve->context, message);
}

enum helios_error sample_serial_serve(uint64_t endpoint, const struct sample_serial_ops *ops,
                                      void *context) {
    struct serve_serial_ serve = {ops, context};
    const struct helios_server server = {
        .endpoint = endpoint,
        .dispatch = dispatch_serial_,
        .context = &serve,
    };
    return helios_serve(&server);
}

bool sample_none_dispatch(const struct sample_none_ops *ops, void *context,
                          struct helios_message *message) {
    (void)ops;
    (void)context;
    return helios_rpc_unknown(message);
}

struct serve_none_ {
    const struct sample_none_ops *ops;
    void *context;
};

static bool dispatch_none_(void *context, struct helios_message *message) {
    const struct serve_none_ *serve = (const struct serve_none_ *)context;
    return sample_none_dispatch(serve->ops, serve->context, message);
}

enum helios_error sample_none_serve(uint64_t endpoint, const struct sample_none_ops *ops,
                                    void *context) {
    struct serve_none_ serve = {ops, context};
    const struct helios_server server = {
        .endpoint = endpoint,
        .dispatch = dispatch_none_,
        .context = &serve,
    };
    return helios_serve(&server);
}
