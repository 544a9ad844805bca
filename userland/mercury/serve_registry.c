// SPDX-License-Identifier: GPL-3.0-only
//
// userland/interfaces/registry.ipc.
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/kept.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/registry.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/serve.h"

static void fill_entry(const struct registry_service *service, struct registry_entry *entry) {
    memset(entry, 0, sizeof *entry);
    entry->id = service->id;
    entry->version = service->version;
    entry->process = service->process;
    memcpy(entry->name, service->name, sizeof service->name);
}

// What a client gets: a capability whose badge says which process it is, so that the server can
// tell its clients apart. A server that offered one with a badge knows what that means; it is
// handed on as it is. A server may have destroyed its Endpoint: nothing else that has come into the
// slot since is handed out.
static enum helios_error copy_for(const struct registry_service *service, uint32_t process,
                                  uint64_t *copy) {
    struct helios_answer answer = helios_kept_copy(service->endpoint, process);
    *copy = answer.status == HELIOS_OK ? answer.value : 0;
    return answer.status;
}

// Whoever waits for a service that is there now gets it.
static void answer_waiters(const struct registry_service *service) {
    struct registry_waiter waiter;
    struct registry_entry entry;
    fill_entry(service, &entry);
    while (registry_take_waiter(&services, service, &waiter)) {
        uint64_t copy = 0;
        enum helios_error status = copy_for(service, waiter.process, &copy);
        registry_lookup_reply(waiter.reply, status, copy, &entry);
        helios_drop(copy);
    }
}

static void signal_watches(const char *name) {
    for (uint32_t i = 0; i < REGISTRY_WATCHES; i++) {
        const struct registry_watch *watch = &services.watches[i];
        if (watch->process != 0 && strcmp(watch->name, name) == 0) {
            helios_kept_signal(watch->notification);
        }
    }
}

static bool is_expected(const char *name) {
    const struct proc *proc;
    for (uint32_t i = 0; (proc = proc_at(i)) != NULL; i++) {
        if (proc->state == PROC_RUNNING && manifest_allows(&proc->program.provides, name)) {
            return true;
        }
    }
    return false;
}

void services_changed(const struct proc *proc) {
    for (uint32_t i = 0; i < REGISTRY_WATCHES; i++) {
        const struct registry_watch *watch = &services.watches[i];
        if (watch->process != 0 && manifest_allows(&proc->program.provides, watch->name)) {
            helios_kept_signal(watch->notification);
        }
    }
}

// Somebody whose finding has become hopeless; NULL: nobody.
static struct registry_waiter *hopeless(void) {
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        struct registry_waiter *waiter = &services.waiters[i];
        if (waiter->process != 0 && waiter->is_finding && !is_expected(waiter->name)) {
            return waiter;
        }
    }
    return NULL;
}

bool finders_wait(void) {
    return hopeless() != NULL;
}

void serve_finders(void) {
    static const struct registry_entry none;
    struct registry_waiter *waiter;
    while ((waiter = hopeless()) != NULL) {
        waiter->process = 0;
        registry_lookup_expected_reply(waiter->reply, REGISTRY_ERROR_ABSENT, 0, &none);
    }
}

static enum helios_error offer(void *context, const struct helios_request *request,
                               uint64_t service, uint64_t id, uint32_t version, const char *name) {
    (void)context;
    struct proc *proc = proc_of_badge(request->badge);
    uint64_t old = 0;
    if (proc == NULL || !manifest_allows(&proc->program.provides, name)) {
        return HELIOS_ERROR_RIGHTS;
    }
    if (strlen(name) >= REGISTRY_NAME) {
        return HELIOS_ERROR_RANGE;
    }
    uint64_t kept = 0;
    enum helios_error status = helios_keep(&kept, service);
    if (status != HELIOS_OK) {
        return status;
    }
    enum registry_result added = registry_add(&services, id, version, name, proc->id, kept, &old);
    if (added != REGISTRY_OK) {
        helios_kept_drop(kept);
        return added == REGISTRY_TAKEN ? HELIOS_ERROR_OCCUPIED : HELIOS_ERROR_NO_SLOT;
    }
    helios_kept_drop(old);
    proc_works(proc);
    signal_watches(name);
    answer_waiters(registry_find(&services, id, version, name));
    return HELIOS_OK;
}

// The name that a lookup means: an empty one is the only one that the process may have, or any.
static const char *meant(const struct proc *proc, const char *name) {
    const struct manifest_list *list = &proc->program.services;
    if (name[0] != '\0') {
        return manifest_allows(list, name) ? name : NULL;
    }
    if (manifest_allows(list, "*")) {
        return name;
    }
    return list->count == 1 ? list->names[0].name : NULL;
}

