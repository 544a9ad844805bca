// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi_table.h"

#include <string.h>

uint8_t acpi_u8(const struct acpi_table *table, size_t offset) {
    return offset < table->length ? table->data[offset] : 0;
}

uint16_t acpi_u16(const struct acpi_table *table, size_t offset) {
    return (uint16_t)(acpi_u8(table, offset) | acpi_u8(table, offset + 1) << 8);
}

uint32_t acpi_u32(const struct acpi_table *table, size_t offset) {
    return acpi_u16(table, offset) | (uint32_t)acpi_u16(table, offset + 2) << 16;
}

uint64_t acpi_u64(const struct acpi_table *table, size_t offset) {
    return acpi_u32(table, offset) | (uint64_t)acpi_u32(table, offset + 4) << 32;
}

struct acpi_address acpi_gas(const struct acpi_table *table, size_t offset) {
    return (struct acpi_address){
        .space = acpi_u8(table, offset),
        .width = acpi_u8(table, offset + 1),
        .access = acpi_u8(table, offset + 3),
        .address = acpi_u64(table, offset + 4),
    };
}

// Four characters as a number, as boot/info/error.h shows signatures.
static uint32_t signature_value(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint8_t sum_of(const uint8_t *data, size_t length) {
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum = (uint8_t)(sum + data[i]);
    }
    return sum;
}

// Get at memory; no table lies so high that its end wraps around.
static const uint8_t *map(const struct acpi_memory *memory, uint64_t address, size_t length) {
    if (address == 0 || length > UINT64_MAX - address) {
        return NULL;
    }
    return memory->map(memory->context, address, length);
}

enum boot_error acpi_open(const struct acpi_memory *memory, uint64_t address, const char *signature,
                          const char *name, size_t least, struct acpi_table *table,
                          struct boot_failure *failure) {
    const uint8_t *header = map(memory, address, ACPI_HEADER_SIZE);
    if (header == NULL) {
        return boot_fail(failure, BOOT_ACPI_ADDRESS, name, NULL, 0, 0, address);
    }
    if (memcmp(header, signature, 4) != 0) {
        return boot_fail(failure, BOOT_ACPI_SIGNATURE, name, NULL, signature_value(header),
                         signature_value((const uint8_t *)signature), address);
    }
    *table = (struct acpi_table){header, ACPI_HEADER_SIZE, address, name};
    const size_t length = acpi_u32(table, 4);
    if (length < least || length < ACPI_HEADER_SIZE || length > ACPI_TABLE_LIMIT) {
        return boot_fail(failure, BOOT_ACPI_LENGTH, name, NULL, length, least, address);
    }
    table->length = length;
    table->data = map(memory, address, length);
    if (table->data == NULL) {
        return boot_fail(failure, BOOT_ACPI_ADDRESS, name, "end", 0, 0, address + length);
    }
    const uint8_t sum = sum_of(table->data, length);
    if (sum != 0) {
        return boot_fail(failure, BOOT_ACPI_CHECKSUM, name, NULL, sum, 0, address);
    }
    return BOOT_OK;
}

enum boot_error acpi_next(struct acpi_walk *walk, struct acpi_table *entry, uint32_t *type,
                          bool *more, struct boot_failure *failure) {
    const struct acpi_table *table = walk->table;
    *more = walk->at < table->length;
    if (!*more) {
        return BOOT_OK;
    }
    const size_t header = (size_t)walk->length_offset + walk->length_size;
    const size_t left = table->length - walk->at;
    const size_t length = walk->length_size == 1 ? acpi_u8(table, walk->at + walk->length_offset)
                                                 : acpi_u16(table, walk->at + walk->length_offset);
    if (left < header || length < header || length > left) {
        return boot_fail(failure, BOOT_ACPI_LENGTH, table->name, "entry", length,
                         left < header ? header : left, table->address + walk->at);
    }
    *type = walk->type_size == 1 ? acpi_u8(table, walk->at) : acpi_u16(table, walk->at);
    *entry = (struct acpi_table){
        .data = table->data + walk->at,
        .length = length,
        .address = table->address + walk->at,
        .name = table->name,
    };
    walk->at += length;
    return BOOT_OK;
}

