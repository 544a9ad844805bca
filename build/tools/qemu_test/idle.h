// SPDX-License-Identifier: GPL-3.0-only
//
// How much a guest does while it has nothing to do.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_IDLE_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_IDLE_H

#include <stdint.h>

#include "build/tools/qemu_test/guest.h"

#ifdef __cplusplus
extern "C" {
#endif

#define IDLE_CPUS 64u

// Whether no CPU of the guest executes more than `most` instructions a second, over so many seconds
// of the guest's time; before that it has as long to come to rest. QEMU writes each instruction
// down (`log exec` with one instruction in each translation block), and they are counted. Then a
// return key is typed: if that makes the guest do nothing the counting does not work, which is an
// error too.
bool idle_check(struct guest *guest, uint64_t seconds, uint64_t most, struct error *err);

// Counts the instructions of each CPU in QEMU's log. Returns false if it has a CPU that is not
// below IDLE_CPUS.
bool idle_count(const struct buffer *log, uint64_t counts[IDLE_CPUS]);

#ifdef __cplusplus
}
#endif

#endif
