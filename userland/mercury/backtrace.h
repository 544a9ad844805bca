// SPDX-License-Identifier: GPL-3.0-only
//
// Who called whom in a process that has faulted: its frame pointers are followed, and nothing that
// they lead to is believed.
#ifndef HELIOS_USERLAND_MERCURY_BACKTRACE_H
#define HELIOS_USERLAND_MERCURY_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BACKTRACE_FRAMES 16u // at most so many are told

// What may be read, and where code may be. Addresses are the process's.
struct backtrace_limits {
    uint64_t stack_base;
    uint64_t stack_top;
    uint64_t code_base;
    uint64_t code_end;
    int frame_words; // from a frame pointer to the saved one, in words; the return address follows
};

// Reads the word at `address`, which is aligned and lies in the stack. false: it can't be read.
typedef bool backtrace_read(void *context, uint64_t address, uint64_t *word);

// Follows the frames from the frame pointer `frame` on. The return addresses go to `callers`, the
// innermost first; returns how many. It ends at the first frame that is not whole inside the stack,
// aligned and above the one before, at a return address that is not code, and after
// BACKTRACE_FRAMES.
uint32_t backtrace_walk(const struct backtrace_limits *limits, uint64_t frame, backtrace_read *read,
                        void *context, uint64_t callers[BACKTRACE_FRAMES]);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_BACKTRACE_H
