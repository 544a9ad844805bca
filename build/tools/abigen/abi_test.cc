// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <string>

#include "build/tools/abigen/abi.h"
#include "build/tools/abigen/emit.h"

namespace {

// What stands before a test's own text: lines 1 to 4.
const char kStart[] = "header error;\n"
                      "errors { OK \"success\"; ERROR_RANGE \"outside\"; }\n"
                      "refusals all { error RANGE none \"why\" found \"a\" wanted \"b\"; }\n"
                      "header object;\n";

// A description that is freed with the test.
class Abi {
  public:
    explicit Abi(const std::string &text) : good(abi_parse("a.abi", text.c_str(), &abi, &err)) {
    }
    ~Abi() {
        abi_free(&abi);
        emit_free(&files);
    }

    // The file of this name after all that there is has been made.
    std::string Make(const std::string &path) {
        emit_headers(&abi, &files);
        emit_names(&abi, &files);
        emit_wrappers(&abi, &files);
        emit_calls(&abi, &files);
        emit_traps(&abi, &files);
        emit_fates(&abi, &files);
        emit_pages(&abi, "/nonexistent", &files);
        emit_refusals(&abi, &files);
        for (size_t i = 0; i < files.count; i++) {
            if (path == files.items[i].path) {
                return files.items[i].text.data;
            }
        }
        return "no such file";
    }

    abi_file abi{};
    error err{};
    emit_files files{};
    bool good;
};

std::string Problem(const std::string &text) {
    Abi abi(kStart + text);
    return abi.good ? "none" : abi.err.text;
}

const char kObject[] = "# A thing.\n"
                       "#\n"
                       "# More of it.\n"
                       "object thing \"Thing\" {\n"
                       "    # Makes one.\n"
                       "    call make{source: thing [READ]}(size \"large\", _) -> (value) {made}\n"
                       "        [WRITE] = 1 {\n"
                       "        error RANGE size \"too large\" found \"the size\" wanted \"7\";\n"
                       "    }\n"
                       "    # Takes many.\n"
                       "    call take(slots...) [WRITE] = 2;\n"
                       "}\n";

TEST(AbiTest, AnEnumBecomesAnEnumWithItsDocs) {
    Abi abi(std::string(kStart) +
            "# Colours.\nenum colour prefix C {\n# Like blood.\nRED = 1 << 0;\n"
            "BLUE;\n}\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("uapi/object.h")
                  .find("// Colours.\nenum helios_colour {\n    // Like blood.\n"
                        "    HELIOS_C_RED = 1 << 0,\n    HELIOS_C_BLUE,\n};\n"),
              std::string::npos);
}

TEST(AbiTest, DefinesBecomeMacros) {
    Abi abi(std::string(kStart) + "defines f prefix F {\n# One.\nA = 1u << 3;\n}\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("uapi/object.h").find("// One.\n#define HELIOS_F_A (1u << 3)\n"),
              std::string::npos);
}

TEST(AbiTest, CodeIsCopied) {
    Abi abi(std::string(kStart) + "| #define A \"{\"\n|\n| int b;\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("uapi/object.h").find("\n#define A \"{\"\n\nint b;\n"), std::string::npos);
}

TEST(AbiTest, AnInvocationBecomesAnEnumerator) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("uapi/object.h")
                  .find("enum helios_thing_invocation {\n"
                        "    // make{source}(size, 0) -> (value) {made}  [WRITE]\n"
                        "    // Makes one.\n    HELIOS_THING_MAKE = 1,\n"),
              std::string::npos);
}

TEST(AbiTest, AnInvocationBecomesAFunction) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("userland/helios/objects.h")
                  .find("uint64_t size) {\n"
                        "    helios_buffer->caps[0] = source;\n"
                        "    const uint64_t first_[4] = {size, 0, 0, 0};\n"
                        "    return helios_invoke(thing, HELIOS_THING_MAKE, 1, 2, first_);\n}\n"),
              std::string::npos);
}

TEST(AbiTest, AListOfParametersIsBoundedByTheBuffer) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("userland/helios/objects.h")
                  .find("i_ < slots_count && i_ < HELIOS_MAX_PARAMS; i_++"),
              std::string::npos);
}

