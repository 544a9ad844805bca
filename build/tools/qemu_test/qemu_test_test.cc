// SPDX-License-Identifier: GPL-3.0-only
//
// The test driver against guests that are shell scripts: descriptor 3 is the console, 4 the control
// connection, as they are for QEMU.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "build/tools/qemu_test/expect.h"
#include "build/tools/qemu_test/peer.h"
#include "build/tools/qemu_test/protocol.h"
#include "build/tools/qemu_test/screen.h"
extern "C" {
#include "lodepng.h"
}

namespace {

#define EXPECT_HAS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << (text)
#define EXPECT_LACKS(text, part)                                                                   \
    EXPECT_EQ(std::string(text).find(part), std::string::npos) << (text)

bool Matches(const char *pattern, const char *name) {
    struct test_filter filter = {pattern, 1, 0};
    return test_filter_matches(&filter, name);
}

TEST(Filter, WildcardsAreAnchoredPlainTextIsNot) {
    EXPECT_TRUE(Matches(nullptr, "x"));
    EXPECT_TRUE(Matches("", "x"));
    EXPECT_TRUE(Matches("ping", "ipc.ping.pong"));
    EXPECT_FALSE(Matches("pint", "ipc.ping.pong"));
    EXPECT_TRUE(Matches("ipc.*", "ipc.ping"));
    EXPECT_FALSE(Matches("ping*", "ipc.ping"));
    EXPECT_TRUE(Matches("*pi?g", "ipc.ping"));
}

TEST(Filter, ListsAndExclusions) {
    EXPECT_TRUE(Matches("foo:ping", "ipc.ping"));
    EXPECT_FALSE(Matches("foo:bar", "ipc.ping"));
    EXPECT_FALSE(Matches("ipc:-ping", "ipc.ping"));
    EXPECT_TRUE(Matches("ipc:-pong", "ipc.ping"));
    EXPECT_FALSE(Matches("-ping", "ipc.ping"));
    EXPECT_TRUE(Matches("-pong", "ipc.ping"));
    EXPECT_TRUE(Matches("power-off", "power-off")) << "a dash inside a name excludes nothing";
}

TEST(Filter, ShardsComeFromTheEnvironment) {
    struct test_filter filter;
    struct error err = {};
    setenv("TEST_TOTAL_SHARDS", "3", 1);
    setenv("TEST_SHARD_INDEX", "2", 1);
    ASSERT_TRUE(test_filter_from_environment(&filter, &err)) << err.text;
    EXPECT_EQ(filter.shards, 3u);
    EXPECT_EQ(filter.shard, 2u);
    setenv("TEST_SHARD_INDEX", "3", 1);
    EXPECT_FALSE(test_filter_from_environment(&filter, &err));
    unsetenv("TEST_TOTAL_SHARDS");
    unsetenv("TEST_SHARD_INDEX");
}

TEST(Report, XmlIsEscapedAndWellFormed) {
    struct report report = {};
    struct buffer out = {};
    report_add(&report, "a<b>&\"c\"", 1234, nullptr);
    report_add(&report, "x", 5, "1 < 2\nsecond\tline \001\xff\xc3\xa9\xed\xa0\x80\xef\xbf\xbf!");
    report_xml(&report, "//t:x", &out);
    std::string xml(out.data, out.size);
    EXPECT_HAS(xml, "<testsuite name=\"//t:x\" tests=\"2\" failures=\"1\" errors=\"0\" "
                    "time=\"1.239\">");
    EXPECT_HAS(xml, "<testcase name=\"a&lt;b&gt;&amp;&quot;c&quot;\" classname=\"//t:x\" "
                    "status=\"run\" time=\"1.234\"/>");
    EXPECT_HAS(xml, "<failure message=\"1 &lt; 2\">1 &lt; 2&#10;second&#9;line " +
                        std::string(2, '?') + "\xc3\xa9" + std::string(4, '?') + "!</failure>");
    EXPECT_EQ(report_failures(&report), 1u);
    buffer_free(&out);
    report_free(&report);
}

// Shell functions for guests; $STATE is a file that survives a restart.
const char kPrelude[] = "#!/bin/sh\n"
                        "say() { printf '%s\\r\\n' \"$*\" >&3; }\n"
                        "plan() { say \"@t plan $#\"; for c; do say \"@t case $c\"; done; "
                        "say '@t ready'; }\n"
                        "next() { read -r tag command index <&3 && [ \"$command\" = run ]; }\n";

class Driver : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
        setenv("STATE", Path("state").c_str(), 1);
        qemu_options_init(&options_);
    }
    void TearDown() override {
        report_free(&report_);
        guest_free(&guest_);
        qemu_options_free(&options_);
        qemu_config_free(&config_);
        temp_dir_remove(dir_);
        free(dir_);
    }
    std::string Path(const std::string &name) {
        return std::string(dir_) + "/" + name;
    }
    std::string File(const std::string &name, const std::string &contents) {
        EXPECT_TRUE(file_write(Path(name).c_str(), contents.data(), contents.size(), &err_));
        return Path(name);
    }
    void Prepare(const std::string &guest) {
        std::string fake = File("guest", kPrelude + guest);
        chmod(fake.c_str(), 0755);
        std::string empty = File("empty", "");
        std::string config = File("config", "arch=aarch64\nqemu=" + fake + "\nedk2_code=" + empty +
                                                "\nimage=" + empty + "\n");
        ASSERT_TRUE(qemu_config_read(config.c_str(), &config_, &err_)) << err_.text;
        guest_.config = &config_;
        guest_.options = &options_;
    }
    void Run(const std::string &guest) {
        Prepare(guest);
        protocol_run(&guest_, &filter_, &limits_, &report_);
    }
    bool Script(const std::string &script) {
        struct script steps = {};
        struct strings pictures = {};
        strings_add(&pictures, Path("picture.png").c_str());
        bool ok = script_read(File("script", script).c_str(), &config_, &options_, &pictures,
                              &steps, &err_);
        if (ok) {
            script_run(&steps, &guest_, &filter_, &limits_, &report_);
        }
        script_free(&steps);
        strings_free(&pictures);
        return ok;
    }
    // "name" or "name!" for each case, in order: the latter has failed.
    std::string Outcome() {
        std::string outcome;
        for (size_t i = 0; i < report_.count; i++) {
            outcome += (i > 0 ? " " : "") + std::string(report_.cases[i].name) +
                       (report_.cases[i].failure != nullptr ? "!" : "");
        }
        return outcome;
    }
    std::string Failure(size_t i) {
        if (i >= report_.count || report_.cases[i].failure == nullptr) {
            ADD_FAILURE() << "case " << i << " has not failed: " << Outcome();
            return "";
        }
        return report_.cases[i].failure;
    }
    char *dir_ = nullptr;
    struct error err_ = {};
    struct qemu_config config_ = {};
    struct qemu_options options_ = {};
    struct guest guest_ = {};
    struct test_filter filter_ = {nullptr, 1, 0};
    struct test_limits limits_ = {20000, 20000, -1};
    struct report report_ = {};
};

