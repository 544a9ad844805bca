// SPDX-License-Identifier: GPL-3.0-only
//
// Crashes the drivers of a disk and a network card at arbitrary moments, until each of their
// clients has met half as many crashes as the argument says; looks whether as much is free as
// before.
#include <stdio.h>
#include <stdlib.h>

#include "testing/integration/system/load_client.h"
#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/block.h"
#include "userland/interfaces/net.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

enum {
    SIDES = 2,
    WARM_UP = 16,      // crashes until everybody has made what they keep
    MOST_DELAY = 3000, // us that a driver is left alone
    ARGUMENT = 8,
};

// A driver and its client, a program of etc/programs.
static struct side {
    const char *service;
    uint64_t id;
    uint32_t version;
    const char *client;
    uint32_t process; // of the client
    uint32_t crashes;
} sides[SIDES] = {
    {"block", BLOCK_ID, BLOCK_VERSION, "disk", 0, 0},
    {"net", NET_ID, NET_VERSION, "card", 0, 0},
};

static uint64_t processes;
static uint32_t failures;

// Starts the client, which works until its driver has been restarted so often.
static void start(struct side *side, uint32_t restarts) {
    char text[ARGUMENT];
    snprintf(text, sizeof text, "%u", restarts);
    enum helios_error status = process_manager_start(processes, side->client, text, &side->process);
    if (status != HELIOS_OK) {
        helios_printf("%s: %s\n", side->client, process_strerror(status));
        failures++;
    }
}

// The process that offers something; waits until there is one.
static uint32_t find(uint64_t id, uint32_t version, const char *name) {
    struct registry_entry entry = {0};
    uint64_t service = 0;
    if (registry_lookup(HELIOS_PROCESS_REGISTRY, id, version, name, &entry, &service) !=
        HELIOS_OK) {
        failures++;
    }
    helios_drop(service);
    return entry.process;
}

// Waits until the driver has done something, lets it work on for a while, and crashes it.
static void crash(struct side *side) {
    static uint32_t random = 1;
    find(LOAD_WORKS_ID, side->crashes + 1, side->client);
    uint32_t process = find(side->id, side->version, side->service);
    random = random * 1103515245u + 12345u;
    helios_sleep_until(helios_after((random >> 8) % MOST_DELAY * HELIOS_MICROSECOND));
    failures += process_manager_crash(processes, process) == HELIOS_OK ? 0 : 1;
    side->crashes++;
}

static void wait_for_end(const struct side *side) {
    struct process_info info;
    if (process_manager_wait(processes, side->process, &info) != HELIOS_OK ||
        info.state != PROCESS_STATE_EXITED || info.status != 0) {
        failures++;
    }
}

// Crashes each driver so often, all in all.
static void survive(uint32_t count) {
    for (uint32_t i = 0; i < SIDES; i++) {
        start(&sides[i], count);
    }
    for (uint32_t i = 0; failures == 0 && sides[i].crashes < count; i = (i + 1) % SIDES) {
        crash(&sides[i]);
    }
    for (uint32_t i = 0; i < SIDES; i++) {
        wait_for_end(&sides[i]);
    }
}

// What is free while both drivers are there.
static void measure(struct process_memory *memory) {
    for (uint32_t i = 0; i < SIDES; i++) {
        find(sides[i].id, sides[i].version, sides[i].service);
    }
    failures += process_manager_memory(processes, memory) == HELIOS_OK ? 0 : 1;
}

static void compare(const char *what, uint64_t before, uint64_t after) {
    helios_printf("%s %s: %lu free before, %lu after\n", what,
                  before == after ? "as before" : "LOST", (unsigned long)before,
                  (unsigned long)after);
}

int main(int argc, char **argv) {
    struct process_memory before = {0};
    struct process_memory after = {0};
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    processes = helios_cap("processes");
    survive(WARM_UP / SIDES);
    measure(&before);
    uint64_t begin = helios_now();
    survive((WARM_UP + count) / SIDES);
    uint64_t took = (helios_now() - begin) / HELIOS_MILLISECOND;
    measure(&after);
    helios_printf("%s of %u crashes in %lu ms\n",
                  failures == 0 ? "survived all" : "DID NOT survive all", count,
                  (unsigned long)took);
    compare("memory", before.free, after.free);
    compare("slots", before.slots_free, after.slots_free);
    return failures == 0 ? 0 : 1;
}
