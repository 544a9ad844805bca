// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/efivars/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the structures below are used as is");

struct volume_header {
    uint8_t zero_vector[16];
    struct efi_guid file_system;
    uint64_t length;
    char signature[4];
    uint32_t attributes;
    uint16_t header_length;
    uint16_t checksum;
    uint16_t ext_header_offset;
    uint8_t reserved;
    uint8_t revision;
    // A block map of pairs of numbers follows; header_length has it in.
} __attribute__((packed));
static_assert(sizeof(struct volume_header) == 56, "PI 1.8, volume 3, section 3.2.1");

struct store_header {
    struct efi_guid signature;
    uint32_t size;
    uint8_t format;
    uint8_t state;
    uint16_t reserved;
    uint32_t reserved1;
} __attribute__((packed));
static_assert(sizeof(struct store_header) == 28, "VARIABLE_STORE_HEADER");

struct efi_time {
    uint16_t year;
    uint8_t month, day, hour, minute, second, pad1;
    uint32_t nanosecond;
    int16_t time_zone;
    uint8_t daylight, pad2;
} __attribute__((packed));

struct variable_header {
    uint16_t start_id;
    uint8_t state;
    uint8_t reserved;
    uint32_t attributes;
    uint64_t monotonic_count;
    struct efi_time time;
    uint32_t public_key_index;
    uint32_t name_size; // bytes of UTF-16, the NUL included
    uint32_t data_size;
    struct efi_guid vendor;
} __attribute__((packed));
static_assert(sizeof(struct variable_header) == 60, "AUTHENTICATED_VARIABLE_HEADER");

struct signature_list {
    struct efi_guid type;
    uint32_t list_size;
    uint32_t header_size;
    uint32_t signature_size;
} __attribute__((packed));
static_assert(sizeof(struct signature_list) == 28, "EFI_SIGNATURE_LIST");

#define STORE_FORMATTED   0x5a
#define STORE_HEALTHY     0xfe
#define VARIABLE_START    0x55aa
#define VARIABLE_ADDED    0x3f // flash bits that are cleared in steps; this is the last one
#define VARIABLE_ALIGN    4u
#define VARIABLE_DELETING 0x3e // VARIABLE_ADDED and being replaced: still the valid one

// FFF12B8D-7696-4C8B-A985-2747075B4F50
static const struct efi_guid nv_data_volume = {{0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c,
                                                0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50}};
// AAF32C78-947B-439A-A180-2E144EC37792
static const struct efi_guid authenticated_store = {{0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43,
                                                     0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77,
                                                     0x92}};
// A5C059A1-94E4-4AA7-87B5-AB155C2BF072
static const struct efi_guid x509_type = {{0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87,
                                           0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72}};
// Whom a signature list names as the owner of a key: any GUID does. 48454C49-4F53-8000-8000-
// 746573746B65.
static const struct efi_guid signature_owner = {{0x49, 0x4c, 0x45, 0x48, 0x53, 0x4f, 0x00, 0x80,
                                                 0x80, 0x00, 0x74, 0x65, 0x73, 0x74, 0x6b, 0x65}};

// 8BE4DF61-93CA-11D2-AA0D-00E098032B8C
const struct efi_guid efi_global_variable = {{0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa,
                                              0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}};
// D719B2CB-3D3A-4596-A3BC-DAD00E67656F
const struct efi_guid efi_image_security = {{0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3,
                                             0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}};
// F0A30BC7-AF08-4556-99C4-001009C93A44
const struct efi_guid efi_secure_boot_enable = {{0xc7, 0x0b, 0xa3, 0xf0, 0x08, 0xaf, 0x56, 0x45,
                                                 0x99, 0xc4, 0x00, 0x10, 0x09, 0xc9, 0x3a, 0x44}};

