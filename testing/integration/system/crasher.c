// SPDX-License-Identifier: GPL-3.0-only
//
// A driver that comes to grief as it is told: "fault", "exit" or "hang".
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/device.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/registry.h"

static enum helios_error write(void *context, const struct helios_request *request,
                               const void *data, uint32_t length, uint32_t *result) {
    (void)context;
    (void)request;
    if (length == 5 && memcmp(data, "fault", length) == 0) {
        *(volatile int *)(uintptr_t)(length + 3) = 1;
    }
    if (length == 4 && memcmp(data, "exit", length) == 0) {
        helios_exit(9);
    }
    if (length == 4 && memcmp(data, "hang", length) == 0) {
        uint64_t never = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
        helios_wait(never, 0);
    }
    *result = length;
    return HELIOS_OK;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct device_info info;
    static const struct io_stream_ops ops = {.write = write};
    uint64_t endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    if (device_describe(helios_cap("device"), &info) != HELIOS_OK ||
        helios_pages_new(65536, HELIOS_MAP_WRITE) == NULL ||
        registry_register(HELIOS_PROCESS_REGISTRY, endpoint, IO_STREAM_ID, IO_STREAM_VERSION,
                          "crasher") != HELIOS_OK) {
        return 1;
    }
    return (int)io_stream_serve(endpoint, &ops, NULL);
}