TEST_F(Driver, PassesAndFailuresAreReportedByName) {
    Run("say 'firmware noise'; plan a b c\n"
        "while next; do case $index in\n"
        "0) say log; say '@t pass a';; 1) say '@t fail b 1 is not 2';; 2) say '@t pass c';;\n"
        "esac; done\n");
    EXPECT_EQ(Outcome(), "a b! c");
    EXPECT_HAS(Failure(1), "1 is not 2\n--- the last lines of the console ---\n");
    EXPECT_HAS(Failure(1), "\nlog\n");
}

TEST_F(Driver, PanicFailsItsCaseAndTheGuestIsStartedAgain) {
    Run("plan a b c\n"
        "while next; do case $index in\n"
        "1) say 'KERNEL PANIC: no more'; say backtrace; exec sleep 1000;;\n"
        "0) say '@t pass a';; 2) say '@t pass c';;\n"
        "esac; done\n");
    EXPECT_EQ(Outcome(), "a b! c");
    EXPECT_HAS(Failure(1), "KERNEL PANIC: no more");
    EXPECT_HAS(Failure(1), "backtrace") << "what follows the panic belongs to it";
}

TEST_F(Driver, EndInTheMiddleOfACase) {
    Run("plan a b\nwhile next; do [ $index = 0 ] && exit 0; say '@t pass b'; done\n");
    EXPECT_EQ(Outcome(), "a! b");
    EXPECT_HAS(Failure(0), "the guest powered off in the middle of the case");
}

TEST_F(Driver, ResetInTheMiddleOfACase) {
    Run("plan a b\nwhile next; do\n"
        "[ $index = 0 ] && { echo '{\"event\": \"SHUTDOWN\", \"data\": "
        "{\"guest\": true, \"reason\": \"guest-reset\"}}' >&4; exit 0; }\n"
        "say '@t pass b'; done\n");
    EXPECT_EQ(Outcome(), "a! b");
    EXPECT_HAS(Failure(0), "the guest reset the machine in the middle of the case");
}

