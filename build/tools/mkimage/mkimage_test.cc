// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "build/tools/mkimage/esp.h"
#include "build/tools/mkimage/gpt.h"

namespace {

uint64_t Word(const std::string &bytes, size_t offset, size_t size) {
    uint64_t value = 0;
    memcpy(&value, bytes.data() + offset, size);
    return value;
}

struct Table {
    std::string head, tail;
};

Table Build(uint64_t sectors, const char *content) {
    struct gpt_hash hash = gpt_hash_start();
    gpt_hash_add(&hash, content, strlen(content));
    struct buffer head = {}, tail = {};
    gpt_build(sectors, gpt_hash_guid(hash, 'D'), gpt_hash_guid(hash, 'P'), &head, &tail);
    Table table = {std::string(head.data, head.size), std::string(tail.data, tail.size)};
    buffer_free(&head);
    buffer_free(&tail);
    return table;
}

// The header's CRC is computed with its own field zero.
uint32_t HeaderCrc(std::string header) {
    memset(&header[16], 0, 4);
    return gpt_crc32(header.data(), 92);
}

TEST(Gpt, Crc32OfTheCheckString) {
    EXPECT_EQ(gpt_crc32("123456789", 9), 0xcbf43926u);
    EXPECT_EQ(gpt_crc32("", 0), 0u);
}

TEST(Gpt, HashIsFnv1a128) {
    struct gpt_hash hash = gpt_hash_start();
    gpt_hash_add(&hash, "a", 1);
    EXPECT_EQ(static_cast<uint64_t>(hash.state >> 64), 0xd228cb696f1a8cafu);
    EXPECT_EQ(static_cast<uint64_t>(hash.state), 0x78912b704e4a8964u);
}

TEST(Gpt, BothHeadersAreValidAndPointAtEachOther) {
    const uint64_t sectors = 73728, last = gpt_disk_sectors(sectors) - 1;
    Table table = Build(sectors, "x");
    ASSERT_EQ(table.head.size(), GPT_HEAD_SECTORS * GPT_SECTOR);
    ASSERT_EQ(table.tail.size(), GPT_TAIL_SECTORS * GPT_SECTOR);
    std::string main = table.head.substr(512, 512);
    std::string backup = table.tail.substr(32 * 512, 512);
    for (const std::string &header : {main, backup}) {
        EXPECT_EQ(header.substr(0, 8), "EFI PART");
        EXPECT_EQ(Word(header, 16, 4), HeaderCrc(header));
        EXPECT_EQ(Word(header, 88, 4), gpt_crc32(table.head.data() + 1024, 32 * 512));
    }
    EXPECT_EQ(Word(main, 24, 8), 1u);
    EXPECT_EQ(Word(main, 32, 8), last);
    EXPECT_EQ(Word(backup, 24, 8), last);
    EXPECT_EQ(Word(backup, 32, 8), 1u);
    EXPECT_EQ(Word(backup, 72, 8), last - 32);
    EXPECT_EQ(table.head.substr(1024), table.tail.substr(0, 32 * 512));
}

TEST(Gpt, ProtectiveMbrCoversTheDisk) {
    Table table = Build(100, "x");
    EXPECT_EQ(static_cast<uint8_t>(table.head[450]), 0xee);
    EXPECT_EQ(Word(table.head, 454, 4), 1u);
    EXPECT_EQ(Word(table.head, 458, 4), gpt_disk_sectors(100) - 1);
    EXPECT_EQ(Word(table.head, 510, 2), 0xaa55u);
}

TEST(Gpt, GuidsFollowTheContentAndDiffer) {
    Table a = Build(100, "a"), again = Build(100, "a"), b = Build(100, "b");
    EXPECT_EQ(a.head, again.head);
    EXPECT_NE(a.head.substr(512 + 56, 16), b.head.substr(512 + 56, 16));
    EXPECT_NE(a.head.substr(512 + 56, 16), a.head.substr(1024 + 16, 16));
}

class Esp : public testing::Test {
  protected:
    void TearDown() override {
        esp_free(&image_);
    }
    bool Add(const char *spec) {
        return esp_add(&image_, spec, &err_);
    }
    struct esp_image image_ = {};
    struct error err_ = {};
};

TEST_F(Esp, DirectoriesComeParentsFirstAndOnce) {
    ASSERT_TRUE(Add("EFI/BOOT/BOOTX64.EFI=a"));
    ASSERT_TRUE(Add("efi/boot/other.efi=b"));
    ASSERT_TRUE(Add("helios/kernel.elf=c"));
    ASSERT_TRUE(Add("top=d"));
    struct strings directories = {};
    esp_directories(&image_, &directories);
    ASSERT_EQ(directories.count, 3u);
    EXPECT_STREQ(directories.items[0], "EFI");
    EXPECT_STREQ(directories.items[1], "EFI/BOOT");
    EXPECT_STREQ(directories.items[2], "helios");
    strings_free(&directories);
}

TEST_F(Esp, BadPathsAreErrors) {
    for (const char *spec : {"/a=x", "a//b=x", "a/=x", "./a=x", "../a=x", "=x", "a=", "a", "a:b=x",
                             "a*=x", "a\\b=x"}) {
        EXPECT_FALSE(Add(spec)) << spec;
    }
    EXPECT_TRUE(Add("...a=x")) << err_.text;
}

TEST_F(Esp, TheSamePathInAnotherCaseIsAnError) {
    EXPECT_TRUE(Add("EFI/x=1"));
    EXPECT_FALSE(Add("efi/X=2"));
}

TEST_F(Esp, SizeGrowsWithTheContent) {
    const uint64_t mib = 1024 * 1024;
    EXPECT_EQ(esp_sectors(0, 0, 0), 36u * 2048);
    EXPECT_EQ(esp_sectors(0, 0, 64), 64u * 2048);
    EXPECT_GE(esp_sectors(100 * mib, 3, 36), 103u * 2048);
    EXPECT_EQ(esp_sectors(100 * mib, 3, 36) % 2048, 0u);
}

} // namespace
