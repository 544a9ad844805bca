// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/util/util.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace {

TEST(Number, AcceptsOnlyDecimalsInRange) {
    uint64_t value = 0;
    EXPECT_TRUE(number_parse("0", 0, 10, &value));
    EXPECT_EQ(value, 0u);
    EXPECT_TRUE(number_parse("10", 0, 10, &value));
    EXPECT_EQ(value, 10u);
    EXPECT_FALSE(number_parse("11", 0, 10, &value));
    EXPECT_FALSE(number_parse("", 0, 10, &value));
    EXPECT_FALSE(number_parse("-1", 0, 10, &value));
    EXPECT_FALSE(number_parse("1 ", 0, 10, &value));
    EXPECT_FALSE(number_parse("1M", 0, 10, &value));
    EXPECT_FALSE(number_parse("18446744073709551616", 0, UINT64_MAX, &value));
    EXPECT_TRUE(number_parse("18446744073709551615", 0, UINT64_MAX, &value));
    EXPECT_EQ(value, UINT64_MAX);
}

TEST(Buffer, GrowsAndStaysTerminated) {
    struct buffer buf = {};
    for (int i = 0; i < 1000; i++) {
        buffer_format(&buf, "%d,", i % 10);
    }
    EXPECT_EQ(buf.size, 2000u);
    EXPECT_STREQ(buf.data + 1996, "8,9,");
    buffer_zeros(&buf, 3);
    EXPECT_EQ(buf.size, 2003u);
    EXPECT_EQ(buf.data[2002], '\0');
    buffer_free(&buf);
}

TEST(Strings, EndWithNull) {
    struct strings list = {};
    strings_add(&list, "a");
    strings_addf(&list, "%d", 7);
    ASSERT_EQ(list.count, 2u);
    EXPECT_STREQ(list.items[1], "7");
    EXPECT_EQ(list.items[2], nullptr);
    strings_free(&list);
}

TEST(File, RoundTripAndErrorsNameThePath) {
    struct error err = {};
    char *dir = temp_dir_create(&err);
    ASSERT_NE(dir, nullptr) << err.text;
    std::string a = std::string(dir) + "/a", b = std::string(dir) + "/b";
    EXPECT_TRUE(file_write(a.c_str(), "x\0y", 3, &err));
    EXPECT_TRUE(file_copy(a.c_str(), b.c_str(), &err));
    struct buffer buf = {};
    EXPECT_TRUE(file_read(b.c_str(), &buf, &err));
    EXPECT_EQ(std::string(buf.data, buf.size), std::string("x\0y", 3));
    buffer_free(&buf);
    EXPECT_FALSE(file_read((a + "none").c_str(), &buf, &err));
    EXPECT_NE(std::string(err.text).find(a + "none"), std::string::npos);
    temp_dir_remove(dir);
    EXPECT_NE(access(dir, F_OK), 0);
    free(dir);
}

TEST(Path, AbsoluteStays) {
    char *path = path_absolute("/d", "/x");
    EXPECT_STREQ(path, "/x");
    free(path);
    path = path_absolute("/d", "../x");
    EXPECT_STREQ(path, "/d/../x");
    free(path);
}

} // namespace
