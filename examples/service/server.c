// SPDX-License-Identifier: MIT
//
// The server: a function for each call of service/square.ipc.
#include <string.h>

#include "service/square.h"
#include "userland/helios/startup.h"

// What the server keeps between calls; its functions get the address.
struct squares {
    uint64_t told;
};

static enum helios_error of(void *context, const struct helios_request *request, uint64_t x,
                            uint64_t *result) {
    (void)request; // request->badge would say which client this is
    struct squares *squares = context;
    if (x > UINT32_MAX) {
        return MATH_ERROR_TOO_LARGE;
    }
    squares->told++;
    *result = x * x;
    return HELIOS_OK;
}

static enum helios_error describe(void *context, const struct helios_request *request,
                                  uint64_t *told, char name[33]) {
    (void)request;
    const struct squares *squares = context;
    *told = squares->told;
    memcpy(name, "squares of all kinds", sizeof "squares of all kinds");
    return HELIOS_OK;
}

int main(void) {
    static const struct math_square_ops ops = {.of = of, .describe = describe};
    struct squares squares = {0};
    return (int)math_square_serve(helios_cap("square"), &ops, &squares);
}
