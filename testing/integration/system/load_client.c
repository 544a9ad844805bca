// SPDX-License-Identifier: GPL-3.0-only
#include "testing/integration/system/load_client.h"

#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/rpc.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

static uint64_t service;  // 0: to be looked up
static uint64_t crashes;  // that were met
static uint64_t restarts; // of the driver

static uint64_t restarts_of(uint32_t process) {
    struct process_info info;
    uint64_t processes = helios_cap("processes");
    for (uint32_t i = 0; process_manager_list(processes, i, &info) == HELIOS_OK; i++) {
        if (info.id == process) {
            return info.restarts;
        }
    }
    return 0;
}

static bool find(const struct load_client *client) {
    while (service == 0) {
        struct registry_entry entry;
        enum helios_error status = registry_lookup(HELIOS_PROCESS_REGISTRY, client->id,
                                                   client->version, client->name, &entry, &service);
        if (status != HELIOS_OK) {
            helios_printf("%s can't be found: %s\n", client->name, registry_strerror(status));
            return false;
        }
        restarts = restarts_of(entry.process);
        if (client->open(service) != HELIOS_OK) {
            helios_drop(service);
            service = 0;
        }
    }
    return true;
}

// Whether a call ended so because the server is no more. Who was not in a call finds the slot of
// the capability empty.
static bool is_gone(enum helios_error status) {
    return status == HELIOS_ERROR_ABANDONED || status == HELIOS_ERROR_GONE ||
           status == HELIOS_ERROR_CAPABILITY;
}

// Tells whoever waits for it that this driver has done something.
static void tell(const struct load_client *client) {
    static uint64_t endpoint;
    static uint64_t told;
    if (endpoint == 0) {
        endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    }
    if (told != restarts + 1) {
        told = restarts + 1;
        registry_register(HELIOS_PROCESS_REGISTRY, endpoint, LOAD_WORKS_ID, (uint32_t)told,
                          client->own);
    }
}

bool load_client_do(const struct load_client *client, uint64_t number) {
    bool is_first = true;
    while (find(client)) {
        enum helios_error status = client->operate(service, number);
        if (status == HELIOS_OK) {
            tell(client);
            return true;
        }
        if (!is_gone(status)) {
            helios_printf("%s, operation %lu: %s\n", client->name, (unsigned long)number,
                          status == LOAD_LOST ? "LOST what was acknowledged"
                                              : helios_rpc_strerror(status));
            return false;
        }
        crashes += is_first ? 1 : 0;
        is_first = false;
        helios_drop(service);
        service = 0;
    }
    return false;
}

// What is free while no service is held: a driver may crash at any time.
static void measure(uint64_t *memory, uint64_t *slots) {
    helios_drop(service);
    service = 0;
    *memory = helios_memory_free();
    *slots = helios_cspace_query(HELIOS_PROCESS_CSPACE).more[0];
}

bool load_client_run(const struct load_client *client, uint64_t wanted) {
    uint64_t number = 0;
    uint64_t memory[2];
    uint64_t slots[2];
    bool ok = load_client_do(client, number);
    measure(&memory[0], &slots[0]);
    while (ok && restarts < wanted) {
        ok = load_client_do(client, ++number);
    }
    measure(&memory[1], &slots[1]);
    bool is_same = memory[0] == memory[1] && slots[0] == slots[1];
    helios_printf("%lu operations done, %lu of them anew; %lu bytes and %lu slots %s\n",
                  (unsigned long)number, (unsigned long)crashes,
                  (unsigned long)(memory[0] - memory[1]), (unsigned long)(slots[0] - slots[1]),
                  is_same ? "less" : "LOST");
    return ok && is_same;
}
