// SPDX-License-Identifier: GPL-3.0-only
//
// A program that ends as its argument says.
#include <string.h>

#include "userland/helios/console.h"

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    helios_printf("hello from %s\n", argv[0]);
    if (strcmp(how, "fault") == 0) {
        *(volatile int *)8 = 1;
    }
    return strcmp(how, "7") == 0 ? 7 : 0;
}
