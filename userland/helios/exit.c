// SPDX-License-Identifier: MIT
#include <stddef.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/helios/startup.h"

void helios_stand_still(void) {
    helios_task_suspend(helios_self()->task);
    for (;;) { // the capability may be gone while the task is being destroyed
        helios_pollx(0, HELIOS_FOREVER);
    }
}

// The root task is the system: the machine goes with it. This line tells tests how.
static void end_machine(int status) {
    helios_printf("helios: exit status %d\n", status);
    helios_power_off(HELIOS_INIT_POWER);
}

// Its manager takes a process down; until then, or if there is nobody, it stands still.
void helios_exit(int status) {
    if (helios_startup == NULL) {
        end_machine(status);
    }
    struct helios_message last = helios_message_of(helios_tag(HELIOS_PROCESS_SAY_EXIT, 0, 1, 0),
                                                   (uint64_t)(int64_t)status, 0);
    helios_send(HELIOS_PROCESS_MANAGER, last);
    helios_stand_still();
}
