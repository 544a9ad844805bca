// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/compile_commands/commands.h"

#include <gtest/gtest.h>

#include <string>

#include "build/tools/compile_commands/json.h"

namespace {

// The database, or the error.
std::string Convert(const std::string &graph) {
    struct buffer out = {};
    struct error err = {};
    bool ok = commands_convert(graph.c_str(), "/w", "/x", &out, &err);
    std::string result = ok ? std::string(out.data, out.size) : err.text;
    buffer_free(&out);
    return result;
}

TEST(Commands, CompilationsBecomeEntries) {
    EXPECT_EQ(Convert("{ \"artifacts\": [{\"id\": 1, \"x\": [[], {}]}], \"actions\": [{\n"
                      "\"targetId\": 1, \"mnemonic\": \"CppCompile\",\n"
                      "\"arguments\": [\"clang\", \"-Dx\\u003d\\\"1\\\"\", \"-c\", \"k/a.c\"],\n"
                      "\"discoversInputs\": true }], \"targets\": [] }\n"),
              "[\n{\"directory\": \"/x\", \"file\": \"/w/k/a.c\", \"arguments\": "
              "[\"clang\", \"-Dx=\\\"1\\\"\", \"-c\", \"/w/k/a.c\"]}\n]\n");
}

TEST(Commands, GeneratedSourcesStandInTheExecutionRootAndExternalOnesAreLeftOut) {
    std::string text = Convert("{\"actions\": ["
                               "{\"arguments\": [\"c\", \"-c\", \"bazel-out/g.c\"], "
                               "\"mnemonic\": \"CppCompile\"},"
                               "{\"mnemonic\": \"CppCompile\", "
                               "\"arguments\": [\"c\", \"-c\", \"external/e/e.c\"]},"
                               "{\"mnemonic\": \"CppLink\", \"arguments\": [\"c\", \"-c\", \"l\"]},"
                               "{\"mnemonic\": \"CppCompile\", "
                               "\"arguments\": [\"c\", \"-c\", \"b.c\"]}]}");
    EXPECT_NE(text.find("\"/x/bazel-out/g.c\""), std::string::npos) << text;
    EXPECT_NE(text.find("},\n{"), std::string::npos) << text;
    EXPECT_NE(text.find("\"/w/b.c\""), std::string::npos) << text;
    EXPECT_EQ(text.find("external"), std::string::npos) << text;
    EXPECT_EQ(text.find("\"/w/l\""), std::string::npos) << text;
}

TEST(Commands, GraphsWithoutACompilationAreErrors) {
    EXPECT_EQ(Convert("{}"), "no compilation in the action graph");
    EXPECT_EQ(Convert("{\"actions\": []}"), "no compilation in the action graph");
}

TEST(Commands, MalformedGraphsAreErrors) {
    for (const char *graph :
         {"", "[", "{", "{\"actions\"", "{\"actions\": [", "{\"actions\": [{]}", "{\"a\": ]}",
          "{\"actions\": [{\"arguments\": [1]}]}", "{\"a\": \"\\x\"}", "{\"a\": \"\\u12\"}",
          "{\"a\": 1 \"b\": 2}", "{\"a\": \"x"}) {
        EXPECT_NE(Convert(graph).find("malformed"), std::string::npos) << graph;
    }
}

TEST(Json, StringsRoundTrip) {
    struct json json = {"\"a\\n\\\"\\u00e9\\ud83d\\ude00\\/\"", false};
    struct buffer text = {}, out = {};
    ASSERT_TRUE(json_string(&json, &text));
    EXPECT_STREQ(text.data, "a\n\"\xc3\xa9\xf0\x9f\x98\x80/");
    json_quote(text.data, &out);
    EXPECT_STREQ(out.data, "\"a\\u000a\\\"\xc3\xa9\xf0\x9f\x98\x80/\"");
    buffer_free(&text);
    buffer_free(&out);
}

} // namespace
