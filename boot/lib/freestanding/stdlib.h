// SPDX-License-Identifier: GPL-3.0-only
//
// libfdt includes <stdlib.h>; of what it declares, the part of libfdt that loaders use needs only
// the types.
#ifndef HELIOS_BOOT_LIB_FREESTANDING_STDLIB_H
#define HELIOS_BOOT_LIB_FREESTANDING_STDLIB_H

#include <stddef.h>

#endif // HELIOS_BOOT_LIB_FREESTANDING_STDLIB_H
