// SPDX-License-Identifier: MIT
//
// Made by ipcgen of sample.ipc.
//
// Everything that an interface file can say.
//
// What is made of it stands in golden/.
#ifndef HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_SAMPLE_H
#define HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/rpc.h"

#ifdef __cplusplus
extern "C" {
#endif

// The longest name.
#define SAMPLE_NAME_BYTES UINT32_C(16)

#define SAMPLE_BELOW INT32_C(-5)

enum sample_parity {
    // no parity bit
    SAMPLE_PARITY_NONE = 0,
    SAMPLE_PARITY_EVEN = 1,
    SAMPLE_PARITY_ODD = 7,
};

// Whether a number is one of them.
bool sample_parity_is_valid(uint32_t value);

// What a file may be used for.
//
// Flags of sample::mode.
// reading
#define SAMPLE_MODE_READ    UINT32_C(0x1)
#define SAMPLE_MODE_WRITE   UINT32_C(0x2)
#define SAMPLE_MODE_EXECUTE UINT32_C(0x10)
#define SAMPLE_MODE_ALL     UINT32_C(0x13)

struct sample_point {
    int16_t x;
    int16_t y;
    enum sample_parity parity;
};

// As it stands in a message: 1 words.
#define SAMPLE_POINT_WORDS 1
void sample_point_pack(uint64_t *words, const struct sample_point *value);
bool sample_point_unpack(const uint64_t *words, struct sample_point *value);

// Much in one.
struct sample_config {
    // Bits a second.
    uint32_t speed;
    enum sample_parity parity;
    bool stop;
    int16_t delta;
    uint32_t modes[3];
    struct sample_point origin;
    struct sample_point path[2];
    char name[21]; // up to 20 bytes and a NUL
    uint32_t blob_length;
    uint8_t blob[12];
    uint64_t big[2];
    uint8_t bytes_of_it[5];
};

// As it stands in a message: 15 words.
#define SAMPLE_CONFIG_WORDS 15
void sample_config_pack(uint64_t *words, const struct sample_config *value);
bool sample_config_unpack(const uint64_t *words, struct sample_config *value);

// Nobody reads.
// "there is no room"
#define SAMPLE_ERROR_FULL ((enum helios_error)0x729259b6u)

// "this is odd"
#define SAMPLE_ERROR_ODD_ONE ((enum helios_error)0x1001u)

// Interface sample::file.
//
// A stream of bytes.
#define SAMPLE_FILE_ID      UINT64_C(0x42419d54c5f5d639)
#define SAMPLE_FILE_VERSION 1

// Labels of its calls.
#define SAMPLE_FILE_READ   0x9ec2de8fu
#define SAMPLE_FILE_WRITE  0xee145256u
#define SAMPLE_FILE_CLOSE  0xa9f56704u
#define SAMPLE_FILE_TURN   0xa41040efu
#define SAMPLE_FILE_FIND   0xb780dfb0u
#define SAMPLE_FILE_SHARE  0xb744f7afu
#define SAMPLE_FILE_PAGES  0xb5122e52u
#define SAMPLE_FILE_MANY   0xd8bdbeb6u
#define SAMPLE_FILE_SIGNAL 0xcd7d1501u

// "nothing is left"
#define SAMPLE_FILE_ERROR_END ((enum helios_error)0x6776755au)

// Reads into a page.
enum helios_error sample_file_read(uint64_t file, uint64_t page, uint64_t offset, uint32_t len,
                                   uint32_t *result);
enum helios_error sample_file_read_until(uint64_t file, uint64_t deadline, uint64_t page,
                                         uint64_t offset, uint32_t len, uint32_t *result);

enum helios_error sample_file_write(uint64_t file, const void *data, uint32_t data_length,
                                    uint64_t at, uint32_t *result);
enum helios_error sample_file_write_until(uint64_t file, uint64_t deadline, const void *data,
                                          uint32_t data_length, uint64_t at, uint32_t *result);

enum helios_error sample_file_close(uint64_t file);
enum helios_error sample_file_close_until(uint64_t file, uint64_t deadline);

// Both ways, small and of every kind.
enum helios_error sample_file_turn(uint64_t file, uint8_t a, int32_t b, enum sample_parity c,
                                   bool d, uint32_t e, int64_t f, uint8_t *a2, int32_t *b2,
                                   enum sample_parity *c2, bool *d2, uint32_t *e2, int64_t *f2);
enum helios_error sample_file_turn_until(uint64_t file, uint64_t deadline, uint8_t a, int32_t b,
                                         enum sample_parity c, bool d, uint32_t e, int64_t f,
                                         uint8_t *a2, int32_t *b2, enum sample_parity *c2, bool *d2,
                                         uint32_t *e2, int64_t *f2);

enum helios_error sample_file_find(uint64_t file, const char *path, const uint32_t weights[3],
                                   struct sample_point *at, char name[17],
                                   struct sample_point all[2]);
enum helios_error sample_file_find_until(uint64_t file, uint64_t deadline, const char *path,
                                         const uint32_t weights[3], struct sample_point *at,
                                         char name[17], struct sample_point all[2]);

enum helios_error sample_file_share(uint64_t file, uint64_t own_one, const uint64_t *pages,
                                    uint32_t pages_count, const char *name, uint8_t *a,
                                    uint64_t *done);
enum helios_error sample_file_share_until(uint64_t file, uint64_t deadline, uint64_t own_one,
                                          const uint64_t *pages, uint32_t pages_count,
                                          const char *name, uint8_t *a, uint64_t *done);

enum helios_error sample_file_pages(uint64_t file, uint64_t first, uint64_t *result,
                                    uint64_t *first_page, uint64_t *pages, uint32_t *pages_count);
enum helios_error sample_file_pages_until(uint64_t file, uint64_t deadline, uint64_t first,
                                          uint64_t *result, uint64_t *first_page, uint64_t *pages,
                                          uint32_t *pages_count);

enum helios_error sample_file_many(uint64_t file, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                   uint64_t e, uint64_t *result);
enum helios_error sample_file_many_until(uint64_t file, uint64_t deadline, uint64_t a, uint64_t b,
                                         uint64_t c, uint64_t d, uint64_t e, uint64_t *result);

enum helios_error sample_file_signal(uint64_t file, uint64_t bell, uint8_t result[24],
                                     uint32_t *result_length);
enum helios_error sample_file_signal_until(uint64_t file, uint64_t deadline, uint64_t bell,
                                           uint8_t result[24], uint32_t *result_length);

// What a server of sample::file does. A call that is NULL is answered with
// HELIOS_ERROR_UNSUPPORTED.
struct sample_file_ops {
    // Reads into a page.
    enum helios_error (*read)(void *context, const struct helios_request *request, uint64_t page,
                              uint64_t offset, uint32_t len, uint32_t *result);
    enum helios_error (*write)(void *context, const struct helios_request *request,
                               const void *data, uint32_t data_length, uint64_t at,
                               uint32_t *result);
    enum helios_error (*close)(void *context, const struct helios_request *request);
    // Both ways, small and of every kind.
    enum helios_error (*turn)(void *context, const struct helios_request *request, uint8_t a,
                              int32_t b, enum sample_parity c, bool d, uint32_t e, int64_t f,
                              uint8_t *a2, int32_t *b2, enum sample_parity *c2, bool *d2,
                              uint32_t *e2, int64_t *f2);
    enum helios_error (*find)(void *context, const struct helios_request *request, const char *path,
                              const uint32_t weights[3], struct sample_point *at, char name[17],
                              struct sample_point all[2]);
    enum helios_error (*share)(void *context, const struct helios_request *request,
                               uint64_t own_one, const uint64_t *pages, uint32_t pages_count,
                               const char *name, uint8_t *a, uint64_t *done);
    enum helios_error (*pages)(void *context, const struct helios_request *request, uint64_t first,
                               uint64_t *result, uint64_t *first_page, uint64_t *pages,
                               uint32_t *pages_count);
    enum helios_error (*many)(void *context, const struct helios_request *request, uint64_t a,
                              uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t *result);
    enum helios_error (*signal)(void *context, const struct helios_request *request, uint64_t bell,
                                uint8_t result[24], uint32_t *result_length);
};

// Answers the request in *message: whether there is a reply there now.
bool sample_file_dispatch(const struct sample_file_ops *ops, void *context,
                          struct helios_message *message);

// Serves an endpoint until it is gone.
enum helios_error sample_file_serve(uint64_t endpoint, const struct sample_file_ops *ops,
                                    void *context);

// Answers to calls for which the server returned HELIOS_RPC_LATER. The Reply is used up.
enum helios_error sample_file_read_reply(uint64_t reply, enum helios_error status, uint32_t result);
enum helios_error sample_file_write_reply(uint64_t reply, enum helios_error status,
                                          uint32_t result);
enum helios_error sample_file_close_reply(uint64_t reply, enum helios_error status);
enum helios_error sample_file_turn_reply(uint64_t reply, enum helios_error status, uint8_t a2,
                                         int32_t b2, enum sample_parity c2, bool d2, uint32_t e2,
                                         int64_t f2);
enum helios_error sample_file_find_reply(uint64_t reply, enum helios_error status,
                                         const struct sample_point *at, const char *name,
                                         const struct sample_point all[2]);
enum helios_error sample_file_share_reply(uint64_t reply, enum helios_error status, uint64_t done,
                                          uint8_t a);
enum helios_error sample_file_pages_reply(uint64_t reply, enum helios_error status,
                                          uint64_t first_page, const uint64_t *pages,
                                          uint32_t pages_count, uint64_t result);
enum helios_error sample_file_many_reply(uint64_t reply, enum helios_error status, uint64_t result);
enum helios_error sample_file_signal_reply(uint64_t reply, enum helios_error status,
                                           const void *result, uint32_t result_length);

// Interface sample::serial, which is also sample::file.
//
// Inherits, and numbers a call itself.
#define SAMPLE_SERIAL_ID      UINT64_C(0x3f41652ff78e4dcb)
#define SAMPLE_SERIAL_VERSION 3

// Labels of its calls.
#define SAMPLE_SERIAL_SET_CONFIG 0xfba1f907u
#define SAMPLE_SERIAL_GET_CONFIG 0x80000007u

enum helios_error sample_serial_set_config(uint64_t serial, const struct sample_config *config);
enum helios_error sample_serial_set_config_until(uint64_t serial, uint64_t deadline,
                                                 const struct sample_config *config);

enum helios_error sample_serial_get_config(uint64_t serial, struct sample_config *result);
enum helios_error sample_serial_get_config_until(uint64_t serial, uint64_t deadline,
                                                 struct sample_config *result);

// What a server of sample::serial does. A call that is NULL is answered with
// HELIOS_ERROR_UNSUPPORTED.
struct sample_serial_ops {
    struct sample_file_ops sample_file;
    enum helios_error (*set_config)(void *context, const struct helios_request *request,
                                    const struct sample_config *config);
    enum helios_error (*get_config)(void *context, const struct helios_request *request,
                                    struct sample_config *result);
};

// Answers the request in *message: whether there is a reply there now.
bool sample_serial_dispatch(const struct sample_serial_ops *ops, void *context,
                            struct helios_message *message);

// Serves an endpoint until it is gone.
enum helios_error sample_serial_serve(uint64_t endpoint, const struct sample_serial_ops *ops,
                                      void *context);

// Answers to calls for which the server returned HELIOS_RPC_LATER. The Reply is used up.
enum helios_error sample_serial_set_config_reply(uint64_t reply, enum helios_error status);
enum helios_error sample_serial_get_config_reply(uint64_t reply, enum helios_error status,
                                                 const struct sample_config *result);

// Interface sample::none.
#define SAMPLE_NONE_ID      UINT64_C(0x9cc6cf95f7877af9)
#define SAMPLE_NONE_VERSION 1

// What a server of sample::none does. A call that is NULL is answered with
// HELIOS_ERROR_UNSUPPORTED.
struct sample_none_ops {
    char none_; // C wants a member
};

// Answers the request in *message: whether there is a reply there now.
bool sample_none_dispatch(const struct sample_none_ops *ops, void *context,
                          struct helios_message *message);

// Serves an endpoint until it is gone.
enum helios_error sample_none_serve(uint64_t endpoint, const struct sample_none_ops *ops,
                                    void *context);

// What a status means: an error of this file's, or any other. Never NULL.
const char *sample_strerror(enum helios_error status);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_SAMPLE_H
