// SPDX-License-Identifier: GPL-3.0-only
//
// Replaces a driver by a newer one while a thread waits for its answer.
#include <stdbool.h>

#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/helios/thread.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

struct user {
    uint64_t driver;
    enum helios_error status;
};

// Says which version answers; it is at least `version`.
static uint64_t greet(uint32_t version) {
    struct registry_entry entry = {0};
    uint64_t driver = 0;
    uint8_t text[IO_CHUNK];
    uint32_t length = 0;
    enum helios_error status =
        registry_lookup(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID, version, "greeter", &entry, &driver);
    if (status == HELIOS_OK) {
        status = io_stream_read(driver, 1, text, &length);
    }
    helios_printf("version %u says %c: %s\n", entry.version, length == 1 ? text[0] : '?',
                  io_strerror(status));
    return driver;
}

static void use(void *argument) {
    struct user *user = argument;
    uint32_t taken = 0;
    user->status = io_stream_write(user->driver, "x", 1, &taken);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    uint32_t id = 0;
    const uint64_t processes = helios_cap("processes");
    helios_drop(greet(1));
    enum helios_error status = process_manager_restart(processes, "greeter", "greedy/greeter", &id);
    helios_printf("one that wants too much: %s\n", process_strerror(status));
    struct user user = {greet(1), HELIOS_OK};
    struct helios_thread *thread = NULL;
    if (helios_thread_run(use, &user, NULL, &thread) != HELIOS_OK) {
        return 1;
    }
    // The thread sends its request, unless somebody else had the CPU.
    helios_yield();
    helios_drop(greet(1));
    status = process_manager_restart(processes, "greeter", "newer/greeter", &id);
    helios_printf("replaced: %s\n", process_strerror(status));
    helios_thread_join(thread, HELIOS_FOREVER);
    bool knows = user.status == HELIOS_ERROR_ABANDONED || user.status == HELIOS_ERROR_GONE ||
                 user.status == HELIOS_ERROR_CAPABILITY;
    helios_printf("who used it %s: %s\n", knows ? "knows" : "DOES NOT KNOW",
                  io_strerror(user.status));
    greet(2);
    return 0;
}
