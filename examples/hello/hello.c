// SPDX-License-Identifier: MIT
//
// A root task of your own: the kernel starts it in place of init, with every resource of the
// machine in its hands. This one says what it found and turns the machine off.
#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"

void helios_main(const struct helios_bootinfo *bootinfo) {
    helios_printf("hello: %u CPUs and %llu MiB are mine\n", bootinfo->cpu_count,
                  (unsigned long long)(bootinfo->memory_bytes >> 20));

    // A refusal says why. No capability stands at this address.
    uint64_t nowhere = 0;
    struct helios_answer answer = helios_call(nowhere, HELIOS_POWER_OFF, 0, 0, 0);
    helios_printf("hello: turning off through nothing: %s\n", helios_strerror(answer.status));

    helios_printf("helios: exit status 0\n");
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}
