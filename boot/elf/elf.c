// SPDX-License-Identifier: MIT
#include "boot/elf/elf.h"

enum {
    ELF_CLASS_64 = 2,
    ELF_DATA_LITTLE = 1,
    ELF_TYPE_EXECUTABLE = 2,
    ELF_SEGMENT_LOAD = 1,
    ELF_SEGMENT_DYNAMIC = 2,
    ELF_SEGMENT_INTERPRETER = 3,
};

struct elf_file_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

_Static_assert(sizeof(struct elf_file_header) == 64, "ELF64 layout");
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF64 layout");

static bool elf_fail(struct elf_error *error, enum elf_problem problem, uint32_t segment,
                     uint64_t value) {
    error->problem = problem;
    error->segment = segment;
    error->value = value;
    error->wanted = 0;
    return false;
}

static bool elf_mismatch(struct elf_error *error, enum elf_problem problem, uint64_t value,
                         uint64_t wanted) {
    elf_fail(error, problem, 0, value);
    error->wanted = wanted;
    return false;
}

static bool elf_check_header(const struct elf_file_header *header, uint64_t size,
                             enum elf_machine machine, struct elf_error *error) {
    const uint8_t *ident = header->ident;
    if (ident[0] != 0x7f || ident[1] != 'E' || ident[2] != 'L' || ident[3] != 'F') {
        return elf_mismatch(error, ELF_NOT_ELF,
                            (uint32_t)ident[0] << 24 | (uint32_t)ident[1] << 16 |
                                (uint32_t)ident[2] << 8 | ident[3],
                            0x7f454c46);
    }
    if (ident[4] != ELF_CLASS_64) {
        return elf_mismatch(error, ELF_NOT_64_BIT, ident[4], ELF_CLASS_64);
    }
    if (ident[5] != ELF_DATA_LITTLE) {
        return elf_mismatch(error, ELF_NOT_LITTLE_ENDIAN, ident[5], ELF_DATA_LITTLE);
    }
    if (header->version != 1 || ident[6] != 1) {
        return elf_mismatch(error, ELF_BAD_VERSION, header->version, 1);
    }
    if (header->machine != machine) {
        return elf_mismatch(error, ELF_WRONG_MACHINE, header->machine, machine);
    }
    if (header->type != ELF_TYPE_EXECUTABLE) {
        return elf_mismatch(error, ELF_NOT_EXECUTABLE, header->type, ELF_TYPE_EXECUTABLE);
    }
    if (header->phentsize != sizeof(struct elf_program_header)) {
        return elf_mismatch(error, ELF_BAD_HEADER_SIZE, header->phentsize,
                            sizeof(struct elf_program_header));
    }
    uint64_t table_size = (uint64_t)header->phnum * sizeof(struct elf_program_header);
    if (header->phoff > size || table_size > size - header->phoff) {
        return elf_mismatch(error, ELF_TRUNCATED_TABLE, size, header->phoff + table_size);
    }
    return true;
}

// Checks of one segment that need no other.
static bool elf_check_segment(const struct elf_program_header *header, uint32_t index,
                              uint64_t size, struct elf_error *error) {
    if (header->filesz > header->memsz) {
        return elf_fail(error, ELF_SEGMENT_SIZE, index, header->filesz);
    }
    if (header->offset > size || header->filesz > size - header->offset) {
        elf_mismatch(error, ELF_SEGMENT_TRUNCATED, size, header->offset + header->filesz);
        error->segment = index;
        return false;
    }
    if (header->memsz - 1 > UINT64_MAX - header->vaddr) {
        return elf_fail(error, ELF_SEGMENT_WRAPS, index, header->vaddr);
    }
    if ((header->vaddr - header->offset) % ELF_PAGE_SIZE != 0 ||
        (header->align & (header->align - 1)) != 0) {
        return elf_fail(error, ELF_SEGMENT_UNALIGNED, index, header->vaddr);
    }
    if ((header->flags & ELF_WRITE) != 0 && (header->flags & ELF_EXECUTE) != 0) {
        return elf_fail(error, ELF_SEGMENT_WRITE_EXEC, index, header->flags);
    }
    if ((header->flags & ELF_READ) == 0) {
        return elf_fail(error, ELF_SEGMENT_UNREADABLE, index, header->flags);
    }
    return true;
}

static uint64_t elf_first_page(uint64_t address) {
    return address & ~(uint64_t)(ELF_PAGE_SIZE - 1);
}

static uint64_t elf_last_byte_of_page(uint64_t address) {
    return address | (ELF_PAGE_SIZE - 1);
}

