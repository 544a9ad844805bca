// SPDX-License-Identifier: MIT
//
// The root task: starts a server and a client, each in an address space of its own, with one
// Endpoint between them and nothing else; turns the machine off when the client is done.
#include "uapi/object.h"
#include "userland/bootfs/bootfs.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/spawn.h"
#include "userland/helios/start.h"

static struct bootfs files;
static uint64_t ends; // Endpoint: what becomes of the processes

static bool start(const char *path, uint64_t square, uint64_t rights) {
    struct bootfs_file file;
    if (!bootfs_find(&files, path, &file)) {
        helios_printf("root: there is no %s\n", path);
        return false;
    }
    const struct helios_spawn_capability capability = {
        .name = "square", .capability = square, .rights = rights};
    const struct helios_spawn_config config = {
        .elf = file.data,
        .elf_size = file.size,
        .name = path,
        .capabilities = &capability,
        .capability_count = 1,
        .manager = ends,
    };
    struct helios_process process;
    if (helios_spawn(&config, &process) != HELIOS_OK) {
        char text[200];
        helios_spawn_describe(text, sizeof text, &process);
        helios_printf("root: %s: %s\n", path, text);
        return false;
    }
    return true;
}

// How the first process that ends ended.
static int64_t wait_for_end(void) {
    struct helios_message message;
    uint32_t flags = helios_recv(ends, 0, &message);
    struct helios_process_event event = helios_process_event_of(flags, &message);
    return event.end == HELIOS_PROCESS_EXITED ? event.status : -1;
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    const struct helios_bootinfo_module *module = &bootinfo->modules[0];
    const void *archive = (const void *)(uintptr_t)module->address;
    struct tar_error error;
    bool is_good = bootfs_open(&files, archive, module->length, &error);
    uint64_t square = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    ends = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    // The server may receive; the client may send, and nothing else.
    is_good = is_good && start("bin/server", square, HELIOS_RIGHT_READ) &&
              start("bin/client", square, HELIOS_RIGHT_WRITE);
    int64_t status = is_good ? wait_for_end() : 1;
    helios_printf("helios: exit status %lld\n", (long long)status);
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}
