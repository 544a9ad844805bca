// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/elf2pe/pe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Offsets of headers and of fields in them.
enum {
    PE_AT = 64, // where the PE signature stands: right after the DOS header
    COFF_AT = PE_AT + 4,
    OPTIONAL_AT = COFF_AT + 20,
    OPTIONAL_SIZE = 112 + 16 * 8, // with 16 data directories
    SECTIONS_AT = OPTIONAL_AT + OPTIONAL_SIZE,
    SECTION_SIZE = 40,
    CHECKSUM_AT = OPTIONAL_AT + 64,
    DIRECTORY_AT = OPTIONAL_AT + 112,
    DIRECTORY_CERTIFICATE = 4,
    DIRECTORY_RELOCATION = 5,
};

_Static_assert(SECTIONS_AT + PE_MAX_SECTIONS * SECTION_SIZE <= PE_HEADERS_SIZE, "headers fit");

void pe_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("elf2pe: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void bytes_reserve(struct bytes *bytes, size_t more) {
    if (more <= bytes->room - bytes->size) {
        return;
    }
    size_t room = bytes->size + more + bytes->size / 2;
    bytes->data = realloc(bytes->data, room);
    if (bytes->data == NULL || room < more) {
        pe_fail("out of memory");
    }
    bytes->room = room;
}

void bytes_append(struct bytes *bytes, const void *data, size_t size) {
    bytes_reserve(bytes, size);
    if (size > 0) {
        memcpy(bytes->data + bytes->size, data, size);
    }
    bytes->size += size;
}

void bytes_append_zeros(struct bytes *bytes, size_t size) {
    bytes_reserve(bytes, size);
    if (size > 0) {
        memset(bytes->data + bytes->size, 0, size);
    }
    bytes->size += size;
}

