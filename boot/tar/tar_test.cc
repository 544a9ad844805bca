// SPDX-License-Identifier: GPL-3.0-only
#include "boot/tar/tar.h"

#include "boot/tar/report.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Member {
    std::string name;
    std::string data;
    char type = '0';
    std::string prefix = "";
};

void Seal(std::vector<uint8_t> &tar, size_t header) {
    memset(&tar[header + 148], ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < 512; i++) {
        sum += tar[header + i];
    }
    char text[8];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(&tar[header + 148], text, 7);
}

void Append(std::vector<uint8_t> &tar, const Member &member) {
    size_t header = tar.size();
    tar.resize(header + 512);
    memcpy(&tar[header], member.name.data(), member.name.size());
    memcpy(&tar[header + 100], "0000644", 8);
    char size[12];
    snprintf(size, sizeof size, "%011zo", member.data.size());
    memcpy(&tar[header + 124], size, 12);
    tar[header + 156] = static_cast<uint8_t>(member.type);
    memcpy(&tar[header + 257], "ustar\00000", 8);
    memcpy(&tar[header + 345], member.prefix.data(), member.prefix.size());
    Seal(tar, header);
    tar.insert(tar.end(), member.data.begin(), member.data.end());
    tar.resize((tar.size() + 511) / 512 * 512);
}

std::vector<uint8_t> Make(const std::vector<Member> &members, size_t end = 1024) {
    std::vector<uint8_t> tar;
    for (const Member &member : members) {
        Append(tar, member);
    }
    tar.resize(tar.size() + end);
    tar.shrink_to_fit();
    return tar;
}

const std::vector<Member> kGood = {
    {"./", "", '5'},
    {"bin/", "", '5'},
    {"bin/init", std::string(700, 'x')},
    {"./empty", ""},
    {"name", "deep", '0', std::string(155, 'p')},
};

tar_error Check(const std::vector<uint8_t> &tar) {
    tar_error error;
    bool good = tar_check(tar.data(), tar.size(), &error);
    EXPECT_EQ(good, error.problem == TAR_OK);
    return error;
}

TEST(Tar, EntriesComeInOrderWithNamesAndData) {
    std::vector<uint8_t> tar = Make(kGood);
    uint64_t offset = 0;
    tar_entry entry;
    tar_error error;
    std::vector<std::string> names;
    std::vector<uint64_t> sizes;
    while (tar_next(tar.data(), tar.size(), &offset, &entry, &error) == TAR_ENTRY) {
        names.push_back(entry.name);
        sizes.push_back(entry.size);
        EXPECT_EQ(entry.mode, 0644u);
        if (entry.size > 0) {
            EXPECT_EQ(entry.data[entry.size - 1], entry.size == 700 ? 'x' : 'p');
        }
    }
    EXPECT_EQ(error.problem, TAR_OK);
    EXPECT_EQ(names, (std::vector<std::string>{"", "bin", "bin/init", "empty",
                                               std::string(155, 'p') + "/name"}));
    EXPECT_EQ(sizes, (std::vector<uint64_t>{0, 0, 700, 0, 4}));
}

TEST(Tar, AnArchiveOfNothingButItsEndIsGood) {
    EXPECT_EQ(Check(Make({})).problem, TAR_OK);
}

TEST(Tar, AnArchiveCutOffAnywhereIsRefused) {
    std::vector<uint8_t> tar = Make(kGood);
    for (size_t size = 0; size < tar.size(); size++) {
        std::vector<uint8_t> part(tar.begin(), tar.begin() + static_cast<ptrdiff_t>(size));
        tar_error error;
        ASSERT_FALSE(tar_check(part.data(), size, &error)) << size;
    }
}

TEST(Tar, OneChangedByteOfAHeaderIsNoticed) {
    std::vector<uint8_t> tar = Make({{"file", "data"}});
    for (size_t i = 0; i < 512; i++) {
        if (i == 155) {
            continue; // behind the checksum's end, and no part of the sum
        }
        std::vector<uint8_t> changed = tar;
        changed[i] ^= 1;
        tar_error error;
        EXPECT_FALSE(tar_check(changed.data(), changed.size(), &error)) << i;
    }
}

