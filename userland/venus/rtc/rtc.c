// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/rtc/rtc.h"

enum {
    CMOS_INDEX = 0,
    CMOS_DATA = 1,
    CMOS_SECONDS = 0x00,
    CMOS_MINUTES = 0x02,
    CMOS_HOURS = 0x04,
    CMOS_DAY = 0x07,
    CMOS_MONTH = 0x08,
    CMOS_YEAR = 0x09,
    CMOS_STATUS_A = 0x0a,
    CMOS_STATUS_B = 0x0b,
    CMOS_STATUS_D = 0x0d,
    CMOS_CENTURY = 0x32,
    CMOS_UPDATING = 0x80, // of status A
    CMOS_BINARY = 0x04,   // of status B
    CMOS_24_HOURS = 0x02,
    CMOS_AFTERNOON = 0x80, // of hours
    CMOS_VALID = 0x80,     // of status D
    CMOS_READS = 100000,   // an update takes 2 ms at most
    PL031_DATA = 0x00,
    PL031_ID = 0xfe0,
    GOLDFISH_LOW = 0x00, // reading it keeps the upper half for the next read
    GOLDFISH_HIGH = 0x04,
    SECONDS_PER_DAY = 86400,
};

struct cmos_time {
    uint8_t second;
    uint8_t minute;
    uint8_t hour;
    uint8_t day;
    uint8_t month;
    uint8_t year;
    uint8_t century;
};

uint64_t rtc_seconds_of(uint32_t year, uint32_t month, uint32_t day, uint32_t hour, uint32_t minute,
                        uint32_t second) {
    // Days since March 1, year 0: leap days come last, so that months have regular lengths.
    uint32_t shifted = (month + 9) % 12;
    uint64_t years = (uint64_t)year - shifted / 10;
    uint64_t days =
        365 * years + years / 4 - years / 100 + years / 400 + (shifted * 306 + 5) / 10 + (day - 1u);
    const uint64_t until_1970 = 719468;
    return (days - until_1970) * SECONDS_PER_DAY + hour * 3600ull + minute * 60ull + second;
}

static uint8_t cmos_get(const struct venus_registers *registers, uint8_t index) {
    venus_write8(registers, CMOS_INDEX, index);
    return venus_read8(registers, CMOS_DATA);
}

static struct cmos_time cmos_fields(const struct venus_registers *registers) {
    return (struct cmos_time){
        .second = cmos_get(registers, CMOS_SECONDS),
        .minute = cmos_get(registers, CMOS_MINUTES),
        .hour = cmos_get(registers, CMOS_HOURS),
        .day = cmos_get(registers, CMOS_DAY),
        .month = cmos_get(registers, CMOS_MONTH),
        .year = cmos_get(registers, CMOS_YEAR),
        .century = cmos_get(registers, CMOS_CENTURY),
    };
}

static bool is_same(const struct cmos_time *a, const struct cmos_time *b) {
    return a->second == b->second && a->minute == b->minute && a->hour == b->hour &&
           a->day == b->day && a->month == b->month && a->year == b->year &&
           a->century == b->century;
}

// Two reads that agree, neither during an update.
static bool cmos_steady(const struct venus_registers *registers, struct cmos_time *time) {
    struct cmos_time before = {0};
    bool has_before = false;
    for (unsigned i = 0; i < CMOS_READS; i++) {
        if ((cmos_get(registers, CMOS_STATUS_A) & CMOS_UPDATING) != 0) {
            has_before = false;
            continue;
        }
        *time = cmos_fields(registers);
        if (has_before && is_same(time, &before)) {
            return true;
        }
        before = *time;
        has_before = true;
    }
    return false;
}

static uint32_t number_of(uint8_t value, bool is_binary) {
    return is_binary ? value : (value >> 4) * 10u + (value & 15u);
}

static uint32_t days_of(uint32_t year, uint32_t month) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
}

static bool cmos_read(const struct venus_registers *registers, uint64_t *seconds) {
    struct cmos_time raw;
    // Where nobody answers, all reads as ones, an update that never ends.
    if ((cmos_get(registers, CMOS_STATUS_D) & CMOS_VALID) == 0 || !cmos_steady(registers, &raw)) {
        return false;
    }
    uint8_t status = cmos_get(registers, CMOS_STATUS_B);
    bool is_binary = (status & CMOS_BINARY) != 0;
    uint32_t hour = number_of(raw.hour & 0x7f, is_binary);
    if ((status & CMOS_24_HOURS) == 0) {
        if (hour == 0 || hour > 12) {
            return false;
        }
        hour = hour % 12 + ((raw.hour & CMOS_AFTERNOON) != 0 ? 12u : 0u);
    }
    uint32_t century = number_of(raw.century, is_binary);
    uint32_t year =
        number_of(raw.year, is_binary) + 100 * (century < 19 || century > 29 ? 20 : century);
    uint32_t month = number_of(raw.month, is_binary);
    uint32_t day = number_of(raw.day, is_binary);
    uint32_t minute = number_of(raw.minute, is_binary);
    uint32_t second = number_of(raw.second, is_binary);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of(year, month) ||
        hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    *seconds = rtc_seconds_of(year, month, day, hour, minute, second);
    return true;
}

static bool pl031_read(const struct venus_registers *registers, uint64_t *seconds) {
    static const uint8_t id[] = {0x31, 0x10};
    for (unsigned i = 0; i < sizeof(id); i++) {
        if ((venus_read32(registers, PL031_ID + 4ull * i) & 0xff) != id[i]) {
            return false;
        }
    }
    *seconds = venus_read32(registers, PL031_DATA);
    return true;
}

static bool goldfish_read(const struct venus_registers *registers, uint64_t *seconds) {
    uint64_t low = venus_read32(registers, GOLDFISH_LOW);
    uint64_t nanoseconds = low | (uint64_t)venus_read32(registers, GOLDFISH_HIGH) << 32;
    *seconds = nanoseconds / 1000000000u;
    return nanoseconds != ~0ull && nanoseconds != 0;
}

bool rtc_read(enum rtc_kind kind, const struct venus_registers *registers, uint64_t *seconds) {
    switch (kind) {
    case RTC_CMOS:
        return cmos_read(registers, seconds);
    case RTC_PL031:
        return pl031_read(registers, seconds);
    default:
        return goldfish_read(registers, seconds);
    }
}
