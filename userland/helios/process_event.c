// SPDX-License-Identifier: MIT
#include "uapi/registers.h"
#include "userland/helios/spawn.h"

struct helios_process_event helios_process_event_of(uint32_t flags,
                                                    const struct helios_message *message) {
    struct helios_process_event event = {.badge = message->capability};
    if ((flags & (HELIOS_FLAG_ERROR | HELIOS_FLAG_NOTIFIED)) != 0) {
        return event;
    }
    if ((flags & HELIOS_FLAG_FAULT) != 0) {
        event.end = HELIOS_PROCESS_FAULTED;
        event.fault = helios_tag_label(message->tag);
        event.address = message->params[0];
        event.pc = message->params[1];
        event.sp = message->params[3] > HELIOS_REGISTER_SP
                       ? helios_buffer->params[4 + HELIOS_REGISTER_SP]
                       : 0;
    } else if (helios_tag_label(message->tag) == HELIOS_PROCESS_SAY_EXIT &&
               helios_tag_params(message->tag) == 1) {
        event.end = HELIOS_PROCESS_EXITED;
        event.status = (int64_t)message->params[0];
    }
    return event;
}
