// SPDX-License-Identifier: GPL-3.0-only
//
// Writes and reads blocks of a disk at random until as many drivers as the argument says have
// crashed under it. What was acknowledged is remembered; what met an error is written again, so
// that nothing is in doubt for longer than one operation. In the end all of it is read.
#include <stdlib.h>

#include "testing/integration/system/load_client.h"
#include "userland/helios/console.h"
#include "userland/helios/shared.h"
#include "userland/interfaces/block.h"

enum {
    BLOCKS = 1024,
    BLOCK_BYTES = 4096,
    BLOCK_SECTORS = 8,
    BLOCK_WORDS = BLOCK_BYTES / 8,
    WRITTEN = 0, // the pages
    READ = 1,
};

static struct {
    struct helios_shared shared;
    bool is_shared;
    uint32_t acknowledged[BLOCKS]; // how often each was written; 0: never
} disk;

static uint64_t word_of(uint32_t block, uint32_t version, uint32_t index) {
    uint64_t seed = (uint64_t)block << 40 | (uint64_t)version << 16 | index;
    return (seed + 1) * 0x9e3779b97f4a7c15ull;
}

// Of an operation: the block that it is about.
static uint32_t block_of(uint64_t number) {
    uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ull;
    return (uint32_t)(mixed >> 40) % BLOCKS;
}

static enum helios_error open_disk(uint64_t service) {
    if (disk.is_shared) { // with the driver before this one
        helios_shared_end(&disk.shared);
    }
    enum helios_error status = helios_shared_begin(&disk.shared, block_attach, service, 2);
    disk.is_shared = status == HELIOS_OK;
    return status;
}

static enum helios_error write_block(uint64_t service, uint32_t block) {
    uint32_t version = disk.acknowledged[block] + 1;
    uint64_t *words = disk.shared.address;
    for (uint32_t i = 0; i < BLOCK_WORDS; i++) {
        words[i] = word_of(block, version, i);
    }
    enum helios_error status =
        block_write(service, (uint64_t)block * BLOCK_SECTORS, BLOCK_SECTORS, disk.shared.offset);
    disk.acknowledged[block] = status == HELIOS_OK ? version : version - 1;
    return status;
}

// A block is what was last acknowledged. If the driver went while it was looked at nobody knows.
static enum helios_error check_block(uint64_t service, uint32_t block) {
    const uint64_t *words = (const uint64_t *)disk.shared.address + BLOCK_WORDS;
    uint32_t version = disk.acknowledged[block];
    enum helios_error status = block_read(service, (uint64_t)block * BLOCK_SECTORS, BLOCK_SECTORS,
                                          disk.shared.offset + BLOCK_BYTES);
    for (uint32_t i = 0; status == HELIOS_OK && version > 0 && i < BLOCK_WORDS; i++) {
        status = words[i] == word_of(block, version, i) ? HELIOS_OK : LOAD_LOST;
    }
    return helios_shared_is_gone(&disk.shared) ? HELIOS_ERROR_GONE : status;
}

static enum helios_error operate(uint64_t service, uint64_t number) {
    uint32_t block = block_of(number);
    return number % 2 == 0 ? write_block(service, block) : check_block(service, block);
}

static enum helios_error check(uint64_t service, uint64_t number) {
    return check_block(service, (uint32_t)number);
}

int main(int argc, char **argv) {
    struct load_client client = {"disk", "block", BLOCK_ID, BLOCK_VERSION, open_disk, operate};
    uint64_t restarts = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    if (!load_client_run(&client, restarts)) {
        return 1;
    }
    client.operate = check;
    uint32_t right = 0;
    while (right < BLOCKS && load_client_do(&client, right)) {
        right++;
    }
    helios_printf("%u of %u blocks are what was acknowledged\n", right, (unsigned)BLOCKS);
    return right == BLOCKS ? 0 : 1;
}
