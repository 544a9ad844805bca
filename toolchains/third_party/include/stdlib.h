// SPDX-License-Identifier: GPL-3.0-only
// Third-party code includes <stdlib.h> and uses nothing of it here.
#ifndef HELIOS_TOOLCHAINS_THIRD_PARTY_INCLUDE_STDLIB_H
#define HELIOS_TOOLCHAINS_THIRD_PARTY_INCLUDE_STDLIB_H

#include <stddef.h>

#endif
