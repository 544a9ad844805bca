// SPDX-License-Identifier: GPL-3.0-only
//
// Lets a driver crash a thousand times while it is used, and looks at what is free before and
// after.
#include <string.h>

#include "userland/helios/clock.h"
#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

enum {
    WARM_UP = 16, // until Mercury has made what it keeps
    CRASHES = 1000,
    HANGS = 3,
};

#define PATIENCE 50000000ull // ns

static uint64_t find(void) {
    struct registry_entry entry;
    uint64_t driver = 0;
    enum helios_error status = registry_lookup(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID,
                                               IO_STREAM_VERSION, "crasher", &entry, &driver);
    return status == HELIOS_OK ? driver : 0;
}

// One crash, seen from a client: the call fails, and the next lookup finds a driver that works.
static bool crash(const char *how) {
    uint32_t taken = 0;
    uint64_t driver = find();
    bool worked = driver != 0 && io_stream_write(driver, "hello", 5, &taken) == HELIOS_OK;
    enum helios_error status = io_stream_write(driver, how, (uint32_t)strlen(how), &taken);
    helios_drop(driver);
    return worked && (status == HELIOS_ERROR_ABANDONED || status == HELIOS_ERROR_GONE);
}

// A driver that hangs: the client gives up, complains, and finds one that works.
static bool hang(void) {
    uint32_t taken = 0;
    uint64_t driver = find();
    enum helios_error status =
        io_stream_write_until(driver, helios_after(PATIENCE), "hang", 4, &taken);
    helios_drop(driver);
    if (status != HELIOS_ERROR_DEADLINE ||
        registry_report(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID, "crasher") != HELIOS_OK) {
        return false;
    }
    // The complaint is about the one that hangs: it is torn down before another one answers.
    driver = find();
    status = io_stream_write(driver, "hello", 5, &taken);
    helios_drop(driver);
    driver = status == HELIOS_OK ? driver : find();
    status = status == HELIOS_OK ? status : io_stream_write(driver, "hello", 5, &taken);
    return status == HELIOS_OK;
}

static uint32_t crash_all(uint32_t count) {
    uint32_t survived = 0;
    for (uint32_t i = 0; i < count; i++) {
        survived += crash(i % 2 == 0 ? "fault" : "exit") ? 1 : 0;
    }
    uint32_t taken = 0;
    uint64_t driver = find(); // it is back before anything is measured
    io_stream_write(driver, "hello", 5, &taken);
    helios_drop(driver);
    return survived;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct process_memory before;
    struct process_memory after;
    uint64_t processes = helios_cap("processes");
    crash_all(WARM_UP);
    if (process_manager_memory(processes, &before) != HELIOS_OK) {
        return 1;
    }
    uint32_t survived = crash_all(CRASHES);
    helios_printf("%u of %u crashes survived\n", survived, (unsigned)CRASHES);
    uint32_t hangs = 0;
    for (uint32_t i = 0; i < HANGS; i++) {
        hangs += hang() ? 1 : 0;
    }
    if (process_manager_memory(processes, &after) != HELIOS_OK) {
        return 1;
    }
    helios_printf("%u of %u hangs survived\n", hangs, (unsigned)HANGS);
    helios_printf("memory %s: %lu KiB free before, %lu after\n",
                  before.free == after.free ? "as before" : "LOST",
                  (unsigned long)(before.free >> 10), (unsigned long)(after.free >> 10));
    helios_printf("slots %s: %lu free before, %lu after\n",
                  before.slots_free == after.slots_free ? "as before" : "LOST",
                  (unsigned long)before.slots_free, (unsigned long)after.slots_free);
    return survived == CRASHES ? 0 : 1;
}
