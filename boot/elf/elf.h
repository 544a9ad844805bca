// SPDX-License-Identifier: MIT
//
// A reader of static ELF64 executables (System V gABI 4.1, chapter 5), for the loaders and the
// kernel. It allocates nothing, trusts nothing in the file and reads it only through elf_open's
// bounds; a file that passes elf_open can be iterated without further checks.
#ifndef HELIOS_BOOT_ELF_ELF_H
#define HELIOS_BOOT_ELF_ELF_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ELF_PAGE_SIZE 4096u

/** e_machine values of the architectures that Helios runs on. */
enum elf_machine {
    ELF_MACHINE_X86_64 = 62,
    ELF_MACHINE_AARCH64 = 183,
    ELF_MACHINE_RISCV = 243,
};

/** Segment permissions, as in p_flags. */
enum elf_flags {
    ELF_EXECUTE = 1,
    ELF_WRITE = 2,
    ELF_READ = 4,
};

enum elf_problem {
    ELF_OK = 0,
    ELF_TRUNCATED_HEADER,   // value: file size
    ELF_NOT_ELF,            // value: first four bytes
    ELF_NOT_64_BIT,         // value: EI_CLASS
    ELF_NOT_LITTLE_ENDIAN,  // value: EI_DATA
    ELF_BAD_VERSION,        // value: e_version
    ELF_NOT_EXECUTABLE,     // value: e_type; only ET_EXEC is taken
    ELF_WRONG_MACHINE,      // value: e_machine
    ELF_BAD_HEADER_SIZE,    // value: e_phentsize
    ELF_TRUNCATED_TABLE,    // value: file size; wanted: where the program headers end
    ELF_NEEDS_INTERPRETER,  // segment; PT_INTERP or PT_DYNAMIC: not a static program
    ELF_TOO_MANY_SEGMENTS,  // value: number of PT_LOADs
    ELF_NO_SEGMENTS,        // no PT_LOAD with memory
    ELF_SEGMENT_TRUNCATED,  // segment; value: file size; wanted: where the segment ends
    ELF_SEGMENT_SIZE,       // segment; value: p_filesz, more than p_memsz
    ELF_SEGMENT_UNALIGNED,  // segment; value: p_vaddr, not congruent to p_offset in a page
    ELF_SEGMENT_WRAPS,      // segment; value: p_vaddr; the end passes 2^64
    ELF_SEGMENT_OVERLAPS,   // segment; value: p_vaddr; shares a page with the one before
    ELF_SEGMENT_ORDER,      // segment; value: p_vaddr; lies below the one before
    ELF_SEGMENT_WRITE_EXEC, // segment; value: p_flags
    ELF_SEGMENT_UNREADABLE, // segment; value: p_flags
    ELF_BAD_ENTRY,          // value: e_entry, in no executable segment
    ELF_PROBLEM_COUNT,
};

#define ELF_MAX_SEGMENTS 16

struct elf_error {
    enum elf_problem problem;
    uint32_t segment; // index of the program header, where the problem has one
    uint64_t value;   // what was found
    uint64_t wanted;  // what it should have been, where that is one number
};

/** One PT_LOAD. data points at filesz bytes; the rest up to memsz is zero. */
struct elf_segment {
    uint64_t vaddr;
    uint64_t memsz;
    uint64_t filesz;
    const uint8_t *data;
    uint32_t flags; // enum elf_flags
};

struct elf_image {
    uint64_t entry;
    uint64_t low;  // first address of the lowest segment's first page
    uint64_t high; // last address of the highest segment's last page (inclusive: may be 2^64 - 1)
    uint32_t segment_count;
    struct elf_segment segments[ELF_MAX_SEGMENTS]; // ascending addresses, no page shared
};

/**
 * Checks the file of size bytes at data and describes its loadable segments in image.
 *
 * machine is the e_machine that is wanted. Returns true and fills image, or false and fills error.
 * data needs no alignment; it has to outlive image.
 */
bool elf_open(const void *data, uint64_t size, enum elf_machine machine, struct elf_image *image,
              struct elf_error *error);

/** The problem in words, to follow a file's name: "is for another machine". */
const char *elf_problem_text(enum elf_problem problem);

/** Whether a problem concerns one segment, so that error.segment means something. */
bool elf_problem_has_segment(enum elf_problem problem);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_ELF_ELF_H
