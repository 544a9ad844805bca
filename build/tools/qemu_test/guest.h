// SPDX-License-Identifier: GPL-3.0-only
//
// A guest under test: its console as text and lines, copied to standard output as it comes.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_GUEST_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_GUEST_H

#include "build/tools/qemu/process.h"
#include "build/tools/qemu/text.h"
#include "build/tools/qemu_test/peer.h"

#ifdef __cplusplus
extern "C" {
#endif

struct guest {
    const struct qemu_config *config;
    const struct qemu_options *options;
    struct qemu qemu;
    bool running;
    struct text_filter filter;
    struct buffer raw;    // output that is no text yet
    struct buffer text;   // everything since the start
    size_t line_position; // in text: the first line that guest_line has not returned
    struct peer peer;     // on its network, if it has one (options->net)
    int exit_status;      // what "helios: exit status N" said, 0 without it
};

enum guest_result {
    GUEST_OK,
    GUEST_TIMEOUT,
    GUEST_ENDED,
};

// Starts a guest, with the text of an earlier one forgotten.
bool guest_start(struct guest *guest, struct error *err);

// Waits for more output. GUEST_OK: there is more text, or something else happened.
enum guest_result guest_wait(struct guest *guest, int64_t deadline);

// The next whole line (free it). Lines that came before the end are returned before GUEST_ENDED.
enum guest_result guest_line(struct guest *guest, int64_t deadline, char **line);

// Sends all of the text. Fails if the guest does not take it until `deadline`.
bool guest_send(struct guest *guest, const char *text, int64_t deadline);

// "MESSAGE" and the last lines of the console, for a failure. Free the result.
char *guest_failure(const struct guest *guest, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// How the guest ended, or that it did not do so in time. Free the result.
char *guest_describe(const struct guest *guest, enum guest_result result, int64_t waited_ms);

// Reads what the guest still says (a register dump, a backtrace) until it ends, is silent for a
// moment, or has gone on for long enough; then stops it.
void guest_stop_after_words(struct guest *guest);

void guest_stop(struct guest *guest);

void guest_free(struct guest *guest);

#ifdef __cplusplus
}
#endif

#endif
