// SPDX-License-Identifier: GPL-3.0-only
//
// Starts the drivers of a display, a keyboard and a tablet: draws, and tells what is typed.
#include "toolchains/freestanding/format.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/interfaces/display.h"
#include "userland/interfaces/input.h"
#include "userland/venus/testing/play.h"

enum {
    VIRTIO = 0x1af4,
    VIRTIO_GPU_ID = 0x1050,
    VIRTIO_INPUT_ID = 0x1052,
    EVENT_KEY = 1,
    KEY_Q = 16,
};

// Capabilities to the pages go as soon as they are mapped.
static uint32_t *map_picture(uint64_t display, const struct display_info *info) {
    uint64_t address = helios_vm_reserve(info->page_count * info->page_size, info->page_size);
    uint32_t count = 0;
    while (count < info->page_count) {
        uint64_t pages[HELIOS_MAX_CAPS];
        uint32_t said;
        uint32_t got = HELIOS_MAX_CAPS; // how many there is room for
        enum helios_error status = display_framebuffer(display, count, &said, pages, &got);
        if (status != HELIOS_OK || got == 0) {
            helios_printf("console: no pages from %u on: %s\n", count, display_strerror(status));
            return NULL;
        }
        for (uint32_t i = 0; i < got; i++) {
            helios_vm_map(pages[i], address + (count + i) * info->page_size, HELIOS_MAP_WRITE);
            helios_drop(pages[i]);
        }
        count += got;
    }
    return (uint32_t *)(uintptr_t)(address + info->offset);
}

// Each corner has its colour; between them it is even.
static void draw(uint32_t *picture, const struct display_info *info) {
    uint32_t line = info->mode.stride / 4;
    for (uint32_t y = 0; y < info->mode.height; y++) {
        for (uint32_t x = 0; x < info->mode.width; x++) {
            uint32_t red = x * 256 / info->mode.width;
            uint32_t green = y * 256 / info->mode.height;
            picture[y * line + x] = red << 16 | green << 8 | 0x40;
        }
    }
    picture[0] = 0x123456;
    picture[line * info->mode.height - 1] = 0xfedcba;
}

static bool show(uint64_t display, const char *what) {
    struct display_info info;
    enum helios_error status = display_describe(display, &info);
    if (status != HELIOS_OK) {
        helios_printf("console: not described: %s\n", display_strerror(status));
        return false;
    }
    uint32_t *picture = map_picture(display, &info);
    if (picture == NULL) {
        return false;
    }
    draw(picture, &info);
    status = display_flush(display, 0, 0, info.mode.width, info.mode.height);
    helios_vm_release((uintptr_t)picture - info.offset);
    helios_printf("console: %s %s %u x %u\n", what, info.name, info.mode.width, info.mode.height);
    return status == HELIOS_OK;
}

// What firmware set up, as Mercury tells of it: decimal numbers, masks in hexadecimal.
static void try_framebuffer(const struct helios_bootinfo_framebuffer *own) {
    static struct play_device device;
    static struct play_driver driver;
    static char text[7][12];
    const uint32_t numbers[7] = {own->width,    own->height,     own->pitch,    own->bits_per_pixel,
                                 own->red_mask, own->green_mask, own->blue_mask};
    play_place(&device, DEVICE_RANGE_KIND_MEMORY, own->base, own->length, 0, 0);
    device.arguments[device.argument_count++] = "framebuffer";
    for (uint32_t i = 0; i < 7; i++) {
        format_text(text[i], sizeof(text[i]), i < 4 ? "%u" : "0x%x", numbers[i]);
        device.arguments[device.argument_count++] = text[i];
    }
    if (!play_start(&driver, "bin/framebuffer", &device) || !show(driver.service, "drawn")) {
        helios_printf("console: no framebuffer\n");
    }
}

static void try_display(void) {
    static struct play_device device;
    static struct play_driver driver;
    struct display_info info;
    if (!play_find_pci(&device, VIRTIO, VIRTIO_GPU_ID, 0) ||
        !play_start(&driver, "bin/gpu", &device) || !show(driver.service, "drawn")) {
        helios_printf("console: no display\n");
        return;
    }
    if (display_set_mode(driver.service, 641, 5000, &info) != HELIOS_ERROR_RANGE ||
        display_set_mode(driver.service, 640, 480, &info) != HELIOS_OK ||
        !show(driver.service, "changed")) {
        helios_printf("console: no mode\n");
    }
}

// Until q is typed.
static void listen(uint64_t keyboard) {
    for (;;) {
        struct input_event events[32];
        uint32_t count;
        if (input_read(keyboard, &count, events) != HELIOS_OK) {
            helios_printf("console: the keyboard is gone\n");
            return;
        }
        for (uint32_t i = 0; i < count; i++) {
            if (events[i].type == EVENT_KEY) {
                helios_printf("console: key %u %d\n", events[i].code, events[i].value);
            }
            if (events[i].type == EVENT_KEY && events[i].code == KEY_Q && events[i].value == 0) {
                return;
            }
        }
    }
}

static void try_input(const char *file, struct play_device *device) {
    struct play_driver driver;
    struct input_info info;
    if (!play_start(&driver, file, device) || input_describe(driver.service, &info) != HELIOS_OK) {
        helios_printf("console: no driver for %s\n", file);
        return;
    }
    helios_printf("console: listening to %s, %u\n", info.name, info.features);
    listen(driver.service);
    play_stop(&driver);
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    static struct play_device device;
    play_begin(bootinfo);
    if (bootinfo->framebuffer.length != 0) {
        try_framebuffer(&bootinfo->framebuffer);
    } else {
        try_display();
    }
    if (play_find_pci(&device, VIRTIO, VIRTIO_INPUT_ID, 0)) {
        try_input("bin/virtio_input", &device);
    } else if (bootinfo->arch == HELIOS_BOOTINFO_X86_64) {
        play_place(&device, DEVICE_RANGE_KIND_PORTS, 0x60, 5, 1, 0);
        try_input("bin/ps2", &device);
    }
    helios_printf("helios: exit status 0\n");
    helios_power_off(HELIOS_INIT_POWER);
}
