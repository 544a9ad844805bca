// SPDX-License-Identifier: MIT
#include "uapi/object.h"
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/helios/startup.h"

// Its manager takes it down; until then, or if there is nobody, it stands still.
void helios_exit(int status) {
    struct helios_message last = helios_message_of(helios_tag(HELIOS_PROCESS_SAY_EXIT, 0, 1, 0),
                                                   (uint64_t)(int64_t)status, 0);
    helios_send(HELIOS_PROCESS_MANAGER, last);
    for (;;) {
        helios_task_suspend(HELIOS_PROCESS_TASK);
    }
}
