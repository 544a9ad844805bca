// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/registry.h"

#include <string.h>

static void set_name(char to[REGISTRY_NAME], const char *name) {
    size_t length = strnlen(name, REGISTRY_NAME - 1);
    memcpy(to, name, length);
    to[length] = '\0';
}

static struct registry_service *free_service(struct registry *registry) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        if (registry->services[i].process == 0) {
            return &registry->services[i];
        }
    }
    return NULL;
}

enum registry_result registry_add(struct registry *registry, uint64_t id, uint32_t version,
                                  const char *name, uint32_t process, uint64_t endpoint,
                                  uint64_t *old) {
    struct registry_service *service = NULL;
    uint32_t own = 0;
    *old = 0;
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        struct registry_service *other = &registry->services[i];
        own += other->process == process;
        if (other->process == 0 || other->id != id || strcmp(other->name, name) != 0) {
            continue;
        }
        if (other->process != process) {
            return REGISTRY_TAKEN;
        }
        *old = other->endpoint;
        service = other;
    }
    if (service == NULL && own < REGISTRY_SERVICES_EACH) {
        service = free_service(registry);
    }
    if (service == NULL) {
        return REGISTRY_FULL;
    }
    service->id = id;
    service->version = version;
    service->process = process;
    service->endpoint = endpoint;
    set_name(service->name, name);
    return REGISTRY_OK;
}

static bool serves(const struct registry_service *service, uint64_t id, uint32_t version,
                   const char *name) {
    return service->process != 0 && service->id == id && service->version >= version &&
           (name[0] == '\0' || strcmp(service->name, name) == 0);
}

const struct registry_service *registry_find(const struct registry *registry, uint64_t id,
                                             uint32_t version, const char *name) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        if (serves(&registry->services[i], id, version, name)) {
            return &registry->services[i];
        }
    }
    return NULL;
}

static uint32_t waits_of(const struct registry *registry, uint32_t process) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        count += registry->waiters[i].process == process;
    }
    return count;
}

// A place for a waiter: a free one, or the oldest of the process that has most. `asking` is about
// to have one more.
static struct registry_waiter *waiter_place(struct registry *registry, uint32_t asking) {
    struct registry_waiter *place = &registry->waiters[0];
    uint32_t most = 0;
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        struct registry_waiter *other = &registry->waiters[i];
        if (other->process == 0) {
            return other;
        }
        uint32_t count = waits_of(registry, other->process) + (other->process == asking);
        if (count > most || (count == most && other->order < place->order)) {
            place = other;
            most = count;
        }
    }
    return place;
}

uint64_t registry_wait(struct registry *registry, uint64_t id, uint32_t version, const char *name,
                       uint32_t process, uint64_t reply, bool is_finding) {
    struct registry_waiter *waiter = waiter_place(registry, process);
    uint64_t evicted = waiter->process != 0 ? waiter->reply : 0;
    waiter->id = id;
    waiter->version = version;
    waiter->process = process;
    waiter->reply = reply;
    waiter->is_finding = is_finding;
    waiter->order = ++registry->order;
    set_name(waiter->name, name);
    return evicted;
}

bool registry_add_watch(struct registry *registry, const char *name, uint32_t process,
                        uint64_t notification, uint64_t *old) {
    struct registry_watch *place = NULL;
    uint32_t own = 0;
    *old = 0;
    for (uint32_t i = 0; i < REGISTRY_WATCHES; i++) {
        struct registry_watch *watch = &registry->watches[i];
        if (watch->process == process && strcmp(watch->name, name) == 0) {
            *old = watch->notification;
            watch->notification = notification;
            return true;
        }
        own += watch->process == process;
        if (watch->process == 0 && place == NULL) {
            place = watch;
        }
    }
    if (place == NULL || own == REGISTRY_WATCHES_EACH) {
        return false;
    }
    place->process = process;
    place->notification = notification;
    set_name(place->name, name);
    return true;
}

bool registry_take_waiter(struct registry *registry, const struct registry_service *service,
                          struct registry_waiter *waiter) {
    struct registry_waiter *first = NULL;
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        struct registry_waiter *other = &registry->waiters[i];
        if (other->process != 0 && serves(service, other->id, other->version, other->name) &&
            (first == NULL || other->order < first->order)) {
            first = other;
        }
    }
    if (first == NULL) {
        return false;
    }
    *waiter = *first;
    first->process = 0;
    return true;
}

bool registry_forget(struct registry *registry, uint32_t process, uint64_t *capability) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        struct registry_service *service = &registry->services[i];
        if (process != 0 && service->process == process) {
            service->process = 0;
            *capability = service->endpoint;
            return true;
        }
    }
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        struct registry_waiter *waiter = &registry->waiters[i];
        if (process != 0 && waiter->process == process) {
            waiter->process = 0;
            *capability = waiter->reply;
            return true;
        }
    }
    for (uint32_t i = 0; i < REGISTRY_WATCHES; i++) {
        struct registry_watch *watch = &registry->watches[i];
        if (process != 0 && watch->process == process) {
            watch->process = 0;
            *capability = watch->notification;
            return true;
        }
    }
    return false;
}

const struct registry_service *registry_at(const struct registry *registry, uint32_t index) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        if (registry->services[i].process != 0 && index-- == 0) {
            return &registry->services[i];
        }
    }
    return NULL;
}
