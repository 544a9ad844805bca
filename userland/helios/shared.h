// SPDX-License-Identifier: MIT
//
// Pages that a driver shares with this process, for its device to read and write (`attach` of
// userland/interfaces/block.ipc and net.ipc). They are the driver's and go with it, at any moment:
// who touches them then does not fault, but reads anything, so that what was read counts only if
// helios_shared_is_gone says no afterwards. Then the driver is to be looked up again.
#ifndef HELIOS_USERLAND_HELIOS_SHARED_H
#define HELIOS_USERLAND_HELIOS_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/error.h"
#include "userland/helios/lent.h"

#ifdef __cplusplus
extern "C" {
#endif

// block_attach, net_attach: asks `service` for `count` pages, which are this process's for as long
// as there is the Notification `token`.
typedef enum helios_error helios_shared_attach(uint64_t service, uint64_t token, uint32_t count,
                                               uint64_t *offset, uint64_t *pages,
                                               uint32_t *pages_count);

// The caller's to keep, and not to move, until helios_shared_end.
struct helios_shared {
    void *address;   // where they are mapped
    uint64_t bytes;  // that they have
    uint64_t offset; // of the first one, as the driver counts
    uint64_t token;
    struct helios_lent lent;
};

// Asks for `count` pages of 4 KiB, up to HELIOS_MAX_CAPS, and maps them one behind the other. On
// failure nothing has changed. Other threads that touch them call helios_lent_begin for `lent`.
enum helios_error helios_shared_begin(struct helios_shared *shared, helios_shared_attach *attach,
                                      uint64_t service, uint32_t count);

// Whether one of them was missing when it was touched.
bool helios_shared_is_gone(const struct helios_shared *shared);

// Gives them back: the driver has them again when it has done what it still has to do with them.
void helios_shared_end(struct helios_shared *shared);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SHARED_H