// The function that is made of one invocation of "thing".
std::string Wrapper(const std::string &call) {
    Abi abi(std::string(kStart) + "object thing \"Thing\" {\n    call " + call + " = 1;\n}\n");
    EXPECT_TRUE(abi.good) << abi.err.text;
    std::string text = abi.Make("userland/helios/objects.h");
    size_t start = text.find("static inline");
    size_t end = text.find("\n}\n", start);
    return start == std::string::npos ? "nothing" : text.substr(start, end + 3 - start);
}

TEST(AbiTest, ManyWordsBehindFixedOnesGoWhereTheyBelong) {
    EXPECT_EQ(Wrapper("put(at, words...)"),
              "static inline struct helios_answer helios_thing_put(uint64_t thing, uint64_t at,\n"
              "                                                    const uint64_t *words, "
              "uint32_t words_count) {\n"
              "    uint64_t first_[4] = {at, 0, 0, 0};\n"
              "    if (words_count > HELIOS_MAX_PARAMS) {\n"
              "        words_count = HELIOS_MAX_PARAMS + 1;\n"
              "    }\n"
              "    for (uint32_t i_ = 0; i_ < words_count && i_ < HELIOS_MAX_PARAMS - 1; i_++) {\n"
              "        uint64_t *words_ = 1 + i_ < 4 ? first_ : helios_buffer->params;\n"
              "        words_[1 + i_] = words[i_];\n"
              "    }\n"
              "    return helios_invoke(thing, HELIOS_THING_PUT, 0, 1 + words_count, first_);\n"
              "}\n");
}

TEST(AbiTest, WordsBehindTheFourthGoToTheBuffer) {
    std::string text = Wrapper("put(a, b, c, d, e, _, words...)");
    EXPECT_NE(text.find("first_[4] = {a, b, c, d};\n"
                        "    helios_buffer->params[4] = e;\n"
                        "    helios_buffer->params[5] = 0;\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("i_ < HELIOS_MAX_PARAMS - 6; i_++) {\n"
                        "        helios_buffer->params[6 + i_] = words[i_];\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("0, 6 + words_count, first_);"), std::string::npos) << text;
}

TEST(AbiTest, ManyCapabilitiesStandBehindFixedOnes) {
    std::string text = Wrapper("take{from, parts...}()");
    EXPECT_NE(text.find("    helios_buffer->caps[0] = from;\n"), std::string::npos) << text;
    EXPECT_NE(text.find("i_ < HELIOS_MAX_CAPS - 1; i_++) {\n"
                        "        helios_buffer->caps[1 + i_] = parts[i_];\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("HELIOS_THING_TAKE, 1 + parts_count, 0, first_);"), std::string::npos)
        << text;
}

TEST(AbiTest, ACapabilityThatMayBeLeftOutIsCountedIfItIsThere) {
    EXPECT_NE(Wrapper("a{b?}()").find("HELIOS_THING_A, b != 0, 0, first_);"), std::string::npos);
    EXPECT_NE(Wrapper("a{b, c?}()").find("HELIOS_THING_A, 1 + (c != 0), 0, first_);"),
              std::string::npos);
}

TEST(AbiTest, TheRefusalOfZeroesNamesAllOfThem) {
    Abi abi(std::string(kStart) + "object a \"A\" {\n    call b(c, _, _) = 1 {\n"
                                  "        error RANGE _ \"not 0\" found \"it\";\n    }\n}\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(
        abi.Make("docs/reference/a.md").find("| `RANGE` | parameters 1, 2 | it | 0 | not 0 |"),
        std::string::npos);
}

TEST(AbiTest, NamesStandInTheOrderOfLabels) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("uapi/names.h").find("\"make take\""), std::string::npos);
}

TEST(AbiTest, APageHasTheRefusalsOfItsObject) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string page = abi.Make("docs/reference/thing.md");
    EXPECT_NE(page.find("| `RANGE` | parameter 0, `size` | the size | 7 | too large |"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("| `TYPE` | capability 0, `source` | its type | Thing | another type |"),
              std::string::npos);
}

