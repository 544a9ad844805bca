// SPDX-License-Identifier: MIT
#include "userland/helios/clock.h"

#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"

uint64_t helios_now(void) {
    return helios_ticks_to_ns(helios_stub_ticks(), helios_environment.timer_hz);
}

uint64_t helios_after(uint64_t ns) {
    uint64_t now = helios_now();
    return now + ns < now ? HELIOS_FOREVER : now + ns;
}

enum helios_error helios_sleep_until(uint64_t deadline) {
    if (helios_now() >= deadline) {
        return HELIOS_OK;
    }
    struct helios_answer answer = helios_pollx(0, deadline);
    return answer.status == HELIOS_ERROR_DEADLINE ? HELIOS_OK : answer.status;
}
