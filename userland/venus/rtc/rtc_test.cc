// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/rtc/rtc.h"

#include <ctime>

#include "gtest/gtest.h"

namespace {

// 2026-11-22 21:05:42 in a PC's clock.
struct Cmos {
    uint8_t registers[128] = {};
    uint8_t index = 0;
    unsigned updates = 0; // reads of status A that say so
    bool runs_away = false;

    Cmos() {
        Set(0x42, 0x05, 0x21, 0x22, 0x11, 0x26, 0x20);
        registers[0x0b] = 2;
        registers[0x0d] = 0x80;
    }
    void Set(uint8_t second, uint8_t minute, uint8_t hour, uint8_t day, uint8_t month, uint8_t year,
             uint8_t century) {
        registers[0] = second;
        registers[2] = minute;
        registers[4] = hour;
        registers[7] = day;
        registers[8] = month;
        registers[9] = year;
        registers[0x32] = century;
    }
    bool Read(uint64_t *seconds) {
        struct venus_registers access = {
            [](void *context, uint64_t, unsigned) {
                Cmos *cmos = static_cast<Cmos *>(context);
                if (cmos->index == 0x0a && cmos->updates > 0) {
                    cmos->updates--;
                    return 0x80u;
                }
                if (cmos->index == 0 && cmos->runs_away) {
                    cmos->registers[0]++;
                }
                return static_cast<uint32_t>(cmos->registers[cmos->index]);
            },
            [](void *context, uint64_t, unsigned, uint32_t value) {
                static_cast<Cmos *>(context)->index = static_cast<uint8_t>(value & 0x7f);
            },
            this, 0, 2};
        return rtc_read(RTC_CMOS, &access, seconds);
    }
};

constexpr uint64_t kTime = 1795381542; // date -u -d '2026-11-22 21:05:42' +%s

TEST(Rtc, CmosInDecimalDigits) {
    Cmos cmos;
    uint64_t seconds;
    ASSERT_TRUE(cmos.Read(&seconds));
    EXPECT_EQ(seconds, kTime);
}

TEST(Rtc, CmosInBinaryWithTwelveHours) {
    Cmos cmos;
    cmos.Set(42, 5, 0x80 | 9, 22, 11, 26, 20);
    cmos.registers[0x0b] = 4;
    uint64_t seconds;
    ASSERT_TRUE(cmos.Read(&seconds));
    EXPECT_EQ(seconds, kTime);
    cmos.Set(0, 0, 12, 22, 11, 26, 20); // midnight
    ASSERT_TRUE(cmos.Read(&seconds));
    EXPECT_EQ(seconds % 86400, 0u);
    cmos.Set(0, 0, 0x80 | 12, 22, 11, 26, 20); // noon
    ASSERT_TRUE(cmos.Read(&seconds));
    EXPECT_EQ(seconds % 86400, 43200u);
}

TEST(Rtc, CmosIsReadWhenItDoesNotChange) {
    Cmos cmos;
    cmos.updates = 10;
    uint64_t seconds;
    ASSERT_TRUE(cmos.Read(&seconds));
    EXPECT_EQ(seconds, kTime);
    cmos.runs_away = true;
    EXPECT_FALSE(cmos.Read(&seconds));
}

TEST(Rtc, CmosWithoutPowerOrWithNoDateIsRefused) {
    uint64_t seconds;
    Cmos cmos;
    cmos.registers[0x0d] = 0;
    EXPECT_FALSE(cmos.Read(&seconds));
    cmos = Cmos();
    cmos.registers[8] = 0x13;
    EXPECT_FALSE(cmos.Read(&seconds));
    cmos = Cmos();
    cmos.registers[8] = 0x02;
    cmos.registers[7] = 0x29; // 2026 has none
    EXPECT_FALSE(cmos.Read(&seconds));
    cmos.registers[9] = 0x28; // 2028 has
    EXPECT_TRUE(cmos.Read(&seconds));
    struct venus_registers none = {};
    EXPECT_FALSE(rtc_read(RTC_CMOS, &none, &seconds));
}

TEST(Rtc, DatesAreThoseOfTheCLibrary) {
    for (uint64_t day = 0; day < 60000; day += 7) {
        time_t time = static_cast<time_t>(day * 86400 + 3723);
        struct tm date;
        gmtime_r(&time, &date);
        EXPECT_EQ(rtc_seconds_of(static_cast<uint32_t>(date.tm_year + 1900),
                                 static_cast<uint32_t>(date.tm_mon + 1),
                                 static_cast<uint32_t>(date.tm_mday), 1, 2, 3),
                  static_cast<uint64_t>(time));
    }
}

TEST(Rtc, Pl031IsKnownByItsIdentity) {
    uint32_t registers[0x400] = {};
    registers[0] = 1795381542;
    struct venus_registers access = venus_mmio(registers, sizeof(registers));
    uint64_t seconds;
    EXPECT_FALSE(rtc_read(RTC_PL031, &access, &seconds));
    registers[0xfe0 / 4] = 0x31;
    registers[0xfe4 / 4] = 0x10;
    ASSERT_TRUE(rtc_read(RTC_PL031, &access, &seconds));
    EXPECT_EQ(seconds, kTime);
}

TEST(Rtc, GoldfishCountsNanoseconds) {
    uint64_t registers[4] = {kTime * 1000000000u + 5};
    struct venus_registers access = venus_mmio(registers, sizeof(registers));
    uint64_t seconds;
    ASSERT_TRUE(rtc_read(RTC_GOLDFISH, &access, &seconds));
    EXPECT_EQ(seconds, kTime);
    access.length = 0;
    EXPECT_FALSE(rtc_read(RTC_GOLDFISH, &access, &seconds));
}

} // namespace