TEST(AbiTest, TheTableOfRefusalsHasWhatFollowsFromArguments) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string table = abi.Make("testing/conformance/refusals_table.h");
    const std::string row = "X(HELIOS_TYPE_THING, HELIOS_THING_MAKE, \"Thing.make\", ";
    EXPECT_NE(table.find(row + "RANGE, PARAM + 0, 0)"), std::string::npos) << table;
    EXPECT_NE(table.find(row + "TYPE, CAP + 0, 0)"), std::string::npos);
    EXPECT_NE(table.find(row + "RIGHTS, CAP + 0, 0)"), std::string::npos);
    EXPECT_NE(table.find(row + "BUFFER, NONE, 0)"), std::string::npos);
    EXPECT_EQ(table.find(row + "BUFFER, RECEIVE, 0)"), std::string::npos);
}

TEST(AbiTest, AnEnumThatIsMentionedIsALink) {
    Abi abi(std::string(kStart) + "enum e prefix E { A = 1; }\nobject a \"A\" {\n"
                                  "    call b(c \"an `enum helios_e`, not `enum helios_f`\") = 1;\n"
                                  "}\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("docs/reference/a.md")
                  .find("an [`enum helios_e`](object.md#enum-helios_e), not `enum helios_f` |"),
              std::string::npos);
}

TEST(AbiTest, TheFirstPageNamesEveryObject) {
    Abi abi(std::string(kStart) + kObject);
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("docs/reference/index.md").find("| [Thing](thing.md) | A thing. |"),
              std::string::npos);
}

// A machine of seven registers, or one in which `to` stands in place of `from`.
std::string Machine(const std::string &from = "", const std::string &to = "") {
    std::string text = "# It is small.\n"
                       "architecture tiny \"enter #0\" {\n"
                       "    registers a b c d sp lr t;\n"
                       "    number a;\n"
                       "    capability b;\n"
                       "    tag c;\n"
                       "    params d;\n"
                       "    kept sp;\n"
                       "    lost lr;\n"
                       "}\n";
    return from.empty() ? text : text.replace(text.find(from), from.size(), to);
}

TEST(AbiTest, AnArchitectureBecomesItsInstruction) {
    Abi abi(kStart + Machine());
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string text = abi.Make("userland/helios/arch/tiny/include/helios_trap.h");
    size_t start = text.find("HELIOS_ASSERT_LAYOUT(");
    ASSERT_NE(start, std::string::npos) << text;
    EXPECT_EQ(
        text.substr(start, text.find("\n#endif", start) - start),
        "HELIOS_ASSERT_LAYOUT(HELIOS_REGISTER_PARAMS == 1);\n"
        "HELIOS_ASSERT_LAYOUT(HELIOS_TINY_REGISTERS == 7 + 2);\n\n"
        "static inline void helios_syscall(uint64_t number, struct helios_message *message) {\n"
        "    register uint64_t a __asm__(\"a\") = number;\n"
        "    register uint64_t b __asm__(\"b\") = message->capability;\n"
        "    register uint64_t c __asm__(\"c\") = message->tag;\n"
        "    register uint64_t d __asm__(\"d\") = message->params[0];\n"
        "    __asm__ volatile(\"enter #0\"\n"
        "                     : \"+r\"(a), \"+r\"(b), \"+r\"(c), \"+r\"(d)\n"
        "                     :\n"
        "                     : \"lr\", \"t\", \"cc\", \"memory\");\n"
        "    message->capability = b;\n"
        "    message->tag = c;\n"
        "    message->params[0] = d;\n"
        "}\n");
}

TEST(AbiTest, APageHasTheRegistersOfEachArchitecture) {
    Abi abi(kStart + Machine());
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string page = abi.Make("docs/reference/object.md");
    EXPECT_NE(page.find("| tiny | enter #0 | a | b | c | d | sp | lr |\n\ntiny: It is small.\n"),
              std::string::npos)
        << page;
}

TEST(AbiTest, AHeaderHasTheSameTable) {
    Abi abi(kStart + Machine("    lost lr;\n", ""));
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string text = abi.Make("uapi/object.h");
    EXPECT_NE(text.find("//  tiny  enter #0    a       b           c    d           sp    -\n"
                        "//\n// tiny: It is small.\n"),
              std::string::npos)
        << text;
}

