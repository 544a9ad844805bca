// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/resources.h"

#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/mercury.h"

#define PAGE HELIOS_PAGE_BYTES

struct resources resources;

// Moves slots 1 .. of a CSpace that was given as `name` into this one. Returns how many.
static uint64_t unpack(const char *name, uint64_t *slots, uint64_t most) {
    uint64_t space = helios_cap(name);
    uint64_t count = 0;
    struct helios_answer answer = {.status = HELIOS_OK};
    while (space != 0 && count < most) {
        answer =
            helios_cspace_move(space, helios_environment.cspace, count + 1, HELIOS_CADDR_UNDEF);
        if (answer.status != HELIOS_OK) {
            break;
        }
        slots[count++] = answer.value;
    }
    if (space != 0) {
        helios_drop(space);
    }
    return count;
}

static bool take_bootinfo(void) {
    uint64_t pages[8];
    uint64_t count = unpack("bootinfo", pages, 8);
    struct helios_answer answer;
    const struct helios_bootinfo *bootinfo =
        count > 0 ? helios_pages_map(pages, count, 0, &answer) : NULL;
    if (bootinfo == NULL || count * PAGE < sizeof *bootinfo ||
        bootinfo->magic != HELIOS_BOOTINFO_MAGIC || bootinfo->version != HELIOS_BOOTINFO_VERSION) {
        say("no bootinfo was given");
        return false;
    }
    resources.bootinfo = bootinfo;
    return true;
}

static const struct helios_bootinfo_module *bootfs_module(void) {
    for (uint32_t i = 0; i < resources.bootinfo->module_count; i++) {
        if (strcmp(resources.bootinfo->modules[i].name, "bootfs") == 0) {
            return &resources.bootinfo->modules[i];
        }
    }
    return NULL;
}

static bool take_files(void) {
    const struct helios_bootinfo_module *module = bootfs_module();
    if (module == NULL) {
        say("there is no bootfs");
        return false;
    }
    struct tar_error error;
    struct helios_answer answer;
    uint64_t *slots = helios_pages_new(module->page_count * sizeof *slots, HELIOS_MAP_WRITE);
    uint64_t count = slots != NULL ? unpack("bootfs", slots, module->page_count) : 0;
    const void *data = count > 0 ? helios_pages_map(slots, count, 0, &answer) : NULL;
    if (data == NULL || count * PAGE < module->length ||
        !bootfs_open(&resources.files, data, module->length, &error)) {
        say("the bootfs can't be read");
        return false;
    }
    resources.file_pages = slots;
    resources.file_page_count = count;
    return true;
}

bool resources_take(void) {
    struct helios_answer answer;
    if (!take_bootinfo() || !take_files()) {
        return false;
    }
    unpack("devices", resources.devices, resources.bootinfo->device_count);
    resources.irq_control = helios_cap("irq_control");
    resources.io_control = helios_cap("io_control");
    resources.power = helios_cap("power");
    uint64_t console = helios_cap("console");
    if (console != 0) {
        resources.console = helios_pages_map(&console, 1, 0, &answer);
    }
    return true;
}

struct helios_answer resources_device_memory(uint64_t base, uint64_t length, uint64_t memory) {
    struct helios_answer answer = {.status = HELIOS_ERROR_RANGE};
    uint64_t first = base & ~(PAGE - 1);
    uint64_t end = (base + length + PAGE - 1) & ~(PAGE - 1);
    answer.found = base;
    for (uint32_t i = 0; i < resources.bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *device = &resources.bootinfo->devices[i];
        if (resources.devices[i] == 0 || length == 0 || end <= first || first < device->base ||
            end - 1 > device->base + device->length - 1) {
            continue;
        }
        answer = helios_device_memory_split(resources.devices[i], memory, first, end - first);
        answer.value = helios_buffer->caps[0];
        return answer;
    }
    return answer;
}

volatile void *resources_map(uint64_t base, uint64_t length) {
    uint64_t first = base & ~(PAGE - 1);
    uint64_t bytes = ((base + length + PAGE - 1) & ~(PAGE - 1)) - first;
    uint64_t memory = helios_environment.memories[0];
    struct helios_answer part = resources_device_memory(base, length, memory);
    uint64_t address = part.status == HELIOS_OK ? helios_vm_reserve(bytes, PAGE) : 0;
    for (uint64_t at = 0; at < bytes && address != 0; at += PAGE) {
        struct helios_answer page =
            helios_device_memory_allocate(part.value, memory, first + at, 0);
        uint64_t slot = helios_buffer->caps[0];
        if (page.status == HELIOS_OK) {
            page = helios_vm_map(slot, address + at, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
            helios_drop(slot);
        }
        if (page.status != HELIOS_OK) {
            helios_vm_release(address);
            address = 0;
        }
    }
    return address != 0 ? (volatile char *)(uintptr_t)address + (base - first) : NULL;
}
