// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/elf2pe/convert.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

// A static PIE of three segments (R with the relocation table, RX, RW with the dynamic section),
// to be spoiled in one respect.
struct File {
    Elf64_Ehdr header{};
    std::vector<Elf64_Phdr> segments{
        {PT_LOAD, PF_R, 0, 0, 0, 0x800, 0x800, 0x1000},
        {PT_LOAD, PF_R | PF_X, 0x1000, 0x1000, 0, 0x800, 0x800, 0x1000},
        {PT_LOAD, PF_R | PF_W, 0x2000, 0x2000, 0, 0x800, 0x3000, 0x1000},
        {PT_DYNAMIC, PF_R | PF_W, 0x2100, 0x2100, 0, 0x60, 0x60, 8},
    };
    std::vector<Elf64_Dyn> dynamic{
        {DT_RELA, {0x400}},
        {DT_RELASZ, {2 * sizeof(Elf64_Rela)}},
        {DT_RELAENT, {24}},
        {DT_NULL, {0}},
    };
    std::vector<Elf64_Rela> relocations{
        {0x2008, R_X86_64_RELATIVE, 0x1010},
        {0x2ff8, R_X86_64_RELATIVE, 0x2000}, // behind the bytes in the file
    };
    size_t size = 0x3000;

    File() {
        memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_type = ET_DYN;
        header.e_machine = EM_X86_64;
        header.e_entry = 0x1010;
        header.e_phoff = 64;
        header.e_phentsize = sizeof(Elf64_Phdr);
    }

    pe_image Convert() {
        std::vector<uint8_t> data(0x4000);
        header.e_phnum = static_cast<uint16_t>(segments.size());
        memcpy(&data[0], &header, sizeof header);
        memcpy(&data[64], segments.data(), segments.size() * sizeof(Elf64_Phdr));
        memcpy(&data[0x400], relocations.data(), relocations.size() * sizeof(Elf64_Rela));
        memcpy(&data[0x2100], dynamic.data(), dynamic.size() * sizeof(Elf64_Dyn));
        data[0x1010] = 0xc3;
        bytes file = {};
        bytes_append(&file, data.data(), size);
        pe_image image = {};
        convert_elf(&file, "in.elf", &image);
        free(file.data);
        return image;
    }
};

void Free(pe_image &image) {
    for (uint32_t i = 0; i < image.section_count; i++) {
        free(image.sections[i].contents.data);
    }
}

uint64_t Word(const pe_section &section, size_t at) {
    return pe_get(section.contents.data + at, 8);
}

TEST(Convert, SegmentsBecomeSectionsOnePageHigher) {
    pe_image image = File().Convert();
    ASSERT_EQ(image.section_count, 4u);
    const char *names[] = {".rodata", ".text", ".data", ".reloc"};
    const uint32_t addresses[] = {0x1000, 0x2000, 0x3000, 0x6000};
    for (int i = 0; i < 4; i++) {
        EXPECT_STREQ(image.sections[i].name, names[i]);
        EXPECT_EQ(image.sections[i].address, addresses[i]);
    }
    EXPECT_EQ(image.machine, PE_MACHINE_X86_64);
    EXPECT_EQ(image.entry, 0x2010u);
    EXPECT_EQ(image.sections[2].memory_size, 0x3000u);
    EXPECT_EQ(image.sections[1].flags,
              static_cast<uint32_t>(PE_SECTION_CODE | PE_SECTION_READ | PE_SECTION_EXECUTE));
    Free(image);
}

TEST(Convert, RelativeRelocationsAreWrittenAndListed) {
    pe_image image = File().Convert();
    EXPECT_EQ(Word(image.sections[2], 8), 0x2010u);
    EXPECT_EQ(Word(image.sections[2], 0xff8), 0x3000u);
    const pe_section &reloc = image.sections[3];
    ASSERT_EQ(reloc.contents.size, 12u);
    EXPECT_EQ(pe_get(reloc.contents.data, 4), 0x3000u);
    EXPECT_EQ(pe_get(reloc.contents.data + 4, 4), 12u);
    EXPECT_EQ(pe_get(reloc.contents.data + 8, 2), 0xa008u);
    EXPECT_EQ(pe_get(reloc.contents.data + 10, 2), 0xaff8u);
    Free(image);
}

TEST(Convert, RelocationBlocksAreSortedAndPadded) {
    File file;
    file.relocations = {{0x3000, R_X86_64_RELATIVE, 0}, {0x2000, R_X86_64_RELATIVE, 0}};
    pe_image image = file.Convert();
    const pe_section &reloc = image.sections[3];
    ASSERT_EQ(reloc.contents.size, 24u);
    EXPECT_EQ(pe_get(reloc.contents.data, 4), 0x3000u);
    EXPECT_EQ(pe_get(reloc.contents.data + 10, 2), 0u);
    EXPECT_EQ(pe_get(reloc.contents.data + 12, 4), 0x4000u);
    Free(image);
}

