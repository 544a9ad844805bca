// SPDX-License-Identifier: GPL-3.0-only
//
// What a fuzzing task and its supervisor both see: a page for each task, at the same address in its
// VSpace and in the supervisor's. The task holds no capability to it.
#ifndef HELIOS_TESTING_FUZZ_GUEST_STATE_H
#define HELIOS_TESTING_FUZZ_GUEST_STATE_H

#include <stdint.h>

#include "testing/fuzz/invocations.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/syscall.h"
#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FUZZ_PAGE      4096ull
#define FUZZ_TASKS     8u
#define FUZZ_SPACES    3u
#define FUZZ_SLOT_BITS 6u
#define FUZZ_SLOTS     (1u << FUZZ_SLOT_BITS) // of a fuzzing task's CSpace

// Where things of task i stand, in its VSpace. The image is below, at 4 MiB.
#define FUZZ_STATE(i)   (0x10000000ull + (i) * FUZZ_PAGE)
#define FUZZ_BUFFER(i)  (0x10010000ull + (i) * FUZZ_PAGE)
#define FUZZ_STACK(i)   (0x10020000ull + (i) * FUZZ_STACK_SIZE)
#define FUZZ_STACK_SIZE (2 * FUZZ_PAGE)
// What the tasks map, unmap, write to and run lies behind this.
#define FUZZ_REGION 0x40000000ull

#define FUZZ_LINES 64u // interrupt lines that are asked for

// Ports that do nothing: 0x80 shows a number on boards that have lights for it, the others are page
// registers of a DMA controller that nobody uses.
#define FUZZ_PORT  0x80u
#define FUZZ_PORTS 4u

// Fixed slots of a task's CSpace, until somebody moves or destroys what is there.
enum fuzz_slot {
    FUZZ_SLOT_CSPACE = 1,
    FUZZ_SLOT_VSPACE = 2,
    FUZZ_SLOT_TASK = 3,
    FUZZ_SLOT_MEMORY = 4,
};

enum { FUZZ_STATUSES = 32 }; // labels of answers, the last one for all higher ones

struct fuzz_totals {
    uint64_t calls[HELIOS_SYS_COUNT + 1]; // by system call; the last for numbers that are none
    uint64_t answers[FUZZ_STATUSES];      // by status: those of recv are not counted
    uint32_t accepted[FUZZ_INVOCATIONS];  // rows of the table of invocations
    uint32_t refused[FUZZ_INVOCATIONS];
};

struct fuzz_state {
    uint64_t random;
    uint64_t clock_hz; // of fuzz_ticks()
    uint64_t cpus;
    uint64_t device; // where the DeviceMemory begins that it has
    uint64_t index;
    uint64_t steps; // goes up as long as the task does something
    struct fuzz_totals totals;
    uint8_t types[FUZZ_SLOTS]; // what it believes to be in its slots
};

// Where a fuzzing task begins, and begins again; `state` is its struct fuzz_state.
_Noreturn void fuzz_task(void *state);

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
static inline uint64_t fuzz_random(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

// Nanoseconds of the clock that deadlines are of.
uint64_t fuzz_now(uint64_t clock_hz);

// A system call that is counted.
struct helios_message fuzz_enter(struct fuzz_state *self, uint64_t number,
                                 struct helios_message message);

// A capability of a kind (testing/fuzz/invocations.h) among those that the task believes to have,
// or, rarely, any number.
uint64_t fuzz_capability(struct fuzz_state *self, char kind);

// A value for a parameter of a meaning, or, rarely, any.
uint64_t fuzz_value(struct fuzz_state *self, char meaning);

// A number that is worth trying anywhere.
uint64_t fuzz_strange(struct fuzz_state *self);

static inline struct helios_ipc_buffer *fuzz_buffer(const struct fuzz_state *self) {
    return (struct helios_ipc_buffer *)(uintptr_t)FUZZ_BUFFER(self->index);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_STATE_H
