// SPDX-License-Identifier: GPL-3.0-only
//
// What the drivers cost, in instructions of the guest: kernel, driver and client together, from a
// client's call until it goes on. A task that counts has the CPU whenever the others wait for the
// device, and its instructions are left out; without it the emulator would let time jump. Each
// figure is the middle one of many operations. The machine has to count one instruction as one
// nanosecond
// (-icount shift=0).
//
// Lines "bench NAME INSTRUCTIONS" are for servers.sh.
#include <stdlib.h>
#include <string.h>

#include "lodepng.h"
#include "testing/bench/counter.h"
#include "userland/apps/slides/surface.h"
#include "userland/bootfs/bootfs.h"
#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/shared.h"
#include "userland/helios/start.h"
#include "userland/helios/thread.h"
#include "userland/interfaces/block.h"
#include "userland/interfaces/display.h"
#include "userland/interfaces/net.h"
#include "userland/venus/testing/play.h"

enum {
    OPERATIONS = 201,
    PAGE = 4096,
    SECTORS = 8, // of a page
    SHORTEST = 60,
    LONGEST = 1514,
    IN = PAGE, // where frames are received
    IDLE_PRIORITY = 1,
    SLIDES = 3, // operations
    WIDTH = 1280,
    HEIGHT = 800,
};

#define SLIDE "slides/05-capabilities.png"

static volatile uint64_t rounds; // of the task that counts
static uint64_t service;
static uint64_t base;
static uint8_t *memory;
static uint32_t frame_length;
static struct display_info screen;
static bool has_failed;

static void check(enum helios_error status, const char *what) {
    if (status != HELIOS_OK && !has_failed) {
        helios_printf("servers: %s: error %u\n", what, (unsigned)status);
        has_failed = true;
    }
}

static void count_rounds(void *argument) {
    bench_count_for_ever(argument);
}

static void sort(uint64_t *values, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        uint64_t value = values[i];
        uint32_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
}

static void measure_some(const char *name, void (*operation)(void), uint32_t count) {
    static uint64_t spent[OPERATIONS];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t others = rounds;
        uint64_t start = bench_counter();
        operation();
        uint64_t all = (bench_counter() - start) * BENCH_INSTRUCTIONS_PER_TICK;
        others = (rounds - others) * BENCH_INSTRUCTIONS_PER_ROUND;
        spent[i] = all > others ? all - others : 0;
    }
    sort(spent, count);
    helios_printf("bench %s %lu\n", name, (unsigned long)spent[count / 2]);
}

static void measure(const char *name, void (*operation)(void)) {
    measure_some(name, operation, OPERATIONS);
}

static bool start(enum virtio_type type, uint32_t number, const char *file) {
    static struct play_device devices[3];
    static struct play_driver drivers[3];
    static uint32_t count;
    uint32_t index = count++;
    bool is_there = play_find_virtio(&devices[index], type, number) &&
                    play_start(&drivers[index], file, &devices[index]);
    check(is_there ? HELIOS_OK : HELIOS_ERROR_RANGE, file);
    service = drivers[index].service;
    return is_there;
}

static void read_page(void) {
    check(block_read(service, 0, SECTORS, base), "read");
}

static void write_page(void) {
    check(block_write(service, 0, SECTORS, base), "write");
}

// Pages of the driver that was started last.
static void share(helios_shared_attach *attach, const char *what) {
    static struct helios_shared shares[2];
    static uint32_t count;
    struct helios_shared *shared = &shares[count++];
    check(helios_shared_begin(shared, attach, service, 2), what);
    base = shared->offset;
    memory = shared->address;
}

static void measure_disk(void) {
    // Number 0 is the disk that was booted from.
    if (start(VIRTIO_BLOCK, 1, "bin/block")) {
        share(block_attach, "attach to the disk");
        measure("block_read_4k", read_page);
        measure("block_write_4k", write_page);
    }
}

static void send_frame(void) {
    check(net_send(service, base, frame_length), "send");
}

static void echo_frame(void) {
    uint32_t length = 0;
    send_frame();
    check(net_receive(service, base + IN, PAGE, &length), "receive");
    check(length == frame_length ? HELIOS_OK : HELIOS_ERROR_RANGE, "echo");
}

static void measure_card(void) {
    if (!start(VIRTIO_NETWORK, 0, "bin/net")) {
        return;
    }
    share(net_attach, "attach to the card");
    memset(memory, 0, PAGE);
    frame_length = SHORTEST;
    measure("net_send_60", send_frame);
    frame_length = LONGEST;
    measure("net_send_1514", send_frame);
    // A type that the peer sends back (build/tools/qemu_test/peer.h).
    memory[12] = 0x88;
    memory[13] = 0xb5;
    measure("net_echo_1514", echo_frame);
}

static void show_all(void) {
    check(display_flush(service, 0, 0, screen.mode.width, screen.mode.height), "flush");
}

static void measure_display(void) {
    if (start(VIRTIO_GPU, 0, "bin/gpu")) {
        check(display_describe(service, &screen), "describe");
        measure("display_flush", show_all);
    }
}

static const struct helios_bootinfo *machine;
static struct bootfs_file slide;
static struct picture picture;

// As userland/apps/slides does: the file is decoded where it lies.
static void decode_slide(void) {
    unsigned char *rgb = NULL;
    unsigned width = 0;
    unsigned height = 0;
    unsigned code = lodepng_decode24(&rgb, &width, &height, slide.data, slide.size);
    check(code == 0 ? HELIOS_OK : HELIOS_ERROR_RANGE, "decode");
    free((void *)(uintptr_t)picture.rgb);
    picture = (struct picture){rgb, width, height};
}

static void draw_slide(void) {
    static uint8_t *pixels;
    uint64_t bytes = 4ull * WIDTH * HEIGHT;
    pixels = pixels != NULL ? pixels : helios_pages_new(bytes, HELIOS_MAP_WRITE);
    const struct surface surface = {pixels, WIDTH, HEIGHT, 4 * WIDTH, 16, 8, 0};
    check(surface_is_valid(&surface, bytes) ? HELIOS_OK : HELIOS_ERROR_RANGE, "surface");
    surface_show(&surface, &picture);
}

static void measure_slide(void) {
    struct bootfs fs;
    struct tar_error error;
    const struct helios_bootinfo_module *module = &machine->modules[0];
    bool is_there =
        bootfs_open(&fs, (const void *)(uintptr_t)module->address, module->length, &error) &&
        bootfs_find(&fs, SLIDE, &slide);
    check(is_there ? HELIOS_OK : HELIOS_ERROR_RANGE, SLIDE);
    if (is_there) {
        measure_some("slide_decode", decode_slide, SLIDES);
        measure_some("slide_draw", draw_slide, SLIDES);
    }
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    const struct helios_thread_options options = {.name = "idle", .priority = IDLE_PRIORITY};
    struct helios_thread *thread;
    machine = bootinfo;
    play_begin(bootinfo);
    check(helios_thread_run(count_rounds, (void *)(uintptr_t)&rounds, &options, &thread), "count");
    measure_disk();
    measure_card();
    measure_display();
    measure_slide();
    helios_printf("helios: exit status %d\n", has_failed ? 1 : 0);
    helios_power_off(HELIOS_INIT_POWER);
}