uint64_t pe_get(const uint8_t *at, unsigned size) {
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

void pe_put(uint8_t *at, unsigned size, uint64_t value) {
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

uint64_t pe_round_up(uint64_t value, uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

static uint64_t pe_end(const struct pe_image *image) {
    if (image->section_count == 0) {
        return PE_FIRST_ADDRESS;
    }
    const struct pe_section *last = &image->sections[image->section_count - 1];
    return pe_round_up((uint64_t)last->address + last->memory_size, PE_SECTION_ALIGNMENT);
}

struct pe_section *pe_add_section(struct pe_image *image, const char *name, uint32_t flags,
                                  struct bytes contents) {
    for (uint32_t i = 0; i < image->section_count; i++) {
        if (strcmp(image->sections[i].name, name) == 0) {
            pe_fail("section %s is there already", name);
        }
    }
    if (image->section_count == PE_MAX_SECTIONS) {
        pe_fail("more than %d sections", PE_MAX_SECTIONS);
    }
    uint64_t address = pe_end(image);
    if (address + contents.size > 0x7fffffff) {
        pe_fail("section %s: the image would pass 2 GiB", name);
    }
    struct pe_section *section = &image->sections[image->section_count++];
    memcpy(section->name, name, strlen(name));
    section->address = (uint32_t)address;
    section->memory_size = (uint32_t)contents.size;
    section->flags = flags;
    section->contents = contents;
    return section;
}

static void pe_parse_section(const struct bytes *file, const uint8_t *header, const char *path,
                             struct pe_image *image) {
    char name[PE_NAME_SIZE + 1] = {0};
    memcpy(name, header, PE_NAME_SIZE);
    uint64_t memory_size = pe_get(header + 8, 4);
    uint64_t address = pe_get(header + 12, 4);
    uint64_t file_size = pe_get(header + 16, 4);
    uint64_t file_at = pe_get(header + 20, 4);
    if (file_at > file->size || file_size > file->size - file_at) {
        pe_fail("%s: section %s ends beyond the file", path, name);
    }
    if (address != pe_end(image) || memory_size == 0) {
        pe_fail("%s: section %s does not follow the one before", path, name);
    }
    struct bytes contents = {0};
    bytes_append(&contents, file->data + file_at,
                 file_size < memory_size ? file_size : memory_size);
    struct pe_section *section =
        pe_add_section(image, name, (uint32_t)pe_get(header + 36, 4), contents);
    section->memory_size = (uint32_t)memory_size;
    if (strcmp(name, ".reloc") == 0) {
        image->relocations = image->section_count;
    }
}

void pe_parse(const struct bytes *file, const char *path, struct pe_image *image) {
    const uint8_t *data = file->data;
    if (file->size < PE_HEADERS_SIZE) {
        pe_fail("%s: is shorter than a PE header of elf2pe", path);
    }
    if (pe_get(data + 60, 4) != PE_AT || memcmp(data + PE_AT, "PE\0\0", 4) != 0 ||
        pe_get(data + COFF_AT + 16, 2) != OPTIONAL_SIZE ||
        pe_get(data + OPTIONAL_AT + 60, 4) != PE_HEADERS_SIZE) {
        pe_fail("%s: is not a PE file that elf2pe wrote", path);
    }
    if (pe_get(data + DIRECTORY_AT + DIRECTORY_CERTIFICATE * 8, 8) != 0) {
        pe_fail("%s: is signed; add sections before signing", path);
    }
    image->machine = (uint16_t)pe_get(data + COFF_AT, 2);
    image->entry = (uint32_t)pe_get(data + OPTIONAL_AT + 16, 4);
    uint64_t count = pe_get(data + COFF_AT + 2, 2);
    if (count == 0 || count > PE_MAX_SECTIONS) {
        pe_fail("%s: has %u sections", path, (unsigned)count);
    }
    for (uint64_t i = 0; i < count; i++) {
        pe_parse_section(file, data + SECTIONS_AT + i * SECTION_SIZE, path, image);
    }
}

static uint32_t pe_sum_sizes(const struct pe_image *image, uint32_t flag) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < image->section_count; i++) {
        if ((image->sections[i].flags & flag) != 0) {
            sum += pe_round_up(image->sections[i].contents.size, PE_FILE_ALIGNMENT);
        }
    }
    return (uint32_t)sum;
}

static uint32_t pe_code_address(const struct pe_image *image) {
    for (uint32_t i = 0; i < image->section_count; i++) {
        if ((image->sections[i].flags & PE_SECTION_CODE) != 0) {
            return image->sections[i].address;
        }
    }
    return 0;
}

static void pe_write_headers(const struct pe_image *image, uint8_t *out) {
    memcpy(out, "MZ", 2);
    pe_put(out + 60, 4, PE_AT);
    memcpy(out + PE_AT, "PE\0\0", 4);
    uint8_t *coff = out + COFF_AT;
    pe_put(coff, 2, image->machine);
    pe_put(coff + 2, 2, image->section_count);
    pe_put(coff + 16, 2, OPTIONAL_SIZE);
    pe_put(coff + 18, 2,
           0x0002 | 0x0004 | 0x0020 | 0x0200); // executable, no lines, large, no debug
    uint8_t *optional = out + OPTIONAL_AT;
    pe_put(optional, 2, 0x20b); // PE32+
    pe_put(optional + 4, 4, pe_sum_sizes(image, PE_SECTION_CODE));
    pe_put(optional + 8, 4, pe_sum_sizes(image, PE_SECTION_DATA));
    pe_put(optional + 16, 4, image->entry);
    pe_put(optional + 20, 4, pe_code_address(image));
    pe_put(optional + 32, 4, PE_SECTION_ALIGNMENT);
    pe_put(optional + 36, 4, PE_FILE_ALIGNMENT);
    pe_put(optional + 56, 4, pe_end(image));
    pe_put(optional + 60, 4, PE_HEADERS_SIZE);
    pe_put(optional + 68, 2, 10);              // subsystem: EFI application
    pe_put(optional + 70, 2, 0x0040 | 0x0100); // dynamic base, NX compatible
    pe_put(optional + 108, 4, 16);             // data directories
    if (image->relocations != 0) {
        const struct pe_section *reloc = &image->sections[image->relocations - 1];
        pe_put(out + DIRECTORY_AT + DIRECTORY_RELOCATION * 8, 4, reloc->address);
        pe_put(out + DIRECTORY_AT + DIRECTORY_RELOCATION * 8 + 4, 4, reloc->memory_size);
    }
}

// One's complement sum of 16-bit words, plus the length; the checksum field itself counts as zero.
static uint32_t pe_checksum(const struct bytes *file) {
    uint32_t sum = 0;
    for (size_t i = 0; i < file->size; i += 2) {
        sum += (uint32_t)pe_get(file->data + i, 2);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum + (uint32_t)file->size;
}

struct bytes pe_write(const struct pe_image *image) {
    struct bytes out = {0};
    bytes_append_zeros(&out, PE_HEADERS_SIZE);
    pe_write_headers(image, out.data);
    for (uint32_t i = 0; i < image->section_count; i++) {
        const struct pe_section *section = &image->sections[i];
        size_t file_size = (size_t)pe_round_up(section->contents.size, PE_FILE_ALIGNMENT);
        uint8_t *header = out.data + SECTIONS_AT + i * SECTION_SIZE;
        memcpy(header, section->name, PE_NAME_SIZE);
        pe_put(header + 8, 4, section->memory_size);
        pe_put(header + 12, 4, section->address);
        pe_put(header + 16, 4, file_size);
        pe_put(header + 20, 4, file_size > 0 ? out.size : 0);
        pe_put(header + 36, 4, section->flags);
        bytes_append(&out, section->contents.data, section->contents.size);
        bytes_append_zeros(&out, file_size - section->contents.size);
    }
    pe_put(out.data + CHECKSUM_AT, 4, pe_checksum(&out));
    return out;
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}

void pe_free(struct pe_image *image) {
    for (uint32_t i = 0; i < image->section_count; i++) {
        bytes_free(&image->sections[i].contents);
    }
    image->section_count = 0;
}
