// SPDX-License-Identifier: GPL-3.0-only
//
// Compares what it has with what its stanza says: one capability, one service that it may look up
// and offer, and two arguments.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/startup.h"
#include "userland/interfaces/fs.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

enum { SLOTS = 1024 };

static unsigned failures;

static void check(bool is_so, const char *what) {
    if (!is_so) {
        printf("WRONG: %s\n", what);
        failures++;
    }
}

// Everything in its CSpace is its own, but for Endpoints: log, registry, manager, and what was
// granted.
static void look_at_slots(void) {
    unsigned endpoints = 0;
    bool is_own = true;
    for (uint64_t slot = 0; slot < SLOTS; slot++) {
        struct helios_answer what = helios_cspace_identify(HELIOS_PROCESS_CSPACE, slot);
        switch (what.status == HELIOS_OK ? what.value : HELIOS_TYPE_NULL) {
        case HELIOS_TYPE_ENDPOINT:
            endpoints++;
            break;
        case HELIOS_TYPE_NULL:
        case HELIOS_TYPE_MEMORY:
        case HELIOS_TYPE_CSPACE:
        case HELIOS_TYPE_VSPACE:
        case HELIOS_TYPE_PAGE:
        case HELIOS_TYPE_TASK:
            break;
        default:
            is_own = false;
        }
    }
    check(endpoints == 4, "it has another number of Endpoints");
    check(is_own, "it has an object that it was not granted");
}

static void look_at_names(void) {
    static const char *const others[] = {"processes", "devices", "journal", "power", "device"};
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        check(helios_cap(others[i]) == 0, others[i]);
    }
    check(helios_startup->capability_count == 1, "it was granted another number of capabilities");
}

// A granted capability is good for its own interface only.
static void look_at_interfaces(void) {
    struct fs_info file;
    struct process_info process;
    uint64_t files = helios_cap("files");
    check(fs_directory_describe(files, &file) == HELIOS_OK, "its files");
    check(process_manager_list(files, 0, &process) == HELIOS_ERROR_INVOCATION,
          "its files are asked for processes");
    check(process_manager_list(HELIOS_PROCESS_REGISTRY, 0, &process) == HELIOS_ERROR_INVOCATION,
          "the registry is asked for processes");
}

static enum helios_error offer(uint64_t endpoint, const char *name) {
    return registry_register(HELIOS_PROCESS_REGISTRY, endpoint, IO_STREAM_ID, IO_STREAM_VERSION,
                             name);
}

static enum helios_error look_up(const char *name, struct registry_entry *entry,
                                 uint64_t *service) {
    return registry_lookup(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID, IO_STREAM_VERSION, name, entry,
                           service);
}

// A server knows by the badge which process asks. This one is its own client.
static void look_at_badge(void) {
    struct registry_entry entry = {0};
    uint64_t service = 0;
    check(look_up("own", &entry, &service) == HELIOS_OK, "its service is looked up");
    struct helios_answer what = helios_cspace_identify(HELIOS_PROCESS_CSPACE, service);
    check(what.more[1] != 0 && what.more[1] == entry.process, "whom a server is asked by");
    helios_drop(service);
}

static void look_at_services(void) {
    struct registry_entry entry;
    uint64_t service = 0;
    uint64_t endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    check(offer(endpoint, "own") == HELIOS_OK, "its service is offered");
    check(offer(endpoint, "other") == HELIOS_ERROR_RIGHTS, "another service is offered");
    look_at_badge();
    check(look_up("other", &entry, &service) == HELIOS_ERROR_RIGHTS,
          "another service is looked up");
    helios_cspace_revoke(HELIOS_PROCESS_CSPACE, endpoint);
    check(look_up("own", &entry, &service) == HELIOS_ERROR_GONE, "its service has gone");
    check(registry_report(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID, "other") == HELIOS_ERROR_RIGHTS,
          "another service is complained of");
}

int main(int argc, char **argv) {
    check(argc == 3 && strcmp(argv[0], "exact") == 0 && strcmp(argv[1], "one") == 0 &&
              strcmp(argv[2], "two") == 0,
          "its arguments");
    look_at_slots();
    look_at_names();
    look_at_interfaces();
    look_at_services();
    printf("%s what its stanza says\n", failures == 0 ? "it has exactly" : "it has NOT");
    return 0;
}