TEST_F(Driver, HangFailsItsCaseOnly) {
    limits_.case_ms = 1000;
    Run("plan a b\nwhile next; do [ $index = 0 ] && exec sleep 1000; say '@t pass b'; done\n");
    EXPECT_EQ(Outcome(), "a! b");
    EXPECT_HAS(Failure(0), "no answer within 1 s");
}

TEST_F(Driver, FailureMessageMayMentionAPanic) {
    Run("plan a\nwhile next; do say '@t fail a saw KERNEL PANIC in text'; done\n");
    EXPECT_EQ(Outcome(), "a!");
    EXPECT_HAS(Failure(0), "saw KERNEL PANIC in text\n");
}

TEST_F(Driver, AnswerForAnotherCaseIsAFailure) {
    Run("plan a b\nwhile next; do say '@t pass b'; done\n");
    EXPECT_EQ(Outcome(), "a! b");
    EXPECT_HAS(Failure(0), "answered with something else: \"@t pass b\"");
}

TEST_F(Driver, NameThatIsAPrefixIsAnotherCase) {
    Run("plan a ab\nwhile next; do say '@t pass ab'; done\n");
    EXPECT_EQ(Outcome(), "a! ab");
}

TEST_F(Driver, ADifferentPlanAfterARestartIsAnError) {
    Run("if [ -e $STATE ]; then plan a x c; else plan a b c; fi; : >$STATE\n"
        "while next; do [ $index = 0 ] && exit 0; say '@t pass b'; done\n");
    EXPECT_EQ(Outcome(), "a! b! c!");
    EXPECT_HAS(Failure(1), "after a restart the plan is not the same");
    EXPECT_HAS(Failure(2), "never ran");
}

TEST_F(Driver, FirmwareMayLeaveAnUnfinishedLine) {
    Run("printf 'Press ESCAPE ' >&3; plan a\nwhile next; do say '@t pass a'; done\n");
    EXPECT_EQ(Outcome(), "a");
}

TEST_F(Driver, MalformedPlans) {
    const struct {
        const char *guest;
        const char *message;
    } cases[] = {
        {"say '@t case a'\n", "no plan before"},
        {"say '@t plan two'\n", "a malformed plan"},
        {"say '@t plan 1'; say '@t plan 1'\n", "a second plan"},
        {"say '@t plan 1'; say '@t case a'; say '@t case b'\n", "more cases than planned"},
        {"say '@t plan 2'; say '@t case a'; say '@t ready'\n", "fewer cases than planned"},
        {"say '@t plan 2'; say '@t case a'; say '@t case a'\n", "two cases with the same name"},
        {"say '@t plan 1'; say '@t case a b'\n", "malformed name"},
        {"say '@t plan 1'; say '@t case '\n", "malformed name"},
        {"say '@t plan 1'; say '@t pass a'\n", "an unexpected line"},
    };
    for (const auto &c : cases) {
        Run(c.guest);
        EXPECT_EQ(Outcome(), "boot!") << c.guest;
        EXPECT_HAS(Failure(0), c.message);
        report_free(&report_);
        guest_free(&guest_);
        qemu_config_free(&config_);
    }
}

TEST_F(Driver, GuestThatDoesNotComeUp) {
    Run("say 'no bootable device'\n");
    EXPECT_EQ(Outcome(), "boot!");
    EXPECT_HAS(Failure(0), "did not become ready: the guest powered off");
    EXPECT_HAS(Failure(0), "no bootable device");
}

TEST_F(Driver, QemuThatFails) {
    Run("exit 1\n");
    EXPECT_HAS(Failure(0), "QEMU ended with status 1");
}

TEST_F(Driver, PanicBeforeThePlan) {
    Run("say 'KERNEL PANIC: early'; exec sleep 1000\n");
    EXPECT_EQ(Outcome(), "boot!");
    EXPECT_HAS(Failure(0), "kernel panic before the guest was ready");
}

TEST_F(Driver, GuestWithoutCasesIsAnError) {
    Run("plan\nwhile next; do :; done\n");
    EXPECT_EQ(Outcome(), "plan!");
}

TEST_F(Driver, PowerOffHasToSucceed) {
    Run("plan a\nwhile next; do say '@t pass a'; done; say 'helios: exit status 3'\n");
    EXPECT_EQ(Outcome(), "a power-off!");
    EXPECT_HAS(Failure(1), "exit status 3");
}

