// SPDX-License-Identifier: MIT
#include "userland/helios/debug.h"

#include <stddef.h>

#include "userland/helios/console.h"
#include "userland/helios/error.h"

enum {
    FRAMES = 32,
    FRAME_MOST = 1 << 20, // a larger one is no frame of ours
    TEXT_SIZE = 160,
};

// Callers keep frame pointers (toolchains/cc: `user`); the outermost one is zero.
void helios_backtrace(void) {
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    for (unsigned i = 0; i < FRAMES && frame != 0; i++) {
        const uintptr_t *words = (const uintptr_t *)frame + HELIOS_STUB_FRAME;
        uintptr_t caller = words[0];
        helios_printf("  #%u 0x%lx\n", i, (unsigned long)words[1]);
        if (caller <= frame || caller - frame > FRAME_MOST || caller % sizeof(uintptr_t) != 0) {
            return;
        }
        frame = caller;
    }
}

void helios_abort(void) {
    for (;;) {
        helios_stub_illegal();
    }
}

void helios_assert_failed(const char *condition, const char *file, int line) {
    helios_printf("%s:%d: assertion failed: %s\n", file, line, condition);
    helios_backtrace();
    helios_abort();
}

int helios_refused(const char *what, struct helios_answer answer) {
    if (answer.status == HELIOS_OK) {
        return 0;
    }
    char text[TEXT_SIZE];
    helios_format_refusal(text, sizeof(text), answer.status, answer.value, answer.found,
                          answer.wanted);
    helios_printf("%s: %s\n", what, text);
    return 1;
}