static bool guid_equal(const struct efi_guid *a, const struct efi_guid *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static size_t align(size_t offset) {
    return (offset + VARIABLE_ALIGN - 1) & ~(size_t)(VARIABLE_ALIGN - 1);
}

// The header's 16-bit words add up to zero.
static bool volume_checks_out(const struct buffer *flash, size_t header_length) {
    uint16_t sum = 0;
    for (size_t i = 0; i + 1 < header_length; i += 2) {
        uint16_t word;
        memcpy(&word, flash->data + i, sizeof word);
        sum = (uint16_t)(sum + word);
    }
    return sum == 0;
}

// The header of the variable at `offset`; false at the end of the variables.
static bool variable_at(const struct efi_store *store, size_t offset,
                        struct variable_header *header) {
    if (offset + sizeof *header > store->end) {
        return false;
    }
    memcpy(header, store->flash->data + offset, sizeof *header);
    return header->start_id == VARIABLE_START;
}

static size_t variable_end(size_t offset, const struct variable_header *header) {
    return align(offset + sizeof *header + header->name_size + header->data_size);
}

bool efi_store_open(struct efi_store *store, struct buffer *flash, struct error *err) {
    struct volume_header volume;
    struct store_header header;
    if (flash->size < sizeof volume) {
        return error_set(err, "too short for a variable store");
    }
    memcpy(&volume, flash->data, sizeof volume);
    if (memcmp(volume.signature, "_FVH", sizeof volume.signature) != 0 ||
        !guid_equal(&volume.file_system, &nv_data_volume)) {
        return error_set(err, "no firmware volume for variables at its beginning");
    }
    size_t start = volume.header_length;
    if (start < sizeof volume || start + sizeof header > flash->size ||
        volume.length > flash->size || !volume_checks_out(flash, start)) {
        return error_set(err, "the header of its firmware volume is broken");
    }
    memcpy(&header, flash->data + start, sizeof header);
    if (!guid_equal(&header.signature, &authenticated_store) || header.format != STORE_FORMATTED ||
        header.state != STORE_HEALTHY) {
        return error_set(err, "not a formatted store for authenticated variables");
    }
    if (header.size < sizeof header || header.size > volume.length - start) {
        return error_set(err, "its variable store is larger than its volume");
    }
    *store = (struct efi_store){flash, align(start + sizeof header), start + header.size};
    struct variable_header variable;
    while (variable_at(store, store->next, &variable)) {
        if (variable.name_size > store->end || variable.data_size > store->end ||
            variable_end(store->next, &variable) > store->end) {
            return error_set(err, "a variable runs out of the store");
        }
        store->next = variable_end(store->next, &variable);
    }
    return true;
}

static void name_encode(const char *name, struct buffer *out) {
    for (;; name++) {
        char unit[2] = {*name, 0};
        buffer_append(out, unit, sizeof unit);
        if (*name == '\0') {
            return;
        }
    }
}

static bool variable_exists(const struct efi_store *store, const struct buffer *name,
                            const struct efi_guid *vendor) {
    struct volume_header volume;
    memcpy(&volume, store->flash->data, sizeof volume);
    size_t offset = align(volume.header_length + sizeof(struct store_header));
    struct variable_header header;
    for (; offset < store->next && variable_at(store, offset, &header);
         offset = variable_end(offset, &header)) {
        bool valid = header.state == VARIABLE_ADDED || header.state == VARIABLE_DELETING;
        if (valid && guid_equal(&header.vendor, vendor) && header.name_size == name->size &&
            memcmp(store->flash->data + offset + sizeof header, name->data, name->size) == 0) {
            return true;
        }
    }
    return false;
}

bool efi_store_add(struct efi_store *store, const char *name, const struct efi_guid *vendor,
                   uint32_t attributes, const struct buffer *data, struct error *err) {
    struct buffer encoded = {0};
    name_encode(name, &encoded);
    struct variable_header header = {
        .start_id = VARIABLE_START,
        .state = VARIABLE_ADDED,
        .attributes = attributes,
        .name_size = (uint32_t)encoded.size,
        .data_size = (uint32_t)data->size,
        .vendor = *vendor,
    };
    if ((attributes & EFI_TIME_BASED_AUTH) != 0) {
        // Old enough for every real update to be newer, as the firmware demands of one.
        header.time = (struct efi_time){.year = 2000, .month = 1, .day = 1};
    }
    bool ok = true;
    if (data->size > store->end || variable_end(store->next, &header) > store->end) {
        ok = error_set(err, "no room for %s", name);
    } else if (variable_exists(store, &encoded, vendor)) {
        ok = error_set(err, "it has %s already", name);
    } else {
        char *place = store->flash->data + store->next;
        memcpy(place, &header, sizeof header);
        memcpy(place + sizeof header, encoded.data, encoded.size);
        memcpy(place + sizeof header + encoded.size, data->data, data->size);
        store->next = variable_end(store->next, &header);
    }
    buffer_free(&encoded);
    return ok;
}

void efi_signature_list(const struct buffer *certificate, struct buffer *out) {
    size_t signature_size = sizeof signature_owner + certificate->size;
    struct signature_list list = {
        .type = x509_type,
        .list_size = (uint32_t)(sizeof list + signature_size),
        .signature_size = (uint32_t)signature_size,
    };
    buffer_append(out, &list, sizeof list);
    buffer_append(out, &signature_owner, sizeof signature_owner);
    buffer_append(out, certificate->data, certificate->size);
}
