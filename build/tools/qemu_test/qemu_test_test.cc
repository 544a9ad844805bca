// SPDX-License-Identifier: GPL-3.0-only
//
// The protocol of test programs, and what the driver is made of.
#include <cstring>

#include "build/tools/qemu_test/driver_fixture.h"
#include "build/tools/qemu_test/peer.h"
#include "build/tools/qemu_test/screen.h"

namespace {

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

} // namespace
