// SPDX-License-Identifier: GPL-3.0-only
//
// Long operations, stopped in the middle. An actor that is less important than the case begins one;
// the case sleeps for a moment and wakes while it is under way. From then on nothing of it goes on
// until the case sleeps again.
#ifndef HELIOS_TESTING_CONFORMANCE_CROWD_H
#define HELIOS_TESTING_CONFORMANCE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "testing/conformance/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

// Makes so many copies of a capability that revoking it, or destroying its object by way of its
// Memory, is a long operation; the first and the last one stand in the case's CSpace.
void crowd_make(uint64_t capability);

extern uint64_t crowd_first;
extern uint64_t crowd_last;

// Takes away what is left.
void crowd_end(void);

// Lets the actor, which has been told what to do, run until its system call is under way. False if
// it is over before that was seen: a machine that has much else to do may bring the interrupt that
// wakes the case too late. Then everything has to be made again, CROWD_ATTEMPTS times at most;
// crowds are larger from then on.
// `is_there` (0: none) says whether it has come to what the case wants to see.
bool crowd_interrupt(unsigned index, bool (*is_there)(void));

// Whether that is so: it is in a system call and does not wait.
bool crowd_is_under_way(unsigned index);

#define CROWD_ATTEMPTS 8

// An actor that is less important than the case by so much, and how it is told: it does not begin.
void crowd_make_actor(unsigned index, uint64_t priority);
void crowd_call(unsigned index, uint64_t object, uint32_t label, uint32_t params,
                const uint64_t p[3]);

// Lets it go on until it is done, or for ten seconds.
void crowd_finish(unsigned index);

#define CROWD_PRIORITY 10 // the case has 32

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_CROWD_H
