// SPDX-License-Identifier: GPL-3.0-only
//
// What can go wrong while booting: one closed list for every loader and every reader, and one way
// to say it in a line. A reader returns an enum boot_error and, unless that is BOOT_OK, has filled
// the struct boot_failure that its caller gave it.
#ifndef HELIOS_BOOT_INFO_ERROR_H
#define HELIOS_BOOT_INFO_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum boot_error {
    BOOT_OK = 0,

    // Files: the kernel, init, the bootfs, sections of the PE file.
    BOOT_FILE_MISSING,    // no such file, section or module
    BOOT_FILE_UNREADABLE, // firmware reports an error while reading; found: its status
    BOOT_FILE_EMPTY,      //
    BOOT_FILE_TRUNCATED,  // found: bytes there; wanted: bytes needed
    BOOT_FILE_TOO_LARGE,  // found: bytes; wanted: the limit

    // ELF files.
    BOOT_ELF_MAGIC,             // not an ELF file
    BOOT_ELF_CLASS,             // not 64 bit
    BOOT_ELF_ENDIAN,            // not little endian
    BOOT_ELF_VERSION,           //
    BOOT_ELF_TYPE,              // not an executable (ET_EXEC)
    BOOT_ELF_MACHINE,           // for another architecture
    BOOT_ELF_HEADER,            // header field with an impossible value
    BOOT_ELF_PROGRAM_HEADER,    // program header with an impossible value
    BOOT_ELF_NO_SEGMENT,        // nothing to load
    BOOT_ELF_SEGMENT_UNALIGNED, //
    BOOT_ELF_SEGMENT_OVERLAP,   //
    BOOT_ELF_SEGMENT_OUTSIDE,   // outside the addresses it may occupy
    BOOT_ELF_SEGMENT_ORDER,     // segments not in order of address
    BOOT_ELF_SEGMENT_WX,        // writable and executable
    BOOT_ELF_ENTRY_OUTSIDE,     // entry point in no executable segment
    BOOT_ELF_UNSUPPORTED,       // needs an interpreter or relocation

    // The bootfs.
    BOOT_TAR_MAGIC,    // not a (ustar) tar archive
    BOOT_TAR_CHECKSUM, //
    BOOT_TAR_FIELD,    // malformed number, name or type
    BOOT_TAR_END,      // no end-of-archive mark

    // Memory.
    BOOT_MEMORY_TOO_SMALL, // found: bytes free; wanted: bytes needed
    BOOT_MEMORY_MAP_MISSING,
    BOOT_MEMORY_MAP_FULL,     // more ranges than fit; wanted: capacity
    BOOT_MEMORY_RANGE,        // range wraps around, or lies where it can't
    BOOT_MEMORY_BEYOND_REACH, // something needed lies beyond the direct map

    // Trust.
    BOOT_SIGNATURE_MISSING,
    BOOT_SIGNATURE_INVALID,

    // Firmware tables.
    BOOT_NO_HARDWARE_DESCRIPTION, // neither ACPI nor a device tree
    BOOT_ACPI_ADDRESS,            // a table lies where nothing can be read
    BOOT_ACPI_SIGNATURE,          // found, wanted: the four bytes, first one lowest
    BOOT_ACPI_LENGTH,             // found: length; wanted: least length
    BOOT_ACPI_CHECKSUM,           // found: sum of all bytes, wanted: 0
    BOOT_ACPI_MISSING,            // a table that is needed isn't there
    BOOT_ACPI_VALUE,              // a field with an impossible value
    BOOT_DEVICE_TREE_INVALID,     // libfdt refuses it; found: libfdt's error, positive
    BOOT_DEVICE_TREE_PROPERTY,    // property missing or of impossible size or value
    BOOT_DEVICE_TREE_DEPTH,       // nested too deeply

    // The machine.
    BOOT_NO_CPU,          // no usable CPU described
    BOOT_NO_BOOT_CPU,     // found: hardware id of this CPU, which is not in the list
    BOOT_NO_INTC,         // no usable interrupt controller described
    BOOT_NO_TIMER,        // no usable timer, or its frequency is not known
    BOOT_CPU_UNSUPPORTED, // this CPU lacks a feature that Helios needs: see field
    BOOT_TOO_MANY,        // more records than fit; found: ignored, wanted: capacity
    BOOT_FIRMWARE,        // a firmware call failed; found: its status
    BOOT_EXCEPTION,       // the loader itself failed; found: vector, address: instruction
    BOOT_BLOCK_TOO_SMALL, // boot block: found: bytes given; wanted: bytes needed

    // The command line.
    BOOT_COMMAND_LINE_TOO_LONG, // found: bytes; wanted: limit
    BOOT_COMMAND_LINE_SYNTAX,   // found: position
    BOOT_COMMAND_LINE_CONFLICT, // one key twice with different values
    BOOT_COMMAND_LINE_VALUE,    // a known key with a value that it can't have

    BOOT_ERROR_COUNT
};

// Which thing is wrong and how. Strings are static, or lie in what is being read (a device tree),
// so that they live as long as that.
struct boot_failure {
    enum boot_error error;
    const char *what;  // file, table or device: "kernel", "MADT", "device tree"
    const char *field; // part of it, or NULL: "e_machine", "reg"
    uint64_t found;
    uint64_t wanted;
    uint64_t address; // where: offset in a file or physical address of a table
};

// One error in a few plain words, lower case, no full stop. Never NULL, also for unknown values.
const char *boot_error_text(enum boot_error error);

// Fill in `failure` (which may be NULL) and return `error`, so that a reader can
// `return boot_fail(failure, BOOT_..., ...)`.
enum boot_error boot_fail(struct boot_failure *failure, enum boot_error error, const char *what,
                          const char *field, uint64_t found, uint64_t wanted, uint64_t address);

// The readable line, without a line end: "init: built for another architecture (e_machine, found
// 0x3e, wanted 0xf3, at 0x12)". Always NUL-terminated if size > 0, cut off if need be, and
// printable ASCII whatever the strings hold. Returns the length written, without the NUL.
size_t boot_failure_format(const struct boot_failure *failure, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_ERROR_H
