// SPDX-License-Identifier: GPL-3.0-only
//
// Who waits for the end of a process. Replies are numbers to this module; it calls nothing of the
// kernel.
#ifndef HELIOS_USERLAND_MERCURY_WAITS_H
#define HELIOS_USERLAND_MERCURY_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WAITS_MOST 4u // for the end of one process

struct waits {
    struct {
        uint32_t process; // that waits
        uint64_t reply;
    } list[WAITS_MOST]; // who has waited longest comes first
    uint32_t count;
};

// Makes room for one more of this process. If there is none, one goes of somebody who has others,
// for nobody says that he has given up: the oldest of its own, or else of who else waits more than
// once. Its Reply is *gone then, else 0. false: all are of different processes.
bool waits_make_room(struct waits *waits, uint32_t process, uint64_t *gone);

// Notes that a process waits. There is room.
void waits_add(struct waits *waits, uint32_t process, uint64_t reply);

// Takes out the oldest of a process (0: of all), and returns its Reply; 0: there is none.
uint64_t waits_take(struct waits *waits, uint32_t process);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_WAITS_H
