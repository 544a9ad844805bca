// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/mkbootfs/tar.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

class Tar : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
    }
    void TearDown() override {
        tar_list_free(&list_);
        temp_dir_remove(dir_);
        free(dir_);
    }
    std::string File(const std::string &name, const std::string &contents) {
        std::string path = std::string(dir_) + "/" + name;
        EXPECT_TRUE(file_write(path.c_str(), contents.data(), contents.size(), &err_));
        return path;
    }
    bool Add(const std::string &spec, unsigned int mode = 0644) {
        return tar_list_add(&list_, spec.c_str(), mode, &err_);
    }
    std::string Write() {
        struct buffer out = {};
        EXPECT_TRUE(tar_write(&list_, &out, &err_)) << err_.text;
        std::string bytes(out.data, out.size);
        buffer_free(&out);
        return bytes;
    }
    char *dir_ = nullptr;
    struct error err_ = {};
    struct tar_list list_ = {};
};

TEST_F(Tar, EmptyArchiveIsTwoZeroBlocks) {
    EXPECT_EQ(Write(), std::string(1024, '\0'));
}

TEST_F(Tar, HeaderFieldsAreWhereUstarWantsThem) {
    ASSERT_TRUE(Add("bin/init=" + File("a", std::string(513, 'x')), 0755));
    std::string tar = Write();
    ASSERT_EQ(tar.size(), 512u + 1024u + 1024u);
    EXPECT_STREQ(tar.c_str(), "bin/init");
    EXPECT_STREQ(tar.c_str() + 100, "0000755");
    EXPECT_STREQ(tar.c_str() + 108, "0000000");
    EXPECT_STREQ(tar.c_str() + 124, "00000001001");
    EXPECT_STREQ(tar.c_str() + 136, "00000000000");
    EXPECT_EQ(tar[156], '0');
    EXPECT_EQ(tar.substr(257, 8), std::string("ustar\0"
                                              "00",
                                              8));
    unsigned long stored = strtoul(tar.c_str() + 148, nullptr, 8);
    unsigned long sum = 8 * ' ';
    for (size_t i = 0; i < 512; i++) {
        sum += i >= 148 && i < 156 ? 0 : static_cast<unsigned char>(tar[i]);
    }
    EXPECT_EQ(stored, sum);
    EXPECT_EQ(tar[512 + 512], 'x');
    EXPECT_EQ(tar[512 + 513], '\0');
}

TEST_F(Tar, OrderOfArgumentsDoesNotMatter) {
    std::string a = File("a", "A"), b = File("b", "B");
    ASSERT_TRUE(Add("z=" + a));
    ASSERT_TRUE(Add("b=" + b));
    std::string first = Write();
    tar_list_free(&list_);
    ASSERT_TRUE(Add("b=" + b));
    ASSERT_TRUE(Add("z=" + a));
    EXPECT_EQ(first, Write());
    EXPECT_STREQ(first.c_str(), "b");
}

TEST_F(Tar, LongNamesAreSplitAtASlash) {
    std::string directory(120, 'd'), leaf(90, 'f');
    ASSERT_TRUE(Add(directory + "/" + leaf + "=" + File("a", "")));
    std::string tar = Write();
    EXPECT_STREQ(tar.c_str(), leaf.c_str());
    EXPECT_STREQ(tar.c_str() + 345, directory.c_str());
}

TEST_F(Tar, NamesThatFillTheFieldExactly) {
    ASSERT_TRUE(Add(std::string(100, 'n') + "=" + File("a", "")));
    std::string tar = Write();
    EXPECT_EQ(tar.substr(0, 108), std::string(100, 'n') + std::string("0000644\0", 8));
}

TEST_F(Tar, NamesThatDoNotFitAreErrors) {
    EXPECT_FALSE(Add(std::string(101, 'n') + "=x"));
    EXPECT_NE(strstr(err_.text, "too long"), nullptr);
    EXPECT_FALSE(Add(std::string(156, 'd') + "/f=x"));
    EXPECT_FALSE(Add("d/" + std::string(101, 'f') + "=x"));
}

TEST_F(Tar, NamesThatAreNotPlainAreErrors) {
    for (const char *spec : {"/a=x", "a//b=x", "a/=x", "./a=x", "a/../b=x", "=x", "a=", "a"}) {
        EXPECT_FALSE(Add(spec)) << spec;
    }
}

TEST_F(Tar, DuplicateNameNamesBothFiles) {
    std::string a = File("a", ""), b = File("b", "");
    ASSERT_TRUE(Add("x=" + a));
    ASSERT_TRUE(Add("x=" + b));
    struct buffer out = {};
    EXPECT_FALSE(tar_write(&list_, &out, &err_));
    EXPECT_NE(strstr(err_.text, a.c_str()), nullptr);
    EXPECT_NE(strstr(err_.text, b.c_str()), nullptr);
    buffer_free(&out);
}

TEST_F(Tar, MissingFileIsNamed) {
    ASSERT_TRUE(Add("x=" + std::string(dir_) + "/none"));
    struct buffer out = {};
    EXPECT_FALSE(tar_write(&list_, &out, &err_));
    EXPECT_NE(strstr(err_.text, "/none: No such file"), nullptr);
    buffer_free(&out);
}

TEST_F(Tar, ListFileSetsModes) {
    std::string a = File("a", "A");
    std::string list = File("list", "# two\nm=" + a + "\n\nmode 0755\nn=" + a + "\n");
    unsigned int mode = 0644;
    ASSERT_TRUE(tar_list_read(&list_, list.c_str(), &mode, &err_)) << err_.text;
    std::string tar = Write();
    EXPECT_STREQ(tar.c_str() + 100, "0000644");
    EXPECT_STREQ(tar.c_str() + 1024 + 100, "0000755");
    EXPECT_EQ(mode, 0755u);
    list = File("bad", "mode 0777\n");
    EXPECT_FALSE(tar_list_read(&list_, list.c_str(), &mode, &err_));
}

} // namespace
