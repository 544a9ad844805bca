// SPDX-License-Identifier: GPL-3.0-only
//
// The interrupt of the device of edu.h, bound to a Notification.
#ifndef HELIOS_TESTING_CONFORMANCE_SOURCE_H
#define HELIOS_TESTING_CONFORMANCE_SOURCE_H

#include "testing/conformance/actor.h"
#include "testing/conformance/edu.h"
#include "testing/conformance/world.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SOURCE_BADGE 4 // what it signals

struct source {
    uint64_t handler;
    uint64_t notification;
};

// Binds a handler and switches it on.
struct source source_bind(uint64_t handler);

// The device's line: its handler, and that bound. It belongs to CPU 0.
uint64_t source_line_handler(void);
struct source source_line(void);

// A message of the device, for CPU 0.
struct source source_message(void);

// The device is quiet and its line in use again; the handler goes.
void source_end(const struct source *source);

// What has been signalled; 0 if nothing is, after seconds.
uint64_t source_arrived(const struct source *source);

// Whether nothing has been signalled, and nothing is about to be.
bool source_is_silent(const struct source *source);

// The device's next interrupt arrives, once. It is over afterwards.
void source_expect_works(const struct source *source);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_SOURCE_H