TEST(AbiTest, ATableSaysWhatBecomesOfEachRegister) {
    Abi abi(kStart + Machine());
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string text = abi.Make("testing/conformance/registers_table.h");
    std::string rows;
    for (char c : text.substr(text.find("#define TINY"), text.find("// clang-format on"))) {
        rows +=
            c == '\\' || (c == ' ' && !rows.empty() && rows.back() == ' ') ? "" : std::string(1, c);
    }
    EXPECT_EQ(rows.substr(0, rows.find("\n//")),
              "#define TINY_REGISTERS(X) \n X(a, ZERO) \n X(b, RESULT) \n X(c, RESULT) \n"
              " X(d, RESULT) \n X(sp, PRESERVED) \n X(lr, HARDWARE) \n X(t, ZERO)\n"
              "#define TINY_MESSAGE(X) \n X(b) \n X(c) \n X(d)\n"
              "#define TINY_NUMBER(X) X(a)");
}

TEST(AbiTest, ARegisterThatTheArchitectureLacksIsRefused) {
    EXPECT_EQ(Problem(Machine("tag c", "tag r9")),
              "a.abi:10:9: expected a register of tiny, found 'r9'");
}

TEST(AbiTest, ASecondUseOfARegisterIsRefused) {
    const std::string message = "expected a register that has not been named, found ";
    EXPECT_EQ(Problem(Machine("tag c", "tag a")), "a.abi:10:9: " + message + "'a'");
    EXPECT_EQ(Problem(Machine("params d", "params d d")), "a.abi:11:14: " + message + "'d'");
    EXPECT_EQ(Problem(Machine("kept sp", "kept sp b")), "a.abi:12:13: " + message + "'b'");
    EXPECT_EQ(Problem(Machine("lost lr", "lost sp")), "a.abi:13:10: " + message + "'sp'");
}

TEST(AbiTest, ARegisterThatIsListedTwiceIsRefused) {
    EXPECT_EQ(Problem(Machine("lr t;", "lr t a;")),
              "a.abi:7:31: expected a register that has not been named, found 'a'");
}

TEST(AbiTest, AMissingRegisterIsRefusedWhereItIsMissed) {
    EXPECT_EQ(Problem(Machine("    tag c;\n", "")), "a.abi:10:5: expected 'tag', found 'params'");
    EXPECT_EQ(Problem(Machine("number a", "number")),
              "a.abi:8:11: expected a register of tiny, found ';'");
    EXPECT_EQ(Problem(Machine("    kept sp;\n", "")), "a.abi:12:5: expected 'kept', found 'lost'");
}

TEST(AbiTest, TwoRegistersForOneWordAreRefused) {
    EXPECT_EQ(Problem(Machine("number a", "number a t")), "a.abi:8:14: expected ';', found 't'");
}

const char kFlags[] = "defines message_flags prefix FLAG { REPLY = 1; DEADLINE = 2; }\n";

// The functions, with their comments, that are made of one system call; it refuses something.
std::string Function(const std::string &call) {
    Abi abi(std::string(kStart) + kFlags + "# Does it.\n#\n# More of it.\nsyscall " + call +
            " = 1 { use all; }\n");
    EXPECT_TRUE(abi.good) << abi.err.text;
    std::string text = abi.Make("userland/helios/calls.h");
    size_t start = text.find("\n#endif\n\n");
    size_t end = text.find("\n#ifdef __cplusplus\n}", start);
    return start == std::string::npos ? "nothing" : text.substr(start + 9, end - start - 9);
}

TEST(AbiTest, ASystemCallOfWordsTakesThemAndItsFlags) {
    EXPECT_EQ(Function("nap of bed(hours \"how long\") -> (left, why \"if not\") flags DEADLINE"),
              "// nap(hours) -> (left, why)\n"
              "// Does it.\n"
              "//   hours: how long\n"
              "//   flags: 0, HELIOS_FLAG_DEADLINE\n"
              "//   value: left\n"
              "//   more[0]: why, if not\n"
              "static inline struct helios_answer helios_nap(uint64_t bed, uint64_t hours, "
              "uint32_t flags) {\n"
              "    struct helios_message message = {bed, helios_tag(0, 0, 1, flags), "
              "{hours, 0, 0, 0}};\n"
              "    helios_syscall(HELIOS_SYS_NAP, &message);\n"
              "    return helios_answer_of(&message);\n"
              "}\n");
}