const char kAllPass[] = "plan a.x a.y b.x\n"
                        "while next; do case $index in 0) say '@t pass a.x';; "
                        "1) say '@t pass a.y';; 2) say '@t pass b.x';; esac; done\n";

TEST_F(Driver, FilterPicksCases) {
    filter_.pattern = "*.x";
    Run(kAllPass);
    EXPECT_EQ(Outcome(), "a.x b.x");
}

TEST_F(Driver, FilterWithoutAMatchIsAFailure) {
    filter_.pattern = "nothing";
    Run(kAllPass);
    EXPECT_EQ(Outcome(), "filter!");
    EXPECT_HAS(Failure(0), "no case matches --test_filter");
}

TEST_F(Driver, ShardsShareTheCases) {
    filter_.shards = 2;
    filter_.shard = 1;
    Run(kAllPass);
    EXPECT_EQ(Outcome(), "a.y");
}

TEST_F(Driver, MoreShardsThanCasesIsAnError) {
    filter_.shards = 4;
    filter_.shard = 3;
    Run(kAllPass);
    EXPECT_EQ(Outcome(), "filter!");
}

TEST_F(Driver, AfterTheTotalTimeTheRestIsReportedAsNeverRun) {
    limits_.deadline = clock_ms() + 1500;
    Run("plan a b c\nwhile next; do [ $index = 0 ] && say '@t pass a' || exec sleep 1000; done\n");
    EXPECT_EQ(Outcome(), "a b! c!");
    EXPECT_HAS(Failure(2), "never ran: the time for the whole test was over");
}

TEST_F(Driver, LastLinesAreForty) {
    Run("plan a\nnext; i=0; while [ $i -lt 100 ]; do say \"line-$i-\"; i=$((i+1)); done\n"
        "say '@t fail a x'; next\n");
    EXPECT_HAS(Failure(0), "line-61-");
    EXPECT_LACKS(Failure(0), "line-60-");
}

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

std::string Answer(const std::string &frame) {
    static uint8_t answer[PEER_MOST];
    size_t length =
        peer_answer(reinterpret_cast<const uint8_t *>(frame.data()), frame.size(), answer);
    return std::string(reinterpret_cast<const char *>(answer), length);
}

TEST(Peer, EchoesWithTheAddressesExchanged) {
    EXPECT_EQ(Answer("AAAAAABBBBBB\x88\xb5some text"), "BBBBBBAAAAAA\x88\xb5some text");
}

TEST(Peer, AnswersAWishWithThatManyBytes) {
    EXPECT_EQ(Answer(std::string("AAAAAABBBBBB\x88\xb6\0\x04", 16)), "BBBB");
    EXPECT_EQ(Answer(std::string("AAAAAABBBBBB\x88\xb6\0\x10", 16)),
              std::string("BBBBBBAAAAAA\x88\xb6\0\0", 16));
    EXPECT_EQ(Answer("AAAAAABBBBBB\x88\xb6\xff\xff").size(), 65535u);
}

TEST(Peer, IsSilentToEverythingElse) {
    EXPECT_EQ(Answer("AAAAAABBBBBB\x08\x06some text"), "");
    EXPECT_EQ(Answer("AAAAAABBBBBB\x88\xb5s"), "");
    EXPECT_EQ(Answer(""), "");
}

TEST_F(Driver, PeerIsServedWhileTheGuestIsWaitedFor) {
    options_.net = true;
    Prepare("printf 'AAAAAABBBBBB\\210\\265text' >&6\n"
            "answer=$(dd bs=100 count=1 <&6 2>/dev/null)\n"
            "case $answer in BBBBBBAAAAAA*text) say echoed;; esac\n");
    ASSERT_TRUE(Script("expect echoed\n"));
    EXPECT_EQ(Outcome(), "boot");
}

TEST(Screen, RefusesWhatIsNoPicture) {
    for (const char *text : {"", "P5\n1 1\n255\nabc", "P6\n1 1\n65535\nabc", "P6\n1 1\n255\nab",
                             "P6\n0 1\n255\n", "P6\n99999 1\n255\n", "P6\n1"}) {
        struct buffer ppm = {};
        struct screen screen = {};
        struct error err = {};
        buffer_append(&ppm, text, strlen(text));
        EXPECT_FALSE(screen_from_ppm(&ppm, &screen, &err)) << text;
        screen_free(&screen);
        buffer_free(&ppm);
    }
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
