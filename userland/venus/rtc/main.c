// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of clocks that know the time of day.
#include <string.h>

#include "userland/interfaces/rtc.h"
#include "userland/venus/driver/driver.h"
#include "userland/venus/rtc/rtc.h"

static struct {
    struct driver driver;
    enum rtc_kind kind;
    const struct venus_registers *registers;
} self;

static enum helios_error get(void *context, const struct helios_request *request, int64_t *result) {
    (void)context;
    (void)request;
    uint64_t seconds;
    if (!rtc_read(self.kind, self.registers, &seconds)) {
        return HELIOS_ERROR_STATE;
    }
    *result = (int64_t)(seconds * 1000000000u);
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct rtc_ops ops = {.get = get};
    return rtc_dispatch(&ops, context, message);
}

static enum rtc_kind kind_of(const struct device_info *info) {
    if (strcmp(info->compatible, "arm,pl031") == 0) {
        return RTC_PL031;
    }
    return strcmp(info->compatible, "google,goldfish-rtc") == 0 ? RTC_GOLDFISH : RTC_CMOS;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint64_t seconds;
    driver_begin(&self.driver, "rtc");
    self.kind = kind_of(&self.driver.info);
    self.registers = driver_range(&self.driver, 0);
    if (!rtc_read(self.kind, self.registers, &seconds)) {
        driver_fail(&self.driver, "%s knows no time", self.driver.info.name);
    }
    driver_offer(&self.driver, RTC_ID, RTC_VERSION, "rtc");
    driver_serve(&self.driver, dispatch, NULL, NULL);
}
