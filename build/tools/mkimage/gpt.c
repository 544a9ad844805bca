// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/mkimage/gpt.h"

#include <assert.h>
#include <string.h>

// Numbers on disk are little endian, like those of every machine that builds this.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the structures below are written as is");

#define GPT_ENTRIES    128u
#define GPT_ENTRY_SIZE 128u

struct mbr_partition {
    uint8_t boot_indicator;
    uint8_t start_chs[3];
    uint8_t type;
    uint8_t end_chs[3];
    uint32_t start;
    uint32_t sectors;
} __attribute__((packed));
static_assert(sizeof(struct mbr_partition) == 16, "UEFI table 5.3");

struct gpt_header {
    char signature[8];
    uint32_t revision;
    uint32_t header_size;
    uint32_t header_crc;
    uint32_t reserved;
    uint64_t my_lba;
    uint64_t alternate_lba;
    uint64_t first_usable;
    uint64_t last_usable;
    struct gpt_guid disk;
    uint64_t entries_lba;
    uint32_t entry_count;
    uint32_t entry_size;
    uint32_t entries_crc;
} __attribute__((packed));
static_assert(sizeof(struct gpt_header) == 92, "UEFI table 5.5");

struct gpt_entry {
    struct gpt_guid type;
    struct gpt_guid id;
    uint64_t first;
    uint64_t last;
    uint64_t attributes;
    uint16_t name[36];
};
static_assert(sizeof(struct gpt_entry) == GPT_ENTRY_SIZE, "UEFI table 5.6");

// C12A7328-F81F-11D2-BA4B-00A0C93EC93B; the first three fields are little endian on disk.
static const struct gpt_guid esp_type = {{0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba,
                                          0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b}};

uint32_t gpt_crc32(const void *data, size_t size) {
    uint32_t crc = 0xffffffffu;
    const uint8_t *byte = data;
    for (size_t i = 0; i < size; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

struct gpt_hash gpt_hash_start(void) {
    return (struct gpt_hash){((unsigned __int128)0x6c62272e07bb0142u << 64) | 0x62b821756295c58du};
}

void gpt_hash_add(struct gpt_hash *hash, const void *data, size_t size) {
    const unsigned __int128 prime = ((unsigned __int128)1 << 88) | 0x13bu;
    const uint8_t *byte = data;
    for (size_t i = 0; i < size; i++) {
        hash->state = (hash->state ^ byte[i]) * prime;
    }
}

struct gpt_guid gpt_hash_guid(struct gpt_hash hash, uint8_t salt) {
    struct gpt_guid guid;
    gpt_hash_add(&hash, &salt, 1);
    memcpy(guid.bytes, &hash.state, sizeof guid.bytes);
    guid.bytes[7] = (uint8_t)((guid.bytes[7] & 0x0f) | 0x80); // version 8
    guid.bytes[8] = (uint8_t)((guid.bytes[8] & 0x3f) | 0x80); // the RFC's variant
    return guid;
}

uint64_t gpt_disk_sectors(uint64_t partition_sectors) {
    return GPT_FIRST_SECTOR + partition_sectors + GPT_FIRST_SECTOR;
}

// The MBR that keeps tools that know no GPT from taking the disk for an empty one.
static void protective_mbr(uint64_t disk_sectors, struct buffer *out) {
    uint8_t mbr[GPT_SECTOR] = {0};
    uint64_t covered = disk_sectors - 1;
    struct mbr_partition all = {
        .start_chs = {0x00, 0x02, 0x00},
        .type = 0xee,
        .end_chs = {0xff, 0xff, 0xff},
        .start = 1,
        .sectors = covered > UINT32_MAX ? UINT32_MAX : (uint32_t)covered,
    };
    memcpy(mbr + 446, &all, sizeof all);
    mbr[510] = 0x55;
    mbr[511] = 0xaa;
    buffer_append(out, mbr, sizeof mbr);
}

static void entries(uint64_t partition_sectors, struct gpt_guid id, struct gpt_entry *first) {
    static const char name[] = "EFI system partition";
    static_assert(sizeof name <= 36, "the name field");
    *first = (struct gpt_entry){
        .type = esp_type,
        .id = id,
        .first = GPT_FIRST_SECTOR,
        .last = GPT_FIRST_SECTOR + partition_sectors - 1,
    };
    for (size_t i = 0; name[i] != '\0'; i++) {
        first->name[i] = (uint16_t)name[i];
    }
}

static void header_append(struct gpt_header header, struct buffer *out) {
    header.header_crc = gpt_crc32(&header, sizeof header);
    buffer_append(out, &header, sizeof header);
    buffer_zeros(out, GPT_SECTOR - sizeof header);
}

void gpt_build(uint64_t partition_sectors, struct gpt_guid disk, struct gpt_guid partition,
               struct buffer *head, struct buffer *tail) {
    struct gpt_entry table[GPT_ENTRIES] = {0};
    uint64_t disk_sectors = gpt_disk_sectors(partition_sectors);
    entries(partition_sectors, partition, &table[0]);
    struct gpt_header header = {
        .signature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'},
        .revision = 0x00010000,
        .header_size = sizeof header,
        .my_lba = 1,
        .alternate_lba = disk_sectors - 1,
        .first_usable = GPT_HEAD_SECTORS,
        .last_usable = disk_sectors - GPT_TAIL_SECTORS - 1,
        .disk = disk,
        .entries_lba = 2,
        .entry_count = GPT_ENTRIES,
        .entry_size = GPT_ENTRY_SIZE,
        .entries_crc = gpt_crc32(table, sizeof table),
    };
    protective_mbr(disk_sectors, head);
    header_append(header, head);
    buffer_append(head, table, sizeof table);

    header.my_lba = disk_sectors - 1;
    header.alternate_lba = 1;
    header.entries_lba = disk_sectors - GPT_TAIL_SECTORS;
    buffer_append(tail, table, sizeof table);
    header_append(header, tail);
}
