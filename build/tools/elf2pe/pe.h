// SPDX-License-Identifier: GPL-3.0-only
//
// PE32+ images as elf2pe writes and reads them (Microsoft PE Format specification).
#ifndef HELIOS_BUILD_TOOLS_ELF2PE_PE_H
#define HELIOS_BUILD_TOOLS_ELF2PE_PE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PE_MAX_SECTIONS      16
#define PE_NAME_SIZE         8
#define PE_SECTION_ALIGNMENT 4096u
#define PE_FILE_ALIGNMENT    512u
#define PE_HEADERS_SIZE      1024u // DOS, PE and optional header and PE_MAX_SECTIONS sections
#define PE_FIRST_ADDRESS     PE_SECTION_ALIGNMENT

enum pe_section_flags {
    PE_SECTION_CODE = 0x00000020,
    PE_SECTION_DATA = 0x00000040, // initialised data
    PE_SECTION_DISCARDABLE = 0x02000000,
    PE_SECTION_EXECUTE = 0x20000000,
    PE_SECTION_READ = 0x40000000,
    PE_SECTION_WRITE = (int)0x80000000,
};

enum pe_machine {
    PE_MACHINE_X86_64 = 0x8664,
    PE_MACHINE_AARCH64 = 0xaa64,
    PE_MACHINE_RISCV64 = 0x5064,
};

// A growing array of bytes. Everything here ends the program when memory does.
struct bytes {
    uint8_t *data;
    size_t size;
    size_t room;
};

void bytes_append(struct bytes *bytes, const void *data, size_t size);
void bytes_append_zeros(struct bytes *bytes, size_t size);
void bytes_free(struct bytes *bytes);

struct pe_section {
    char name[PE_NAME_SIZE + 1];
    uint32_t address; // relative to the image's base
    uint32_t memory_size;
    uint32_t flags;
    struct bytes contents; // may be shorter than memory_size: the rest is zero
};

struct pe_image {
    uint16_t machine;
    uint32_t entry;
    uint32_t relocations; // index of .reloc + 1; 0: none
    uint32_t section_count;
    struct pe_section sections[PE_MAX_SECTIONS];
};

// Prints "elf2pe: " and the message on standard error and exits with 1.
void pe_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// Appends a section behind the last one. A name that is there already is an error.
struct pe_section *pe_add_section(struct pe_image *image, const char *name, uint32_t flags,
                                  struct bytes contents);

// Reads an image that pe_write wrote (anything else, or a signed one, is an error).
void pe_parse(const struct bytes *file, const char *path, struct pe_image *image);

// The file, checksum included.
struct bytes pe_write(const struct pe_image *image);

// Frees the contents of all sections.
void pe_free(struct pe_image *image);

uint64_t pe_get(const uint8_t *at, unsigned size);
void pe_put(uint8_t *at, unsigned size, uint64_t value);
uint64_t pe_round_up(uint64_t value, uint64_t alignment);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_ELF2PE_PE_H
