// SPDX-License-Identifier: GPL-3.0-only
//
// The names by which a system manifest grants what the root task has.
//
// | name | what |
// |---|---|
// | `irq_control`, `io_control`, `asid_control`, `power` | those objects |
// | `console` | Page: the ring of what the kernel has to say (struct helios_console_ring) |
// | `bootinfo` | a CSpace: the pages of a copy of struct helios_bootinfo, from slot 1 on |
// | `bootfs` | a CSpace: the pages of the boot file system, readable, from slot 1 on |
// | `devices` | a CSpace: slot i + 1 has the DeviceMemory of bootinfo's devices[i] |
//
// Whoever gets a CSpace moves out of it what it needs.
#ifndef HELIOS_USERLAND_INIT_GRANT_H
#define HELIOS_USERLAND_INIT_GRANT_H

#include <stdbool.h>

#include "uapi/bootinfo.h"
#include "userland/helios/spawn.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a name means: *capability is ready to be handed on. false: no such name, or *answer says why
// it could not be made. Objects that were made for it (a CSpace) are the caller's to drop.
bool grant_find(const struct helios_bootinfo *bootinfo, const char *name,
                struct helios_spawn_capability *capability, bool *is_made,
                struct helios_answer *answer);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_INIT_GRANT_H
