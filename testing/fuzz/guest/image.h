// SPDX-License-Identifier: GPL-3.0-only
//
// The program's code and constants, for VSpaces in which its tasks are to run.
#ifndef HELIOS_TESTING_FUZZ_GUEST_IMAGE_H
#define HELIOS_TESTING_FUZZ_GUEST_IMAGE_H

#include <stdint.h>

#include "uapi/bootinfo.h"

#ifdef __cplusplus
extern "C" {
#endif

// Once: finds its pages. Writable data is left out: it is the supervisor's.
void image_init(const struct helios_bootinfo *info);

// Maps them in a VSpace; tables are made of `memory`.
void image_share(uint64_t vspace, uint64_t memory);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_FUZZ_GUEST_IMAGE_H
