// SPDX-License-Identifier: GPL-3.0-only
//
// A graphics mode, through the display's BIOS. The mode is chosen early and set last, so that
// errors can be shown on the text screen until then. No display, no VBE or no suitable mode: no
// framebuffer, and nobody minds.
#include "boot/info/cmdline.h"
#include "boot/multiboot/loader.h"
#include "boot/multiboot/vbe.h"

#include <string.h>

#define BIOS_PAGE   0x8000ull // as in bios.S
#define BIOS_BUFFER 0xa000ull
#define BIOS_LENGTH 0x3000ull

#define VBE_GET_CONTROLLER 0x4f00u
#define VBE_GET_MODE       0x4f01u
#define VBE_SET_MODE       0x4f02u
#define VBE_DONE           0x004fu // ax after a call that worked
#define VBE_LINEAR         0x4000u
#define VBE_MODE_END       0xffffu
#define VBE_MODE_LIMIT     512u // a longer list has no end

#define CONTROLLER_VERSION 4
#define CONTROLLER_MODES   14 // far pointer

#define DEFAULT_WIDTH  1280u
#define DEFAULT_HEIGHT 800u

struct bios_registers {
    uint32_t ax, bx, cx, di;
};

// bios.S: INT 0x10 with es = 0.
void bios_call(struct bios_registers *registers);
extern const char bios_start[];
extern const char bios_end[];

static uint8_t *const buffer = (uint8_t *)BIOS_BUFFER;

static bool vbe_call(uint32_t ax, uint32_t bx, uint32_t cx) {
    struct bios_registers registers = {ax, bx, cx, (uint32_t)BIOS_BUFFER};
    bios_call(&registers);
    return (registers.ax & 0xffff) == VBE_DONE;
}

static uint16_t get16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

// The list may stand in the buffer, which the next call overwrites: copy it.
static uint32_t read_mode_list(uint16_t *modes) {
    const uint64_t address =
        ((uint64_t)get16(buffer + CONTROLLER_MODES + 2) << 4) + get16(buffer + CONTROLLER_MODES);
    const uint8_t *list = (const uint8_t *)address;
    uint32_t count = 0;
    while (count < VBE_MODE_LIMIT && get16(list + (size_t)2 * count) != VBE_MODE_END) {
        modes[count] = get16(list + (size_t)2 * count);
        count++;
    }
    return count;
}

static bool parse_size(const char *text, uint32_t *size) {
    uint32_t *parts[] = {&size[0], &size[1]};
    for (int i = 0; i < 2; i++) {
        uint32_t value = 0;
        const char *start = text;
        for (; *text >= '0' && *text <= '9' && value < 100000; text++) {
            value = value * 10 + (uint32_t)(*text - '0');
        }
        if (text == start || *text != "x"[i]) {
            return false;
        }
        *parts[i] = value;
        text++;
    }
    return true;
}

// video=WxH on the command line.
static enum boot_error wanted_size(struct loader *loader, uint32_t *size) {
    char value[32];
    bool found = false;
    size[0] = DEFAULT_WIDTH;
    size[1] = DEFAULT_HEIGHT;
    enum boot_error error = cmdline_get(loader->info.command_line, "video", value, sizeof(value),
                                        &found, &loader->failure);
    if (error == BOOT_OK && found && !parse_size(value, size)) {
        error =
            boot_fail(&loader->failure, BOOT_COMMAND_LINE_VALUE, "command line", "video", 0, 0, 0);
    }
    return error;
}

static void choose_mode(struct loader *loader, const uint32_t *size) {
    static uint16_t modes[VBE_MODE_LIMIT];
    struct helios_boot_framebuffer *best = &loader->info.boot.framebuffer;
    memset(buffer, 0, MEMMAP_PAGE_SIZE);
    memcpy(buffer, "VBE2", 4); // asks for what versions from 2.0 on know
    if (!vbe_call(VBE_GET_CONTROLLER, 0, 0) || memcmp(buffer, "VESA", 4) != 0) {
        return;
    }
    const uint16_t version = get16(buffer + CONTROLLER_VERSION);
    const uint32_t count = read_mode_list(modes);
    for (uint32_t i = 0; i < count; i++) {
        struct helios_boot_framebuffer mode;
        memset(buffer, 0, VBE_MODE_INFO_SIZE);
        if (vbe_call(VBE_GET_MODE, 0, modes[i]) && vbe_read_mode(buffer, version, &mode) &&
            vbe_is_better(&mode, best, size[0], size[1])) {
            *best = mode;
            loader->video_mode = modes[i];
        }
    }
}

enum boot_error video_choose(struct loader *loader) {
    uint32_t size[2];
    enum boot_error error = wanted_size(loader, size);
    if (error != BOOT_OK ||
        !memmap_covers(&loader->info.memory, BIOS_PAGE, BIOS_LENGTH, 1u << HELIOS_MEM_FREE)) {
        return error;
    }
    memcpy((void *)BIOS_PAGE, bios_start, (size_t)(bios_end - bios_start));
    choose_mode(loader, size);
    return BOOT_OK;
}

void video_set(struct loader *loader) {
    struct helios_boot_framebuffer *framebuffer = &loader->info.boot.framebuffer;
    if (framebuffer->width != 0 && !vbe_call(VBE_SET_MODE, loader->video_mode | VBE_LINEAR, 0)) {
        *framebuffer = (struct helios_boot_framebuffer){0};
    }
}
