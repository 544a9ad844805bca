// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of the framebuffer that firmware set up: clients draw in the device's own memory, and
// nothing is left to do. What it looks like stands in the arguments: width, height, bytes from line
// to line, bits per pixel, and the masks of red, green and blue.
#include "userland/helios/error.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/venus/display/screen.h"

enum { ARGUMENTS = 8 };

static struct {
    struct driver driver;
    struct screen screen;
    uint64_t memory;   // DeviceMemory
    uint64_t physical; // of the first page
} self;

// A decimal number, or one in C's notation of hexadecimals. ~0 if it is none.
static uint32_t number_of(const char *text) {
    uint64_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t value = 0;
    const char *at = base == 16 ? text + 2 : text;
    bool is_number = *at != '\0';
    for (; *at != '\0'; at++) {
        uint64_t digit = *at >= 'a' ? (uint64_t)(*at - 'a') + 10 : (uint64_t)(*at - '0');
        value = value * base + digit;
        is_number = is_number && digit < base && value < UINT32_MAX;
        value = is_number ? value : 0;
    }
    return is_number ? (uint32_t)value : UINT32_MAX;
}

static bool find_format(uint32_t bits, uint32_t red, uint32_t green, uint32_t blue,
                        enum display_format *format) {
    if (bits == 32 && red == 0xff0000 && green == 0xff00 && blue == 0xff) {
        *format = DISPLAY_FORMAT_XRGB8888;
        return true;
    }
    if (bits == 32 && red == 0xff && green == 0xff00 && blue == 0xff0000) {
        *format = DISPLAY_FORMAT_XBGR8888;
        return true;
    }
    *format = DISPLAY_FORMAT_RGB565;
    return bits == 16 && red == 0xf800 && green == 0x7e0 && blue == 0x1f;
}

// Pages are made when they are asked for.
static uint64_t make_page(struct screen *screen, uint32_t index) {
    (void)screen;
    struct helios_answer made = helios_device_memory_allocate(
        self.memory, helios_environment.memories[0], self.physical + index * HELIOS_PAGE_BYTES, 0);
    return made.status == HELIOS_OK ? helios_buffer->caps[0] : 0;
}

static void describe(char **argv) {
    struct display_info *info = &self.screen.info;
    struct device_extent extent;
    uint32_t bits = number_of(argv[4]);
    info->mode.width = number_of(argv[1]);
    info->mode.height = number_of(argv[2]);
    info->mode.stride = number_of(argv[3]);
    if (!find_format(bits, number_of(argv[5]), number_of(argv[6]), number_of(argv[7]),
                     &info->mode.format)) {
        driver_fail(&self.driver, "has pixels of an unknown form");
    }
    enum helios_error status = device_memory(self.driver.device, 0, &extent, &self.memory);
    struct helios_answer place = helios_device_memory_query(self.memory);
    if (status != HELIOS_OK || place.status != HELIOS_OK) {
        driver_fail(&self.driver, "can't have its memory: %s", device_strerror(status));
    }
    self.physical = place.value;
    uint64_t offset = extent.base - place.value;
    uint64_t bytes = (uint64_t)info->mode.stride * info->mode.height;
    if (info->mode.stride < (uint64_t)info->mode.width * bits / 8 || offset > place.more[0] ||
        bytes > place.more[0] - offset || bytes == 0) {
        driver_fail(&self.driver, "%u x %u pixels don't fit its memory", info->mode.width,
                    info->mode.height);
    }
    info->page_size = HELIOS_PAGE_BYTES;
    info->page_count = (uint32_t)((offset + bytes + HELIOS_PAGE_BYTES - 1) / HELIOS_PAGE_BYTES);
    info->offset = (uint32_t)offset;
}

int main(int argc, char **argv) {
    driver_begin(&self.driver, "framebuffer");
    if (argc != ARGUMENTS) {
        driver_fail(&self.driver, "was not told what it looks like");
    }
    self.screen = (struct screen){
        .driver = &self.driver,
        .info = {.name = "framebuffer"},
        .page = make_page,
        .are_pages_made = true,
    };
    describe(argv);
    screen_serve(&self.screen);
}
