// SPDX-License-Identifier: GPL-3.0-only
#include "boot/elf/report.h"

struct elf_report_row {
    enum boot_error error;
    const char *field;
};

static const struct elf_report_row elf_report_rows[ELF_PROBLEM_COUNT] = {
    [ELF_OK] = {BOOT_OK, NULL},
    [ELF_TRUNCATED_HEADER] = {BOOT_FILE_TRUNCATED, "ELF header"},
    [ELF_NOT_ELF] = {BOOT_ELF_MAGIC, "e_ident"},
    [ELF_NOT_64_BIT] = {BOOT_ELF_CLASS, "EI_CLASS"},
    [ELF_NOT_LITTLE_ENDIAN] = {BOOT_ELF_ENDIAN, "EI_DATA"},
    [ELF_BAD_VERSION] = {BOOT_ELF_VERSION, "e_version"},
    [ELF_NOT_EXECUTABLE] = {BOOT_ELF_TYPE, "e_type"},
    [ELF_WRONG_MACHINE] = {BOOT_ELF_MACHINE, "e_machine"},
    [ELF_BAD_HEADER_SIZE] = {BOOT_ELF_HEADER, "e_phentsize"},
    [ELF_TRUNCATED_TABLE] = {BOOT_FILE_TRUNCATED, "program headers"},
    [ELF_NEEDS_INTERPRETER] = {BOOT_ELF_UNSUPPORTED, "p_type"},
    [ELF_TOO_MANY_SEGMENTS] = {BOOT_TOO_MANY, "segments"},
    [ELF_NO_SEGMENTS] = {BOOT_ELF_NO_SEGMENT, NULL},
    [ELF_SEGMENT_TRUNCATED] = {BOOT_FILE_TRUNCATED, "segment"},
    [ELF_SEGMENT_SIZE] = {BOOT_ELF_PROGRAM_HEADER, "p_filesz"},
    [ELF_SEGMENT_UNALIGNED] = {BOOT_ELF_SEGMENT_UNALIGNED, "p_vaddr"},
    [ELF_SEGMENT_WRAPS] = {BOOT_ELF_SEGMENT_OUTSIDE, "p_vaddr"},
    [ELF_SEGMENT_OVERLAPS] = {BOOT_ELF_SEGMENT_OVERLAP, "p_vaddr"},
    [ELF_SEGMENT_ORDER] = {BOOT_ELF_SEGMENT_ORDER, "p_vaddr"},
    [ELF_SEGMENT_WRITE_EXEC] = {BOOT_ELF_SEGMENT_WX, "p_flags"},
    [ELF_SEGMENT_UNREADABLE] = {BOOT_ELF_PROGRAM_HEADER, "p_flags"},
    [ELF_BAD_ENTRY] = {BOOT_ELF_ENTRY_OUTSIDE, "e_entry"},
};

enum boot_error elf_report(const struct elf_error *error, const char *what,
                           struct boot_failure *failure) {
    const struct elf_report_row *row = &elf_report_rows[error->problem];
    return boot_fail(failure, row->error, what, row->field, error->value, error->wanted, 0);
}
