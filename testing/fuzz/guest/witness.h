// SPDX-License-Identifier: GPL-3.0-only
//
// A client and a server who do what programs do, each in a VSpace and with a CSpace and a Memory of
// its own, while the fuzzers do what they do. For every answer they know what it has to be.
#ifndef HELIOS_TESTING_FUZZ_GUEST_WITNESS_H
#define HELIOS_TESTING_FUZZ_GUEST_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Slots of a witness's CSpace that are in use.
enum witness_slot {
    WITNESS_SLOT_CSPACE = 1,
    WITNESS_SLOT_VSPACE = 2,
    WITNESS_SLOT_MEMORY = 3,
    WITNESS_SLOT_ENDPOINT = 4,
    WITNESS_SLOT_NOTIFICATION = 5,
    WITNESS_SLOT_OWN_ENDPOINT = 6, // that nobody else has
};

#define WITNESSES         3u // client, server, and the prober (testing/fuzz/guest/prober.h)
#define WITNESS_SLOT_BITS 5u
#define WITNESS_BADGE     0x77u

// A page of the supervisor's, mapped at the same address in the witness's VSpace.
struct witness {
    struct helios_thread thread;
    uint64_t random;
    uint64_t clock_hz;
    uint64_t page_address; // where it maps pages; the tables exist
    uint64_t free_bytes;   // of its Memory, after a round of work
    uint64_t free_slots;   // of its CSpace
    uint64_t beats;        // rounds of work
    const char *wrong;     // what was not as it has to be; NULL: nothing
    uint64_t found;
    uint64_t wanted;
};

// Word `i` > 0 of a message to the server that begins with `first`; its answer begins with first
// + 1.
static inline uint64_t witness_word(uint64_t first, uint64_t i) {
    return (first + i) * 0x9e3779b97f4a7c15ull;
}

// Remembers the first thing that is wrong. Returns whether it is right.
bool witness_expect(struct witness *self, uint64_t found, uint64_t wanted, const char *what);

// Where they begin; `witness` is a struct witness. They never stop working, whatever is wrong.
_Noreturn void witness_client(void *witness);
_Noreturn void witness_server(void *witness);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_WITNESS_H
