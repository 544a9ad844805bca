// SPDX-License-Identifier: GPL-3.0-only
//
// A process that does what its arguments say.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "userland/helios/console.h"
#include "userland/helios/startup.h"

int main(int argc, char **argv);

static int print_arguments(int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        helios_printf("%s;", argv[i]);
    }
    return argc;
}

static bool is(const char *argument, const char *word) {
    return strlen(argument) == strlen(word) && memcmp(argument, word, strlen(word)) == 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        return 99;
    }
    if (is(argv[1], "arguments")) {
        return print_arguments(argc, argv);
    }
    if (is(argv[1], "fault")) {
        *(volatile uint32_t *)(uintptr_t)0x123450 = 1;
    }
    return 98;
}
