// SPDX-License-Identifier: GPL-3.0-only
//
// A program without a stanza may look up what its starter may, and no more: started by its stanza
// it starts itself by its file, and compares what both are told when they look up two services.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "userland/helios/memory.h"
#include "userland/interfaces/io.h"
#include "userland/interfaces/process.h"
#include "userland/interfaces/registry.h"

// Whether it may look `name` up, whoever offers it.
static int may_look_up(const char *name) {
    struct registry_entry entry;
    uint64_t service = 0;
    return registry_lookup_expected(HELIOS_PROCESS_REGISTRY, IO_STREAM_ID, IO_STREAM_VERSION, name,
                                    &entry, &service) != HELIOS_ERROR_RIGHTS;
}

int main(int argc, char **argv) {
    enum { OWN = 1, OTHER = 2 };
    struct process_info info = {0};
    uint32_t id = 0;
    int may = (may_look_up("heirloom") ? OWN : 0) | (may_look_up("other") ? OTHER : 0);
    uint64_t processes = helios_cap("processes");
    if (processes == 0) {
        return may;
    }
    enum helios_error status = process_manager_start(processes, "bin/heir", "", &id);
    if (status == HELIOS_OK) {
        status = process_manager_wait(processes, id, &info);
    }
    int wanted = argc == 2 ? atoi(argv[1]) : -1;
    if (status != HELIOS_OK || may != wanted || (int)info.status != wanted ||
        info.state != PROCESS_STATE_EXITED) {
        printf("WRONG: %s: it may %d, what it started %u\n", process_strerror(status), may,
               info.status);
        return 1;
    }
    printf("%d: what it started may look up what it may\n", may);
    return 0;
}
