// SPDX-License-Identifier: GPL-3.0-only
#include "boot/elf/elf.h"

#include "boot/elf/report.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr uint64_t kBase = 0xffffffff80000000;

struct Header {
    uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    uint16_t type = 2;
    uint16_t machine = ELF_MACHINE_X86_64;
    uint32_t version = 1;
    uint64_t entry = kBase + 0x10;
    uint64_t phoff = 64;
    uint64_t shoff = 0;
    uint32_t flags = 0;
    uint16_t ehsize = 64;
    uint16_t phentsize = 56;
    uint16_t phnum = 0;
    uint16_t shentsize = 0;
    uint16_t shnum = 0;
    uint16_t shstrndx = 0;
};

struct Segment {
    uint32_t type = 1;
    uint32_t flags = ELF_READ;
    uint64_t offset = 0x1000;
    uint64_t vaddr = kBase;
    uint64_t paddr = 0;
    uint64_t filesz = 0x800;
    uint64_t memsz = 0x800;
    uint64_t align = 0x1000;
};

// A good file of three segments (RX, R, RW), to be spoiled in one respect.
struct File {
    Header header;
    std::vector<Segment> segments{
        {.flags = ELF_READ | ELF_EXECUTE},
        {.flags = ELF_READ, .offset = 0x2000, .vaddr = kBase + 0x1000},
        {.flags = ELF_READ | ELF_WRITE, .offset = 0x3000, .vaddr = kBase + 0x2000, .memsz = 0x5000},
    };
    uint64_t size = 0x4000;

