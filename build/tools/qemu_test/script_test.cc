// SPDX-License-Identifier: GPL-3.0-only
//
// Scripts.
#include <vector>

#include "build/tools/qemu_test/driver_fixture.h"
extern "C" {
#include "lodepng.h"
}

namespace {

TEST_F(Driver, ScriptWaitsTypesAndChecksTheStatus) {
    options_.cpus = 2;
    Prepare("say 'init: up on aarch64 with 2 CPUs, 500 MiB'; printf 'init> ' >&3\n"
            "IFS= read -r line <&3; say \"you typed $line\"; say 'helios: exit status 4'\n");
    // The return key is a carriage return, which `read` keeps: the shell's line ends at a newline.
    ASSERT_TRUE(Script("# comment\ncase up\nexpect init: up on ${arch} with ${cpus} CPUs\n"
                       "case prompt\nexpect init> \n"))
        << err_.text;
    EXPECT_EQ(Outcome(), "up prompt");
}

TEST_F(Driver, ScriptSendsAndExits) {
    Prepare("printf '> ' >&3; head -c 5 <&3 >/dev/null; say gone; say 'helios: exit status 4'\n");
    ASSERT_TRUE(Script("expect > \nsend halt\nexpect gone\nexit 4\n")) << err_.text;
    EXPECT_EQ(Outcome(), "boot");
}

TEST_F(Driver, ScriptWrongStatusFails) {
    Prepare("say 'helios: exit status 4'\n");
    ASSERT_TRUE(Script("exit 0\n"));
    EXPECT_EQ(Outcome(), "boot!");
    EXPECT_HAS(Failure(0), "exit status 4 instead of 0");
}

TEST_F(Driver, ScriptMissingTextNamesTheLineAndStopsTheRest) {
    Prepare("say one\n");
    ASSERT_TRUE(Script("case first\nexpect one\nexpect two\ncase second\nexpect three\n"));
    EXPECT_EQ(Outcome(), "first! second!");
    EXPECT_HAS(Failure(0), "line 3: did not see \"two\": the guest powered off");
    EXPECT_HAS(Failure(1), "not reached");
}

TEST_F(Driver, ScriptExpectsInOrder) {
    Prepare("say two; say one\n");
    ASSERT_TRUE(Script("expect one\nexpect two\n"));
    EXPECT_EQ(Outcome(), "boot!");
}

TEST_F(Driver, ScriptFindsInAnyOrder) {
    Prepare("say zero; say one; say two\n");
    ASSERT_TRUE(Script("case a\nexpect zero\nfind two\nfind one\ncase b\nfind zero\n"));
    EXPECT_EQ(Outcome(), "a b!");
}

TEST_F(Driver, ScriptRejectedTextFailsAtOnce) {
    Prepare("say 'init: up'; exec sleep 1000\n");
    ASSERT_TRUE(Script("reject init: up\nexpect Security Violation\n"));
    EXPECT_EQ(Outcome(), "boot!");
    EXPECT_HAS(Failure(0), "this appeared: \"init: up\"");
}

TEST_F(Driver, ScriptRejectionEndsWithItsCase) {
    Prepare("say no; say bad; say yes\n");
    ASSERT_TRUE(Script("case a\nreject good\nexpect no\ncase b\nexpect bad\nexpect yes\nexit 0\n"));
    EXPECT_EQ(Outcome(), "a b");
}

TEST_F(Driver, ScriptTimeoutIsOfEachWait) {
    Prepare("say one; exec sleep 1000\n");
    ASSERT_TRUE(Script("timeout 1\nexpect one\nexpect two\n"));
    EXPECT_HAS(Failure(0), "no answer within 1 s");
}

const char kReset[] =
    "say up; echo '{\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": "
    "\"guest-reset\"}}' >&4; say again\n";

TEST_F(Driver, ScriptWaitsForAReset) {
    Prepare(kReset);
    ASSERT_TRUE(Script("expect up\nreset\nexpect again\nexit 0\n"));
    EXPECT_EQ(Outcome(), "boot") << report_.cases[0].failure;
}

TEST_F(Driver, ScriptResetWithoutADirectiveFails) {
    Prepare(kReset);
    ASSERT_TRUE(Script("expect up\nexpect again\nexit 0\n"));
    EXPECT_EQ(Outcome(), "boot!");
    EXPECT_HAS(Failure(0), "the guest reset the machine");
}

// A guest with a screen of 4 x 3 pixels: black but for a red and a blue one in the middle line.
// What it is told over the control connection goes to its console.
const char kScreen[] = "dot() { printf '\\0\\0\\0'; }\n"
                       "picture() { printf 'P6\\n4 3\\n255\\n'; dot; dot; dot; dot;\n"
                       "dot; printf '\\377\\0\\0\\0\\0\\377'; dot; dot; dot; dot; dot; }\n"
                       "read -r hello <&4; say up\n"
                       "while read -r line <&4; do say \"$line\"\n"
                       "file=${line#*filename\\\":\\\"}; id=${line#*id\\\":\\\"}\n"
                       "case $line in *screendump*) picture > \"${file%%\\\"*}\";; esac\n"
                       "printf '{\"return\": {}, \"id\": \"%s\"}\\n' \"${id%%\\\"*}\" >&4; done\n";

void Encode(const std::string &path, const std::vector<unsigned char> &rgb, unsigned width) {
    unsigned char *png = nullptr;
    size_t size = 0;
    ASSERT_EQ(lodepng_encode24(&png, &size, rgb.data(), width,
                               static_cast<unsigned>(rgb.size() / 3 / width)),
              0u);
    struct error err = {};
    EXPECT_TRUE(file_write(path.c_str(), png, size, &err)) << err.text;
    free(png);
}

TEST_F(Driver, ScriptLooksAtTheScreen) {
    Prepare(kScreen);
    Encode(Path("picture.png"), {255, 0, 0, 0, 0, 255}, 2);
    ASSERT_TRUE(Script("case a\nexpect up\nscreen picture.png 0\npixel 1 1 ff0000\n"
                       "pixel -2 -2 0000ff\ncase b\npixel 0 0 ffffff\n"));
    EXPECT_EQ(Outcome(), "a b!");
    EXPECT_HAS(Failure(1), "line 7: screen: (0, 0) is #000000 and not #ffffff");
}

TEST_F(Driver, ScriptSaysWhereTheScreenDiffers) {
    Prepare(kScreen);
    Encode(Path("picture.png"), {255, 0, 0, 0, 255, 0}, 2);
    ASSERT_TRUE(Script("expect up\nscreen picture.png 0\n"));
    EXPECT_HAS(Failure(0), "1 pixels of a screen of 4 x 3 differ, the first at (2, 1): #0000ff in "
                           "place of #00ff00");
}

TEST_F(Driver, ScriptLeavesOutTheLowestLines) {
    Prepare(kScreen);
    Encode(Path("picture.png"), std::vector<unsigned char>(6), 2);
    ASSERT_TRUE(Script("case a\nexpect up\nscreen picture.png 2\ncase b\nscreen picture.png 1\n"));
    EXPECT_EQ(Outcome(), "a b!");
}

TEST_F(Driver, ScriptRefusesAPictureThatIsTooLarge) {
    Prepare(kScreen);
    Encode(Path("picture.png"), std::vector<unsigned char>(15), 5);
    ASSERT_TRUE(Script("expect up\nscreen picture.png 0\n"));
    EXPECT_HAS(Failure(0), "a screen of 4 x 3 can't show 5 x 1");
}

TEST_F(Driver, ScriptPressesKeys) {
    Prepare(kScreen);
    ASSERT_TRUE(Script("expect up\nkey ctrl-right\n"
                       "expect {\"type\":\"qcode\",\"data\":\"ctrl\"},"
                       "{\"type\":\"qcode\",\"data\":\"right\"}\n"));
    EXPECT_EQ(Outcome(), "boot");
}

// What the guest says before QEMU has answered a command is not waited for until it says more.
TEST_F(Driver, ScriptSeesWhatCameDuringACommandAtOnce) {
    limits_.boot_ms = 1000000;
    Prepare(kScreen);
    int64_t start = clock_ms();
    ASSERT_TRUE(Script("expect up\nkey a\nexpect {\"type\":\"qcode\",\"data\":\"a\"}\n"));
    EXPECT_EQ(Outcome(), "boot");
    EXPECT_LT(clock_ms() - start, limits_.boot_ms);
}

TEST_F(Driver, ScriptMovesThePointer) {
    Prepare(kScreen);
    ASSERT_TRUE(Script("expect up\npoint 100 32767\n"
                       "expect {\"axis\":\"x\",\"value\":100}\n"
                       "button left\n"
                       "expect {\"button\":\"left\",\"down\":true}\n"
                       "expect {\"button\":\"left\",\"down\":false}\n"));
    EXPECT_EQ(Outcome(), "boot");
}

// A guest that writes "new" to what its drive "data" is.
const char kDisk[] = "for a; do case $a in *id=data*) printf new > \"${a##*file=}\";; esac; done\n";

TEST_F(Driver, ScriptComparesTheDiskThatTheGuestHasLeft) {
    std::string disk = File("before", "old");
    options_.disk = disk.c_str();
    Prepare(kDisk);
    ASSERT_TRUE(Script("exit 0\ndisk " + File("after", "new") + "\n"));
    EXPECT_EQ(Outcome(), "boot");
    report_free(&report_);
    ASSERT_TRUE(Script("exit 0\ndisk " + File("after", "nem") + "\n"));
    EXPECT_HAS(Failure(0), "3 bytes in place of 3, and different from byte 2 on");
    report_free(&report_);
    ASSERT_TRUE(Script("exit 0\ndisk " + File("after", "newer") + "\n"));
    EXPECT_HAS(Failure(0), "3 bytes in place of 5");
}

TEST_F(Driver, DiskIsACopyOfTheFile) {
    std::string disk = File("before", "old");
    options_.disk = disk.c_str();
    Prepare(kDisk);
    ASSERT_TRUE(Script("exit 0\n"));
    struct buffer kept = {};
    ASSERT_TRUE(file_read(disk.c_str(), &kept, &err_));
    EXPECT_EQ(std::string(kept.data, kept.size), "old");
    buffer_free(&kept);
}

TEST_F(Driver, PeerIsServedWhileTheGuestIsWaitedFor) {
    options_.net = true;
    Prepare("printf 'AAAAAABBBBBB\\210\\265text' >&6\n"
            "answer=$(dd bs=100 count=1 <&6 2>/dev/null)\n"
            "case $answer in BBBBBBAAAAAA*text) say echoed;; esac\n");
    ASSERT_TRUE(Script("expect echoed\n"));
    EXPECT_EQ(Outcome(), "boot");
}

TEST_F(Driver, ScriptFilterRunsUpToTheLastMatch) {
    filter_.pattern = "b";
    Prepare("say 1; say 2\n");
    ASSERT_TRUE(Script("case a\nexpect 1\ncase b\nexpect 2\ncase c\nexpect 3\n"));
    EXPECT_EQ(Outcome(), "b");
    report_free(&report_);
    filter_.pattern = "z";
    ASSERT_TRUE(Script("case a\nexpect 1\n"));
    EXPECT_EQ(Outcome(), "filter!");
}

// A guest whose QEMU writes down what is in $lines whenever it is told to.
const char kTraced[] =
    "read -r hello <&4; say up\n"
    "while read -r line <&4; do id=${line#*id\\\":\\\"}\n"
    "case $line in *'logfile '*) file=${line#*logfile }; file=${file%%\\\"*};;\n"
    "*'log exec'*) printf \"$lines\" > \"$file\";; esac\n"
    "printf '{\"return\": \"\", \"id\": \"%s\"}\\n' \"${id%%\\\"*}\" >&4; done\n";

TEST_F(Driver, ScriptCountsTheInstructionsOfAnIdleGuest) {
    const std::string lines = "lines='Trace 0: a\\nTrace 1: b\\nStopped\\nTrace 1: c\\n'\n";
    Prepare((lines + kTraced).c_str());
    ASSERT_TRUE(Script("case a\nexpect up\nidle 1 2\ncase b\nidle 1 1\n"));
    EXPECT_EQ(Outcome(), "a b!");
    EXPECT_HAS(Failure(1), "line 5: idle: CPU 1 executed 2 instructions in 1 seconds");
}

TEST_F(Driver, ScriptNoticesThatNothingIsCounted) {
    Prepare((std::string("lines=\n") + kTraced).c_str());
    ASSERT_TRUE(Script("expect up\nidle 1 2\n"));
    EXPECT_HAS(Failure(0), "idle: a key was typed and no instruction counted");
}

TEST_F(Driver, ScriptErrorsNameTheLine) {
    const struct {
        const char *script;
        const char *message;
    } cases[] = {
        {"expect a\nwait b\n", "script:2: unknown directive \"wait b\""},
        {"expect\n", "script:1: expect needs a text"},
        {"exit\n", "exit needs a text"},
        {"exit 256\n", "exit: \"256\" is not a number"},
        {"reset now\n", "reset takes nothing"},
        {"expect ${disk}\n", "unknown variable"},
        {"key shift a\n", "key: \"shift a\" is no name of a key"},
        {"screen picture.png\n", "screen needs a file's name and a number of lines"},
        {"screen picture.png x\n", "screen needs a file's name and a number of lines"},
        {"screen other.png 0\n", "screen: \"other.png\" is none of the test's pictures"},
        {"point 1\n", "point needs two numbers up to 32767"},
        {"point 1 32768\n", "point needs two numbers up to 32767"},
        {"button top\n", "button: \"top\" is none of left, middle, right"},
        {"pixel 1 2\n", "pixel needs two numbers and a colour"},
        {"pixel 1 2 ffffff0\n", "pixel needs two numbers and a colour"},
        {"idle 5\n", "idle needs a number of seconds and one of instructions"},
        {"idle 0 5\n", "idle needs a number of seconds and one of instructions"},
        {"\n# only a comment\n", "an empty script"},
        {"\ntimeout 3\ncase a\nexpect b\n", "script:2: a script with cases begins with one"},
    };
    Prepare("");
    for (const auto &c : cases) {
        EXPECT_FALSE(Script(c.script)) << c.script;
        EXPECT_HAS(err_.text, c.message);
    }
}

} // namespace
