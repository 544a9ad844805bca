// SPDX-License-Identifier: GPL-3.0-only
//
// What docs/reference/ipcgen.md shows; quotes_test compares.
#include "squares/square.h"
#include "userland/helios/startup.h"

static enum helios_error of(void *context, const struct helios_request *request, uint64_t x,
                            uint64_t *result) {
    if (x > UINT32_MAX) {
        return MATH_ERROR_TOO_LARGE;
    }
    *result = x * x;
    return HELIOS_OK;
}

int main(void) {
    static const struct math_square_ops ops = {.of = of};
    return (int)math_square_serve(helios_cap("square"), &ops, NULL);
}