#define RSDP_SIZE_1 20u // revision 0
#define RSDP_SIZE_2 36u // revision 2 and later

// The RSDP (ACPI 6.5, 5.2.5.3), with as many bytes as its revision has.
static enum boot_error open_rsdp(const struct acpi_memory *memory, uint64_t address,
                                 struct acpi_table *rsdp, struct boot_failure *failure) {
    static const char *const name = "RSDP";
    const uint8_t *data = map(memory, address, RSDP_SIZE_1);
    if (data == NULL) {
        return boot_fail(failure, BOOT_ACPI_ADDRESS, name, NULL, 0, 0, address);
    }
    *rsdp = (struct acpi_table){data, RSDP_SIZE_1, address, name};
    if (memcmp(data, "RSD PTR ", 8) != 0) {
        return boot_fail(failure, BOOT_ACPI_SIGNATURE, name, NULL, acpi_u64(rsdp, 0),
                         0x2052545020445352, address);
    }
    if (sum_of(data, RSDP_SIZE_1) != 0) {
        return boot_fail(failure, BOOT_ACPI_CHECKSUM, name, NULL, sum_of(data, RSDP_SIZE_1), 0,
                         address);
    }
    if (acpi_u8(rsdp, 15) < 2) {
        return BOOT_OK;
    }
    data = map(memory, address, RSDP_SIZE_2);
    if (data == NULL) {
        return boot_fail(failure, BOOT_ACPI_ADDRESS, name, "end", 0, 0, address + RSDP_SIZE_2);
    }
    *rsdp = (struct acpi_table){data, RSDP_SIZE_2, address, name};
    if (acpi_u32(rsdp, 20) < RSDP_SIZE_2) {
        return boot_fail(failure, BOOT_ACPI_LENGTH, name, NULL, acpi_u32(rsdp, 20), RSDP_SIZE_2,
                         address);
    }
    if (sum_of(data, RSDP_SIZE_2) != 0) {
        return boot_fail(failure, BOOT_ACPI_CHECKSUM, name, "extended", sum_of(data, RSDP_SIZE_2),
                         0, address);
    }
    return BOOT_OK;
}

enum boot_error acpi_check_rsdp(const struct acpi_memory *memory, uint64_t address,
                                struct boot_failure *failure) {
    struct acpi_table rsdp = {0};
    return open_rsdp(memory, address, &rsdp, failure);
}

enum boot_error acpi_open_root(const struct acpi_memory *memory, uint64_t address,
                               struct acpi_root *root, struct boot_failure *failure) {
    struct acpi_table rsdp = {0};
    enum boot_error error = open_rsdp(memory, address, &rsdp, failure);
    if (error != BOOT_OK) {
        return error;
    }
    root->memory = memory;
    root->entry_size = acpi_u64(&rsdp, 24) != 0 ? 8 : 4;
    if (root->entry_size == 8) {
        return acpi_open(memory, acpi_u64(&rsdp, 24), "XSDT", "XSDT", ACPI_HEADER_SIZE,
                         &root->table, failure);
    }
    return acpi_open(memory, acpi_u32(&rsdp, 16), "RSDT", "RSDT", ACPI_HEADER_SIZE, &root->table,
                     failure);
}

enum boot_error acpi_find(const struct acpi_root *root, const char *signature, const char *name,
                          size_t least, uint32_t index, struct acpi_table *table,
                          struct boot_failure *failure) {
    const size_t step = root->entry_size;
    for (size_t at = ACPI_HEADER_SIZE; at + step <= root->table.length; at += step) {
        const uint64_t address =
            step == 8 ? acpi_u64(&root->table, at) : acpi_u32(&root->table, at);
        const uint8_t *data = map(root->memory, address, 4);
        if (data == NULL || memcmp(data, signature, 4) != 0) {
            continue;
        }
        if (index == 0) {
            return acpi_open(root->memory, address, signature, name, least, table, failure);
        }
        index--;
    }
    return boot_fail(failure, BOOT_ACPI_MISSING, name, NULL, 0, 0, 0);
}
