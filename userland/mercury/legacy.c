// SPDX-License-Identifier: GPL-3.0-only
//
// Devices that no bus lists: firmware names them in the bootinfo, or they stand where they stood
// in the IBM PC.
#include "toolchains/freestanding/format.h"
#include "uapi/object.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/resources.h"

enum {
    PS2_FIRST = 0x60, // data; 0x64 is the command register
    PS2_PORTS = 5,
    PS2_KEYBOARD_IRQ = 1,
    PS2_MOUSE_IRQ = 12,
    CMOS_FIRST = 0x70,
    CMOS_IRQ = 8,
    FW_CFG_FIRST = 0x510,
    FW_CFG_PORTS = 12,
    UART_PORTS = 8,
};

static struct dev *add(const char *name) {
    struct dev *dev = dev_add(DEV_LEGACY, "legacy:%s", name);
    if (dev != NULL) {
        dev->identity.legacy = name;
    }
    return dev;
}

// The line that an interrupt of the ISA bus is wired to.
static void add_isa_line(struct dev *dev, uint32_t source) {
    const struct helios_bootinfo *info = resources.bootinfo;
    for (uint32_t i = 0; i < info->irq_count; i++) {
        if (info->irqs[i].source == source) {
            dev_add_line(dev, info->irqs[i].line, info->irqs[i].trigger);
            return;
        }
    }
    dev_add_line(dev, source, 0);
}

static void add_console(void) {
    const struct helios_bootinfo_console *console = &resources.bootinfo->console;
    if (console->kind == HELIOS_BOOTINFO_CONSOLE_NONE ||
        console->kind == HELIOS_BOOTINFO_CONSOLE_FIRMWARE) {
        return;
    }
    static const char pl011[] = "arm,pl011";
    static const char ns16550[] = "ns16550a";
    bool is_pl011 = console->kind == HELIOS_BOOTINFO_CONSOLE_PL011;
    struct dev *dev = add("console");
    if (dev == NULL) {
        return;
    }
    dev->identity.compatible = is_pl011 ? pl011 : ns16550;
    dev->identity.compatible_length = is_pl011 ? sizeof pl011 : sizeof ns16550;
    dev->is_console = true;
    dev->flags = console->reg_shift << 8 | (console->io_width & 0xff);
    dev->clock_hz = console->clock_hz;
    if (console->kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT) {
        dev_add_range(dev, DEV_PORTS, 0, console->base, UART_PORTS);
    } else {
        dev_add_range(dev, DEV_MEMORY, 0, console->base, console->length);
    }
    if (console->irq_valid) {
        bool level = resources.bootinfo->arch != HELIOS_BOOTINFO_X86_64;
        dev_add_line(dev, console->irq, level ? HELIOS_IRQ_TRIGGER_LEVEL : 0);
    }
}

static void add_pc(void) {
    struct dev *keyboard = add("i8042");
    if (keyboard != NULL) {
        dev_add_range(keyboard, DEV_PORTS, 0, PS2_FIRST, PS2_PORTS);
        add_isa_line(keyboard, PS2_KEYBOARD_IRQ);
        add_isa_line(keyboard, PS2_MOUSE_IRQ);
    }
    struct dev *clock = add("rtc-cmos");
    if (clock != NULL) {
        dev_add_range(clock, DEV_PORTS, 0, CMOS_FIRST, 2);
        add_isa_line(clock, CMOS_IRQ);
    }
    struct dev *fw_cfg = add("fw_cfg");
    if (fw_cfg != NULL) {
        dev_add_range(fw_cfg, DEV_PORTS, 0, FW_CFG_FIRST, FW_CFG_PORTS);
    }
}

void dev_arguments(const struct dev *dev, char *text, size_t size) {
    const struct helios_bootinfo_framebuffer *own = &resources.bootinfo->framebuffer;
    if (dev->bus == DEV_LEGACY && dev->range_count == 1 && own->length != 0 &&
        dev->ranges[0].base == own->base) {
        format_text(text, size, "%u %u %u %u 0x%x 0x%x 0x%x", own->width, own->height, own->pitch,
                    own->bits_per_pixel, own->red_mask, own->green_mask, own->blue_mask);
    }
}

void dev_find_legacy(void) {
    const struct helios_bootinfo *info = resources.bootinfo;
    add_console();
    if (info->framebuffer.length != 0) {
        struct dev *dev = add("framebuffer");
        if (dev != NULL) {
            dev_add_range(dev, DEV_MEMORY, 0, info->framebuffer.base, info->framebuffer.length);
        }
    }
    if (info->arch == HELIOS_BOOTINFO_X86_64) {
        add_pc();
    }
}
