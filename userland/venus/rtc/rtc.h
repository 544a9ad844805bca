// SPDX-License-Identifier: GPL-3.0-only
//
// Clocks that know the time of day: a PC's CMOS, Arm's PL031 and QEMU's Goldfish. Times are seconds
// since 1970-01-01 00:00:00, of whatever zone the clock was set to.
//
// Source: Motorola MC146818A data sheet; Arm DDI 0224 (PL031), chapter 3; QEMU, goldfish_rtc.
#ifndef HELIOS_USERLAND_VENUS_RTC_RTC_H
#define HELIOS_USERLAND_VENUS_RTC_RTC_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

enum rtc_kind {
    RTC_CMOS, // two ports: index, data
    RTC_PL031,
    RTC_GOLDFISH,
};

// Reads the clock. False if there is none, it is not going, or what it says is no time.
bool rtc_read(enum rtc_kind kind, const struct venus_registers *registers, uint64_t *seconds);

// Seconds of a date; month and day count from 1.
uint64_t rtc_seconds_of(uint32_t year, uint32_t month, uint32_t day, uint32_t hour, uint32_t minute,
                        uint32_t second);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_RTC_RTC_H