// Appends a checked segment; the gABI wants PT_LOADs in ascending order of p_vaddr.
static bool elf_add_segment(struct elf_image *image, const struct elf_program_header *header,
                            uint32_t index, const uint8_t *data, struct elf_error *error) {
    uint64_t last = header->vaddr + (header->memsz - 1);
    if (image->segment_count > 0) {
        const struct elf_segment *before = &image->segments[image->segment_count - 1];
        if (elf_first_page(header->vaddr) <= image->high) {
            bool below = elf_last_byte_of_page(last) < elf_first_page(before->vaddr);
            return elf_fail(error, below ? ELF_SEGMENT_ORDER : ELF_SEGMENT_OVERLAPS, index,
                            header->vaddr);
        }
    } else {
        image->low = elf_first_page(header->vaddr);
    }
    if (image->segment_count == ELF_MAX_SEGMENTS) {
        return elf_fail(error, ELF_TOO_MANY_SEGMENTS, index, image->segment_count + 1u);
    }
    image->high = elf_last_byte_of_page(last);
    struct elf_segment *segment = &image->segments[image->segment_count++];
    segment->vaddr = header->vaddr;
    segment->memsz = header->memsz;
    segment->filesz = header->filesz;
    segment->data = data + header->offset;
    segment->flags = header->flags & (ELF_READ | ELF_WRITE | ELF_EXECUTE);
    return true;
}

static bool elf_read_segments(const uint8_t *data, uint64_t size,
                              const struct elf_file_header *file, struct elf_image *image,
                              struct elf_error *error) {
    for (uint32_t i = 0; i < file->phnum; i++) {
        struct elf_program_header header;
        __builtin_memcpy(&header, data + file->phoff + i * sizeof header, sizeof header);
        if (header.type == ELF_SEGMENT_INTERPRETER || header.type == ELF_SEGMENT_DYNAMIC) {
            return elf_fail(error, ELF_NEEDS_INTERPRETER, i, header.type);
        }
        if (header.type != ELF_SEGMENT_LOAD || (header.memsz == 0 && header.filesz == 0)) {
            continue;
        }
        if (!elf_check_segment(&header, i, size, error) ||
            !elf_add_segment(image, &header, i, data, error)) {
            return false;
        }
    }
    return true;
}

static bool elf_entry_is_executable(const struct elf_image *image) {
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if ((segment->flags & ELF_EXECUTE) != 0 && image->entry >= segment->vaddr &&
            image->entry - segment->vaddr < segment->memsz) {
            return true;
        }
    }
    return false;
}

bool elf_open(const void *data, uint64_t size, enum elf_machine machine, struct elf_image *image,
              struct elf_error *error) {
    elf_fail(error, ELF_OK, 0, 0);
    *image = (struct elf_image){0};
    if (size < sizeof(struct elf_file_header)) {
        return elf_mismatch(error, ELF_TRUNCATED_HEADER, size, sizeof(struct elf_file_header));
    }
    struct elf_file_header header;
    __builtin_memcpy(&header, data, sizeof header);
    if (!elf_check_header(&header, size, machine, error) ||
        !elf_read_segments((const uint8_t *)data, size, &header, image, error)) {
        return false;
    }
    if (image->segment_count == 0) {
        return elf_fail(error, ELF_NO_SEGMENTS, 0, 0);
    }
    image->entry = header.entry;
    if (!elf_entry_is_executable(image)) {
        return elf_fail(error, ELF_BAD_ENTRY, 0, header.entry);
    }
    return true;
}

const char *elf_problem_text(enum elf_problem problem) {
    static const char *const texts[ELF_PROBLEM_COUNT] = {
        [ELF_OK] = "is good",
        [ELF_TRUNCATED_HEADER] = "is shorter than an ELF header",
        [ELF_NOT_ELF] = "is not an ELF file",
        [ELF_NOT_64_BIT] = "is not a 64-bit ELF file",
        [ELF_NOT_LITTLE_ENDIAN] = "is not a little-endian ELF file",
        [ELF_BAD_VERSION] = "has an unknown ELF version",
        [ELF_NOT_EXECUTABLE] = "is not a static executable (e_type is not ET_EXEC)",
        [ELF_WRONG_MACHINE] = "is for another machine (e_machine)",
        [ELF_BAD_HEADER_SIZE] = "has program headers of a wrong size",
        [ELF_TRUNCATED_TABLE] = "is truncated: the program header table ends beyond the file",
        [ELF_NEEDS_INTERPRETER] = "is dynamically linked",
        [ELF_TOO_MANY_SEGMENTS] = "has too many loadable segments",
        [ELF_NO_SEGMENTS] = "has no loadable segment",
        [ELF_SEGMENT_TRUNCATED] = "is truncated: a segment ends beyond the file",
        [ELF_SEGMENT_SIZE] = "has a segment with more bytes in the file than in memory",
        [ELF_SEGMENT_UNALIGNED] = "has an unaligned segment",
        [ELF_SEGMENT_WRAPS] = "has a segment that passes the end of the address space",
        [ELF_SEGMENT_OVERLAPS] = "has overlapping segments (one page, two segments)",
        [ELF_SEGMENT_ORDER] = "has segments in descending order",
        [ELF_SEGMENT_WRITE_EXEC] = "has a segment both writable and executable",
        [ELF_SEGMENT_UNREADABLE] = "has a segment that is not readable",
        [ELF_BAD_ENTRY] = "has its entry point outside of the executable segments",
    };
    return (unsigned)problem < ELF_PROBLEM_COUNT ? texts[problem] : "has an unknown problem";
}

bool elf_problem_has_segment(enum elf_problem problem) {
    return problem == ELF_NEEDS_INTERPRETER || problem == ELF_TOO_MANY_SEGMENTS ||
           (problem >= ELF_SEGMENT_TRUNCATED && problem <= ELF_SEGMENT_UNREADABLE);
}
