// SPDX-License-Identifier: GPL-3.0-only
#include "testing/integration/damage/pe.h"

#include <string.h>

enum {
    HEADER_POINTER = 60, // of the PE signature
    COFF_SECTION_COUNT = 6,
    COFF_OPTIONAL_SIZE = 20,
    COFF_SIZE = 24, // with the signature
    OPTIONAL_CHECKSUM = 64,
    OPTIONAL_CERTIFICATES = 144, // PE32+: the fifth data directory
    CHECKSUM_SIZE = 4,
    CERTIFICATES_SIZE = 8,
    SECTION_NAME_SIZE = 8,
    SECTION_MEMORY_SIZE = 8,
    SECTION_FILE_SIZE = 16,
    SECTION_FILE_OFFSET = 20,
    SECTION_SIZE = 40,
};

static uint32_t get(const void *at, unsigned int size) {
    const uint8_t *bytes = at;
    uint32_t value = 0;
    for (unsigned int i = 0; i < size; i++) {
        value |= (uint32_t)bytes[i] << (8 * i);
    }
    return value;
}

static void put(void *at, uint32_t value) {
    uint8_t *bytes = at;
    for (unsigned int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

bool pe_read(const char *path, struct pe_file *file, struct error *err) {
    if (!file_read(path, &file->bytes, err)) {
        return false;
    }
    const char *data = file->bytes.data;
    size_t size = file->bytes.size;
    size_t pe = size >= HEADER_POINTER + 4 ? get(data + HEADER_POINTER, 4) : size;
    if (pe >= size || size - pe < COFF_SIZE || memcmp(data + pe, "PE\0", 4) != 0) {
        return error_set(err, "%s: no PE file", path);
    }
    size_t optional = pe + COFF_SIZE;
    file->checksum = optional + OPTIONAL_CHECKSUM;
    file->certificates = optional + OPTIONAL_CERTIFICATES;
    file->sections = optional + get(data + pe + COFF_OPTIONAL_SIZE, 2);
    file->section_count = get(data + pe + COFF_SECTION_COUNT, 2);
    if (file->sections < file->certificates + CERTIFICATES_SIZE ||
        file->sections + file->section_count * (size_t)SECTION_SIZE > size) {
        return error_set(err, "%s: no PE32+ file", path);
    }
    return true;
}

bool pe_find(struct pe_file *file, const char *name, struct pe_section *section,
             struct error *err) {
    uint8_t *base = (uint8_t *)file->bytes.data;
    char wanted[SECTION_NAME_SIZE + 1] = {0};
    memcpy(wanted, name, strnlen(name, SECTION_NAME_SIZE));
    for (uint32_t i = 0; i < file->section_count; i++) {
        uint8_t *header = base + file->sections + i * (size_t)SECTION_SIZE;
        uint64_t offset = get(header + SECTION_FILE_OFFSET, 4);
        uint32_t stored = get(header + SECTION_FILE_SIZE, 4);
        uint32_t used = get(header + SECTION_MEMORY_SIZE, 4);
        if (memcmp(header, wanted, SECTION_NAME_SIZE) != 0) {
            continue;
        }
        if (offset + stored > file->bytes.size) {
            return error_set(err, "section %s ends beyond the file", name);
        }
        *section = (struct pe_section){header, base + offset, used < stored ? used : stored};
        return true;
    }
    return error_set(err, "no section %s", name);
}

void pe_section_shorten(struct pe_section *section, uint32_t size) {
    put(section->header + SECTION_MEMORY_SIZE, size);
    section->size = size;
}

size_t pe_covered(const struct pe_file *file) {
    size_t end = get(file->bytes.data + file->certificates, 4);
    end = end == 0 || end > file->bytes.size ? file->bytes.size : end;
    return end - CHECKSUM_SIZE - CERTIFICATES_SIZE;
}

size_t pe_covered_offset(const struct pe_file *file, size_t n) {
    n += n >= file->checksum ? CHECKSUM_SIZE : 0;
    n += n >= file->certificates ? CERTIFICATES_SIZE : 0;
    return n;
}
