// SPDX-License-Identifier: GPL-3.0-only
//
// Tasks that do one system call after another, as they are told. They are more important than the
// case that directs them: when a function here returns, the actor is blocked, or done and
// suspended. So a case never waits, and nothing it gets wrong can hang it. A case that has received
// the call of an actor is as important as that: hence let_run.
#ifndef HELIOS_TESTING_CONFORMANCE_ACTOR_H
#define HELIOS_TESTING_CONFORMANCE_ACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "testing/conformance/invoke.h"
#include "uapi/fault.h"
#include "userland/helios/objects.h"
#include "userland/test/space.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ACTOR_PRIORITY 40 // the case has 32

// Makes the actor if it does not exist, and lets it do a system call.
void actor_do(unsigned index, uint64_t number, uint64_t capability, uint64_t tag, uint64_t p0);

// The same with the registers of a whole message.
void actor_send(unsigned index, uint64_t number, const struct helios_message *message);

// Makes it, so that its buffer can be prepared.
void actor_make(unsigned index);

// Whether its system call has returned, and with what.
bool actor_is_done(unsigned index);
bool actor_waits(void); // actor 0, for sleep_past
struct helios_message actor_result(unsigned index);

// Its task, and what Task.query says of that.
uint64_t actor_task(unsigned index);
uint64_t actor_state(unsigned index);
struct helios_ipc_buffer *actor_buffer(unsigned index);

void actor_end(unsigned index);

// Resumes a task that suspends itself, when it has done so: what is resumed before that would be
// suspended from then on.
void resume_suspended(uint64_t task);

// Lets a task go on that is as important as the case, until it waits or is suspended: on a host
// with much else to do its slice may end before it has done anything, more than once.
void let_run(uint64_t task);

// Objects of the case, made of the largest Memory, and their end.
uint64_t make_object(uint64_t type);
void destroy_slot(uint64_t slot);

// A slot that is free until the next capability arrives in any.
uint64_t free_slot(void);
uint64_t copy_with(uint64_t source, uint64_t rights, uint64_t badge);

// Nanoseconds of the clock that deadlines are of (arch/*/machine.c: its counter).
uint64_t machine_ticks(void);
uint64_t clock_now(void);

// Sleeps until that time; not at all if it has passed.
void sleep_until(uint64_t when);

// A deadline that does not pass while a case prepares what it is for, however slow the machine.
uint64_t deadline_soon(void);

// Sleeps until that deadline has passed, and for as long as something (of others, that has the
// same deadline) still `waits`: what the case sees first, its clock or the interrupt, is not known.
void sleep_past(uint64_t deadline, bool (*waits)(void));

// Instructions of this architecture. The illegal one is machine_illegal_bytes long.
extern const uint64_t machine_illegal_bytes;
void machine_illegal(void);
void machine_breakpoint(void);

#define EXPECT_DONE(index)    EXPECT_TRUE(actor_is_done(index))
#define EXPECT_BLOCKED(index) EXPECT_TRUE(!actor_is_done(index))

// The actor's system call was refused so.
#define EXPECT_ACTOR_REFUSED(index, error)                                                         \
    do {                                                                                           \
        EXPECT_DONE(index);                                                                        \
        EXPECT_EQ(helios_tag_label(actor_result(index).tag), error);                               \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_ACTOR_H