struct Bad {
    const char *name;
    std::vector<uint8_t> tar;
    tar_problem problem;
    uint64_t offset;
};

std::vector<uint8_t> Patched(size_t at, const std::string &bytes) {
    std::vector<uint8_t> tar = Make({{"file", "data"}, {"second", "more"}});
    memcpy(&tar[1024 + at], bytes.data(), bytes.size());
    Seal(tar, 1024);
    return tar;
}

std::vector<uint8_t> Named(const std::string &name, char type = '0') {
    return Make({{name, "", type}});
}

class BadTar : public testing::TestWithParam<Bad> {};

TEST_P(BadTar, IsRefusedByItsName) {
    tar_error error = Check(GetParam().tar);
    EXPECT_EQ(error.problem, GetParam().problem) << tar_problem_text(error.problem);
    EXPECT_EQ(error.offset, GetParam().offset);
}

const Bad kBad[] = {
    {"Empty", {}, TAR_NO_END, 0},
    {"Garbage", std::vector<uint8_t>(2048, 'z'), TAR_BAD_MAGIC, 0},
    {"GnuMagic", Patched(257, "ustar  "), TAR_BAD_MAGIC, 1024},
    {"SizeNotOctal", Patched(124, "0000000000z"), TAR_BAD_NUMBER, 1024},
    {"SizeBase256", Patched(124, "\200"), TAR_BAD_NUMBER, 1024},
    {"SizeWithoutEnd", Patched(124, "000000000004"), TAR_BAD_NUMBER, 1024},
    {"SizeBeyond", Patched(124, "00000010000"), TAR_TRUNCATED_DATA, 1024},
    {"SizeHuge", Patched(124, "77777777777"), TAR_TRUNCATED_DATA, 1024},
    {"ModeNotOctal", Patched(100, "abc"), TAR_BAD_NUMBER, 1024},
    {"Symlink", Patched(156, "2"), TAR_BAD_TYPE, 1024},
    {"PaxHeader", Patched(156, "x"), TAR_BAD_TYPE, 1024},
    {"Absolute", Named("/etc"), TAR_BAD_NAME, 0},
    {"Parent", Named("a/../b"), TAR_BAD_NAME, 0},
    {"Dot", Named("a/./b"), TAR_BAD_NAME, 0},
    {"DoubleSlash", Named("a//b"), TAR_BAD_NAME, 0},
    {"NoName", Named(""), TAR_BAD_NAME, 0},
    {"FileEndingInSlash", Named("a/"), TAR_BAD_NAME, 0},
    {"OnlySlash", Named("/", '5'), TAR_BAD_NAME, 0},
    {"ControlCharacter", Named("a\nb"), TAR_BAD_NAME, 0},
    {"OneZeroBlock", Make(kGood, 512), TAR_NO_END, 512 * 8},
    {"NoEnd", Make({{"file", ""}}, 0), TAR_NO_END, 512},
};

INSTANTIATE_TEST_SUITE_P(Tar, BadTar, testing::ValuesIn(kBad),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(Tar, AWrongChecksumSaysBoth) {
    std::vector<uint8_t> tar = Make({{"file", "data"}});
    tar[0] = 'g';
    tar_error error = Check(tar);
    EXPECT_EQ(error.problem, TAR_BAD_CHECKSUM);
    EXPECT_EQ(error.wanted, error.found + 1);
}

TEST(Tar, EveryProblemHasATextAndAReport) {
    for (int i = 0; i < TAR_PROBLEM_COUNT; i++) {
        tar_error error = {static_cast<tar_problem>(i), 512, 1, 2};
        boot_failure failure = {};
        EXPECT_STRNE(tar_problem_text(error.problem), nullptr);
        EXPECT_EQ(tar_report(&error, "bootfs", &failure) == BOOT_OK, i == TAR_OK) << i;
        EXPECT_EQ(failure.address, 512u);
    }
    EXPECT_STREQ(tar_problem_text(TAR_PROBLEM_COUNT), "has an unknown problem");
}

} // namespace
