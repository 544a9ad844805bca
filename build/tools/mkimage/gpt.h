// SPDX-License-Identifier: GPL-3.0-only
//
// The partition table of a disk with one EFI system partition.
// Source: UEFI Specification 2.10, section 5.2.3 (protective MBR) and 5.3 (GUID partition table).
#ifndef HELIOS_BUILD_TOOLS_MKIMAGE_GPT_H
#define HELIOS_BUILD_TOOLS_MKIMAGE_GPT_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GPT_SECTOR       512u
#define GPT_FIRST_SECTOR 2048u // of the partition: aligned to 1 MiB, as every tool does it
#define GPT_HEAD_SECTORS 34u   // protective MBR, header, 128 entries of 128 bytes
#define GPT_TAIL_SECTORS 33u   // the entries again, the backup header

// A GUID as its 16 bytes on disk.
struct gpt_guid {
    uint8_t bytes[16];
};

// Sectors of the whole disk whose partition has `partition_sectors`: the partition, 1 MiB before it
// and 1 MiB after it.
uint64_t gpt_disk_sectors(uint64_t partition_sectors);

// Appends what stands in the first GPT_HEAD_SECTORS sectors of the disk to *head, and what stands
// in the last GPT_TAIL_SECTORS ones to *tail.
void gpt_build(uint64_t partition_sectors, struct gpt_guid disk, struct gpt_guid partition,
               struct buffer *head, struct buffer *tail);

// A running 128-bit FNV-1a hash, from which GUIDs are made. Not cryptographic: it only has to be
// the same for the same input and different, in practice, for a different one.
struct gpt_hash {
    unsigned __int128 state;
};

struct gpt_hash gpt_hash_start(void);
void gpt_hash_add(struct gpt_hash *hash, const void *data, size_t size);

// The hash as a GUID of version 8 (RFC 9562, section 5.8: custom), distinct for each `salt`.
struct gpt_guid gpt_hash_guid(struct gpt_hash hash, uint8_t salt);

// CRC-32 as in IEEE 802.3, which is what a GPT header carries.
uint32_t gpt_crc32(const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
