// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/junit_count/junit.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

// "passed/failed/skipped", or the error.
std::string Count(const std::string &text) {
    struct junit_counts counts = {};
    struct error err = {};
    if (!junit_count_text(text.c_str(), &counts, &err)) {
        EXPECT_EQ(counts.passed + counts.failed + counts.skipped, 0u);
        return err.text;
    }
    return std::to_string(counts.passed) + "/" + std::to_string(counts.failed) + "/" +
           std::to_string(counts.skipped);
}

TEST(Junit, BazelsOwnFiles) {
    EXPECT_EQ(Count("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                    "<testsuite name=\"a\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
                    "<testcase name=\"a\" status=\"run\" duration=\"0\" time=\"0\"></testcase>\n"
                    "<system-out>\n<![CDATA[<testcase/> ]] > </testsuites>]]>\n</system-out>\n"
                    "</testsuite></testsuites>\n"),
              "1/0/0");
    EXPECT_EQ(Count("<testsuites><testsuite><testcase name='a'>"
                    "<error message=\"exited with error code 1\"></error></testcase>"
                    "</testsuite></testsuites>"),
              "0/1/0");
}

TEST(Junit, GoogleTestsFiles) {
    EXPECT_EQ(Count("<testsuites tests=\"4\"><testsuite name=\"S\">"
                    "<testcase name=\"p\" status=\"run\" result=\"completed\" />"
                    "<testcase name=\"f\" status=\"run\">"
                    "<failure message=\"a &lt;b&gt;\" type=\"\"><![CDATA[x]]></failure>"
                    "<failure message=\"two\" type=\"\"/></testcase>"
                    "<testcase name=\"d\" status=\"notrun\" result=\"suppressed\" />"
                    "<testcase name=\"s\" status=\"run\"><skipped message=\"x\"/></testcase>"
                    "</testsuite></testsuites>"),
              "1/1/2");
}

TEST(Junit, AttributesMayHoldAngleBracketsAndSlashes) {
    EXPECT_EQ(Count("<s><testcase name=\"a>b/c\" x = 'y\"z'/><!-- <testcase/> --></s>"), "1/0/0");
}

TEST(Junit, DocumentsWithoutCasesAreErrors) {
    EXPECT_EQ(Count(""), "no test case in it");
    EXPECT_EQ(Count("<testsuites><testsuite tests=\"0\"/></testsuites>"), "no test case in it");
}

TEST(Junit, BrokenDocumentsAreErrors) {
    for (const char *text :
         {"<s><testcase/>", "<s><testcase></s>", "</s>", "<s><testcase name=\"/></s>", "<s><",
          "<s><testcase/></s><!--", "<s a></s>", "<s a=b></s>", "<s><testcase /x></s>", "<"}) {
        std::string result = Count(text);
        EXPECT_EQ(result.find('/') != std::string::npos && isdigit(result[0]), false) << result;
    }
}

class Paths : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
        sub_ = std::string(dir_) + "/sub";
        ASSERT_EQ(mkdir(sub_.c_str(), 0755), 0);
    }
    void TearDown() override {
        buffer_free(&messages_);
        temp_dir_remove(sub_.c_str());
        temp_dir_remove(dir_);
        free(dir_);
    }
    void File(const std::string &path, const std::string &text) {
        ASSERT_TRUE(file_write(path.c_str(), text.data(), text.size(), &err_)) << err_.text;
    }
    char *dir_ = nullptr;
    std::string sub_;
    struct error err_ = {};
    struct junit_counts counts_ = {};
    struct buffer messages_ = {};
};

TEST_F(Paths, DirectoriesAreSearchedEvenThroughALink) {
    File(sub_ + "/test.xml", "<s><testcase/><testcase/></s>");
    File(sub_ + "/other.xml", "<s><testcase/></s>");
    File(std::string(dir_) + "/test.xml", "<s><testcase><error/></testcase></s>");
    std::string link = sub_ + "/../link";
    ASSERT_EQ(symlink(dir_, link.c_str()), 0);
    junit_count_path(link.c_str(), &counts_, &messages_);
    EXPECT_EQ(counts_.passed, 2u);
    EXPECT_EQ(counts_.failed, 1u);
    EXPECT_EQ(messages_.size, 0u);
}

TEST_F(Paths, WhatCannotBeCountedIsAFailureWithAMessage) {
    File(sub_ + "/empty.xml", "");
    junit_count_path((sub_ + "/empty.xml").c_str(), &counts_, &messages_);
    junit_count_path((sub_ + "/none.xml").c_str(), &counts_, &messages_);
    junit_count_path(sub_.c_str(), &counts_, &messages_);
    EXPECT_EQ(counts_.failed, 3u);
    std::string text = messages_.data;
    EXPECT_NE(text.find("/empty.xml: no test case in it\n"), std::string::npos) << text;
    EXPECT_NE(text.find("/none.xml: No such file"), std::string::npos) << text;
    EXPECT_NE(text.find("/sub: no test.xml below it\n"), std::string::npos) << text;
}

} // namespace
