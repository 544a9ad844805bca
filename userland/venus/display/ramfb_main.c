// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of QEMU's ramfb, which shows a picture in memory that fw_cfg is told of.
#include <string.h>

#include "userland/venus/display/fwcfg.h"
#include "userland/venus/display/screen.h"

enum { DEFAULT_WIDTH = 1280, DEFAULT_HEIGHT = 800, MOST_WIDTH = 1920, MOST_HEIGHT = 1080 };

static struct {
    struct driver driver;
    struct fwcfg fwcfg;
    struct screen screen;
} self;

static bool set_mode(struct screen *screen, uint32_t width, uint32_t height) {
    return ramfb_set_mode(&self.fwcfg, width, height, &screen->memory.dma);
}

static bool are_ports(struct driver *driver) {
    struct device_extent extent;
    return device_range(driver->device, 0, &extent) == HELIOS_OK &&
           extent.kind == DEVICE_RANGE_KIND_PORTS;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.driver;
    driver_begin(driver, "ramfb");
    self.fwcfg.registers = *driver_range(driver, 0);
    self.fwcfg.is_ports = are_ports(driver);
    self.fwcfg.dma = driver_dma(driver, FWCFG_DMA_BYTES);
    if (!fwcfg_open(&self.fwcfg)) {
        driver_fail(driver, "there is no fw_cfg at %s", driver->info.name);
    }
    self.screen = (struct screen){
        .driver = driver,
        .info = {.name = "ramfb"},
        .most_width = MOST_WIDTH,
        .most_height = MOST_HEIGHT,
        .set_mode = set_mode,
        .page = screen_memory_page,
    };
    driver_shared(driver, SCREEN_BYTES, &self.screen.memory);
    if (!set_mode(&self.screen, DEFAULT_WIDTH, DEFAULT_HEIGHT)) {
        driver_fail(driver, "there is no ramfb");
    }
    screen_describe(&self.screen, DEFAULT_WIDTH, DEFAULT_HEIGHT);
    screen_serve(&self.screen);
}
