// SPDX-License-Identifier: GPL-3.0-only
//
// Reads and writes anywhere on the disk of the tests, as its seed says, and compares what it reads
// with what has been written. The test compares the disk with its own idea of it afterwards.
#include "userland/helios/console.h"
#include "userland/helios/objects.h"
#include "userland/helios/shared.h"
#include "userland/helios/start.h"
#include "userland/interfaces/block.h"
#include "userland/venus/testing/disk.h"
#include "userland/venus/testing/play.h"

enum { SECTOR = 512, PAGES = DISK_MOST * SECTOR / 4096 + 1 };

static uint64_t disk;
static struct helios_shared shared;
static uint64_t *memory;
static uint32_t writers[DISK_SECTORS];

static bool open_disk(const struct helios_bootinfo *bootinfo) {
    static struct play_device device;
    static struct play_driver driver;
    play_begin(bootinfo);
    // Number 0 is the disk that was booted from.
    if (!play_find_virtio(&device, VIRTIO_BLOCK, 1) || !play_start(&driver, "bin/block", &device)) {
        return false;
    }
    disk = driver.service;
    bool is_shared = helios_shared_begin(&shared, block_attach, disk, PAGES) == HELIOS_OK;
    memory = shared.address;
    return is_shared;
}

static uint64_t word_at(const struct disk_step *step, uint64_t index) {
    uint64_t sector = step->sector + index / DISK_WORDS;
    return disk_word_after(step->sector * DISK_WORDS + index, writers[sector]);
}

// Data begin anywhere in the pages, too.
static bool do_step(const struct disk_step *step, uint32_t number) {
    uint64_t words = (uint64_t)step->count * DISK_WORDS;
    uint64_t first = number % 8 * DISK_WORDS;
    uint64_t offset = shared.offset + first * 8;
    if (step->is_write) {
        for (uint64_t i = 0; i < words; i++) {
            memory[first + i] = word_at(step, i);
        }
        return block_write(disk, step->sector, step->count, offset) == HELIOS_OK;
    }
    if (block_read(disk, step->sector, step->count, offset) != HELIOS_OK) {
        return false;
    }
    for (uint64_t i = 0; i < words; i++) {
        if (memory[first + i] != word_at(step, i)) {
            return false;
        }
    }
    return true;
}

static bool do_steps(void) {
    uint64_t state = DISK_SEED;
    uint32_t writes = 0;
    for (uint32_t number = 1; number <= DISK_STEPS; number++) {
        struct disk_step step = disk_next(&state);
        disk_note(writers, &step, number);
        writes += step.is_write ? 1 : 0;
        if (!do_step(&step, number)) {
            helios_printf("disk: step %u, %s of %u sectors from %llu on, has gone wrong\n", number,
                          step.is_write ? "write" : "read", step.count,
                          (unsigned long long)step.sector);
            return false;
        }
    }
    helios_printf("disk: %u reads and %u writes\n", DISK_STEPS - writes, writes);
    return block_flush(disk) == HELIOS_OK;
}

void helios_main(const struct helios_bootinfo *bootinfo) {
    bool is_fine = open_disk(bootinfo) && do_steps();
    helios_printf("helios: exit status %d\n", is_fine ? 0 : 1);
    helios_power_off(HELIOS_INIT_POWER);
}
