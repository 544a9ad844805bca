// SPDX-License-Identifier: GPL-3.0-only
//
// Starts the drivers of a display, a keyboard and a tablet: draws, and tells what is typed and
// pointed at. The display is what firmware has set up, else virtio-gpu; with the command line
// "ramfb" it is that.
#include <string.h>

#include "toolchains/freestanding/format.h"
#include "userland/helios/console.h"
#include "userland/helios/ipc.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/start.h"
#include "userland/interfaces/display.h"
#include "userland/interfaces/input.h"
#include "userland/venus/testing/machine.h"
#include "userland/venus/testing/play.h"

enum {
    EVENT_SYNC = 0,
    EVENT_KEY = 1,
    EVENT_ABSOLUTE = 3,
    KEY_Q = 16,
    KEY_N = 49,
    BUTTON_RIGHT = 0x111,
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

// Events of a device, one by one; those that came with the last one are kept.
struct listener {
    uint64_t service;
    struct input_event events[32];
    uint32_t count;
    uint32_t next;
};

static struct listener keyboard;
static struct listener tablet;

static bool next_event(struct listener *listener, struct input_event *event) {
    if (listener->next == listener->count) {
        listener->next = 0;
        if (input_read(listener->service, &listener->count, listener->events) != HELIOS_OK) {
            helios_printf("console: an input device is gone\n");
            return false;
        }
    }
    *event = listener->events[listener->next++];
    return true;
}

// Until this key is let go.
static void listen(uint16_t last, bool is_silent) {
    struct input_event event = {0};
    while (!(event.type == EVENT_KEY && event.code == last && event.value == 0) &&
           next_event(&keyboard, &event)) {
        if (event.type == EVENT_KEY && !is_silent) {
            helios_printf("console: key %u %d\n", event.code, event.value);
        }
    }
}

// Until the right button is let go.
static void point(void) {
    struct input_event event = {0};
    int32_t at[2] = {-1, -1};
    bool has_moved = false;
    while (!(event.type == EVENT_KEY && event.code == BUTTON_RIGHT && event.value == 0) &&
           next_event(&tablet, &event)) {
        if (event.type == EVENT_ABSOLUTE && event.code < 2) {
            at[event.code] = event.value;
            has_moved = true;
        } else if (event.type == EVENT_KEY) {
            helios_printf("console: button %u %d\n", event.code, event.value);
        } else if (event.type == EVENT_SYNC && has_moved) {
            helios_printf("console: at %d %d\n", at[0], at[1]);
            has_moved = false;
        }
    }
}

// Other sizes, the next one each time that n is typed.
static void try_modes(uint64_t display) {
    static const uint16_t sizes[][2] = {{1920, 1080}, {800, 600}, {1024, 768}, {640, 480}};
    struct display_info info;
    if (display_set_mode(display, 641, 5000, &info) != HELIOS_ERROR_RANGE) {
        helios_printf("console: a mode that can't be was not refused\n");
    }
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        listen(KEY_N, true);
        if (display_set_mode(display, sizes[i][0], sizes[i][1], &info) != HELIOS_OK ||
            !show(display, "changed")) {
            helios_printf("console: no mode %u x %u\n", sizes[i][0], sizes[i][1]);
        }
    }
}

static void try_display(const char *file, struct play_device *device) {
    static struct play_driver driver;
    if (!play_start(&driver, file, device) || !show(driver.service, "drawn")) {
        helios_printf("console: no display\n");
        return;
    }
    try_modes(driver.service);
}

static void open_input(struct play_driver *driver, const char *file, struct play_device *device) {
    struct input_info info;
    if (!play_start(driver, file, device) || input_describe(driver->service, &info) != HELIOS_OK) {
        helios_printf("console: no driver for %s\n", file);
        return;
    }
    bool is_tablet = (info.features & INPUT_FEATURE_ABSOLUTE) != 0;
    (is_tablet ? &tablet : &keyboard)->service = driver->service;
    helios_printf("console: %s %s, %u, %u x %u\n", is_tablet ? "tablet" : "keyboard", info.name,
                  info.features, info.max_x, info.max_y);
}

static void open_inputs(const struct helios_bootinfo *bootinfo) {
    static struct play_device devices[2];
    static struct play_driver drivers[2];
    uint32_t count = 0;
    while (count < 2 && play_find_virtio(&devices[count], VIRTIO_INPUT, count)) {
        open_input(&drivers[count], "bin/virtio_input", &devices[count]);
        count++;
    }
    if (count == 0 && bootinfo->arch == HELIOS_BOOTINFO_X86_64) {
        play_place(&devices[0], DEVICE_RANGE_KIND_PORTS, 0x60, 5, 1, 0);
        open_input(&drivers[0], "bin/ps2", &devices[0]);
    }
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    static struct play_device device;
    play_begin(bootinfo);
    open_inputs(bootinfo);
    if (strcmp(bootinfo->command_line, "ramfb") == 0) {
        const struct device_extent *at = &machine_fwcfg;
        play_place(&device, at->kind, at->base, at->length, 0, 0);
        try_display("bin/ramfb", &device);
    } else if (bootinfo->framebuffer.length != 0) {
        try_framebuffer(&bootinfo->framebuffer);
    } else if (play_find_virtio(&device, VIRTIO_GPU, 0)) {
        try_display("bin/gpu", &device);
    }
    if (keyboard.service != 0) {
        helios_printf("console: listening\n");
        listen(KEY_Q, false);
    }
    if (tablet.service != 0) {
        helios_printf("console: pointing\n");
        point();
    }
    helios_printf("helios: exit status 0\n");
    helios_power_off(HELIOS_INIT_POWER);
}
