// SPDX-License-Identifier: MIT
//
// Made by ipcgen of sample.ipc.
#include <string.h>

#include "build/tools/ipcgen/testdata/sample.h"

static inline enum helios_error call_file_read_(uint64_t file, uint32_t flags_, uint64_t page,
                                                uint64_t offset, uint32_t len, uint32_t *result) {
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_READ, 1, 2, flags_),
        .params = {offset, (uint64_t)len},
    };
    helios_buffer->caps[0] = page;
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    *result = (uint32_t)message_.params[0];
    return HELIOS_OK;
}

enum helios_error sample_file_read(uint64_t file, uint64_t page, uint64_t offset, uint32_t len,
                                   uint32_t *result) {
    return call_file_read_(file, 0, page, offset, len, result);
}

enum helios_error sample_file_read_until(uint64_t file, uint64_t deadline, uint64_t page,
                                         uint64_t offset, uint32_t len, uint32_t *result) {
    helios_buffer->deadline = deadline;
    return call_file_read_(file, HELIOS_FLAG_DEADLINE, page, offset, len, result);
}

static inline enum helios_error call_file_write_(uint64_t file, uint32_t flags_, const void *data,
                                                 uint32_t data_length, uint64_t at,
                                                 uint32_t *result) {
    if (data_length > 100) {
        return HELIOS_ERROR_RANGE;
    }
    uint64_t words_[15];
    words_[0] = (uint64_t)data_length;
    words_[1] = at;
    helios_rpc_put_bytes(words_ + 2, data, data_length);
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_WRITE, 0, 2 + HELIOS_RPC_WORDS(data_length), flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    *result = (uint32_t)message_.params[0];
    return HELIOS_OK;
}

enum helios_error sample_file_write(uint64_t file, const void *data, uint32_t data_length,
                                    uint64_t at, uint32_t *result) {
    return call_file_write_(file, 0, data, data_length, at, result);
}

enum helios_error sample_file_write_until(uint64_t file, uint64_t deadline, const void *data,
                                          uint32_t data_length, uint64_t at, uint32_t *result) {
    helios_buffer->deadline = deadline;
    return call_file_write_(file, HELIOS_FLAG_DEADLINE, data, data_length, at, result);
}

static inline enum helios_error call_file_close_(uint64_t file, uint32_t flags_) {
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_CLOSE, 0, 0, flags_),
    };
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 0)) {
        return helios_rpc_failed(message_.tag);
    }
    return HELIOS_OK;
}

enum helios_error sample_file_close(uint64_t file) {
    return call_file_close_(file, 0);
}

enum helios_error sample_file_close_until(uint64_t file, uint64_t deadline) {
    helios_buffer->deadline = deadline;
    return call_file_close_(file, HELIOS_FLAG_DEADLINE);
}

static inline enum helios_error call_file_turn_(uint64_t file, uint32_t flags_, uint8_t a,
                                                int32_t b, enum sample_parity c, bool d, uint32_t e,
                                                int64_t f, uint8_t *a2, int32_t *b2,
                                                enum sample_parity *c2, bool *d2, uint32_t *e2,
                                                int64_t *f2) {
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_TURN, 0, 3, flags_),
        .params = {(uint64_t)a | (uint64_t)(uint32_t)b << 32,
                   (uint64_t)(uint8_t)c | (uint64_t)d << 8 | (uint64_t)e << 32, (uint64_t)f},
    };
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 3)) {
        return helios_rpc_failed(message_.tag);
    }
    *a2 = (uint8_t)message_.params[0];
    *b2 = (int32_t)(message_.params[0] >> 32);
    if (!sample_parity_is_valid((uint8_t)message_.params[1])) {
        return helios_rpc_failed(message_.tag);
    }
    *c2 = (enum sample_parity)(uint8_t)message_.params[1];
    if ((uint8_t)(message_.params[1] >> 8) > 1) {
        return helios_rpc_failed(message_.tag);
    }
    *d2 = (uint8_t)(message_.params[1] >> 8) != 0;
    if (((uint32_t)(message_.params[1] >> 32) & ~SAMPLE_MODE_ALL) != 0) {
        return helios_rpc_failed(message_.tag);
    }
    *e2 = (uint32_t)(message_.params[1] >> 32);
    *f2 = (int64_t)message_.params[2];
    return HELIOS_OK;
}

