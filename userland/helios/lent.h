// SPDX-License-Identifier: MIT
//
// Pages that somebody else lends: a driver's framebuffer, for instance. They go with their owner,
// at any moment, whatever who uses them has looked at before; and who touches a page that is gone
// faults. Not here: a page of nobody's stands in for it then, and `is_gone` tells afterwards.
#ifndef HELIOS_USERLAND_HELIOS_LENT_H
#define HELIOS_USERLAND_HELIOS_LENT_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/error.h"

#ifdef __cplusplus
extern "C" {
#endif

// Where they are mapped. The caller's to keep until helios_lent_end.
struct helios_lent {
    uint64_t address;
    uint64_t bytes;
    bool is_gone; // helios_lent_is_gone reads it
    struct helios_lent *next;
};

// From now on the calling thread does not fault at [address, address + bytes), which nothing but
// lent pages are mapped at. What it writes where one is gone gets lost, what it reads is anything.
// All its other faults go where they did. Other threads that touch the same pages say the same. The
// first call starts a thread; on failure, which only a lack of memory or slots is, nothing has
// changed.
enum helios_error helios_lent_begin(struct helios_lent *lent, uint64_t address, uint64_t bytes);

// Whether a page was missed: give the addresses back (helios_vm_release) and ask for new ones.
bool helios_lent_is_gone(const struct helios_lent *lent);

// Forgets them: before their addresses are given back.
void helios_lent_end(struct helios_lent *lent);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_LENT_H
