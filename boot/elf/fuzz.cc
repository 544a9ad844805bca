// SPDX-License-Identifier: GPL-3.0-only
//
// Any bytes as the ELF file of helios_spawn, a loader or the kernel: what is accepted lies inside
// of the file, shares no page, is never writable and executable, and begins where it may run.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "boot/elf/elf.h"

namespace {

constexpr size_t kHeader = 64;
constexpr size_t kProgramHeader = 56;
constexpr size_t kSegments = 3;

// Of a program header's fields.
constexpr size_t kOffset = 8;
constexpr size_t kAddress = 16;
constexpr size_t kAlignment = 48;

void Require(bool condition) {
    if (!condition) {
        abort();
    }
}

void CheckSegment(const elf_segment &segment, const uint8_t *data, size_t size) {
    uint64_t offset = static_cast<uint64_t>(segment.data - data);
    Require(segment.memsz != 0 && segment.filesz <= segment.memsz);
    Require(segment.filesz == 0 || (offset <= size && segment.filesz <= size - offset));
    Require(segment.vaddr + (segment.memsz - 1) >= segment.vaddr);
    Require((segment.flags & ELF_READ) != 0);
    Require((segment.flags & (ELF_WRITE | ELF_EXECUTE)) != (ELF_WRITE | ELF_EXECUTE));
}

void CheckImage(const elf_image &image, const uint8_t *data, size_t size) {
    Require(image.segment_count >= 1 && image.segment_count <= ELF_MAX_SEGMENTS);
    bool can_begin = false;
    for (uint32_t i = 0; i < image.segment_count; i++) {
        const elf_segment &segment = image.segments[i];
        CheckSegment(segment, data, size);
        uint64_t last = segment.vaddr + (segment.memsz - 1);
        Require(image.low <= segment.vaddr && image.high >= last);
        Require(i + 1 == image.segment_count ||
                last / ELF_PAGE_SIZE < image.segments[i + 1].vaddr / ELF_PAGE_SIZE);
        can_begin = can_begin || ((segment.flags & ELF_EXECUTE) != 0 &&
                                  image.entry >= segment.vaddr && image.entry <= last);
    }
    Require(can_begin && image.low % ELF_PAGE_SIZE == 0 && (image.high + 1) % ELF_PAGE_SIZE == 0);
}

void Look(const uint8_t *data, size_t size) {
    elf_image image;
    elf_error error = {};
    if (elf_open(data, size, ELF_MACHINE_X86_64, &image, &error)) {
        CheckImage(image, data, size);
    } else {
        Require(error.problem != ELF_OK && error.problem < ELF_PROBLEM_COUNT);
        Require(elf_problem_text(error.problem) != nullptr);
    }
}

void Put16(uint8_t *data, size_t at, uint16_t value) {
    memcpy(data + at, &value, sizeof value);
}

// The fields that have one right value get it, and addresses and sizes become small, or hardly
// anything would get as far as the segments.
void Mend(uint8_t *data) {
    memcpy(data, "\177ELF\2\1\1", 7);
    Put16(data, 16, 2);
    Put16(data, 18, ELF_MACHINE_X86_64);
    memcpy(data + 20, "\1\0\0", 4);
    memset(data + 26, 0, 6); // of the entry point
    memcpy(data + 32, "\100\0\0\0\0\0\0", 8);
    Put16(data, 54, kProgramHeader);
    Put16(data, 56, kSegments);
    for (size_t i = 0; i < kSegments; i++) {
        uint8_t *header = data + kHeader + i * kProgramHeader;
        memcpy(header, "\1\0\0", 4);
        for (size_t field = 8; field < kProgramHeader; field += 8) {
            memset(header + field + 2, 0, 6);
        }
        header[kAddress] = header[kOffset]; // as far into a page as in the file
        header[kAddress + 1] =
            static_cast<uint8_t>((header[kAddress + 1] & 0xf0) | (header[kOffset + 1] & 0x0f));
        Put16(header, kAlignment, ELF_PAGE_SIZE);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Look(data, size);
    if (size >= kHeader + kSegments * kProgramHeader) {
        uint8_t *copy = static_cast<uint8_t *>(malloc(size));
        memcpy(copy, data, size);
        Mend(copy);
        Look(copy, size);
        free(copy);
    }
    return 0;
}
