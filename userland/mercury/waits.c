// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/waits.h"

static uint64_t take(struct waits *waits, uint32_t index) {
    uint64_t reply = waits->list[index].reply;
    waits->count--;
    for (uint32_t i = index; i < waits->count; i++) {
        waits->list[i] = waits->list[i + 1];
    }
    return reply;
}

static uint32_t count_of(const struct waits *waits, uint32_t process) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < waits->count; i++) {
        count += waits->list[i].process == process;
    }
    return count;
}

bool waits_make_room(struct waits *waits, uint32_t process, uint64_t *gone) {
    *gone = 0;
    if (waits->count < WAITS_MOST) {
        return true;
    }
    *gone = waits_take(waits, process);
    for (uint32_t i = 0; i < waits->count && *gone == 0; i++) {
        if (count_of(waits, waits->list[i].process) > 1) {
            *gone = take(waits, i);
        }
    }
    return *gone != 0;
}

void waits_add(struct waits *waits, uint32_t process, uint64_t reply) {
    waits->list[waits->count].process = process;
    waits->list[waits->count].reply = reply;
    waits->count++;
}

uint64_t waits_take(struct waits *waits, uint32_t process) {
    for (uint32_t i = 0; i < waits->count; i++) {
        if (process == 0 || waits->list[i].process == process) {
            return take(waits, i);
        }
    }
    return 0;
}
