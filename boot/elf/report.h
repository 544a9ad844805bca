// SPDX-License-Identifier: GPL-3.0-only
#ifndef HELIOS_BOOT_ELF_REPORT_H
#define HELIOS_BOOT_ELF_REPORT_H

#include "boot/elf/elf.h"
#include "boot/info/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Says an error of elf_open in a loader's terms; what is the file's name. */
enum boot_error elf_report(const struct elf_error *error, const char *what,
                           struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_ELF_REPORT_H
