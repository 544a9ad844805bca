// SPDX-License-Identifier: MIT
#include "userland/test/space.h"

#include <stddef.h>

#include "uapi/object.h"
#include "userland/helios/console.h"
#include "userland/helios/error.h"
#include "userland/helios/map.h"

enum { IMAGE_BASE = 0x400000, PAGE = 4096 };

// Behind the image, in the same gigabyte on every architecture.
#define BUFFERS 0x10000000ull

static struct helios_thread threads[SPACE_THREADS];
static _Alignas(16) uint8_t stacks[SPACE_THREADS][SPACE_STACK_SIZE];

static bool fails(const char *what, struct helios_answer answer) {
    if (answer.status != HELIOS_OK) {
        helios_printf("test: %s: %s (argument %lu, found 0x%lx, wanted 0x%lx)\n", what,
                      helios_strerror(answer.status), (unsigned long)answer.value,
                      (unsigned long)answer.found, (unsigned long)answer.wanted);
    }
    return answer.status != HELIOS_OK;
}

// The slot of the image's page at this physical address; 0: none.
static uint64_t slot_of_page(const struct helios_bootinfo *info, uint64_t physical) {
    for (uint64_t i = 0; i < info->image_pages; i++) {
        struct helios_answer page = helios_call(info->image_slot + i, HELIOS_PAGE_QUERY, 0, 0, 0);
        if (page.status == HELIOS_OK && page.value == physical) {
            return info->image_slot + i;
        }
    }
    return 0;
}

static bool share_image(const struct helios_bootinfo *info, uint64_t vspace) {
    for (uint64_t address = IMAGE_BASE;; address += PAGE) {
        struct helios_answer mapped =
            helios_call(HELIOS_INIT_VSPACE, HELIOS_VSPACE_QUERY, 1, address, 0);
        uint64_t slot = mapped.status == HELIOS_OK ? slot_of_page(info, mapped.value) : 0;
        if (slot == 0) {
            return true;
        }
        if (fails("share the image",
                  helios_map(vspace, info->memories[0].slot, slot, address, mapped.more[0]))) {
            return false;
        }
    }
}

uint64_t space_create(const struct helios_bootinfo *info) {
    struct helios_answer made = helios_allocate(info->memories[0].slot, HELIOS_TYPE_VSPACE, 0);
    if (fails("make a VSpace", made) || !share_image(info, made.value)) {
        return 0;
    }
    return made.value;
}

// A buffer is mapped twice: where its thread runs, and here, so that it can be prepared.
static bool make_buffer_tables(const struct helios_bootinfo *info, uint64_t vspace) {
    uint64_t marker = BUFFERS + SPACE_THREADS * PAGE;
    return helios_call(vspace, HELIOS_VSPACE_QUERY, 1, marker, 0).status == HELIOS_OK ||
           !fails("make tables for buffers",
                  helios_map_new(vspace, info->memories[0].slot, marker, 0));
}

bool space_thread(const struct helios_bootinfo *info, unsigned index, uint64_t vspace,
                  uint64_t cspace, uint64_t priority, void (*entry)(void *argument),
                  void *argument) {
    if (!make_buffer_tables(info, HELIOS_INIT_VSPACE) || !make_buffer_tables(info, vspace)) {
        return false;
    }
    struct helios_thread_config config = {
        .memory = info->memories[0].slot,
        .own_cspace = HELIOS_INIT_CSPACE,
        .cspace = cspace != 0 ? cspace : HELIOS_INIT_CSPACE,
        .vspace = HELIOS_INIT_VSPACE,
        .authority = HELIOS_INIT_TASK,
        .stack = stacks[index],
        .stack_size = SPACE_STACK_SIZE,
        .buffer_address = BUFFERS + (uint64_t)index * PAGE,
        .priority = priority,
        .entry = entry,
        .argument = argument,
    };
    if (fails("make a thread", helios_thread_create(&threads[index], &config))) {
        return false;
    }
    if (vspace == HELIOS_INIT_VSPACE) {
        return true;
    }
    struct helios_answer answer = helios_map(vspace, config.memory, threads[index].buffer_page,
                                             config.buffer_address, HELIOS_MAP_WRITE);
    if (answer.status == HELIOS_OK) {
        answer = helios_call_with(threads[index].task, HELIOS_TASK_CONFIGURE, vspace, 1,
                                  HELIOS_TASK_VSPACE, 0, 0);
    }
    return !fails("move a thread", answer);
}

struct helios_thread *space_get(unsigned index) {
    return &threads[index];
}

void space_end(unsigned index) {
    if (threads[index].task != 0) {
        helios_thread_destroy(&threads[index]);
    }
}
