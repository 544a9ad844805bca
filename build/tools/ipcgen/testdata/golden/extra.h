// SPDX-License-Identifier: MIT
//
// Made by ipcgen of extra.ipc.
//
// Uses another file.
#ifndef HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_EXTRA_H
#define HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_EXTRA_H

#include <stdbool.h>
#include <stdint.h>

#include "build/tools/ipcgen/testdata/sample.h"
#include "userland/helios/rpc.h"

#ifdef __cplusplus
extern "C" {
#endif

// Interface sample::extra::counter.
#define SAMPLE_EXTRA_COUNTER_ID      UINT64_C(0x6b72ae7f4a4557bd)
#define SAMPLE_EXTRA_COUNTER_VERSION 1

// Labels of its calls.
#define SAMPLE_EXTRA_COUNTER_ADD      0xcdf2e5d1u
#define SAMPLE_EXTRA_COUNTER_REGISTER 0xb20469dau

// The names that generated code has too.
enum helios_error sample_extra_counter_add(uint64_t counter, uint32_t context, uint32_t request,
                                           uint32_t message, uint32_t *status, uint32_t *reply,
                                           uint32_t *deadline);
enum helios_error sample_extra_counter_add_until(uint64_t counter, uint64_t deadline_,
                                                 uint32_t context, uint32_t request,
                                                 uint32_t message, uint32_t *status,
                                                 uint32_t *reply, uint32_t *deadline);

enum helios_error sample_extra_counter_register(uint64_t counter_, uint64_t counter);
enum helios_error sample_extra_counter_register_until(uint64_t counter_, uint64_t deadline,
                                                      uint64_t counter);

// What a server of sample::extra::counter does. A call that is NULL is answered with
// HELIOS_ERROR_UNSUPPORTED.
struct sample_extra_counter_ops {
    // The names that generated code has too.
    enum helios_error (*add)(void *context_, const struct helios_request *request_,
                             uint32_t context, uint32_t request, uint32_t message, uint32_t *status,
                             uint32_t *reply, uint32_t *deadline);
    enum helios_error (*register_)(void *context, const struct helios_request *request,
                                   uint64_t counter);
};

// Answers the request in *message: whether there is a reply there now.
bool sample_extra_counter_dispatch(const struct sample_extra_counter_ops *ops, void *context,
                                   struct helios_message *message);

// Serves an endpoint until it is gone.
enum helios_error sample_extra_counter_serve(uint64_t endpoint,
                                             const struct sample_extra_counter_ops *ops,
                                             void *context);

// Answers to calls for which the server returned HELIOS_RPC_LATER. The Reply is used up.
enum helios_error sample_extra_counter_add_reply(uint64_t reply_, enum helios_error status_,
                                                 uint32_t status, uint32_t reply,
                                                 uint32_t deadline);
enum helios_error sample_extra_counter_register_reply(uint64_t reply, enum helios_error status);

// Interface sample::extra::both, which is also sample::serial, sample::extra::counter.
#define SAMPLE_EXTRA_BOTH_ID      UINT64_C(0x1234)
#define SAMPLE_EXTRA_BOTH_VERSION 1

// Labels of its calls.
#define SAMPLE_EXTRA_BOTH_WHERE 0x8b707f6eu

enum helios_error sample_extra_both_where(uint64_t both, const struct sample_point *at,
                                          struct sample_point *result);
enum helios_error sample_extra_both_where_until(uint64_t both, uint64_t deadline,
                                                const struct sample_point *at,
                                                struct sample_point *result);

// What a server of sample::extra::both does. A call that is NULL is answered with
// HELIOS_ERROR_UNSUPPORTED.
struct sample_extra_both_ops {
    struct sample_serial_ops sample_serial;
    struct sample_extra_counter_ops sample_extra_counter;
    enum helios_error (*where)(void *context, const struct helios_request *request,
                               const struct sample_point *at, struct sample_point *result);
};

// Answers the request in *message: whether there is a reply there now.
bool sample_extra_both_dispatch(const struct sample_extra_both_ops *ops, void *context,
                                struct helios_message *message);

// Serves an endpoint until it is gone.
enum helios_error sample_extra_both_serve(uint64_t endpoint,
                                          const struct sample_extra_both_ops *ops, void *context);

// Answers to calls for which the server returned HELIOS_RPC_LATER. The Reply is used up.
enum helios_error sample_extra_both_where_reply(uint64_t reply, enum helios_error status,
                                                const struct sample_point *result);

// What a status means: an error of this file's, or any other. Never NULL.
const char *sample_extra_strerror(enum helios_error status);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_IPC_BUILD_TOOLS_IPCGEN_TESTDATA_EXTRA_H
