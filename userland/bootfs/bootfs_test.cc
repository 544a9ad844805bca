// SPDX-License-Identifier: GPL-3.0-only
#include "userland/bootfs/bootfs.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

// A ustar header and the data behind it.
std::string entry(const std::string &name, const std::string &data, char type = '0') {
    std::string header(512, '\0');
    header.replace(0, name.size(), name);
    header.replace(100, 7, "0000644");
    char number[13];
    snprintf(number, sizeof number, "%011zo", data.size());
    header.replace(124, 11, number);
    header[156] = type;
    header.replace(257, 5, "ustar");
    header.replace(263, 2, "00");
    header.replace(148, 8, "        ");
    unsigned sum = 0;
    for (char c : header) {
        sum += static_cast<unsigned char>(c);
    }
    snprintf(number, sizeof number, "%06o", sum);
    header.replace(148, 6, number);
    header[154] = '\0';
    return header + data + std::string((512 - data.size() % 512) % 512, '\0');
}

std::string archive() {
    return entry("bin/", "", '5') + entry("bin/shell", "SHELL") + entry("bin/sh", "SH") +
           entry("etc/system", std::string(600, 's')) + std::string(1024, '\0');
}

TEST(Bootfs, finds_a_file_by_its_whole_name) {
    std::string tar = archive();
    struct bootfs fs;
    struct tar_error error;
    struct bootfs_file file;
    ASSERT_TRUE(bootfs_open(&fs, tar.data(), tar.size(), &error));
    EXPECT_EQ(fs.count, 3u);
    ASSERT_TRUE(bootfs_find(&fs, "bin/sh", &file));
    EXPECT_EQ(std::string(reinterpret_cast<const char *>(file.data), file.size), "SH");
    EXPECT_EQ(tar.substr(file.offset, file.size), "SH");
    EXPECT_FALSE(bootfs_find(&fs, "bin/s", &file));
    EXPECT_FALSE(bootfs_find(&fs, "bin", &file));
    EXPECT_FALSE(bootfs_find(&fs, "", &file));
}

TEST(Bootfs, lists_what_begins_alike) {
    std::string tar = archive();
    struct bootfs fs;
    struct tar_error error;
    struct bootfs_file file;
    uint64_t cursor = 0;
    std::string names;
    ASSERT_TRUE(bootfs_open(&fs, tar.data(), tar.size(), &error));
    while (bootfs_next(&fs, "bin/", &cursor, &file)) {
        names += std::string(file.name) + " ";
    }
    EXPECT_EQ(names, "bin/shell bin/sh ");
}

TEST(Bootfs, a_truncated_archive_has_no_files) {
    std::string tar = archive();
    for (size_t size = 0; size < tar.size(); size += 64) {
        std::string part = tar.substr(0, size);
        struct bootfs fs;
        struct tar_error error;
        struct bootfs_file file;
        EXPECT_FALSE(bootfs_open(&fs, part.data(), part.size(), &error)) << size;
        EXPECT_FALSE(bootfs_find(&fs, "bin/sh", &file)) << size;
    }
}

TEST(Bootfs, says_what_is_wrong_and_where) {
    std::string tar = archive();
    struct bootfs fs;
    struct tar_error error;
    char text[128];
    tar[512] = 'X'; // the first byte of the second header
    ASSERT_FALSE(bootfs_open(&fs, tar.data(), tar.size(), &error));
    bootfs_format_error(text, sizeof text, &error);
    EXPECT_EQ(std::string(text).substr(0, 57),
              "bootfs: has a header with a wrong checksum (at 512: found");
}

} // namespace