enum helios_error sample_file_turn(uint64_t file, uint8_t a, int32_t b, enum sample_parity c,
                                   bool d, uint32_t e, int64_t f, uint8_t *a2, int32_t *b2,
                                   enum sample_parity *c2, bool *d2, uint32_t *e2, int64_t *f2) {
    return call_file_turn_(file, 0, a, b, c, d, e, f, a2, b2, c2, d2, e2, f2);
}

enum helios_error sample_file_turn_until(uint64_t file, uint64_t deadline, uint8_t a, int32_t b,
                                         enum sample_parity c, bool d, uint32_t e, int64_t f,
                                         uint8_t *a2, int32_t *b2, enum sample_parity *c2, bool *d2,
                                         uint32_t *e2, int64_t *f2) {
    helios_buffer->deadline = deadline;
    return call_file_turn_(file, HELIOS_FLAG_DEADLINE, a, b, c, d, e, f, a2, b2, c2, d2, e2, f2);
}

static inline enum helios_error call_file_find_(uint64_t file, uint32_t flags_, const char *path,
                                                const uint32_t weights[3], struct sample_point *at,
                                                char name[17], struct sample_point all[2]) {
    const uint32_t path_length_ = helios_rpc_text_length(path, 40);
    if (path_length_ > 40) {
        return HELIOS_ERROR_RANGE;
    }
    uint64_t words_[8] = {0};
    words_[0] = (uint64_t)path_length_;
    helios_rpc_put_bytes(words_ + 3, path, path_length_);
    for (unsigned i_ = 0; i_ < 3; i_++) {
        words_[1 + i_ / 2] |= (uint64_t)weights[i_] << i_ % 2 * 32;
    }
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_FIND, 0, 3 + HELIOS_RPC_WORDS(path_length_), flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_syscall(HELIOS_SYS_CALL, &message_);
    uint64_t answer_[6];
    helios_rpc_get(&message_, answer_, 6);
    const uint32_t name_length_ = (uint32_t)answer_[1];
    if (name_length_ > 16) {
        return helios_rpc_failed(message_.tag);
    }
    const uint32_t params_ = 4 + HELIOS_RPC_WORDS(name_length_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, params_)) {
        return helios_rpc_failed(message_.tag);
    }
    if (!sample_point_unpack(answer_, at)) {
        return helios_rpc_failed(message_.tag);
    }
    if (!helios_rpc_get_text(name, answer_ + 4, name_length_)) {
        return helios_rpc_failed(message_.tag);
    }
    for (unsigned i_ = 0; i_ < 2; i_++) {
        if (!sample_point_unpack(answer_ + 2 + (size_t)i_ * 1, &all[i_])) {
            return helios_rpc_failed(message_.tag);
        }
    }
    return HELIOS_OK;
}

enum helios_error sample_file_find(uint64_t file, const char *path, const uint32_t weights[3],
                                   struct sample_point *at, char name[17],
                                   struct sample_point all[2]) {
    return call_file_find_(file, 0, path, weights, at, name, all);
}

enum helios_error sample_file_find_until(uint64_t file, uint64_t deadline, const char *path,
                                         const uint32_t weights[3], struct sample_point *at,
                                         char name[17], struct sample_point all[2]) {
    helios_buffer->deadline = deadline;
    return call_file_find_(file, HELIOS_FLAG_DEADLINE, path, weights, at, name, all);
}

