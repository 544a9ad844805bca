// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/error.h"

#include <stdbool.h>

static const char *const texts[BOOT_ERROR_COUNT] = {
    [BOOT_OK] = "no error",
    [BOOT_FILE_MISSING] = "file is missing",
    [BOOT_FILE_UNREADABLE] = "file cannot be read",
    [BOOT_FILE_EMPTY] = "file is empty",
    [BOOT_FILE_TRUNCATED] = "file is cut short",
    [BOOT_FILE_TOO_LARGE] = "file is too large",
    [BOOT_ELF_MAGIC] = "not an ELF file",
    [BOOT_ELF_CLASS] = "not a 64-bit ELF file",
    [BOOT_ELF_ENDIAN] = "not a little-endian ELF file",
    [BOOT_ELF_VERSION] = "unknown ELF version",
    [BOOT_ELF_TYPE] = "not an executable ELF file",
    [BOOT_ELF_MACHINE] = "built for another architecture",
    [BOOT_ELF_HEADER] = "bad ELF header",
    [BOOT_ELF_PROGRAM_HEADER] = "bad ELF program header",
    [BOOT_ELF_NO_SEGMENT] = "ELF file has nothing to load",
    [BOOT_ELF_SEGMENT_UNALIGNED] = "ELF segment is not aligned",
    [BOOT_ELF_SEGMENT_OVERLAP] = "ELF segments overlap",
    [BOOT_ELF_SEGMENT_OUTSIDE] = "ELF segment lies outside the allowed addresses",
    [BOOT_ELF_SEGMENT_ORDER] = "ELF segments are not in order of address",
    [BOOT_ELF_SEGMENT_WX] = "ELF segment is both writable and executable",
    [BOOT_ELF_ENTRY_OUTSIDE] = "entry point is in no executable segment",
    [BOOT_ELF_UNSUPPORTED] = "ELF file needs a dynamic linker",
    [BOOT_TAR_MAGIC] = "not a tar archive",
    [BOOT_TAR_CHECKSUM] = "tar header has a wrong checksum",
    [BOOT_TAR_FIELD] = "tar header has a malformed field",
    [BOOT_TAR_END] = "tar archive has no end mark",
    [BOOT_MEMORY_TOO_SMALL] = "not enough memory",
    [BOOT_MEMORY_MAP_MISSING] = "firmware gave no memory map",
    [BOOT_MEMORY_MAP_FULL] = "memory map has too many ranges",
    [BOOT_MEMORY_RANGE] = "impossible memory range",
    [BOOT_MEMORY_BEYOND_REACH] = "lies beyond the memory that can be mapped",
    [BOOT_SIGNATURE_MISSING] = "no signature",
    [BOOT_SIGNATURE_INVALID] = "signature does not match",
    [BOOT_NO_HARDWARE_DESCRIPTION] = "firmware gave neither ACPI tables nor a device tree",
    [BOOT_ACPI_ADDRESS] = "ACPI table lies outside memory",
    [BOOT_ACPI_SIGNATURE] = "ACPI table has a wrong signature",
    [BOOT_ACPI_LENGTH] = "ACPI table has a wrong length",
    [BOOT_ACPI_CHECKSUM] = "ACPI table has a wrong checksum",
    [BOOT_ACPI_MISSING] = "ACPI table is missing",
    [BOOT_ACPI_VALUE] = "ACPI table has an impossible value",
    [BOOT_DEVICE_TREE_INVALID] = "device tree is malformed",
    [BOOT_DEVICE_TREE_PROPERTY] = "device tree property is missing or malformed",
    [BOOT_DEVICE_TREE_DEPTH] = "device tree is nested too deeply",
    [BOOT_NO_CPU] = "no usable CPU is described",
    [BOOT_NO_BOOT_CPU] = "this CPU is not among those described",
    [BOOT_NO_INTC] = "no usable interrupt controller is described",
    [BOOT_NO_TIMER] = "no usable timer",
    [BOOT_CPU_UNSUPPORTED] = "CPU lacks a feature that Helios needs",
    [BOOT_TOO_MANY] = "more entries than there is room for, the rest is ignored",
    [BOOT_FIRMWARE] = "firmware call failed",
    [BOOT_EXCEPTION] = "unexpected processor exception",
    [BOOT_BLOCK_TOO_SMALL] = "boot block is too small",
    [BOOT_COMMAND_LINE_TOO_LONG] = "too long",
    [BOOT_COMMAND_LINE_SYNTAX] = "malformed",
    [BOOT_COMMAND_LINE_CONFLICT] = "key is given twice with different values",
    [BOOT_COMMAND_LINE_VALUE] = "impossible value",
};

const char *boot_error_text(enum boot_error error) {
    if ((unsigned)error >= BOOT_ERROR_COUNT || texts[error] == NULL) {
        return "unknown error";
    }
    return texts[error];
}

enum boot_error boot_fail(struct boot_failure *failure, enum boot_error error, const char *what,
                          const char *field, uint64_t found, uint64_t wanted, uint64_t address) {
    if (failure != NULL) {
        *failure = (struct boot_failure){
            .error = error,
            .what = what,
            .field = field,
            .found = found,
            .wanted = wanted,
            .address = address,
        };
    }
    return error;
}

// The text as far as it has been written; one byte is always kept for the NUL.
struct line {
    char *text;
    size_t size;
    size_t length;
};

static void put_char(struct line *line, char c) {
    if (line->length + 1 < line->size) {
        line->text[line->length] = c;
        line->length++;
    }
}

// Names may come out of a device tree, so anything that is not printable is shown as '?'.
static void put_string(struct line *line, const char *string) {
    for (; *string != '\0'; string++) {
        const bool printable = *string >= ' ' && *string <= '~';
        put_char(line, *(printable ? string : "?"));
    }
}

static void put_hex(struct line *line, uint64_t value) {
    put_string(line, "0x");
    int shift = 60;
    while (shift > 0 && (value >> shift) == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        put_char(line, "0123456789abcdef"[(value >> shift) & 15]);
    }
}

static void put_separator(struct line *line, bool *first) {
    put_string(line, *first ? " (" : ", ");
    *first = false;
}

size_t boot_failure_format(const struct boot_failure *failure, char *text, size_t size) {
    if (size == 0) {
        return 0;
    }
    struct line line = {.text = text, .size = size, .length = 0};
    if (failure->what != NULL) {
        put_string(&line, failure->what);
        put_string(&line, ": ");
    }
    put_string(&line, boot_error_text(failure->error));
    bool first = true;
    if (failure->field != NULL) {
        put_separator(&line, &first);
        put_string(&line, failure->field);
    }
    if (failure->found != 0 || failure->wanted != 0) {
        put_separator(&line, &first);
        put_string(&line, "found ");
        put_hex(&line, failure->found);
        put_string(&line, ", wanted ");
        put_hex(&line, failure->wanted);
    }
    if (failure->address != 0) {
        put_separator(&line, &first);
        put_string(&line, "at ");
        put_hex(&line, failure->address);
    }
    if (!first) {
        put_char(&line, ')');
    }
    text[line.length] = '\0';
    return line.length;
}
