// SPDX-License-Identifier: GPL-3.0-only
//
// A driver that says which version it is (GREETER, from BUILD.bazel). Who writes waits for ever, as
// one does who uses it while it is replaced.
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/device.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/registry.h"

static enum helios_error read(void *context, const struct helios_request *request, uint32_t most,
                              uint8_t result[IO_CHUNK], uint32_t *length) {
    (void)context;
    (void)request;
    result[0] = '0' + GREETER;
    *length = most > 0 ? 1 : 0;
    return HELIOS_OK;
}

static enum helios_error write(void *context, const struct helios_request *request,
                               const void *data, uint32_t length, uint32_t *result) {
    static uint64_t never;
    (void)context;
    (void)data;
    (void)length;
    (void)result;
    return helios_rpc_defer(request, &never);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct device_info info;
    static const struct io_stream_ops ops = {.read = read, .write = write};
    uint64_t endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    if (device_describe(helios_cap("device"), &info) != HELIOS_OK ||
        registry_register(HELIOS_PROCESS_REGISTRY, endpoint, IO_STREAM_ID, GREETER, "greeter") !=
            HELIOS_OK) {
        return 1;
    }
    return (int)io_stream_serve(endpoint, &ops, NULL);
}