TEST(Convert, AnImageWithoutRelocationsCanStillBeMoved) {
    File file;
    file.dynamic = {{DT_NULL, {0}}};
    pe_image image = file.Convert();
    EXPECT_EQ(image.relocations, 4u);
    EXPECT_EQ(image.sections[3].contents.size, 8u);
    Free(image);
}

TEST(Convert, EveryMachineHasItsRelocationType) {
    const struct {
        uint16_t elf, pe;
        uint32_t type;
    } machines[] = {{EM_X86_64, 0x8664, 8}, {EM_AARCH64, 0xaa64, 1027}, {EM_RISCV, 0x5064, 3}};
    for (const auto &machine : machines) {
        File file;
        file.header.e_machine = machine.elf;
        file.relocations[0].r_info = file.relocations[1].r_info = machine.type;
        pe_image image = file.Convert();
        EXPECT_EQ(image.machine, machine.pe);
        Free(image);
    }
}

struct Bad {
    const char *name;
    void (*spoil)(File &);
    const char *message;
};

class BadElf : public testing::TestWithParam<Bad> {};

TEST_P(BadElf, IsRefusedWithAMessage) {
    File file;
    GetParam().spoil(file);
    EXPECT_EXIT(file.Convert(), testing::ExitedWithCode(1), GetParam().message);
}

const Bad kBad[] = {
    {"Short", [](File &f) { f.size = 63; }, "shorter than an ELF header"},
    {"NotElf", [](File &f) { f.header.e_ident[1] = 'x'; }, "neither ELF nor PE"},
    {"Class32", [](File &f) { f.header.e_ident[EI_CLASS] = 1; }, "not a 64-bit"},
    {"BigEndian", [](File &f) { f.header.e_ident[EI_DATA] = 2; }, "little-endian"},
    {"NotPie", [](File &f) { f.header.e_type = ET_EXEC; }, "not position independent"},
    {"Machine", [](File &f) { f.header.e_machine = EM_386; }, "unknown machine \\(e_machine 3\\)"},
    {"HeadersBeyond", [](File &f) { f.header.e_phoff = 0x2fff; }, "no program headers inside"},
    {"SegmentBeyond", [](File &f) { f.segments[2].p_filesz = 0x2000; }, "segment 2 ends beyond"},
    {"SegmentHuge", [](File &f) { f.segments[2].p_memsz = 1ull << 40; }, "segment 2: address or"},
    {"SizesSwapped", [](File &f) { f.segments[2].p_memsz = 1; }, "segment 2: address or size"},
    {"Interpreter", [](File &f) { f.segments[3].p_type = PT_INTERP; }, "wants a dynamic linker"},
    {"ThreadLocal", [](File &f) { f.segments[3].p_type = PT_TLS; }, "thread-local storage"},
    {"WriteExecute", [](File &f) { f.segments[1].p_flags = 7; }, "segment 1: permissions 7"},
    {"TwoOfAKind", [](File &f) { f.segments[2].p_flags = PF_R; },
     "section .rodata is there already"},
    {"Gap", [](File &f) { f.segments[2].p_vaddr += 0x1000; },
     "segment 2 at 0x3000 does not begin on the page after"},
    {"Overlap", [](File &f) { f.segments[1].p_memsz = 0x1001; }, "segment 2 at 0x2000"},
    {"EntryInData", [](File &f) { f.header.e_entry = 0x2010; }, "entry point 0x2010 lies in no"},
    {"EntryOutside", [](File &f) { f.header.e_entry = 0x9000; }, "entry point 0x9000 lies in no"},
    {"OtherRelocation", [](File &f) { f.relocations[1].r_info = R_X86_64_64; },
     "relocation of type 1, symbol 0 at 0x2ff8"},
    {"SymbolRelocation",
     [](File &f) { f.relocations[0].r_info = ELF64_R_INFO(5, R_X86_64_GLOB_DAT); },
     "relocation of type 6, symbol 5 at 0x2008"},
    {"RelocationOutside", [](File &f) { f.relocations[0].r_offset = 0x5000; }, "at 0x5000 lies"},
    {"RelocationAcrossTheEnd", [](File &f) { f.relocations[0].r_offset = 0x4ffc; },
     "at 0x4ffc lies outside"},
    {"TableOutside", [](File &f) { f.dynamic[0].d_un.d_val = 0x8000; }, "table lies outside"},
    {"TableInZeros", [](File &f) { f.dynamic[0].d_un.d_val = 0x3000; }, "table lies outside"},
    {"Relr", [](File &f) { f.dynamic[2].d_tag = 36; }, "dynamic tag 0x24"},
    {"PltRelocations", [](File &f) { f.dynamic[2].d_tag = DT_JMPREL; }, "dynamic tag 0x17"},
    {"Needed", [](File &f) { f.dynamic[2].d_tag = DT_NEEDED; }, "dynamic tag 0x1 would"},
};

