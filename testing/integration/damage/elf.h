// SPDX-License-Identifier: GPL-3.0-only
//
// Making one thing wrong in a good 64-bit little-endian ELF file. The file lies in a section of a
// PE file; each function changes it in place.
#ifndef HELIOS_TESTING_INTEGRATION_DAMAGE_ELF_H
#define HELIOS_TESTING_INTEGRATION_DAMAGE_ELF_H

#include "testing/integration/damage/pe.h"

#ifdef __cplusplus
extern "C" {
#endif

// The section ends in the middle of the last segment that has bytes in the file.
bool elf_truncate(struct pe_section *section, struct error *err);

// Built for another machine.
bool elf_machine(struct pe_section *section, struct error *err);

// The first executable segment is writable too.
bool elf_write_exec(struct pe_section *section, struct error *err);

// The second segment lies where the first one does.
bool elf_overlap(struct pe_section *section, struct error *err);

// The second segment's address does not go with its offset.
bool elf_unalign(struct pe_section *section, struct error *err);

// The entry point is an address of no segment.
bool elf_entry(struct pe_section *section, struct error *err);

// The last segment wants almost as much memory as a kernel may have: 60 MiB.
bool elf_grow(struct pe_section *section, struct error *err);

#ifdef __cplusplus
}
#endif

#endif