TEST(AbiTest, ASystemCallThatSendsTakesAMessage) {
    EXPECT_EQ(Function("tell of ear{caps...}(words...) [WRITE] flags DEADLINE"),
              "// tell{caps...}(words...)  [WRITE]\n"
              "// Does it.\n"
              "static inline struct helios_answer helios_tell(uint64_t ear, "
              "struct helios_message message) {\n"
              "    message.capability = ear;\n"
              "    helios_syscall(HELIOS_SYS_TELL, &message);\n"
              "    return helios_answer_of(&message);\n"
              "}\n");
}

TEST(AbiTest, ASystemCallThatIsAnsweredHasTheAnswerInPlaceOfItsMessage) {
    EXPECT_EQ(Function("ask as inquire of ear(words...) -> (answer...)"),
              "// ask(words...) -> (answer...)\n"
              "// Does it.\n"
              "static inline struct helios_answer helios_inquire(uint64_t ear, "
              "struct helios_message *message) {\n"
              "    message->capability = ear;\n"
              "    helios_syscall(HELIOS_SYS_ASK, message);\n"
              "    return helios_answer_of(message);\n"
              "}\n");
}

TEST(AbiTest, ASystemCallThatReceivesCanAnswerFirst) {
    EXPECT_EQ(
        Function("hear of ear(words...) -> (words...) flags REPLY"),
        "// hear(words...) -> (words...)\n"
        "// Does it.\n"
        "static inline uint32_t helios_hear(uint64_t ear, struct helios_message *message) {\n"
        "    struct helios_message none = {0, helios_tag(0, 0, 0, 0), {0, 0, 0, 0}};\n"
        "    *message = none;\n"
        "    message->capability = ear;\n"
        "    helios_syscall(HELIOS_SYS_HEAR, message);\n"
        "    return helios_tag_flags(message->tag);\n"
        "}\n\n"
        "// Answers the call that was received last with *message, then does what helios_hear "
        "does: the\n// next one is in *message.\n"
        "static inline uint32_t helios_reply_hear(uint64_t ear, struct helios_message "
        "*message) {\n"
        "    message->tag |= helios_tag(0, 0, 0, HELIOS_FLAG_REPLY);\n"
        "    message->capability = ear;\n"
        "    helios_syscall(HELIOS_SYS_HEAR, message);\n"
        "    return helios_tag_flags(message->tag);\n"
        "}\n");
}

TEST(AbiTest, ASystemCallThatReceivesCanHaveADeadline) {
    std::string text = Function("hear of ear(words...) -> (words...) flags REPLY DEADLINE");
    EXPECT_NE(text.find("helios_hear(uint64_t ear, uint32_t flags, struct"), std::string::npos)
        << text;
    EXPECT_NE(text.find("helios_tag(0, 0, 0, flags)"), std::string::npos) << text;
    EXPECT_NE(text.find("helios_reply_hear(uint64_t ear, struct"), std::string::npos) << text;
}

TEST(AbiTest, ASystemCallThatRefusesNothingReturnsNothing) {
    Abi abi(std::string(kStart) + "syscall rest() = 1;\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    EXPECT_NE(abi.Make("userland/helios/calls.h")
                  .find("// rest()\nstatic inline void helios_rest(void) {\n"
                        "    struct helios_message message = {0, helios_tag(0, 0, 0, 0), "
                        "{0, 0, 0, 0}};\n"
                        "    helios_syscall(HELIOS_SYS_REST, &message);\n}\n"),
              std::string::npos);
}

TEST(AbiTest, APageHasTheFunctionsOfItsSystemCall) {
    Abi abi(std::string(kStart) + kFlags +
            "syscall hear of ear(words...) -> (words...) [READ] flags REPLY DEADLINE = 1;\n");
    ASSERT_TRUE(abi.good) << abi.err.text;
    std::string page = abi.Make("docs/reference/sys_hear.md");
    EXPECT_NE(page.find("Flags: REPLY, DEADLINE. In C:\n\n```c\n"), std::string::npos) << page;
    EXPECT_NE(page.find(" helios_hear(uint64_t ear, uint32_t flags, struct helios_message "
                        "*message);\n"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find(" helios_reply_hear(uint64_t ear, struct helios_message *message);\n"),
              std::string::npos)
        << page;
}

TEST(AbiTest, AnUnknownFlagIsRefused) {
    EXPECT_EQ(Problem(std::string(kFlags) + "syscall a(b) flags LOUD = 1;"),
              "a.abi:6:20: expected a flag of a message, found 'LOUD'");
    EXPECT_EQ(Problem(std::string(kFlags) + "syscall a(b) flags = 1;"),
              "a.abi:6:20: expected a flag of a message, found '='");
}

TEST(AbiTest, MoreWordsThanRegistersAreRefused) {
    const std::string message = "expected at most four words, or a message, found 'b'";
    EXPECT_EQ(Problem("syscall a(b, c, d, e, f) = 1;"), "a.abi:5:11: " + message);
    EXPECT_EQ(Problem("syscall a(b, c...) = 1;"), "a.abi:5:11: " + message);
}

TEST(AbiTest, OnlyASystemCallHasAFunctionOfItsOwn) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b as c() = 1;\n}"),
              "a.abi:6:12: expected '(', found 'as'");
}

