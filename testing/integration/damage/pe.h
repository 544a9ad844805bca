// SPDX-License-Identifier: GPL-3.0-only
//
// Changing a PE32+ file in place (Microsoft PE Format specification).
#ifndef HELIOS_TESTING_INTEGRATION_DAMAGE_PE_H
#define HELIOS_TESTING_INTEGRATION_DAMAGE_PE_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pe_file {
    struct buffer bytes;
    size_t checksum;     // where the fields that no signature covers are
    size_t certificates; // directory entry: offset and size
    size_t sections;     // the section table
    uint32_t section_count;
};

struct pe_section {
    uint8_t *header; // 40 bytes, the name first
    uint8_t *data;
    uint32_t size; // without the padding to the file alignment
};

// Reads the file; false and *err if it is none.
bool pe_read(const char *path, struct pe_file *file, struct error *err);

// False and *err if there is no such section.
bool pe_find(struct pe_file *file, const char *name, struct pe_section *section, struct error *err);

// Lets the section end after `size` bytes, which are no more than it has.
void pe_section_shorten(struct pe_section *section, uint32_t size);

// How many bytes an Authenticode signature of the file covers: all but the checksum, the
// directory entry of the certificates, and the certificates, which are the file's end.
size_t pe_covered(const struct pe_file *file);

// The offset of the n-th of those bytes.
size_t pe_covered_offset(const struct pe_file *file, size_t n);

#ifdef __cplusplus
}
#endif

#endif
