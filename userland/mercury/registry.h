// SPDX-License-Identifier: GPL-3.0-only
//
// Who offers what, and who waits for it. The capabilities are numbers to this module; it calls
// nothing of the kernel.
#ifndef HELIOS_USERLAND_MERCURY_REGISTRY_H
#define HELIOS_USERLAND_MERCURY_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REGISTRY_SERVICES 64u
#define REGISTRY_WAITERS  64u
#define REGISTRY_WATCHES  32u
#define REGISTRY_NAME     32u
// Of one process, so that none takes all of them.
#define REGISTRY_SERVICES_EACH 16u
#define REGISTRY_WATCHES_EACH  8u

struct registry_service {
    uint64_t id; // of the interface
    uint32_t version;
    uint32_t process;  // 0: this place is free
    uint64_t endpoint; // this, and what is below, are kept (userland/helios/kept.h)
    char name[REGISTRY_NAME];
};

// A lookup that could not be answered yet.
struct registry_waiter {
    uint64_t id;
    uint32_t version;
    uint32_t process; // 0: this place is free
    uint64_t reply;
    uint64_t order;  // the smaller, the longer it waits
    bool is_finding; // only for as long as somebody may offer it
    char name[REGISTRY_NAME];
};

// Who wants to know what becomes of a name.
struct registry_watch {
    uint32_t process; // 0: this place is free
    uint64_t notification;
    char name[REGISTRY_NAME];
};

struct registry {
    struct registry_service services[REGISTRY_SERVICES];
    struct registry_waiter waiters[REGISTRY_WAITERS];
    struct registry_watch watches[REGISTRY_WATCHES];
    uint64_t order;
};

enum registry_result {
    REGISTRY_OK,
    REGISTRY_TAKEN, // another process offers this interface by this name
    REGISTRY_FULL,  // or the process has its share
};

// Offers a service. The same process may offer it anew: *old is the endpoint that it replaces, or
// 0.
enum registry_result registry_add(struct registry *registry, uint64_t id, uint32_t version,
                                  const char *name, uint32_t process, uint64_t endpoint,
                                  uint64_t *old);

// A service of this interface, of at least this version, by this name (empty: any). NULL: none.
const struct registry_service *registry_find(const struct registry *registry, uint64_t id,
                                             uint32_t version, const char *name);

// Notes that somebody waits for one. If there is no room the process that waits for most has to
// make some: the Reply of its oldest is returned, else 0.
uint64_t registry_wait(struct registry *registry, uint64_t id, uint32_t version, const char *name,
                       uint32_t process, uint64_t reply, bool is_finding);

// Notes that a process watches a name; one Notification for each. *old is what it replaces, or 0.
// false: there is no room, or the process has its share.
bool registry_add_watch(struct registry *registry, const char *name, uint32_t process,
                        uint64_t notification, uint64_t *old);

// Takes out somebody who waits for this service. false: nobody does.
bool registry_take_waiter(struct registry *registry, const struct registry_service *service,
                          struct registry_waiter *waiter);

// A process is over: takes out one of its services, waiters or watches; *capability is the
// Endpoint, Reply or Notification to drop. false: there are no more.
bool registry_forget(struct registry *registry, uint32_t process, uint64_t *capability);

// The service `index` of those that there are; NULL behind the last.
const struct registry_service *registry_at(const struct registry *registry, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_REGISTRY_H