TEST(AbiTest, AnItemOutsideAnyHeaderIsRefused) {
    Abi abi("enum a prefix A {}\n");
    EXPECT_STREQ(abi.err.text, "a.abi:1:1: expected 'header', found 'enum'");
}

TEST(AbiTest, AnUnknownItemIsRefused) {
    EXPECT_EQ(Problem("struct a {}"),
              "a.abi:5:1: expected 'header', 'enum', 'defines', 'errors', 'object', "
              "'architecture', 'syscall' or 'refusals', found 'struct'");
}

TEST(AbiTest, AMissingSemicolonIsRefusedWhereItIsMissed) {
    EXPECT_EQ(Problem("enum a prefix A {\n    B = 1\n}\n"),
              "a.abi:7:1: expected ';' after the value, found '}'");
}

TEST(AbiTest, AnEmptyValueIsRefused) {
    EXPECT_EQ(Problem("enum a prefix A { B = ; }"), "a.abi:5:23: expected a value, found ';'");
}

TEST(AbiTest, AnOpenStringIsRefused) {
    EXPECT_EQ(Problem("object a \"A\n{ }"), "a.abi:5:10: expected '\"' before the end of the line");
}

TEST(AbiTest, AForeignCharacterIsRefused) {
    EXPECT_EQ(Problem("enum a prefix A { @ }"),
              "a.abi:5:19: expected a word, found character 0x40");
}

TEST(AbiTest, AnUnknownRightIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b() [FLY] = 1;\n}"),
              "a.abi:6:15: expected READ, WRITE, EXECUTE or GRANT, found 'FLY'");
}

TEST(AbiTest, AnUnknownErrorIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b() = 1 { error BORED none; }\n}"),
              "a.abi:6:26: expected the name of an error, found 'BORED'");
}

TEST(AbiTest, ARefusalOfAnArgumentThatThereIsNotIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b(c) = 1 { error RANGE d; }\n}"),
              "a.abi:6:33: expected an argument, found 'd'");
}

TEST(AbiTest, AnUnknownSetIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b(c) = 1 { use some; }\n}"),
              "a.abi:6:25: expected the name of a set of refusals, found 'some'");
}

TEST(AbiTest, ACapabilityOfAnUnknownTypeIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b{c: d}() = 1;\n}"),
              "a.abi:6:15: expected the name of an object, found 'd'");
}

TEST(AbiTest, AWordThatMayBeLeftOutIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b(c?) = 1;\n}"),
              "a.abi:6:13: expected no '?' behind a word, found '?'");
}

TEST(AbiTest, ManyThatMayBeLeftOutAreRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b{c?...}() = 1;\n}"),
              "a.abi:6:14: expected '?' or '...', found '...'");
}

TEST(AbiTest, AFieldBehindOneThatMayBeLeftOutIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b{c?, d}() = 1;\n}"),
              "a.abi:6:16: expected no field behind \"?\", found 'd'");
}

TEST(AbiTest, AFieldBehindManyIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b(c..., d) = 1;\n}"),
              "a.abi:6:18: expected no field behind \"...\", found 'd'");
}

TEST(AbiTest, AFileThatEndsTooSoonIsRefused) {
    EXPECT_EQ(Problem("object a \"A\" {"),
              "a.abi:5:15: expected 'call' or '}', found the end of the file");
}

TEST(AbiTest, ANumberIsWantedBehindACall) {
    EXPECT_EQ(Problem("object a \"A\" {\n    call b() = one;\n}"),
              "a.abi:6:16: expected a number, found 'one'");
}

} // namespace
