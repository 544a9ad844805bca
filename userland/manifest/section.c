// SPDX-License-Identifier: GPL-3.0-only
//
// Sections of an ELF64 file, little endian (System V gABI 4.1, chapter 4). Only what leads to one
// section is read, each field after its place was checked.
#include <string.h>

#include "userland/manifest/manifest.h"

enum {
    HEADER_SIZE = 64,
    SECTION_SIZE = 64,
    AT_CLASS = 4,
    AT_DATA = 5,
    AT_SECTIONS = 40,      // e_shoff
    AT_SECTION_SIZE = 58,  // e_shentsize
    AT_SECTION_COUNT = 60, // e_shnum
    AT_NAMES = 62,         // e_shstrndx
    AT_NAME = 0,           // sh_name
    AT_TYPE = 4,           // sh_type
    AT_OFFSET = 24,        // sh_offset
    AT_SIZE = 32,          // sh_size
    TYPE_NOBITS = 8,
};

static const char section_name[] = ".helios.manifest";

struct elf {
    const uint8_t *data;
    size_t length;
    const uint8_t *sections;
    uint64_t count;
};

static uint64_t number(const uint8_t *at, unsigned bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

static bool is_inside(const struct elf *elf, uint64_t offset, uint64_t bytes) {
    return offset <= elf->length && bytes <= elf->length - offset;
}

static bool open_elf(struct elf *elf, uint64_t *names) {
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    const uint8_t *data = elf->data;
    if (elf->length < HEADER_SIZE || memcmp(data, magic, sizeof magic) != 0 ||
        data[AT_CLASS] != 2 || data[AT_DATA] != 1) {
        return false;
    }
    uint64_t offset = number(data + AT_SECTIONS, 8);
    elf->count = number(data + AT_SECTION_COUNT, 2);
    *names = number(data + AT_NAMES, 2);
    if (number(data + AT_SECTION_SIZE, 2) != SECTION_SIZE || *names >= elf->count ||
        !is_inside(elf, offset, elf->count * SECTION_SIZE)) {
        return false;
    }
    elf->sections = data + offset;
    return true;
}

// The contents of section `index`.
static bool contents(const struct elf *elf, uint64_t index, const uint8_t **data, uint64_t *bytes) {
    const uint8_t *section = elf->sections + index * SECTION_SIZE;
    uint64_t offset = number(section + AT_OFFSET, 8);
    *bytes = number(section + AT_SIZE, 8);
    if (number(section + AT_TYPE, 4) == TYPE_NOBITS || !is_inside(elf, offset, *bytes)) {
        return false;
    }
    *data = elf->data + offset;
    return true;
}

bool manifest_find_section(const void *data, size_t length, const char **text,
                           size_t *text_length) {
    struct elf elf = {data, length, NULL, 0};
    uint64_t names_index = 0;
    const uint8_t *names = NULL;
    uint64_t names_size = 0;
    if (!open_elf(&elf, &names_index) || !contents(&elf, names_index, &names, &names_size)) {
        return false;
    }
    for (uint64_t i = 0; i < elf.count; i++) {
        uint64_t name = number(elf.sections + i * SECTION_SIZE + AT_NAME, 4);
        const uint8_t *found = NULL;
        uint64_t bytes = 0;
        if (name < names_size && names_size - name >= sizeof section_name &&
            memcmp(names + name, section_name, sizeof section_name) == 0 &&
            contents(&elf, i, &found, &bytes)) {
            *text = (const char *)found;
            *text_length = bytes;
            return true;
        }
    }
    return false;
}
