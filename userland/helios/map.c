// SPDX-License-Identifier: MIT
#include "userland/helios/map.h"

#include "uapi/object.h"
#include "userland/helios/memory.h"

struct helios_answer helios_map(uint64_t vspace, uint64_t memory, uint64_t page, uint64_t address,
                                uint64_t flags) {
    for (;;) {
        struct helios_answer answer =
            helios_call_with(vspace, HELIOS_VSPACE_MAP, page, 2, address, flags, 0);
        if (answer.status != HELIOS_ERROR_MISSING_TABLE) {
            return answer;
        }
        // What is wanted is the type of the table that is missing.
        answer = helios_allocate(memory, answer.wanted, 0);
        if (answer.status != HELIOS_OK) {
            return answer;
        }
        uint64_t table = answer.value;
        answer = helios_call_with(vspace, HELIOS_VSPACE_MAP, table, 2, address, 0, 0);
        helios_drop(table); // being mapped keeps it
        if (answer.status != HELIOS_OK) {
            return answer;
        }
    }
}

struct helios_answer helios_map_new(uint64_t vspace, uint64_t memory, uint64_t address,
                                    uint64_t flags) {
    struct helios_answer page = helios_allocate(memory, HELIOS_TYPE_PAGE, 0);
    if (page.status != HELIOS_OK) {
        return page;
    }
    struct helios_answer answer = helios_map(vspace, memory, page.value, address, flags);
    if (answer.status != HELIOS_OK) {
        helios_drop(page.value);
        return answer;
    }
    return page;
}
