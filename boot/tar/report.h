// SPDX-License-Identifier: GPL-3.0-only
#ifndef HELIOS_BOOT_TAR_REPORT_H
#define HELIOS_BOOT_TAR_REPORT_H

#include "boot/info/error.h"
#include "boot/tar/tar.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Says an error of the tar reader in a loader's terms; what is the file's name. */
enum boot_error tar_report(const struct tar_error *error, const char *what,
                           struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_TAR_REPORT_H
