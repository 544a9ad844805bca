// SPDX-License-Identifier: MIT
#include "userland/helios/clock.h"

uint64_t helios_ticks_to_ns(uint64_t ticks, uint64_t hz) {
    return ticks / hz * HELIOS_SECOND + ticks % hz * HELIOS_SECOND / hz;
}
