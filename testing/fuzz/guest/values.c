// SPDX-License-Identifier: GPL-3.0-only
//
// What fuzzing tasks choose their arguments from.
#include "testing/fuzz/guest/state.h"
#include "testing/fuzz/invocations.h"
#include "uapi/object.h"

#include <fuzz_arch.h>

enum { NANOSECONDS = 1000000000 };

uint64_t fuzz_now(uint64_t clock_hz) {
    uint64_t ticks = fuzz_ticks();
    return ticks / clock_hz * NANOSECONDS + ticks % clock_hz * NANOSECONDS / clock_hz;
}

struct helios_message fuzz_enter(struct fuzz_state *self, uint64_t number,
                                 struct helios_message message) {
    self->totals.calls[number < HELIOS_SYS_COUNT ? number : HELIOS_SYS_COUNT]++;
    helios_syscall(number, &message);
    if (number != HELIOS_SYS_RECV && number != HELIOS_SYS_NBRECV) {
        uint32_t status = helios_tag_label(message.tag);
        self->totals.answers[status < FUZZ_STATUSES ? status : FUZZ_STATUSES - 1]++;
    }
    return message;
}

uint64_t fuzz_strange(struct fuzz_state *self) {
    static const uint64_t values[] = {~0ull,
                                      1ull << 63,
                                      1ull << 32,
                                      0x7ffffff000,
                                      0x3ffffff000,
                                      0x7fffffffe000,
                                      0x7ffffffff000,
                                      0x800000000000,
                                      0xffff800000000000,
                                      0xffffffff80000000,
                                      0xffffffc000000000,
                                      64,
                                      63,
                                      1ull << 39,
                                      1ull << 30,
                                      1ull << 21,
                                      4096,
                                      4095,
                                      1,
                                      0};
    uint64_t random = fuzz_random(&self->random);
    uint64_t count = sizeof(values) / sizeof(values[0]);
    return random % 8 == 0 ? fuzz_random(&self->random) : values[random / 8 % count];
}

uint64_t fuzz_capability(struct fuzz_state *self, char kind) {
    uint64_t random = fuzz_random(&self->random);
    if (random % 32 == 0) {
        return random >> 8 & 1 ? HELIOS_CADDR_UNDEF : (random >> 16) % (FUZZ_SLOTS + 8);
    }
    uint64_t start = random >> 32;
    for (uint64_t i = 0; i < FUZZ_SLOTS; i++) {
        uint64_t slot = (start + i) % FUZZ_SLOTS;
        if (fuzz_matches(kind, self->types[slot])) {
            return slot;
        }
    }
    return start % FUZZ_SLOTS;
}

// Mostly a few pages of one table; two top tables, more of the next levels; rarely what the task
// itself stands on.
static uint64_t address(uint64_t random, uint64_t index) {
    uint64_t which = random >> 8;
    if (random % 64 == 0) {
        const uint64_t own[] = {0x400000, 0x401000, FUZZ_STACK(index), FUZZ_BUFFER(index)};
        return own[which % 4];
    }
    if (random % 4 != 0) {
        return FUZZ_REGION + ((which & 7) << 12);
    }
    return FUZZ_REGION + ((which & 3) << 12 | (which >> 2 & 3) << 21 | (which >> 4 & 1) << 30 |
                          (which >> 5 & 1) << 37);
}

uint64_t fuzz_value(struct fuzz_state *self, char meaning) {
    uint64_t random = fuzz_random(&self->random);
    if (random % 16 == 0) {
        return fuzz_strange(self);
    }
    random >>= 8;
    switch (meaning) {
    case 's':
        return fuzz_capability(self, '*');
    case 'd':
        return random % 2 == 0 ? HELIOS_CADDR_UNDEF : random / 2 % FUZZ_SLOTS;
    case 'r':
        return random % 4 == 0 ? random / 4 % 16 : HELIOS_RIGHT_ALL;
    case 'b':
        return random % 2 == 0 ? 0 : random / 2 % 256;
    case 'a':
        return address(random, self->index);
    case 'l':
        return random % 4;
    case 'f':
        return random % 4 != 0 ? random / 4 % 3 : random / 4 % 16;
    case 'o':
        return random % 64 << 6;
    case 't':
        return random % 2 == 0 ? 1 + random / 2 % HELIOS_TYPE_NOTIFICATION
                               : (uint64_t)HELIOS_TYPE_PAGE;
    case 'z': // most objects have none, a CSpace or a Memory something
        return random % 4 != 0 ? 0 : random / 4 % 20;
    case 'c':
        return random % 4 != 0 ? 1 + random / 4 % 3 : random / 4 % 40;
    case 'i':
        return random % FUZZ_LINES;
    case 'u':
        return random % self->cpus;
    case 'k':
        return random & ((1ull << self->cpus % 64) - 1);
    case 'q':
        return FUZZ_PORT + random % FUZZ_PORTS;
    case 'y':
        return self->device + random % 4 * FUZZ_PAGE;
    case 'w':
        return random % 256;
    default: // itself
        return (uint64_t)(meaning - '0');
    }
}
