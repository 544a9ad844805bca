// SPDX-License-Identifier: GPL-3.0-only
#include "boot/tar/report.h"

struct tar_report_row {
    enum boot_error error;
    const char *field;
};

static const struct tar_report_row tar_report_rows[TAR_PROBLEM_COUNT] = {
    [TAR_OK] = {BOOT_OK, NULL},
    [TAR_TRUNCATED_HEADER] = {BOOT_FILE_TRUNCATED, "header"},
    [TAR_BAD_MAGIC] = {BOOT_TAR_MAGIC, "magic"},
    [TAR_BAD_CHECKSUM] = {BOOT_TAR_CHECKSUM, "checksum"},
    [TAR_BAD_NUMBER] = {BOOT_TAR_FIELD, "number"},
    [TAR_BAD_NAME] = {BOOT_TAR_FIELD, "name"},
    [TAR_BAD_TYPE] = {BOOT_TAR_FIELD, "type"},
    [TAR_TRUNCATED_DATA] = {BOOT_FILE_TRUNCATED, "data"},
    [TAR_NO_END] = {BOOT_TAR_END, NULL},
};

enum boot_error tar_report(const struct tar_error *error, const char *what,
                           struct boot_failure *failure) {
    const struct tar_report_row *row = &tar_report_rows[error->problem];
    return boot_fail(failure, row->error, what, row->field, error->found, error->wanted,
                     error->offset);
}
