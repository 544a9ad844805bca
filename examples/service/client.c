// SPDX-License-Identifier: MIT
//
// The client: asks, and says what it was told.
#include "service/square.h"
#include "userland/helios/console.h"
#include "userland/helios/startup.h"

int main(void) {
    const uint64_t square = helios_cap("square");
    const uint64_t questions[] = {3, 12, 1ull << 32};
    for (unsigned i = 0; i < sizeof questions / sizeof *questions; i++) {
        uint64_t result;
        enum helios_error status = math_square_of(square, questions[i], &result);
        if (status == HELIOS_OK) {
            helios_printf("client: the square of %llu is %llu\n", (unsigned long long)questions[i],
                          (unsigned long long)result);
        } else {
            helios_printf("client: the square of %llu: %s\n", (unsigned long long)questions[i],
                          math_strerror(status));
        }
    }
    uint64_t told;
    char name[33];
    enum helios_error status = math_square_describe(square, &told, name);
    if (status != HELIOS_OK) {
        return 1;
    }
    helios_printf("client: %s told me %llu of them\n", name, (unsigned long long)told);
    return 0;
}
