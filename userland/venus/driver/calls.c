// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/driver/calls.h"

static struct driver_call *find_free(struct driver_calls *calls) {
    for (uint32_t i = 0; i < calls->ever; i++) {
        if (!calls->calls[i].is_used) {
            return &calls->calls[i];
        }
    }
    return calls->ever < CALLS_MOST ? &calls->calls[calls->ever++] : NULL;
}

enum helios_error calls_keep(struct driver_calls *calls, const struct helios_request *request,
                             bool is_under_way, struct driver_call **kept) {
    struct driver_call *call = find_free(calls);
    if (call == NULL) {
        return HELIOS_ERROR_BUSY;
    }
    uint64_t reply;
    enum helios_error deferred = helios_rpc_save(request, &reply);
    if (deferred == HELIOS_RPC_LATER) {
        calls_forget_slot(calls, reply);
        *call = (struct driver_call){
            .is_used = true,
            .is_under_way = is_under_way,
            .label = request->label,
            .owner = request->badge,
            .reply = reply,
        };
        *kept = call;
    }
    return deferred;
}

uint64_t calls_end(struct driver_call *call) {
    uint64_t reply = call->reply;
    *call = (struct driver_call){0};
    return reply;
}

void calls_forget_slot(struct driver_calls *calls, uint64_t slot) {
    for (uint32_t i = 0; i < calls->ever; i++) {
        struct driver_call *call = &calls->calls[i];
        if (call->is_used && call->reply == slot) {
            call->reply = 0;
        }
    }
}

bool calls_are_under_way(const struct driver_calls *calls, uint64_t owner) {
    for (uint32_t i = 0; i < calls->ever; i++) {
        const struct driver_call *call = &calls->calls[i];
        if (call->is_used && call->is_under_way && call->owner == owner) {
            return true;
        }
    }
    return false;
}
