// SPDX-License-Identifier: GPL-3.0-only
//
// Boot tests for guests that know nothing of a test: a script says what must, and must not, appear
// on the console, and what to type. One directive a line; blank lines and '#' lines are skipped.
//
//   case NAME      begins a test case; the first line of a script that has any (one that has
//                  none is one case, "boot")
//   expect TEXT    waits until TEXT appears behind what the last expect found
//   find TEXT      the same, but what follows is looked for from the same place on: for what may
//                  come in any order
//   reject TEXT    from here to the end of its case TEXT must not appear
//   send TEXT      types TEXT and the return key
//   key NAME       presses a key of the machine's keyboard, and releases it: a name that QEMU's
//                  `sendkey` knows, several joined by '-' at once
//   point X Y      moves the machine's pointer there: from 0 to 32767 across the tablet
//   button NAME    presses a button of the pointer, and releases it: left, middle, right
//   screen FILE N  the screen shows that PNG file, pixel for pixel, in its middle and on black; the
//                  lowest N lines are not looked at. FILE is the name of one of the test's pictures
//   pixel X Y RRGGBB   that pixel has that colour; negative: from the right and from below
//   idle SECONDS N for so long no CPU executes more than N instructions a second, after as long to
//                  come to rest; then the return key is typed, to see that they are counted
//   reset          waits until the guest resets the machine; more resets than the script has of
//                  these are failures
//   exit N         waits until the guest powers off with that status
//   disk FILE      what has become of the test's disk (--disk) is the same as that file; behind
//   exit timeout N      each following wait may take N seconds (default: the boot's limit)
//
// ${arch}, ${cpus} and ${memory} (MiB) in a TEXT stand for what the guest was started with. A case
// fails at its first directive that does; the cases behind it fail as "not reached".
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_EXPECT_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_EXPECT_H

#include "build/tools/qemu_test/filter.h"
#include "build/tools/qemu_test/guest.h"
#include "build/tools/qemu_test/protocol.h"
#include "build/tools/qemu_test/report.h"

#ifdef __cplusplus
extern "C" {
#endif

enum script_op {
    SCRIPT_CASE,
    SCRIPT_EXPECT,
    SCRIPT_FIND,
    SCRIPT_REJECT,
    SCRIPT_SEND,
    SCRIPT_KEY,
    SCRIPT_POINT,
    SCRIPT_BUTTON,
    SCRIPT_SCREEN,
    SCRIPT_PIXEL,
    SCRIPT_IDLE,
    SCRIPT_RESET,
    SCRIPT_EXIT,
    SCRIPT_DISK,
    SCRIPT_TIMEOUT,
};

struct script_step {
    enum script_op op;
    char *text;      // the rest of the line, variables replaced
    uint64_t number; // of exit and timeout; of screen: lines not looked at; of pixel: the colour;
                     // of idle: instructions
    const char *picture; // of screen: its path
    int64_t x, y;        // of pixel and point; x of idle: seconds
    unsigned int line;
};

struct script {
    struct script_step *steps;
    size_t count;
};

// Reads the script. `pictures` are the files that `screen` may name. Errors name the file and the
// line.
bool script_read(const char *path, const struct qemu_config *config,
                 const struct qemu_options *options, const struct strings *pictures,
                 struct script *script, struct error *err);

// Runs it against a guest that it starts. Sharding does not apply: the first shard runs all.
void script_run(const struct script *script, struct guest *guest, const struct test_filter *filter,
                const struct test_limits *limits, struct report *report);

void script_free(struct script *script);

#ifdef __cplusplus
}
#endif

#endif
