// SPDX-License-Identifier: GPL-3.0-only
//
// Work that takes long, for a kernel that prints how long interrupts were off (kernel/latency.h):
// 100,000 capabilities are made, revoked, made again and destroyed; or an address space with
// 100,000 pages is made and destroyed. The word "pages" of the command line decides.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/bootinfo.h"
#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/map.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/helios/syscall.h"

enum {
    COUNT = 100000,
    CSPACE_LOG2 = 17,
};

#define PAGES_ADDRESS 0x40000000ull

static uint64_t memory;

static void stop(const char *status) {
    helios_printf("helios: exit status %s\n", status);
    helios_call(HELIOS_INIT_POWER, HELIOS_POWER_OFF, 0, 0, 0);
}

static uint64_t value_of(struct helios_answer answer, const char *what) {
    if (answer.status != HELIOS_OK) {
        helios_printf("latency: %s: error %u, argument %lu, found 0x%lx, wanted 0x%lx\n", what,
                      (unsigned)answer.status, (unsigned long)answer.value,
                      (unsigned long)answer.found, (unsigned long)answer.wanted);
        stop("1");
    }
    return answer.value;
}

static void destroy(uint64_t slot, const char *what) {
    value_of(helios_cspace_destroy(HELIOS_INIT_CSPACE, &slot, 1), what);
}

static void copy_all(uint64_t cspace, uint64_t capability) {
    for (unsigned i = 0; i < COUNT; i++) {
        value_of(helios_cspace_copy(cspace, capability, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_ALL, 0),
                 "copy");
    }
}

static void capabilities(void) {
    uint64_t endpoint = value_of(helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0), "endpoint");
    uint64_t cspace = value_of(helios_allocate(memory, HELIOS_TYPE_CSPACE, CSPACE_LOG2), "CSpace");
    copy_all(cspace, endpoint);
    helios_printf("latency: revoking\n");
    value_of(helios_cspace_revoke(HELIOS_INIT_CSPACE, endpoint), "revoke");
    copy_all(cspace, endpoint);
    helios_printf("latency: destroying\n");
    destroy(cspace, "destroy");
}

// Pages that nothing but their mappings keeps.
static void pages(void) {
    uint64_t vspace = value_of(helios_allocate(memory, HELIOS_TYPE_VSPACE, 0), "VSpace");
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t page = value_of(
            helios_map_new(vspace, memory, PAGES_ADDRESS + i * 4096, HELIOS_MAP_WRITE), "map");
        destroy(page, "destroy a page");
    }
    helios_printf("latency: destroying\n");
    destroy(vspace, "destroy");
}

static bool has_word(const char *text, const char *word) {
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (word[i] != '\0' && text[i] == word[i]) {
            i++;
        }
        if (word[i] == '\0') {
            return true;
        }
    }
    return false;
}

void helios_main(const struct helios_bootinfo *info) {
    memory = info->memories[0].slot;
    if (has_word(info->command_line, "pages")) {
        pages();
    } else {
        capabilities();
    }
    stop("0");
}
