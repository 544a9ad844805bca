// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-blk, on a disk of which every word is known.
#include "userland/interfaces/block.h"

#include <string.h>

#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/venus/testing/disk.h"
#include "userland/venus/testing/service.h"

enum { PAGES = 8, BYTES = PAGES * 4096, MOST = BYTES / 512, READS = 300 };

static struct play_driver driver;
static uint64_t disk;
static uint64_t pages[PAGES];
static uint64_t *memory;
static uint64_t base; // offset of the pages

static bool open_disk(void) {
    if (disk != 0) {
        return true;
    }
    // Number 0 is the disk that was booted from.
    disk = service_for(&driver, "bin/block", VIRTIO_BLOCK, 1);
    memory = shared_memory(pages, PAGES);
    return disk != 0 && EXPECT_TRUE(memory != NULL) &&
           EXPECT_EQ(block_attach(disk, pages, PAGES, &base), HELIOS_OK);
}

static uint64_t random_word(void) {
    static uint64_t state = 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// Whether what was read at an offset is what the disk has at a sector.
static bool is_disk(uint64_t offset, uint64_t sector, uint32_t count) {
    for (uint64_t i = 0; i < count * 64ull; i++) {
        if (memory[offset / 8 + i] != disk_word(sector * 64 + i)) {
            return false;
        }
    }
    return true;
}

TEST_CASE(disk_is_as_large_as_its_image) {
    struct block_info info;
    if (open_disk() && EXPECT_EQ(block_describe(disk, &info), HELIOS_OK)) {
        EXPECT_EQ(info.sectors, DISK_SECTORS);
        EXPECT_EQ(info.sector_size, 512);
    }
}

TEST_CASE(sectors_anywhere_are_read_to_anywhere) {
    bool is_same = open_disk();
    for (unsigned i = 0; i < READS && is_same; i++) {
        uint32_t count = 1 + (uint32_t)(random_word() % MOST);
        uint64_t sector = random_word() % (DISK_SECTORS - count + 1);
        uint64_t offset = random_word() % (MOST - count + 1) * 512;
        is_same = EXPECT_EQ(block_read(disk, sector, count, base + offset), HELIOS_OK) &&
                  EXPECT_TRUE(is_disk(offset, sector, count));
    }
}

TEST_CASE(what_is_written_is_read_and_nothing_else_has_changed) {
    if (!open_disk()) {
        return;
    }
    memset(memory, 0x5a, 4 * 512);
    EXPECT_EQ(block_write(disk, 1000, 4, base), HELIOS_OK);
    EXPECT_EQ(block_flush(disk), HELIOS_OK);
    memset(memory, 0, BYTES);
    EXPECT_EQ(block_read(disk, 998, 8, base), HELIOS_OK);
    EXPECT_TRUE(is_disk(0, 998, 2));
    EXPECT_TRUE(is_disk(6 * 512, 1004, 2));
    for (unsigned i = 2 * 64; i < 6 * 64; i++) {
        EXPECT_EQ(memory[i], 0x5a5a5a5a5a5a5a5aull);
    }
    for (unsigned i = 0; i < 4 * 64; i++) {
        memory[i] = disk_word(1000 * 64 + i);
    }
    EXPECT_EQ(block_write(disk, 1000, 4, base), HELIOS_OK);
}

TEST_CASE(sectors_beyond_the_end_are_refused) {
    if (open_disk()) {
        EXPECT_EQ(block_read(disk, DISK_SECTORS, 1, base), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, DISK_SECTORS - 1, 2, base), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, ~0ull, 1, base), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, 0, 0, base), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, DISK_SECTORS - 1, 1, base), HELIOS_OK);
        EXPECT_TRUE(is_disk(0, DISK_SECTORS - 1, 1));
    }
}

TEST_CASE(memory_that_was_not_shared_is_not_touched) {
    if (open_disk()) {
        EXPECT_EQ(block_read(disk, 0, 1, base + BYTES), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, 0, 2, base + BYTES - 512), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(disk, 0, 1, ~0ull - 511), HELIOS_ERROR_RANGE);
    }
}

TEST_CASE(page_that_its_owner_can_only_read_is_not_written_by_the_device) {
    if (!open_disk()) {
        return;
    }
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    uint64_t readable = helios_copy(page, HELIOS_RIGHT_READ | HELIOS_RIGHT_GRANT, 0).value;
    uint64_t offset;
    if (EXPECT_EQ(block_attach(disk, &readable, 1, &offset), HELIOS_OK)) {
        EXPECT_EQ(block_read(disk, 0, 1, offset), HELIOS_ERROR_RANGE);
    }
}

TEST_CASE(page_that_was_taken_back_is_not_touched) {
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    uint64_t offset;
    if (open_disk() && EXPECT_EQ(block_attach(disk, &page, 1, &offset), HELIOS_OK)) {
        EXPECT_EQ(block_read(disk, 0, 8, offset), HELIOS_OK);
        EXPECT_EQ(helios_cspace_revoke(helios_environment.cspace, page).status, HELIOS_OK);
        EXPECT_EQ(block_read(disk, 0, 8, offset), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_write(disk, 0, 8, offset), HELIOS_ERROR_RANGE);
    }
    helios_drop(page);
}

TEST_CASE(pages_that_were_taken_back_leave_room_for_others) {
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    uint64_t offset;
    enum helios_error status = HELIOS_OK;
    for (unsigned i = 0; i < 1024 && open_disk() && status == HELIOS_OK; i++) {
        status = block_attach(disk, &page, 1, &offset);
    }
    EXPECT_EQ(status, HELIOS_ERROR_NO_SLOT);
    EXPECT_EQ(helios_cspace_revoke(helios_environment.cspace, page).status, HELIOS_OK);
    EXPECT_EQ(block_attach(disk, &page, 1, &offset), HELIOS_OK);
    EXPECT_EQ(block_read(disk, 77, 3, base), HELIOS_OK);
    EXPECT_TRUE(is_disk(0, 77, 3));
    helios_drop(page);
}

TEST_CASE(a_client_that_shares_all_it_can_leaves_room_for_others) {
    uint64_t page = helios_make(HELIOS_TYPE_PAGE, 0).value;
    uint64_t offset;
    enum helios_error status = HELIOS_OK;
    for (unsigned i = 0; i < 1024 && open_disk() && status == HELIOS_OK; i++) {
        status = block_attach(disk, &page, 1, &offset);
    }
    EXPECT_EQ(status, HELIOS_ERROR_NO_SLOT);
    uint64_t other = helios_copy(disk, HELIOS_RIGHT_ALL, 7).value; // a client has another badge
    EXPECT_EQ(block_attach(other, &page, 1, &offset), HELIOS_OK);
    EXPECT_EQ(block_read(other, 0, 8, offset), HELIOS_OK);
    EXPECT_EQ(block_read(disk, 0, 8, offset), HELIOS_ERROR_RANGE);
    EXPECT_EQ(helios_cspace_revoke(helios_environment.cspace, page).status, HELIOS_OK);
    helios_drop(other);
    helios_drop(page);
}

TEST_CASE(driver_that_was_taken_down_is_replaced_by_another) {
    if (!open_disk()) {
        return;
    }
    play_stop(&driver);
    disk = 0;
    if (open_disk()) {
        EXPECT_EQ(block_read(disk, 77, 3, base), HELIOS_OK);
        EXPECT_TRUE(is_disk(0, 77, 3));
    }
}