static inline enum helios_error call_file_share_(uint64_t file, uint32_t flags_, uint64_t own_one,
                                                 const uint64_t *pages, uint32_t pages_count,
                                                 const char *name, uint8_t *a, uint64_t *done) {
    const uint32_t name_length_ = helios_rpc_text_length(name, 16);
    if (name_length_ > 16) {
        return HELIOS_ERROR_RANGE;
    }
    if (pages_count > HELIOS_MAX_CAPS - 1) {
        return HELIOS_ERROR_RANGE;
    }
    uint64_t words_[3];
    words_[0] = (uint64_t)name_length_;
    helios_rpc_put_bytes(words_ + 1, name, name_length_);
    struct helios_message message_ = {
        .capability = file,
        .tag =
            helios_tag(SAMPLE_FILE_SHARE, 1 + pages_count, 1 + HELIOS_RPC_WORDS(name_length_),
                       flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_buffer->caps[0] = own_one;
    for (uint32_t i_ = 0; i_ < pages_count; i_++) {
        helios_buffer->caps[1 + i_] = pages[i_];
    }
    helios_syscall(HELIOS_SYS_CALL, &message_);
    const uint32_t caps_ = helios_tag_caps(message_.tag);
    if (caps_ > 1 || !helios_rpc_is(&message_, HELIOS_OK, caps_, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    static const uint8_t types_[] = {HELIOS_TYPE_NOTIFICATION};
    if (!helios_rpc_fit(message_.tag, types_, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    *a = (uint8_t)message_.params[0];
    *done = caps_ > 0 ? helios_buffer->caps[0] : 0;
    return HELIOS_OK;
}

enum helios_error sample_file_share(uint64_t file, uint64_t own_one, const uint64_t *pages,
                                    uint32_t pages_count, const char *name, uint8_t *a,
                                    uint64_t *done) {
    return call_file_share_(file, 0, own_one, pages, pages_count, name, a, done);
}

enum helios_error sample_file_share_until(uint64_t file, uint64_t deadline, uint64_t own_one,
                                          const uint64_t *pages, uint32_t pages_count,
                                          const char *name, uint8_t *a, uint64_t *done) {
    helios_buffer->deadline = deadline;
    return call_file_share_(file, HELIOS_FLAG_DEADLINE, own_one, pages, pages_count, name, a, done);
}

static inline enum helios_error call_file_pages_(uint64_t file, uint32_t flags_, uint64_t first,
                                                 uint64_t *result, uint64_t *first_page,
                                                 uint64_t *pages, uint32_t *pages_count) {
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_PAGES, 0, 1, flags_),
        .params = {first},
    };
    helios_syscall(HELIOS_SYS_CALL, &message_);
    const uint32_t caps_ = helios_tag_caps(message_.tag);
    if (caps_ < 1 || caps_ - 1 > *pages_count || !helios_rpc_is(&message_, HELIOS_OK, caps_, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    static const uint8_t types_[] = {HELIOS_TYPE_PAGE, HELIOS_TYPE_PAGE};
    if (!helios_rpc_fit(message_.tag, types_, 2)) {
        return helios_rpc_failed(message_.tag);
    }
    *result = message_.params[0];
    *first_page = helios_buffer->caps[0];
    *pages_count = caps_ - 1;
    for (uint32_t i_ = 0; i_ < *pages_count; i_++) {
        pages[i_] = helios_buffer->caps[1 + i_];
    }
    return HELIOS_OK;
}

enum helios_error sample_file_pages(uint64_t file, uint64_t first, uint64_t *result,
                                    uint64_t *first_page, uint64_t *pages, uint32_t *pages_count) {
    return call_file_pages_(file, 0, first, result, first_page, pages, pages_count);
}

enum helios_error sample_file_pages_until(uint64_t file, uint64_t deadline, uint64_t first,
                                          uint64_t *result, uint64_t *first_page, uint64_t *pages,
                                          uint32_t *pages_count) {
    helios_buffer->deadline = deadline;
    return call_file_pages_(file, HELIOS_FLAG_DEADLINE, first, result, first_page, pages,
                            pages_count);
}

static inline enum helios_error call_file_many_(uint64_t file, uint32_t flags_, uint64_t a,
                                                uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                                uint64_t *result) {
    uint64_t words_[5];
    words_[0] = a;
    words_[1] = b;
    words_[2] = c;
    words_[3] = d;
    words_[4] = e;
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_MANY, 0, 5, flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 1)) {
        return helios_rpc_failed(message_.tag);
    }
    *result = message_.params[0];
    return HELIOS_OK;
}

enum helios_error sample_file_many(uint64_t file, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                   uint64_t e, uint64_t *result) {
    return call_file_many_(file, 0, a, b, c, d, e, result);
}

enum helios_error sample_file_many_until(uint64_t file, uint64_t deadline, uint64_t a, uint64_t b,
                                         uint64_t c, uint64_t d, uint64_t e, uint64_t *result) {
    helios_buffer->deadline = deadline;
    return call_file_many_(file, HELIOS_FLAG_DEADLINE, a, b, c, d, e, result);
}

static inline enum helios_error call_file_signal_(uint64_t file, uint32_t flags_, uint64_t bell,
                                                  uint8_t result[24], uint32_t *result_length) {
    struct helios_message message_ = {
        .capability = file,
        .tag = helios_tag(SAMPLE_FILE_SIGNAL, (bell != 0), 0, flags_),
    };
    helios_buffer->caps[0] = bell;
    helios_syscall(HELIOS_SYS_CALL, &message_);
    uint64_t answer_[4];
    helios_rpc_get(&message_, answer_, 4);
    const uint32_t result_length_ = (uint32_t)answer_[0];
    if (result_length_ > 24) {
        return helios_rpc_failed(message_.tag);
    }
    const uint32_t params_ = 1 + HELIOS_RPC_WORDS(result_length_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, params_)) {
        return helios_rpc_failed(message_.tag);
    }
    helios_rpc_get_bytes(result, answer_ + 1, result_length_);
    *result_length = result_length_;
    return HELIOS_OK;
}

enum helios_error sample_file_signal(uint64_t file, uint64_t bell, uint8_t result[24],
                                     uint32_t *result_length) {
    return call_file_signal_(file, 0, bell, result, result_length);
}

enum helios_error sample_file_signal_until(uint64_t file, uint64_t deadline, uint64_t bell,
                                           uint8_t result[24], uint32_t *result_length) {
    helios_buffer->deadline = deadline;
    return call_file_signal_(file, HELIOS_FLAG_DEADLINE, bell, result, result_length);
}

static inline enum helios_error call_serial_set_config_(uint64_t serial, uint32_t flags_,
                                                        const struct sample_config *config) {
    uint64_t words_[15];
    sample_config_pack(words_, config);
    struct helios_message message_ = {
        .capability = serial,
        .tag = helios_tag(SAMPLE_SERIAL_SET_CONFIG, 0, 15, flags_),
    };
    helios_rpc_put(&message_, words_);
    helios_syscall(HELIOS_SYS_CALL, &message_);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 0)) {
        return helios_rpc_failed(message_.tag);
    }
    return HELIOS_OK;
}

enum helios_error sample_serial_set_config(uint64_t serial, const struct sample_config *config) {
    return call_serial_set_config_(serial, 0, config);
}

enum helios_error sample_serial_set_config_until(uint64_t serial, uint64_t deadline,
                                                 const struct sample_config *config) {
    helios_buffer->deadline = deadline;
    return call_serial_set_config_(serial, HELIOS_FLAG_DEADLINE, config);
}

static inline enum helios_error call_serial_get_config_(uint64_t serial, uint32_t flags_,
                                                        struct sample_config *result) {
    struct helios_message message_ = {
        .capability = serial,
        .tag = helios_tag(SAMPLE_SERIAL_GET_CONFIG, 0, 0, flags_),
    };
    helios_syscall(HELIOS_SYS_CALL, &message_);
    uint64_t answer_[15];
    helios_rpc_get(&message_, answer_, 15);
    if (!helios_rpc_is(&message_, HELIOS_OK, 0, 15)) {
        return helios_rpc_failed(message_.tag);
    }
    if (!sample_config_unpack(answer_, result)) {
        return helios_rpc_failed(message_.tag);
    }
    return HELIOS_OK;
}

enum helios_error sample_serial_get_config(uint64_t serial, struct sample_config *result) {
    return call_serial_get_config_(serial, 0, result);
}

enum helios_error sample_serial_get_config_until(uint64_t serial, uint64_t deadline,
                                                 struct sample_config *result) {
    helios_buffer->deadline = deadline;
    return call_serial_get_config_(serial, HELIOS_FLAG_DEADLINE, result);
}
