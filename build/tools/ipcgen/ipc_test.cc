// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/ipcgen/ipc.h"

#include <gtest/gtest.h>

#include <string>

#include "build/tools/ipcgen/emit.h"

namespace {

// A file (and one before it, "other", that it may use), freed with the test.
class File {
  public:
    explicit File(const std::string &text, const std::string &other = "") {
        if (!other.empty()) {
            EXPECT_TRUE(ipc_parse(&set, "b.ipc", "b.h", other.c_str())) << Problems();
        }
        good = ipc_parse(&set, "a.ipc", "a.h", text.c_str());
    }
    ~File() {
        ipc_free(&set);
    }

    // All problems, one after the other, without the lines that they quote.
    std::string Problems() const {
        std::string all;
        for (size_t i = 0; i < set.problems.count; i++) {
            std::string problem = set.problems.items[i];
            all += problem.substr(0, problem.find('\n')) + "\n";
        }
        return all;
    }

    const ipc_decl &Decl(const std::string &name) const {
        const ipc_unit *unit = set.units[set.count - 1];
        for (size_t i = 0; i < unit->decl_count; i++) {
            if (name == unit->decls[i]->name) {
                return *unit->decls[i];
            }
        }
        abort();
    }

    ipc_set set{};
    bool good = false;
};

const char kSpace[] = "namespace a;\n";

// What is wrong with a file that begins with a namespace; its text is line 2.
std::string Problem(const std::string &text) {
    File file(kSpace + text);
    EXPECT_EQ(file.good, file.set.problems.count == 0);
    return file.Problems();
}

std::string InCall(const std::string &call) {
    return Problem("interface f { " + call + " }");
}

// Values ------------------------------------------------------------------------------------------

uint64_t Value(const std::string &text) {
    File file(kSpace + ("const c = " + text + ";"));
    EXPECT_TRUE(file.good) << file.Problems();
    return file.good ? file.Decl("c").value : 0;
}

TEST(ValueTest, OperatorsBindAsInC) {
    EXPECT_EQ(Value("1 + 2 * 3"), 7u);
    EXPECT_EQ(Value("(1 + 2) * 3"), 9u);
    EXPECT_EQ(Value("1 << 2 + 1 | 1"), 9u);
    EXPECT_EQ(Value("10 - 2 - 3"), 5u);
}

TEST(ValueTest, NumbersHaveThreeBasesAndUnderscores) {
    EXPECT_EQ(Value("0xff_ff"), 65535u);
    EXPECT_EQ(Value("0b101"), 5u);
    EXPECT_EQ(Value("1_000"), 1000u);
    EXPECT_EQ(Value("0xffffffffffffffff"), UINT64_MAX);
}

TEST(ValueTest, AConstantCanBeMadeOfOthers) {
    File file("namespace a; const b = 3; const c = a::b * b;");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(file.Decl("c").value, 9u);
}

TEST(ValueTest, WhatDoesNotFitIsRefused) {
    EXPECT_EQ(Problem("const c: u8 = 256;"), "a.ipc:2:15: expected a value that fits into u8\n");
    EXPECT_EQ(Problem("const c: i8 = -129;"), "a.ipc:2:15: expected a value that fits into i8\n");
    EXPECT_EQ(Problem("const c = 0 - 1;"), "a.ipc:2:11: expected a value that fits into u64\n");
    EXPECT_EQ(Problem("const c = 0x1ffffffffffffffff;"),
              "a.ipc:2:11: expected a value of 64 bits, found a larger one\n");
    EXPECT_EQ(Problem("const c = 0xffffffffffffffff + 1;"),
              "a.ipc:2:30: expected a value of 64 bits, found a larger one\n");
    EXPECT_EQ(Problem("const c = 0xffffffffffffffff * 0xffffffffffffffff;"),
              "a.ipc:2:30: expected a value of 64 bits, found a larger one\n");
}

TEST(ValueTest, AShiftTooFarIsRefused) {
    EXPECT_EQ(Problem("const c = 1 << 64;"),
              "a.ipc:2:13: expected a shift by 0 to 63 of what is not negative\n");
    EXPECT_EQ(Problem("const c: i8 = -1 << 1;"),
              "a.ipc:2:18: expected a shift by 0 to 63 of what is not negative\n");
}

TEST(ValueTest, WhatIsNoNumberIsRefused) {
    EXPECT_EQ(Problem("const c = 12ab;"),
              "a.ipc:2:11: expected a number (12, 0x1f, 0b101), found '12ab'\n");
    EXPECT_EQ(Problem("const c = 0x;"),
              "a.ipc:2:11: expected a number (12, 0x1f, 0b101), found '0x'\n");
    EXPECT_EQ(Problem("const c = ;"), "a.ipc:2:11: expected a value, found ';'\n");
    EXPECT_EQ(Problem("const c = d;"), "a.ipc:2:11: expected a constant, found 'd'\n");
    EXPECT_EQ(Problem("const c = (1;"), "a.ipc:2:13: expected ')' after the value, found ';'\n");
}

TEST(ValueTest, TooManyParenthesesAreRefused) {
    EXPECT_NE(Problem("const c = " + std::string(200, '(') + "1;").find("no more parentheses"),
              std::string::npos);
}

// Places in messages ------------------------------------------------------------------------------

const ipc_fields &Params(const File &file) {
    return file.Decl("f").calls[0].params;
}

TEST(LayoutTest, SmallValuesShareAWord) {
    File file("namespace a; interface f { call c(a: u8, b: u32, c: u16, d: u64, e: bool) void; }");
    ASSERT_TRUE(file.good) << file.Problems();
    const ipc_fields &params = Params(file);
    EXPECT_EQ(params.items[1].bit, 32u);
    EXPECT_EQ(params.items[2].word, 1u);
    EXPECT_EQ(params.items[3].word, 2u);
    EXPECT_EQ(params.items[4].word, 3u);
    EXPECT_EQ(params.words, 4u);
}

TEST(LayoutTest, TextStandsBehindTheFixedWords) {
    File file("namespace a; interface f { call c(a: string[9], b: u64, c: bytes[8]) void; }");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(Params(file).words, 3u);
    EXPECT_EQ(Params(file).most, 6u);
}

TEST(LayoutTest, AStructBeginsAWord) {
    File file("namespace a; struct s { x: u8; y: u32[3]; }\n"
              "interface f { call c(a: u8, b: s, c: s[2]) void; }");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(file.Decl("s").fields.words, 3u);
    EXPECT_EQ(Params(file).items[1].word, 1u);
    EXPECT_EQ(Params(file).words, 10u);
}

// Numbers that must never change ------------------------------------------------------------------

TEST(IdTest, IdsAndLabelsAreHashesOfFullNames) {
    File file("namespace io; interface file { call read() void; }");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(ipc_hash(""), 0xcbf29ce484222325u);
    EXPECT_EQ(ipc_hash("a"), 0xaf63dc4c8601ec8cu); // FNV-1a, as published
    EXPECT_EQ(file.Decl("file").id, ipc_hash("io::file"));
    uint64_t hash = ipc_hash("io::file.read");
    EXPECT_EQ(file.Decl("file").calls[0].label,
              0x80000000u | static_cast<uint32_t>(hash ^ hash >> 32));
    EXPECT_EQ(file.Decl("file").version, 1u);
}

TEST(IdTest, AttributesSayOtherOnes) {
    File file("namespace io; @id(5) @version(2) interface file { @id(6) call read() void; }");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(file.Decl("file").id, 5u);
    EXPECT_EQ(file.Decl("file").version, 2u);
    EXPECT_EQ(file.Decl("file").calls[0].label, 0x80000006u);
}

TEST(IdTest, TwoCallsOfOneLabelAreRefused) {
    EXPECT_EQ(InCall("@id(1) call a() void; @id(1) call b() void;"),
              "a.ipc:2:49: expected a label of its own (0x80000001 is that of 'a::f.a' too); write "
              "@id(N) before it\n");
    EXPECT_EQ(Problem("interface f { @id(1) call a() void; }\n"
                      "interface g :: f { @id(1) call b() void; }"),
              "a.ipc:3:32: expected a label of its own (0x80000001 is that of 'a::f.a' too); write "
              "@id(N) before it\n");
}

TEST(IdTest, BasesWhoseLabelsAreTheSameAreRefused) {
    EXPECT_EQ(
        Problem("interface f { @id(1) call a() void; }\ninterface g { @id(1) call b() void; }\n"
                "interface h :: f, g {}"),
        "a.ipc:4:11: expected bases whose calls have labels of their own, found 'b' and 'a' "
        "with the same\n");
}

TEST(IdTest, TwoInterfacesOfOneIdAreRefused) {
    EXPECT_EQ(Problem("@id(1) interface f {} @id(1) interface g {}"),
              "a.ipc:2:40: expected an id of its own (0x1 is that of 'a::f' too); write @id(N) "
              "before it\n");
    File file("namespace a; @id(1) interface f {}", "namespace b; @id(1) interface f {}");
    EXPECT_EQ(file.Problems(), "a.ipc:1:31: expected an id of its own (0x1 is that of 'b::f' too); "
                               "write @id(N) before it\n");
}

TEST(IdTest, AttributesOutOfRangeAreRefused) {
    EXPECT_EQ(Problem("@id(0) interface f {}"), "a.ipc:2:2: expected an id other than 0\n");
    EXPECT_EQ(Problem("@version(0) interface f {}"),
              "a.ipc:2:2: expected a version of 1 to 4294967295\n");
    EXPECT_EQ(InCall("@id(0x80000000) call a() void;"),
              "a.ipc:2:16: expected an id of 31 bits for a call\n");
}

TEST(IdTest, AttributesInTheWrongPlaceAreRefused) {
    EXPECT_EQ(Problem("@id(1) const c = 1;"),
              "a.ipc:2:2: expected attributes before an interface or a call only\n");
    EXPECT_EQ(InCall("@version(1) call a() void;"),
              "a.ipc:2:16: expected @version before an interface, found it before a call\n");
    EXPECT_EQ(Problem("@what(1) interface f {}"),
              "a.ipc:2:2: expected 'id' or 'version' after '@', found 'what'\n"
              "a.ipc:2:2: expected 'const', 'enum', 'flags', 'struct', 'errors' or 'interface', "
              "found 'what'\n");
}

// Errors of interfaces ----------------------------------------------------------------------------

TEST(ErrorTest, NumbersAreHashesAboveThoseOfTheKernel) {
    File file("namespace a; errors { x \"text\"; } interface f { errors { y \"text\"; } }");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_EQ(file.Decl("error").values.items[0].value,
              IPC_FIRST_ERROR + ipc_hash("a.x") % (IPC_LABEL_BIT - IPC_FIRST_ERROR));
    EXPECT_EQ(file.Decl("f").values.items[0].value,
              IPC_FIRST_ERROR + ipc_hash("a::f.y") % (IPC_LABEL_BIT - IPC_FIRST_ERROR));
}

TEST(ErrorTest, NumbersOfTheKernelAreRefused) {
    EXPECT_EQ(Problem("errors { x \"text\" = 1; }"),
              "a.ipc:2:10: expected a number of 0x1000 to 0x7fffffff for an error\n");
}

TEST(ErrorTest, OneNumberForTwoIsRefused) {
    EXPECT_EQ(Problem("errors { x \"text\" = 0x1000; y \"text\" = 0x1000; }"),
              "a.ipc:2:29: expected a number of its own (0x1000 is that of 'x' too); write one "
              "behind '='\n");
    EXPECT_EQ(
        Problem("errors { x \"text\" = 0x1000; }\ninterface f { errors { y \"text\" = 0x1000; } }"),
        "a.ipc:3:24: expected a number of its own (0x1000 is that of 'x' too); write one "
        "behind '='\n");
}

TEST(ErrorTest, AnErrorNeedsAText) {
    EXPECT_EQ(Problem("errors { x; }"),
              "a.ipc:2:11: expected a string that says what went wrong, found ';'\n");
    EXPECT_EQ(Problem("errors { x \"100%\"; }"),
              "a.ipc:2:12: expected a string without '\\' and '%', found '100%'\n");
    EXPECT_EQ(Problem("errors { x \"text; }\n}"),
              "a.ipc:2:12: expected '\"' before the end of the line\n"
              "a.ipc:3:1: expected ';' after the value, found '}'\n");
}

// The grammar -------------------------------------------------------------------------------------

TEST(ParseTest, AProblemQuotesTheLineWithACaret) {
    File file("namespace a;\n\tconst c = what;\n");
    ASSERT_EQ(file.set.problems.count, 1u);
    EXPECT_STREQ(file.set.problems.items[0], "a.ipc:2:12: expected a constant, found 'what'\n"
                                             "    \tconst c = what;\n"
                                             "    \t          ^~~~");
}

TEST(ParseTest, AllProblemsAreFoundInOneRun) {
    EXPECT_EQ(
        Problem("const c = ;\nstruct s { a: what; b: u8; c u8; }\ninterface f {\n"
                "    call g(a: string) void;\n    call h() nothing;\n    call i() u8;\n}\n"),
        "a.ipc:2:11: expected a value, found ';'\n"
        "a.ipc:3:15: expected a type (u8 to u64, i8 to i64, bool, string[N], bytes[N], or one "
        "declared before), found 'what'\n"
        "a.ipc:3:30: expected ':' after the name, found 'u8'\n"
        "a.ipc:5:21: expected '[' and the most bytes that it can have, found ')'\n"
        "a.ipc:6:14: expected a type (u8 to u64, i8 to i64, bool, string[N], bytes[N], or one "
        "declared before), found 'nothing'\n");
}

TEST(ParseTest, AFileBeginsWithItsNamespace) {
    EXPECT_EQ(File("const a = 1;").Problems(), "a.ipc:1:1: expected 'namespace', found 'const'\n");
    EXPECT_EQ(File("namespace ;").Problems(),
              "a.ipc:1:11: expected the name of the namespace, found ';'\n");
    EXPECT_EQ(File("namespace a").Problems(),
              "a.ipc:1:12: expected ';' after the namespace, found the end of the file\n");
    EXPECT_EQ(File("namespace a::;").Problems(),
              "a.ipc:1:14: expected a name after '::', found ';'\n");
}

TEST(ParseTest, ANamespaceBelongsToOneFile) {
    File file("namespace b;", "namespace b;");
    EXPECT_EQ(file.Problems(), "a.ipc:1:11: expected another namespace, found that of b.ipc\n");
}

TEST(ParseTest, WhatIsUsedMustBeADependency) {
    EXPECT_EQ(Problem("use b;"),
              "a.ipc:2:5: expected the namespace of a file among the dependencies, found 'b'\n");
}

TEST(ParseTest, WhatIsNotUsedCanNotBeNamed) {
    File file("namespace a; interface f :: b::g {}", "namespace b; interface g {}");
    EXPECT_EQ(file.Problems(),
              "a.ipc:1:29: expected an interface that was declared before, found 'b::g'\n");
}

TEST(ParseTest, AnotherFilesNamesNeedItsNamespace) {
    File file("namespace a; use b; interface f :: b::g { call c(x: b::s) b::e; }",
              "namespace b; interface g {} struct s { x: u8; } enum e { x; }");
    EXPECT_TRUE(file.good) << file.Problems();
}

TEST(ParseTest, AnUnknownItemIsRefused) {
    EXPECT_EQ(Problem("union u {}"), "a.ipc:2:1: expected 'const', 'enum', 'flags', 'struct', "
                                     "'errors' or 'interface', found 'union'\n");
}

TEST(ParseTest, AForeignCharacterIsRefused) {
    EXPECT_EQ(Problem("const c $= 1;"), "a.ipc:2:9: expected a word, found character 0x24\n");
}

TEST(ParseTest, NamesThatCCannotHaveAreRefused) {
    EXPECT_EQ(
        Problem("struct s { int: u8; }"),
        "a.ipc:2:12: expected the name of a member, found 'int', which is a word of C or C++\n");
    EXPECT_EQ(Problem("const a_ = 1;"),
              "a.ipc:2:7: expected a name that begins with a letter, has at most 48 characters, no "
              "'_' at its end and no two together; found 'a_'\n");
    EXPECT_EQ(Problem("const = 1;"), "a.ipc:2:7: expected a name, found '='\n");
}

TEST(ParseTest, ACallMayBeAWordOfC) {
    File file("namespace a; interface f { call register() void; }");
    EXPECT_TRUE(file.good) << file.Problems();
}

TEST(ParseTest, TwoOfOneNameAreRefused) {
    EXPECT_EQ(Problem("const c = 1; const c = 2;"),
              "a.ipc:2:20: expected another name, found 'c' twice\n");
    EXPECT_EQ(Problem("struct u8 { x: u16; }"),
              "a.ipc:2:8: expected another name, found 'u8' twice\n");
    EXPECT_EQ(Problem("struct s { x: u8; x: u8; }"),
              "a.ipc:2:19: expected another name, found 'x' twice\n");
    EXPECT_EQ(Problem("enum e { x; x; }"), "a.ipc:2:13: expected another name, found 'x' twice\n");
    EXPECT_EQ(InCall("call c(x: u8, x: u8) void;"),
              "a.ipc:2:29: expected another name, found 'x' twice\n");
    EXPECT_EQ(InCall("call c{x: page, x: page}() void;"),
              "a.ipc:2:31: expected another name, found 'x' twice\n");
    EXPECT_EQ(InCall("call c() void; call c() void;"),
              "a.ipc:2:35: expected another name, found that of a call of 'a::f'\n");
}

TEST(ParseTest, NamesThatAreTheSameInCAreRefused) {
    EXPECT_EQ(Problem("const e_x = 1;\nenum e { X; }"),
              "a.ipc:3:10: expected another name: this and line 2 would both make 'A_E_X' in C\n");
    EXPECT_EQ(InCall("call c() void; call c_until() void;"),
              "a.ipc:2:35: expected another name: this and line 2 would both make 'a_f_c_until' in "
              "C\n");
    EXPECT_EQ(InCall("call c(data: bytes[8], data_length: u8) void;"),
              "a.ipc:2:20: expected different names in the call, found 'data_length' twice\n");
    EXPECT_EQ(InCall("call c(x: u8) (x: u8);"),
              "a.ipc:2:20: expected different names in the call, found 'x' twice\n");
}

TEST(ParseTest, TypesThatThereAreNotAreRefused) {
    EXPECT_EQ(
        Problem("struct s { x: s; }"),
        "a.ipc:2:15: expected a type (u8 to u64, i8 to i64, bool, string[N], bytes[N], or one "
        "declared before), found 's'\n");
    EXPECT_EQ(Problem("const c = 1; struct s { x: c; }"),
              "a.ipc:2:28: expected a type, found 'c', which is none\n");
    EXPECT_EQ(Problem("struct s { x: ; }"), "a.ipc:2:15: expected a type, found ';'\n");
    EXPECT_EQ(Problem("struct s { x: string[8][2]; }"),
              "a.ipc:2:24: expected no array of strings or bytes (put them into a struct), found "
              "'['\n");
}

TEST(ParseTest, BoundsOutOfRangeAreRefused) {
    EXPECT_EQ(Problem("struct s { x: string[0]; }"),
              "a.ipc:2:22: expected a length of 1 to 512, found 0\n");
    EXPECT_EQ(Problem("struct s { x: u8[513]; }"),
              "a.ipc:2:18: expected a number of elements of 1 to 512, found 513\n");
    EXPECT_EQ(Problem("struct s { x: u64[65]; }"),
              "a.ipc:2:15: expected at most 64 words of 8 bytes, found 65\n");
    EXPECT_EQ(Problem("struct s { x: u8[2; }"),
              "a.ipc:2:19: expected ']' after a number of elements, found ';'\n");
}

TEST(ParseTest, WhatDoesNotFitIntoAMessageIsRefused) {
    EXPECT_EQ(Problem("struct s { x: u64[64]; y: u8; }"),
              "a.ipc:2:8: expected at most 64 words of 8 bytes in 's', found 65\n");
    EXPECT_EQ(InCall("call c(x: string[512]) void;"),
              "a.ipc:2:20: expected at most 64 words of 8 bytes in the parameters of 'c', found "
              "65\n");
    EXPECT_EQ(InCall("call c() (x: u64[40], y: u64[40]);"),
              "a.ipc:2:20: expected at most 64 words of 8 bytes in the results of 'c', found 80\n");
}

TEST(ParseTest, EmptyTypesAreRefused) {
    EXPECT_EQ(Problem("struct s {}"), "a.ipc:2:8: expected at least one member in 's'\n");
    EXPECT_EQ(Problem("enum e {}"), "a.ipc:2:6: expected at least one value in 'e'\n");
    EXPECT_EQ(Problem("flags e {}"), "a.ipc:2:7: expected at least one value in 'e'\n");
}

TEST(ParseTest, ValuesOfAnEnumAreDifferentAndFit) {
    EXPECT_EQ(Problem("enum e { x = 1; y = 1; }"),
              "a.ipc:2:17: expected a value of its own, found that of 'x'\n");
    EXPECT_EQ(Problem("enum e: u8 { x = 255; y; }"),
              "a.ipc:2:23: expected a value that fits into u8\n");
    EXPECT_EQ(Problem("enum e: u64 { x; }"), "a.ipc:2:7: expected u8, u16 or u32 for an enum\n");
    EXPECT_EQ(Problem("enum e: i8 { x; }"), "a.ipc:2:7: expected u8, u16 or u32 for an enum\n");
    EXPECT_EQ(Problem("flags e: i8 { x; }"), "a.ipc:2:8: expected u8 to u64 for flags\n");
    EXPECT_EQ(Problem("flags e: text { x; }"),
              "a.ipc:2:10: expected one of u8 to u64 or i8 to i64, found 'text'\n");
}

TEST(ParseTest, AFlagHasABit) {
    EXPECT_EQ(Problem("flags e { x = 0; }"),
              "a.ipc:2:11: expected a flag with a bit in it, found 0\n");
    EXPECT_EQ(Problem("flags e: u8 { x = 0x80; y; }"),
              "a.ipc:2:25: expected a value that fits into u8\n");
}

TEST(ParseTest, CapabilitiesLeadToObjectsOrInterfaces) {
    EXPECT_EQ(
        InCall("call c{x: file}() void;"),
        "a.ipc:2:25: expected an object of the kernel (page, endpoint, ..., any), 'own', or an "
        "interface; found 'file'\n");
    EXPECT_EQ(InCall("call c{x: }() void;"),
              "a.ipc:2:25: expected what the capability leads to, found '}'\n");
    EXPECT_EQ(InCall("call c{x}() void;"), "a.ipc:2:23: expected ':' after the name, found '}'\n");
    EXPECT_EQ(InCall("call c{x: page y: page}() void;"),
              "a.ipc:2:30: expected ',' after the capability, found 'y'\n");
}

TEST(ParseTest, NothingStandsBehindManyCapabilities) {
    EXPECT_EQ(InCall("call c{x: page..., y: page}() void;"),
              "a.ipc:2:34: expected nothing behind '?' or '...', found 'y'\n");
    EXPECT_EQ(InCall("call c{x: page?, y: page}() void;"),
              "a.ipc:2:32: expected nothing behind '?' or '...', found 'y'\n");
}

TEST(ParseTest, OwnCapabilitiesComeOneByOneAndIn) {
    EXPECT_EQ(InCall("call c{x: own...}() void;"),
              "a.ipc:2:28: expected exactly one that is 'own', found '...'\n");
    EXPECT_EQ(InCall("call c() void{x: own};"),
              "a.ipc:2:29: expected no 'own' among what comes back\n");
}

TEST(ParseTest, TooManyCapabilitiesAreRefused) {
    std::string caps;
    for (int i = 0; i < 33; i++) {
        caps += (i > 0 ? ", c" : "c") + std::to_string(i) + ": page";
    }
    EXPECT_NE(InCall("call c{" + caps + "}() void;").find("expected at most 32 capabilities"),
              std::string::npos);
}

TEST(ParseTest, ACallIsWhole) {
    EXPECT_EQ(InCall("call () void;"), "a.ipc:2:20: expected the name of a call, found '('\n");
    EXPECT_EQ(InCall("call c void;"), "a.ipc:2:22: expected '(' after this, found 'void'\n");
    EXPECT_EQ(InCall("call c(x: u8 y: u8) void;"),
              "a.ipc:2:28: expected ',' after the type, found 'y'\n");
    EXPECT_EQ(InCall("call c() void"), "a.ipc:2:29: expected ';' after the call, found '}'\n");
    EXPECT_EQ(InCall("what"), "a.ipc:2:15: expected 'call', 'errors' or '}', found 'what'\n");
    EXPECT_EQ(Problem("interface f { call c() void;"),
              "a.ipc:2:29: expected 'call', 'errors' or '}', found the end of the file\n");
    EXPECT_EQ(Problem("struct s { x: u8;"),
              "a.ipc:2:18: expected a member or '}', found the end of the file\n");
    EXPECT_EQ(Problem("enum e { x;"), "a.ipc:2:12: expected a name or '}', found the end of the "
                                      "file\n");
}

TEST(ParseTest, SignsAreWhereTheyBelong) {
    EXPECT_EQ(Problem("const c;"),
              "a.ipc:2:8: expected '=' after the constant's name, found ';'\n");
    EXPECT_EQ(Problem("struct s;"), "a.ipc:2:9: expected '{' after the name, found ';'\n");
    EXPECT_EQ(Problem("enum e;"), "a.ipc:2:7: expected '{' after this, found ';'\n");
    EXPECT_EQ(Problem("struct s { x: u8 }"),
              "a.ipc:2:18: expected ';' after the type, found '}'\n");
    EXPECT_EQ(Problem("@id interface f {}"),
              "a.ipc:2:5: expected '(' after the attribute, found 'interface'\n"
              "a.ipc:2:5: expected 'const', 'enum', 'flags', 'struct', 'errors' or 'interface', "
              "found 'interface'\n");
    EXPECT_EQ(InCall("@id(1 call c() void;"),
              "a.ipc:2:21: expected ')' after the value, found 'call'\n");
}

TEST(ParseTest, ACommentStandsWhereItCanBelongToSomething) {
    EXPECT_EQ(Problem("const # what\nc = 1;"), "a.ipc:2:7: expected a name, found a comment\n");
}

TEST(ParseTest, TooManyMembersAreRefused) {
    std::string members;
    for (int i = 0; i < 65; i++) {
        members += "m" + std::to_string(i) + ": u8; ";
    }
    EXPECT_NE(Problem("struct s { " + members + "}").find("expected at most 64 of them"),
              std::string::npos);
}

TEST(ParseTest, ABaseIsAnInterfaceFromBefore) {
    EXPECT_EQ(Problem("interface f :: f {}"),
              "a.ipc:2:16: expected an interface that was declared before, found 'f'\n");
    EXPECT_EQ(Problem("const c = 1; interface f :: c {}"),
              "a.ipc:2:29: expected an interface that was declared before, found 'c'\n");
    EXPECT_EQ(Problem("interface f :: {}"),
              "a.ipc:2:16: expected an interface to inherit from, found '{'\n");
}

TEST(ParseTest, ABaseIsInheritedOnce) {
    EXPECT_EQ(Problem("interface f {} interface g :: f {} interface h :: f, g {}"),
              "a.ipc:2:46: expected each interface once, found 'a::f' twice among those that 'h' "
              "inherits from\n");
}

TEST(ParseTest, ACallOfABaseIsNotMadeAnew) {
    EXPECT_EQ(Problem("interface f { call c() void; }\ninterface g :: f { call c() void; }"),
              "a.ipc:3:25: expected another name, found that of a call of 'a::f'\n");
}

TEST(ParseTest, CommentsBelongToWhatFollowsOrToTheirLine) {
    File file("# Of the file.\nnamespace a;\n# Of s.\n# More.\nstruct s {\n  x: u8; # Of x.\n"
              "  # Of y.\n  y: u8;\n}\n");
    ASSERT_TRUE(file.good) << file.Problems();
    EXPECT_STREQ(file.set.units[0]->doc, "Of the file.\n");
    EXPECT_STREQ(file.Decl("s").doc, "Of s.\nMore.\n");
    EXPECT_STREQ(file.Decl("s").fields.items[0].doc, "Of x.\n");
    EXPECT_STREQ(file.Decl("s").fields.items[1].doc, "Of y.\n");
}

} // namespace