static enum helios_error look_up(const struct helios_request *request, uint64_t id,
                                 uint32_t version, const char *wanted,
                                 struct registry_entry *result, uint64_t *service,
                                 bool is_finding) {
    const struct proc *proc = proc_of_badge(request->badge);
    const char *name = proc != NULL ? meant(proc, wanted) : NULL;
    if (name == NULL) {
        return HELIOS_ERROR_RIGHTS;
    }
    if (strlen(name) >= REGISTRY_NAME) {
        return HELIOS_ERROR_RANGE;
    }
    const struct registry_service *found = registry_find(&services, id, version, name);
    if (found != NULL) {
        enum helios_error status = copy_for(found, proc->id, service);
        drop_later(*service);
        fill_entry(found, result);
        return status;
    }
    if (is_finding && !is_expected(name)) {
        return REGISTRY_ERROR_ABSENT;
    }
    uint64_t reply = 0;
    enum helios_error status = helios_rpc_defer(request, &reply);
    if (status == HELIOS_RPC_LATER) {
        helios_kept_drop(registry_wait(&services, id, version, name, proc->id, reply, is_finding));
    }
    return status;
}

static enum helios_error lookup(void *context, const struct helios_request *request, uint64_t id,
                                uint32_t version, const char *wanted, struct registry_entry *result,
                                uint64_t *service) {
    (void)context;
    return look_up(request, id, version, wanted, result, service, false);
}

static enum helios_error lookup_expected(void *context, const struct helios_request *request,
                                         uint64_t id, uint32_t version, const char *wanted,
                                         struct registry_entry *result, uint64_t *service) {
    (void)context;
    return look_up(request, id, version, wanted, result, service, true);
}

static enum helios_error watch(void *context, const struct helios_request *request,
                               uint64_t changed, const char *name) {
    (void)context;
    const struct proc *proc = proc_of_badge(request->badge);
    uint64_t old = 0;
    if (proc == NULL) {
        return HELIOS_ERROR_RIGHTS;
    }
    if (strlen(name) >= REGISTRY_NAME) {
        return HELIOS_ERROR_RANGE;
    }
    uint64_t kept = 0;
    enum helios_error status = helios_keep(&kept, changed);
    if (status != HELIOS_OK) {
        return status;
    }
    if (!registry_add_watch(&services, name, proc->id, kept, &old)) {
        helios_kept_drop(kept);
        return HELIOS_ERROR_NO_SLOT;
    }
    helios_kept_drop(old);
    return HELIOS_OK;
}

static enum helios_error list(void *context, const struct helios_request *request, uint32_t index,
                              struct registry_entry *result) {
    (void)context;
    (void)request;
    const struct registry_service *service = registry_at(&services, index);
    if (service == NULL) {
        return HELIOS_ERROR_RANGE;
    }
    fill_entry(service, result);
    return HELIOS_OK;
}

static enum helios_error expected(void *context, const struct helios_request *request,
                                  const char *name, bool *result) {
    (void)context;
    (void)request;
    *result = is_expected(name);
    return HELIOS_OK;
}

// If the watchdog is asking somebody just now, whoever complains will do so again.
static enum helios_error report(void *context, const struct helios_request *request, uint64_t id,
                                const char *name) {
    (void)context;
    const struct proc *proc = proc_of_badge(request->badge);
    const struct registry_service *service = registry_find(&services, id, 0, name);
    if (proc == NULL || !manifest_allows(&proc->program.services, name)) {
        return HELIOS_ERROR_RIGHTS;
    }
    if (service == NULL) {
        return HELIOS_ERROR_RANGE;
    }
    struct helios_answer copy = helios_kept_copy(service->endpoint, 0);
    if (copy.status == HELIOS_OK && !watchdog_ask(copy.value, service->process)) {
        helios_drop(copy.value);
    }
    return HELIOS_OK;
}

static const struct registry_ops ops = {
    .register_ = offer,
    .lookup = lookup,
    .lookup_expected = lookup_expected,
    .watch = watch,
    .list = list,
    .expected = expected,
    .report = report,
};

bool serve_registry(struct helios_message *message) {
    return registry_dispatch(&ops, NULL, message);
}

void services_forget(uint32_t process) {
    uint64_t capability = 0;
    while (registry_forget(&services, process, &capability)) {
        helios_kept_drop(capability);
    }
}
