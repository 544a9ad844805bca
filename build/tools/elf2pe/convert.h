// SPDX-License-Identifier: GPL-3.0-only
#ifndef HELIOS_BUILD_TOOLS_ELF2PE_CONVERT_H
#define HELIOS_BUILD_TOOLS_ELF2PE_CONVERT_H

#include "build/tools/elf2pe/pe.h"

#ifdef __cplusplus
extern "C" {
#endif

// Fills an empty image from a static-PIE ELF64 file; path is for messages. What can't be converted
// ends the program with a message that names it.
void convert_elf(const struct bytes *file, const char *path, struct pe_image *image);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BUILD_TOOLS_ELF2PE_CONVERT_H
