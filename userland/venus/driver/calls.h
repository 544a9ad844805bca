// SPDX-License-Identifier: GPL-3.0-only
//
// Calls that are answered later, when the device is done. When a caller dies its Reply goes with
// it, and whatever comes next may get the slot: what is kept here is answered through the slot only
// while that still is the caller's.
#ifndef HELIOS_USERLAND_VENUS_DRIVER_CALLS_H
#define HELIOS_USERLAND_VENUS_DRIVER_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/helios/rpc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CALLS_MOST 40 // at one time

struct driver_call {
    bool is_used;
    bool is_under_way; // the device may reach pages of the owner
    uint32_t label;    // of the request: what to answer
    uint64_t owner;    // badge
    uint64_t reply;    // 0: the caller is gone
};

struct driver_calls {
    struct driver_call calls[CALLS_MOST];
    uint32_t ever; // of them have been used: the others need not be looked at
};

// Keeps the call that was received. HELIOS_RPC_LATER, for the server's function to return, or why
// it can't be kept: BUSY if there are as many as there can be.
enum helios_error calls_keep(struct driver_calls *calls, const struct helios_request *request,
                             bool is_under_way, struct driver_call **kept);

// Ends one: the Reply to answer through; 0: nobody waits any more.
uint64_t calls_end(struct driver_call *call);

// A capability of the driver's has come into this slot: a Reply that stood there is gone.
void calls_forget_slot(struct driver_calls *calls, uint64_t slot);

// Whether the device may reach pages of this owner just now.
bool calls_are_under_way(const struct driver_calls *calls, uint64_t owner);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DRIVER_CALLS_H
