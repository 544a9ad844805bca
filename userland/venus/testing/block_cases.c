// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-blk, on a disk of which every word is known.
#include "userland/interfaces/block.h"

#include <string.h>

#include "userland/helios/clock.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/helios/shared.h"
#include "userland/test/space.h"
#include "userland/venus/testing/disk.h"
#include "userland/venus/testing/service.h"

enum {
    PAGES = 8,
    BYTES = PAGES * 4096,
    MOST = BYTES / 512,
    READS = 300,
    ALL_PAGES = 512, // that the driver shares
    OF_CLIENT = 128, // at most
    AT_ONCE = 32,
    CLIENT = 7, // badge of a client, and of others from there on
    ACTOR = 1,  // thread of userland/test/space.h
};

static struct play_driver driver;
static uint64_t disk;
static struct helios_shared shared;
static uint64_t *memory;
static uint64_t base; // offset of the pages

static bool open_disk(void) {
    if (disk != 0) {
        return true;
    }
    // Number 0 is the disk that was booted from.
    disk = service_for(&driver, "bin/block", VIRTIO_BLOCK, 1);
    bool is_open =
        disk != 0 && EXPECT_EQ(helios_shared_begin(&shared, block_attach, disk, PAGES), HELIOS_OK);
    memory = shared.address;
    base = shared.offset;
    return is_open;
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

// A client is told from others by its badge.
static uint64_t other_client(uint64_t number) {
    return helios_copy(disk, HELIOS_RIGHT_ALL, CLIENT + number).value;
}

static uint32_t pages_with(const struct helios_shared *some, uint8_t value) {
    uint32_t count = 0;
    for (uint64_t page = 0; page < some->bytes; page += 4096) {
        const uint8_t *bytes = (const uint8_t *)some->address + page;
        count += bytes[0] == value && memcmp(bytes, bytes + 1, 4095) == 0 ? 1 : 0;
    }
    return count;
}

// Attaches for clients from number 1 on until none gets any more; returns how many pages those
// got, and whether one of them stands at `offset`. All of it is given back.
static uint32_t take_all(uint64_t offset, bool *is_taken) {
    static struct helios_shared taken[ALL_PAGES / AT_ONCE];
    uint32_t count = 0;
    *is_taken = false;
    for (uint32_t i = 0; i < ALL_PAGES / AT_ONCE; i++) {
        uint64_t client = other_client(1 + i * AT_ONCE / OF_CLIENT);
        if (helios_shared_begin(&taken[count], block_attach, client, AT_ONCE) == HELIOS_OK) {
            EXPECT_EQ(pages_with(&taken[count], 0), AT_ONCE);
            *is_taken = *is_taken || taken[count].offset == offset;
            count++;
        }
        helios_drop(client);
    }
    for (uint32_t i = 0; i < count; i++) {
        helios_shared_end(&taken[i]);
    }
    return count * AT_ONCE;
}

TEST_CASE(pages_of_one_client_are_not_used_for_another) {
    struct helios_shared his;
    uint64_t client = open_disk() ? other_client(0) : 0;
    if (EXPECT_EQ(helios_shared_begin(&his, block_attach, client, 1), HELIOS_OK)) {
        EXPECT_EQ(block_read(client, 0, 8, his.offset), HELIOS_OK);
        EXPECT_EQ(block_read(disk, 0, 8, his.offset), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_write(client, 0, 8, base), HELIOS_ERROR_RANGE);
        helios_shared_end(&his);
    }
    helios_drop(client);
}

TEST_CASE(pages_are_empty_when_they_come_whatever_was_in_them_before) {
    struct helios_shared some;
    uint64_t offset = 0;
    uint64_t client = open_disk() ? other_client(0) : 0;
    for (unsigned i = 0; i < 3; i++) {
        if (EXPECT_EQ(helios_shared_begin(&some, block_attach, client, AT_ONCE), HELIOS_OK)) {
            EXPECT_TRUE(i == 0 || some.offset == offset);
            EXPECT_EQ(pages_with(&some, 0), AT_ONCE);
            memset(some.address, 0x5a, some.bytes);
            EXPECT_EQ(pages_with(&some, 0x5a), AT_ONCE);
            offset = some.offset;
            helios_shared_end(&some);
        }
    }
    helios_drop(client);
}

TEST_CASE(pages_whose_token_is_gone_are_used_no_more) {
    struct helios_shared some;
    uint64_t client = open_disk() ? other_client(0) : 0;
    if (EXPECT_EQ(helios_shared_begin(&some, block_attach, client, 1), HELIOS_OK)) {
        uint64_t offset = some.offset;
        helios_shared_end(&some);
        // Another token may come into the slot in which the driver had the first one.
        EXPECT_EQ(helios_shared_begin(&some, block_attach, client, AT_ONCE), HELIOS_OK);
        EXPECT_TRUE(offset == some.offset ||
                    block_read(client, 0, 1, offset) == HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_read(client, 0, 1, some.offset), HELIOS_OK);
        helios_shared_end(&some);
    }
    helios_drop(client);
}

TEST_CASE(a_client_that_takes_all_it_can_leaves_room_for_others) {
    static struct helios_shared some[OF_CLIENT / AT_ONCE];
    struct helios_shared more;
    uint64_t client = open_disk() ? other_client(0) : 0;
    for (unsigned i = 0; i < OF_CLIENT / AT_ONCE; i++) {
        EXPECT_EQ(helios_shared_begin(&some[i], block_attach, client, AT_ONCE), HELIOS_OK);
    }
    EXPECT_EQ(helios_shared_begin(&more, block_attach, client, 1), HELIOS_ERROR_NO_SLOT);
    if (EXPECT_EQ(helios_shared_begin(&more, block_attach, disk, 1), HELIOS_OK)) {
        helios_shared_end(&more);
    }
    EXPECT_EQ(block_detach(client), HELIOS_OK);
    EXPECT_EQ(block_read(client, 0, 1, some[0].offset), HELIOS_ERROR_RANGE);
    for (unsigned i = 0; i < OF_CLIENT / AT_ONCE; i++) {
        EXPECT_EQ(pages_with(&some[i], 0), AT_ONCE); // what stands in for them
        EXPECT_TRUE(helios_shared_is_gone(&some[i]));
        helios_shared_end(&some[i]);
    }
    helios_drop(client);
}

TEST_CASE(all_pages_can_be_had_and_come_back) {
    bool is_taken;
    for (unsigned i = 0; i < 20 && open_disk(); i++) { // more than the driver has memory for
        EXPECT_EQ(take_all(0, &is_taken), ALL_PAGES - AT_ONCE);
    }
}

TEST_CASE(as_many_pages_as_no_message_has_are_refused) {
    struct helios_shared some;
    if (open_disk()) {
        EXPECT_EQ(helios_shared_begin(&some, block_attach, disk, AT_ONCE + 1), HELIOS_ERROR_RANGE);
        uint64_t token = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
        uint64_t pages[HELIOS_MAX_CAPS];
        uint32_t count = HELIOS_MAX_CAPS;
        EXPECT_EQ(block_attach(disk, token, 0, &some.offset, pages, &count), HELIOS_ERROR_RANGE);
        EXPECT_EQ(block_attach(disk, disk, 1, &some.offset, pages, &count), HELIOS_ERROR_TYPE);
        helios_drop(token);
    }
}

// A client's read, which takes a while.
static struct request {
    uint64_t client;
    struct helios_shared pages;
    volatile enum helios_error status;
} request;

static void read_much(void *argument) {
    (void)argument;
    request.status = block_read(request.client, 0, AT_ONCE * 8, request.pages.offset);
}

static bool begin_request(void) {
    request.client = open_disk() ? other_client(0) : 0;
    request.status = HELIOS_ERROR_BUSY;
    return EXPECT_EQ(helios_shared_begin(&request.pages, block_attach, request.client, AT_ONCE),
                     HELIOS_OK);
}

TEST_CASE(pages_are_kept_while_a_request_is_under_way) {
    if (!open_disk() || !play_hold(driver.device, true) || !begin_request()) {
        return; // it can't be known when a memory-mapped device is done
    }
    struct helios_thread *thread = service_ask(read_much, NULL);
    uint64_t offset = request.pages.offset;
    bool is_taken;
    EXPECT_EQ(block_detach(request.client), HELIOS_ERROR_BUSY);
    helios_shared_end(&request.pages);
    EXPECT_EQ(take_all(offset, &is_taken), ALL_PAGES - 2 * AT_ONCE);
    EXPECT_TRUE(!is_taken);
    play_hold(driver.device, false);
    EXPECT_EQ(helios_thread_join(thread, HELIOS_FOREVER), HELIOS_OK);
    EXPECT_EQ(request.status, HELIOS_OK);
    EXPECT_EQ(take_all(offset, &is_taken), ALL_PAGES - AT_ONCE);
    EXPECT_TRUE(is_taken);
    helios_drop(request.client);
}

static void read_and_stay(void *argument) {
    read_much(argument);
    for (;;) {
        helios_yield();
    }
}

// Its Reply goes with it, and another client's gets the slot.
TEST_CASE(request_of_a_client_that_dies_ends_nowhere_else) {
    if (!begin_request()) {
        return;
    }
    bool is_held = play_hold(driver.device, true);
    EXPECT_TRUE(
        space_thread(helios_test_bootinfo, ACTOR, HELIOS_INIT_VSPACE, 0, 40, read_and_stay, NULL));
    helios_task_resume(space_get(ACTOR)->task);
    space_end(ACTOR);
    helios_shared_end(&request.pages);
    helios_drop(request.client);
    if (begin_request()) {
        struct helios_thread *thread = service_ask(read_much, NULL);
        EXPECT_TRUE(!is_held || request.status == HELIOS_ERROR_BUSY);
        play_hold(driver.device, false);
        EXPECT_EQ(helios_thread_join(thread, HELIOS_FOREVER), HELIOS_OK);
        EXPECT_EQ(request.status, HELIOS_OK);
        const uint64_t *words = request.pages.address;
        EXPECT_EQ(words[0], disk_word(0));
        EXPECT_EQ(words[AT_ONCE * 512 - 1], disk_word(AT_ONCE * 512 - 1));
        helios_shared_end(&request.pages);
    }
    helios_drop(request.client);
}

TEST_CASE(driver_that_was_taken_down_is_replaced_by_another) {
    if (!open_disk()) {
        return;
    }
    EXPECT_EQ(block_read(disk, 77, 3, base), HELIOS_OK);
    play_stop(&driver);
    EXPECT_TRUE(!helios_shared_is_gone(&shared));
    memory[0] = 1; // nobody faults
    EXPECT_TRUE(helios_shared_is_gone(&shared));
    helios_shared_end(&shared);
    disk = 0;
    if (open_disk()) {
        EXPECT_EQ(block_read(disk, 77, 3, base), HELIOS_OK);
        EXPECT_TRUE(is_disk(0, 77, 3));
        EXPECT_TRUE(!helios_shared_is_gone(&shared));
    }
}
