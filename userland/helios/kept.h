// SPDX-License-Identifier: MIT
//
// Capabilities of others that are kept for a while: Replies of calls that are answered later,
// Notifications of those who wait. When who sent one dies it leaves its slot, and what comes into
// that slot next is somebody else's. So they stand in CSpaces of their own, at places that nothing
// comes to but by these functions: what was kept is there or is gone, and never is another one.
//
// A place is no address of a capability: it has to be taken first. All of this may be called by
// several threads at once.
#ifndef HELIOS_USERLAND_HELIOS_KEPT_H
#define HELIOS_USERLAND_HELIOS_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/error.h"
#include "userland/helios/answer.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_KEPT_MOST 1024u // at one time

// Whether this is a place, and no address.
static inline bool helios_is_kept(uint64_t kept) {
    return kept >> 32 == 1;
}

// Keeps the right to answer the call that was received last. On failure *kept is 0: there is no
// such call, or NO_MEMORY, NO_SLOT.
enum helios_error helios_keep_reply(uint64_t *kept);

// Keeps a capability that has come in the place of the one in *kept, which goes; 0: there is none.
// On failure it stays where it is, and *kept is 0.
enum helios_error helios_keep(uint64_t *kept, uint64_t capability);

// Gives it back: it stands in a slot of this process's own again. 0: it is gone. 0 if `kept` is 0.
uint64_t helios_kept_take(uint64_t kept);

// Signals the Notification that is kept, which stays where it is; one that is gone is nobody's.
void helios_kept_signal(uint64_t kept);

// A copy of the Endpoint that is kept, in a slot of this process's own: value is its address. It
// has the badge of what is kept, or else this one (0: none). GONE: nothing is there any more.
struct helios_answer helios_kept_copy(uint64_t kept, uint64_t badge);

// Destroys it, if it is still there.
void helios_kept_drop(uint64_t kept);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_KEPT_H
