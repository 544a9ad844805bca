// SPDX-License-Identifier: GPL-3.0-only
//
// Where things are in a world, for those who make it and those who live in it.
#ifndef HELIOS_TESTING_EXPLORE_PLACES_H
#define HELIOS_TESTING_EXPLORE_PLACES_H

#include <cstdint>

#include "arch/host/host.h"

namespace explore {

inline constexpr uint64_t kWindow = 0x10000000; // where pages are mapped
inline constexpr unsigned kPages = 6;

// Where every CSpace has what.
enum Place : unsigned {
    kSpace = 1,
    kVspace = 4,
    kEndpoint = 6,
    kNotification = 8,
    kPoor = 10,
    kMemory = 11,
    kTask = 12,
    kPage = 20,
    kTable = 26,
    kAsidControl = 28,
    kIrqControl = 29,
    kDevice = 30,
    kFree = 31, // from here on: what comes and goes
    kFreeCount = 20,
};

// Lines of interrupts that are used.
inline constexpr unsigned kFirstLine = 1;
inline constexpr unsigned kLines = 2;

inline uint64_t Now() {
    return __atomic_load_n(&host_counter, __ATOMIC_RELAXED);
}

// Words that belong together, so that a torn message is seen.
inline uint64_t Shadow(uint64_t token, unsigned i) {
    return (token + i) * 0x9e3779b97f4a7c15ull;
}

} // namespace explore

#endif // HELIOS_TESTING_EXPLORE_PLACES_H
