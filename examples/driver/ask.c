// SPDX-License-Identifier: MIT
//
// Finds the service, asks it, and turns the machine off.
#include <string.h>

#include "driver/edu.h"
#include "userland/helios/console.h"
#include "userland/helios/startup.h"
#include "userland/interfaces/power.h"
#include "userland/interfaces/registry.h"

static bool ask_factorials(uint64_t edu) {
    for (uint32_t n = 1; n <= 12; n++) {
        uint32_t result;
        enum helios_error status = edu_factorial(edu, n, &result);
        if (status != HELIOS_OK) {
            helios_printf("ask: %u!: %s\n", n, edu_strerror(status));
            return false;
        }
        helios_printf("ask: %u! = %u\n", n, result);
    }
    return true;
}

static bool ask_to_carry(uint64_t edu) {
    static const char text[] = "through the device and back";
    uint8_t result[256];
    uint32_t length = 0;
    enum helios_error status = edu_carry(edu, text, sizeof text, result, &length);
    if (status != HELIOS_OK) {
        helios_printf("ask: carry: %s\n", edu_strerror(status));
        return false;
    }
    bool is_same = length == sizeof text && memcmp(result, text, length) == 0;
    helios_printf("ask: \"%s\": %s\n", text, is_same ? "the same" : "something else");
    return is_same;
}

int main(void) {
    struct registry_entry entry;
    uint64_t edu;
    enum helios_error status =
        registry_lookup(HELIOS_PROCESS_REGISTRY, EDU_ID, EDU_VERSION, "edu", &entry, &edu);
    if (status != HELIOS_OK) {
        helios_printf("ask: there is no edu: %s\n", registry_strerror(status));
    }
    bool is_good = status == HELIOS_OK && ask_factorials(edu) && ask_to_carry(edu);
    power_off(helios_cap("power"), is_good ? 0 : 1);
    return 1;
}