    std::vector<uint8_t> Bytes() const {
        std::vector<uint8_t> bytes(0x10000);
        Header with_count = header;
        if (with_count.phnum == 0) {
            with_count.phnum = static_cast<uint16_t>(segments.size());
        }
        memcpy(bytes.data(), &with_count, sizeof with_count);
        memcpy(bytes.data() + 64, segments.data(), segments.size() * sizeof(Segment));
        // Exactly as long as it says, so that ASan sees a read beyond the end.
        return std::vector<uint8_t>(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    }
};

elf_error Open(const File &file, elf_image *image = nullptr,
               elf_machine machine = ELF_MACHINE_X86_64) {
    static std::vector<uint8_t> bytes;
    bytes = file.Bytes();
    bytes.shrink_to_fit();
    elf_image own;
    elf_error error;
    bool good = elf_open(bytes.data(), bytes.size(), machine, image ? image : &own, &error);
    EXPECT_EQ(good, error.problem == ELF_OK);
    return error;
}

TEST(Elf, AGoodFileIsDescribed) {
    elf_image image;
    ASSERT_EQ(Open(File(), &image).problem, ELF_OK);
    EXPECT_EQ(image.entry, kBase + 0x10);
    EXPECT_EQ(image.low, kBase);
    EXPECT_EQ(image.high, kBase + 0x6fff);
    ASSERT_EQ(image.segment_count, 3u);
    EXPECT_EQ(image.segments[0].flags, static_cast<uint32_t>(ELF_READ | ELF_EXECUTE));
    EXPECT_EQ(image.segments[2].vaddr, kBase + 0x2000);
    EXPECT_EQ(image.segments[2].filesz, 0x800u);
    EXPECT_EQ(image.segments[2].memsz, 0x5000u);
    EXPECT_EQ(image.segments[2].data - image.segments[0].data, 0x2000);
}

TEST(Elf, SegmentsOfOtherTypesAndEmptyOnesAreSkipped) {
    File file;
    file.segments.push_back({.type = 0x6474e551, .flags = 7, .offset = 1, .filesz = 1 << 30});
    file.segments.push_back({.filesz = 0, .memsz = 0});
    elf_image image;
    ASSERT_EQ(Open(file, &image).problem, ELF_OK);
    EXPECT_EQ(image.segment_count, 3u);
}

TEST(Elf, EveryMachineOfOursIsTakenWhenWanted) {
    for (elf_machine machine : {ELF_MACHINE_X86_64, ELF_MACHINE_AARCH64, ELF_MACHINE_RISCV}) {
        File file;
        file.header.machine = machine;
        EXPECT_EQ(Open(file, nullptr, machine).problem, ELF_OK);
    }
}

TEST(Elf, ASegmentMayEndAtTheEndOfTheAddressSpace) {
    File file;
    file.segments[2].vaddr = 0xfffffffffffff000;
    file.segments[2].memsz = 0x1000;
    elf_image image;
    ASSERT_EQ(Open(file, &image).problem, ELF_OK);
    EXPECT_EQ(image.high, UINT64_MAX);
}

TEST(Elf, UnalignedDataIsRead) {
    std::vector<uint8_t> bytes = File().Bytes();
    bytes.insert(bytes.begin(), 0);
    elf_image image;
    elf_error error;
    EXPECT_TRUE(elf_open(bytes.data() + 1, bytes.size() - 1, ELF_MACHINE_X86_64, &image, &error));
}

TEST(Elf, AFileCutOffAnywhereIsRefused) {
    std::vector<uint8_t> bytes = File().Bytes();
    for (size_t size = 0; size < 0x3800; size++) {
        std::vector<uint8_t> part(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
        elf_image image;
        elf_error error;
        ASSERT_FALSE(elf_open(part.data(), size, ELF_MACHINE_X86_64, &image, &error)) << size;
        EXPECT_EQ(error.problem, size < 64            ? ELF_TRUNCATED_HEADER
                                 : size < 64 + 3 * 56 ? ELF_TRUNCATED_TABLE
                                                      : ELF_SEGMENT_TRUNCATED);
    }
}

struct Bad {
    const char *name;
    void (*spoil)(File &);
    elf_error want; // problem, segment, value
};

class BadElf : public testing::TestWithParam<Bad> {};

TEST_P(BadElf, IsRefusedByItsName) {
    File file;
    GetParam().spoil(file);
    elf_error error = Open(file);
    EXPECT_EQ(error.problem, GetParam().want.problem) << elf_problem_text(error.problem);
    EXPECT_EQ(error.segment, GetParam().want.segment);
    EXPECT_EQ(error.value, GetParam().want.value);
}

const Bad kBad[] = {
    {"NotElf", [](File &f) { f.header.ident[0] = 0; }, {ELF_NOT_ELF, 0, 0x00454c46, 0}},
    {"Class32", [](File &f) { f.header.ident[4] = 1; }, {ELF_NOT_64_BIT, 0, 1, 0}},
    {"BigEndian", [](File &f) { f.header.ident[5] = 2; }, {ELF_NOT_LITTLE_ENDIAN, 0, 2, 0}},
    {"Version", [](File &f) { f.header.version = 2; }, {ELF_BAD_VERSION, 0, 2, 0}},
    {"Relocatable", [](File &f) { f.header.type = 1; }, {ELF_NOT_EXECUTABLE, 0, 1, 0}},
    {"SharedObject", [](File &f) { f.header.type = 3; }, {ELF_NOT_EXECUTABLE, 0, 3, 0}},
    {"OtherMachine",
     [](File &f) { f.header.machine = ELF_MACHINE_AARCH64; },
     {ELF_WRONG_MACHINE, 0, ELF_MACHINE_AARCH64, 0}},
    {"HeaderSize", [](File &f) { f.header.phentsize = 32; }, {ELF_BAD_HEADER_SIZE, 0, 32, 0}},
    {"TableBeyond", [](File &f) { f.header.phoff = 0x3fff; }, {ELF_TRUNCATED_TABLE, 0, 0x4000, 0}},
    {"TableWraps",
     [](File &f) { f.header.phoff = UINT64_MAX - 8; },
     {ELF_TRUNCATED_TABLE, 0, 0x4000, 0}},
    {"TableTooLong", [](File &f) { f.header.phnum = 0xffff; }, {ELF_TRUNCATED_TABLE, 0, 0x4000, 0}},
    {"Interpreter", [](File &f) { f.segments[1].type = 3; }, {ELF_NEEDS_INTERPRETER, 1, 3, 0}},
    {"Dynamic", [](File &f) { f.segments[2].type = 2; }, {ELF_NEEDS_INTERPRETER, 2, 2, 0}},
    {"NoSegments",
     [](File &f) {
         for (Segment &segment : f.segments) {
             segment.type = 4;
         }
     },
     {ELF_NO_SEGMENTS, 0, 0, 0}},
    {"TooManySegments",
     [](File &f) {
         f.segments.clear();
         for (unsigned i = 0; i <= ELF_MAX_SEGMENTS; i++) {
             f.segments.push_back({.flags = ELF_READ | ELF_EXECUTE, .vaddr = kBase + i * 0x1000});
         }
     },
     {ELF_TOO_MANY_SEGMENTS, ELF_MAX_SEGMENTS, ELF_MAX_SEGMENTS + 1, 0}},
    {"OffsetBeyond",
     [](File &f) { f.segments[1].offset = 0x7000; },
     {ELF_SEGMENT_TRUNCATED, 1, 0x4000, 0}},
    {"OffsetWraps",
     [](File &f) { f.segments[1].offset = 0xfffffffffffff000; },
     {ELF_SEGMENT_TRUNCATED, 1, 0x4000, 0}},
    {"FileSizeHuge",
     [](File &f) { f.segments[1].filesz = f.segments[1].memsz = UINT64_MAX; },
     {ELF_SEGMENT_TRUNCATED, 1, 0x4000, 0}},
    {"MoreFileThanMemory",
     [](File &f) { f.segments[1].memsz = 0x7ff; },
     {ELF_SEGMENT_SIZE, 1, 0x800, 0}},
    {"NothingInMemory", [](File &f) { f.segments[1].memsz = 0; }, {ELF_SEGMENT_SIZE, 1, 0x800, 0}},
    {"Unaligned",
     [](File &f) { f.segments[1].vaddr += 8; },
     {ELF_SEGMENT_UNALIGNED, 1, kBase + 0x1008, 0}},
    {"AlignmentNoPowerOfTwo",
     [](File &f) { f.segments[1].align = 0x1800; },
     {ELF_SEGMENT_UNALIGNED, 1, kBase + 0x1000, 0}},
    {"Wraps",
     [](File &f) { f.segments[2].memsz = 0x80000000; },
     {ELF_SEGMENT_WRAPS, 2, kBase + 0x2000, 0}},
    {"Overlaps",
     [](File &f) { f.segments[1].memsz = 0x1001; },
     {ELF_SEGMENT_OVERLAPS, 2, kBase + 0x2000, 0}},
    {"SharesAPage",
     [](File &f) {
         f.segments[1].offset = 0x1800;
         f.segments[1].vaddr = kBase + 0x800;
     },
     {ELF_SEGMENT_OVERLAPS, 1, kBase + 0x800, 0}},
    {"SameSegmentTwice",
     [](File &f) { f.segments[1] = f.segments[0]; },
     {ELF_SEGMENT_OVERLAPS, 1, kBase, 0}},
    {"OutOfOrder",
     [](File &f) { std::swap(f.segments[1], f.segments[2]); },
     {ELF_SEGMENT_ORDER, 2, kBase + 0x1000, 0}},
    {"WriteAndExecute",
     [](File &f) { f.segments[0].flags = 7; },
     {ELF_SEGMENT_WRITE_EXEC, 0, 7, 0}},
    {"Unreadable",
     [](File &f) { f.segments[0].flags = ELF_EXECUTE; },
     {ELF_SEGMENT_UNREADABLE, 0, ELF_EXECUTE, 0}},
    {"EntryInData",
     [](File &f) { f.header.entry = kBase + 0x1000; },
     {ELF_BAD_ENTRY, 0, kBase + 0x1000, 0}},
    {"EntryBehindCode",
     [](File &f) { f.header.entry = kBase + 0x800; },
     {ELF_BAD_ENTRY, 0, kBase + 0x800, 0}},
    {"EntryZero", [](File &f) { f.header.entry = 0; }, {ELF_BAD_ENTRY, 0, 0, 0}},
};

INSTANTIATE_TEST_SUITE_P(Elf, BadElf, testing::ValuesIn(kBad),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(Elf, EveryProblemHasATextAndAReport) {
    for (int i = 0; i < ELF_PROBLEM_COUNT; i++) {
        elf_error error = {static_cast<elf_problem>(i), 0, 1, 2};
        EXPECT_STRNE(elf_problem_text(error.problem), nullptr);
        boot_failure failure = {};
        EXPECT_EQ(elf_report(&error, "kernel", &failure) == BOOT_OK, i == ELF_OK) << i;
        EXPECT_STREQ(failure.what, "kernel");
    }
    EXPECT_STREQ(elf_problem_text(ELF_PROBLEM_COUNT), "has an unknown problem");
    EXPECT_TRUE(elf_problem_has_segment(ELF_SEGMENT_OVERLAPS));
    EXPECT_FALSE(elf_problem_has_segment(ELF_BAD_ENTRY));
}

} // namespace