INSTANTIATE_TEST_SUITE_P(Convert, BadElf, testing::ValuesIn(kBad),
                         [](const auto &info) { return std::string(info.param.name); });

bytes Some(const char *text) {
    bytes out = {};
    bytes_append(&out, text, strlen(text));
    return out;
}

TEST(Pe, AddingSectionsInTwoStepsOrOneIsTheSame) {
    pe_image image = File().Convert();
    bytes plain = pe_write(&image);
    pe_image again = {};
    pe_parse(&plain, "plain", &again);
    for (pe_image *one : {&image, &again}) {
        pe_add_section(one, ".kernel", PE_SECTION_DATA | PE_SECTION_READ, Some("kernel"));
    }
    bytes direct = pe_write(&image);
    bytes later = pe_write(&again);
    ASSERT_EQ(direct.size, later.size);
    EXPECT_EQ(memcmp(direct.data, later.data, direct.size), 0);
    EXPECT_EQ(image.sections[4].memory_size, 6u);
    EXPECT_EQ(image.sections[4].address, 0x7000u);
    for (bytes *one : {&plain, &direct, &later}) {
        free(one->data);
    }
    Free(image);
    Free(again);
}

TEST(Pe, HeadersSayWhatFirmwareChecks) {
    pe_image image = File().Convert();
    bytes file = pe_write(&image);
    const uint8_t *pe = file.data + pe_get(file.data + 60, 4);
    EXPECT_EQ(memcmp(pe, "PE\0", 4), 0);
    EXPECT_EQ(pe_get(pe + 8, 4), 0u);            // time stamp
    EXPECT_EQ(pe_get(pe + 24, 2), 0x20bu);       // PE32+
    EXPECT_EQ(pe_get(pe + 24 + 32, 4), 0x1000u); // section alignment
    EXPECT_EQ(pe_get(pe + 24 + 36, 4), 0x200u);  // file alignment
    EXPECT_EQ(pe_get(pe + 24 + 56, 4), 0x7000u); // image size
    EXPECT_EQ(pe_get(pe + 24 + 68, 2), 10u);     // EFI application
    EXPECT_EQ(pe_get(pe + 24 + 70, 2), 0x140u);  // dynamic base, NX compatible
    // The checksum as the Windows image helper computes it: sum with carries, folded at the end.
    uint64_t sum = 0;
    for (size_t i = 0; i < file.size; i += 2) {
        if (i != static_cast<size_t>(pe - file.data) + 24 + 64 &&
            i != static_cast<size_t>(pe - file.data) + 24 + 66) {
            sum += pe_get(file.data + i, 2);
        }
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    EXPECT_EQ(pe_get(pe + 24 + 64, 4), sum + file.size);
    free(file.data);
    Free(image);
}

void ParseSpoiled(size_t at, uint8_t value, size_t cut) {
    pe_image image = File().Convert();
    bytes file = pe_write(&image);
    file.data[at] = value;
    file.size -= cut;
    pe_image again = {};
    pe_parse(&file, "in.efi", &again);
}

TEST(PeDeathTest, WhatIsNotOursIsRefused) {
    const auto bad = testing::ExitedWithCode(1);
    const size_t optional = 64 + 24;
    EXPECT_EXIT(ParseSpoiled(60, 80, 0), bad, "not a PE file that elf2pe wrote");
    EXPECT_EXIT(ParseSpoiled(0, 'M', 0x2300), bad, "shorter than a PE header");
    EXPECT_EXIT(ParseSpoiled(optional + 112 + 4 * 8, 1, 0), bad, "is signed");
    EXPECT_EXIT(ParseSpoiled(64 + 6, 0, 0), bad, "has 0 sections");
    EXPECT_EXIT(ParseSpoiled(64 + 6, 17, 0), bad, "has 17 sections");
    EXPECT_EXIT(ParseSpoiled(0, 'M', 1), bad, "section .reloc ends beyond the file");
    EXPECT_EXIT(ParseSpoiled(optional + 240 + 12, 1, 0), bad, "section .rodata does not follow");
}

TEST(PeDeathTest, ANameIsGivenOnce) {
    pe_image image = File().Convert();
    EXPECT_EXIT(pe_add_section(&image, ".text", 0, Some("x")), testing::ExitedWithCode(1),
                "section .text is there already");
    Free(image);
}

} // namespace
