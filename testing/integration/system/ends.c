// SPDX-License-Identifier: GPL-3.0-only
//
// A program that ends as its argument says.
#include <string.h>

#include "userland/helios/clock.h"
#include "userland/helios/console.h"

static void say_caller(const void *address) {
    helios_printf("returns to %p\n", address);
}

// Three calls deep. Nothing is left out: after each call there is something to do.
static __attribute__((noinline)) int innermost(volatile int *where) {
    say_caller(__builtin_return_address(0));
    *where = 1;
    return *where;
}

static __attribute__((noinline)) int middle(volatile int *where) {
    say_caller(__builtin_return_address(0));
    int value = innermost(where);
    return value + *where;
}

static __attribute__((noinline)) int outermost(volatile int *where) {
    say_caller(__builtin_return_address(0));
    int value = middle(where);
    return value + *where;
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    helios_printf("hello from %s\n", argv[0]);
    if (strcmp(how, "fault") == 0) {
        *(volatile int *)8 = 1;
    }
    if (strcmp(how, "deep") == 0) {
        return outermost((volatile int *)8);
    }
    if (strcmp(how, "never") == 0) {
        helios_sleep_until(HELIOS_FOREVER);
    }
    return strcmp(how, "7") == 0 ? 7 : 0;
}
