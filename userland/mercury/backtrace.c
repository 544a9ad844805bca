// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/backtrace.h"

static const uint64_t WORD = sizeof(uint64_t);

// Whether both words of a frame may be read.
static bool is_frame(const struct backtrace_limits *limits, uint64_t words) {
    return words % WORD == 0 && words >= limits->stack_base && words < limits->stack_top &&
           limits->stack_top - words >= 2 * WORD;
}

uint32_t backtrace_walk(const struct backtrace_limits *limits, uint64_t frame, backtrace_read *read,
                        void *context, uint64_t callers[BACKTRACE_FRAMES]) {
    uint32_t count = 0;
    while (count < BACKTRACE_FRAMES) {
        uint64_t words = frame + (uint64_t)limits->frame_words * WORD;
        uint64_t outer = 0;
        uint64_t caller = 0;
        if (!is_frame(limits, words) || !read(context, words, &outer) ||
            !read(context, words + WORD, &caller) || caller < limits->code_base ||
            caller >= limits->code_end) {
            break;
        }
        callers[count++] = caller;
        if (outer <= frame) {
            break;
        }
        frame = outer;
    }
    return count;
}
