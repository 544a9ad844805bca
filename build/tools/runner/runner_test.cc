// SPDX-License-Identifier: GPL-3.0-only
//
// The runner as its users see it, with shell scripts in place of QEMU. A script finds the guest's
// console at descriptor 3 and the control connection at 4, as QEMU does.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "build/tools/util/util.h"

namespace {

const char kRunner[] = "build/tools/runner/runner";

struct Result {
    int status;
    std::string out;
    std::string err;
};

class Runner : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
        unsetenv("BUILD_WORKING_DIRECTORY");
        unsetenv("DISPLAY");
        unsetenv("WAYLAND_DISPLAY");
    }
    void TearDown() override {
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
    std::string Contents(const std::string &name) {
        struct buffer data = {};
        EXPECT_TRUE(file_read(Path(name).c_str(), &data, &err_)) << err_.text;
        std::string text(data.data, data.size);
        buffer_free(&data);
        return text;
    }
    // Makes the configuration with `script` as QEMU.
    std::string Fake(const std::string &script) {
        std::string fake = File("fake", "#!/bin/sh\n" + script);
        chmod(fake.c_str(), 0755);
        File("code.fd", "");
        File("disk.img", "");
        return File("config", "arch=x86_64\nqemu=" + fake + "\nedk2_code=" + Path("code.fd") +
                                  "\nimage=" + Path("disk.img") + "\nkernel_elf=/k.elf\n");
    }
    pid_t Start(const std::string &config, const std::vector<const char *> &args, int in, int out,
                int err) {
        pid_t pid = fork();
        if (pid == 0) {
            std::vector<const char *> argv = {kRunner, config.c_str()};
            argv.insert(argv.end(), args.begin(), args.end());
            argv.push_back(nullptr);
            dup2(in, 0);
            dup2(out, 1);
            dup2(err, 2);
            execv(kRunner, const_cast<char *const *>(argv.data()));
            _exit(99);
        }
        return pid;
    }
    static int Wait(pid_t pid) {
        int status = 0;
        waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    Result Run(const std::string &script, const std::vector<const char *> &args,
               const std::string &input = "") {
        std::string config = Fake(script);
        int in = open(File("in", input).c_str(), O_RDONLY);
        int out = open(File("out", "").c_str(), O_WRONLY);
        int err = open(File("err", "").c_str(), O_WRONLY);
        int status = Wait(Start(config, args, in, out, err));
        close(in);
        close(out);
        close(err);
        return {status, Contents("out"), Contents("err")};
    }
    char *dir_ = nullptr;
    struct error err_ = {};
};

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(Runner, CopiesTheConsoleAndReturnsZero) {
    Result r = Run("printf 'hello\\r\\n' >&3", {});
    EXPECT_EQ(r.status, 0);
    EXPECT_EQ(r.out, "hello\r\n");
}

TEST_F(Runner, ReturnsTheGuestsStatus) {
    EXPECT_EQ(Run("printf 'x\\nhelios: exit status 7\\r\\n' >&3", {}).status, 7);
}

TEST_F(Runner, FailureOfQemuIsAFailure) {
    Result r = Run("echo bad option >&2; exit 3", {});
    EXPECT_EQ(r.status, 1);
    EXPECT_HAS(r.err, "bad option");
    EXPECT_HAS(r.err, "QEMU ended with status 3");
    r = Run("kill -SEGV $$", {});
    EXPECT_EQ(r.status, 1);
    EXPECT_HAS(r.err, "killed by signal 11");
}

TEST_F(Runner, InputReachesTheGuestAndItsEndHarmsNothing) {
    Result r = Run("read -r a <&3; read -r b <&3; echo \"got $a $b\" >&3", {}, "one\ntwo\n");
    EXPECT_EQ(r.status, 0);
    EXPECT_EQ(r.out, "got one two\n");
}

TEST_F(Runner, MoreInputThanTheGuestTakesAtOnce) {
    Result r = Run("head -c 1000000 <&3 | wc -c >&3", {}, std::string(1000000, 'x'));
    EXPECT_EQ(r.status, 0);
    EXPECT_HAS(r.out, "1000000");
}

TEST_F(Runner, TimeoutIs124AndEndsQemu) {
    Result r = Run("echo $$ >&3; exec sleep 1000", {"--timeout", "1"});
    EXPECT_EQ(r.status, 124);
    EXPECT_HAS(r.err, "still ran after 1 seconds");
    pid_t pid = atoi(r.out.c_str());
    ASSERT_GT(pid, 1);
    EXPECT_NE(kill(pid, 0), 0) << "QEMU still runs";
}

TEST_F(Runner, BadUsageIsTwo) {
    for (const char *option : {"--nope", "--cpus=zero", "--firmware=uboot", "--display=window"}) {
        Result r = Run("", {option});
        EXPECT_EQ(r.status, 2) << option;
        EXPECT_FALSE(r.err.empty());
    }
}

TEST_F(Runner, AnotherFirmwareIsAnotherTarget) {
    std::string config = Fake("exit 1");
    File("config", Contents("config") + "firmware_uboot=//:ares_uboot\n");
    chmod(File("bazel", "#!/bin/sh\npwd; echo \"$@\"; exit 5\n").c_str(), 0755);
    setenv("BUILD_WORKSPACE_DIRECTORY", dir_, 1);
    int out = open(File("out", "").c_str(), O_WRONLY);
    pid_t pid = Start(config, {"--cpus", "2", "--firmware=uboot"}, out, out, out);
    EXPECT_EQ(Wait(pid), 5);
    EXPECT_HAS(Contents("out"), "run //:ares_uboot -- --cpus 2 --firmware=uboot\n");
    close(out);
    unsetenv("BUILD_WORKSPACE_DIRECTORY");
}

TEST_F(Runner, AWindowIsAnotherTargetWhereThereIsAScreen) {
    std::string config = Fake("exit 0");
    File("config", Contents("config") + "window_target=//:ares_window\n");
    chmod(File("bazel", "#!/bin/sh\necho \"$@\"; exit 5\n").c_str(), 0755);
    setenv("BUILD_WORKSPACE_DIRECTORY", dir_, 1);
    int out = open(File("out", "").c_str(), O_WRONLY);
    setenv("DISPLAY", ":0", 1);
    EXPECT_EQ(Wait(Start(config, {"--display"}, out, out, out)), 5);
    EXPECT_HAS(Contents("out"), "run //:ares_window -- --display\n");
    EXPECT_EQ(Wait(Start(config, {}, out, out, out)), 0) << "nobody asked for a window";
    unsetenv("DISPLAY");
    close(out);
    unsetenv("BUILD_WORKSPACE_DIRECTORY");
}

TEST_F(Runner, HelpNamesEveryOption) {
    Result r = Run("", {"--help"});
    EXPECT_EQ(r.status, 0);
    for (const char *option : {"--memory", "--cpus", "--display", "--firmware", "--gdb",
                               "--checked", "--timeout", "--screenshot", "--qemu-arg"}) {
        EXPECT_HAS(r.out, option);
    }
}

TEST_F(Runner, GdbPrintsTheLineToPaste) {
    Result r = Run("echo \"$@\" >&3", {"--gdb"});
    EXPECT_HAS(r.err, "gdb /k.elf -ex 'target remote 127.0.0.1:");
    EXPECT_HAS(r.out, "fd=5,server=on,wait=off -gdb chardev:gdb -S");
}

// Answers commands on the control connection; screendump writes the file it is told.
const char kControl[] = "while read -r line <&4; do\n"
                        "  file=${line#*filename\\\":\\\"}; file=${file%%\\\"*}\n"
                        "  case $line in\n"
                        "  *screendump*) echo PNG >\"$file\"\n"
                        "    echo '{\"return\": {}, \"id\": \"screendump\"}' >&4;;\n"
                        "  esac\n"
                        "done\n";

TEST_F(Runner, ScreenshotWaitsForTheReadyLine) {
    std::string shot = Path("shot.png");
    Result r = Run(std::string("echo slides are up >&3\n") + kControl,
                   {"--ready", "slides are up", "--screenshot", shot.c_str()});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_EQ(Contents("shot.png"), "PNG\n");
}

TEST_F(Runner, ScreenshotPathIsTheCallers) {
    setenv("BUILD_WORKING_DIRECTORY", dir_, 1);
    // The relative path of the runner itself must still be found.
    Result r = Run(std::string("echo up >&3\n") + kControl, {"--ready=up", "--screenshot=s.png"});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_EQ(Contents("s.png"), "PNG\n");
}

TEST_F(Runner, ScreenshotOfAGuestThatEndsFirstFails) {
    std::string shot = Path("shot.png");
    Result r = Run("echo nothing >&3", {"--ready", "up", "--screenshot", shot.c_str()});
    EXPECT_EQ(r.status, 1);
    EXPECT_HAS(r.err, "before its ready line");
    EXPECT_NE(access(shot.c_str(), F_OK), 0);
}

// Reads from fd until `text` was seen.
std::string ReadUntil(int fd, const std::string &text) {
    std::string seen;
    char c;
    while (seen.find(text) == std::string::npos && read(fd, &c, 1) == 1) {
        seen += c;
    }
    return seen;
}

TEST_F(Runner, InterruptIs130AndEndsQemu) {
    std::string config = Fake("echo pid $$ >&3; exec sleep 1000");
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    int null = open("/dev/null", O_RDWR);
    pid_t pid = Start(config, {}, null, out[1], null);
    std::string line = ReadUntil(out[0], "\n");
    kill(pid, SIGINT);
    EXPECT_EQ(Wait(pid), 130);
    pid_t qemu = atoi(line.c_str() + 4);
    ASSERT_GT(qemu, 1);
    EXPECT_NE(kill(qemu, 0), 0) << "QEMU still runs";
    pid = Start(config, {}, null, out[1], null);
    ReadUntil(out[0], "\n");
    kill(pid, SIGTERM);
    EXPECT_EQ(Wait(pid), 128 + SIGTERM);
}

TEST_F(Runner, KillingTheRunnerEndsQemu) {
    std::string config = Fake("echo pid $$ >&3; exec sleep 1000");
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    int null = open("/dev/null", O_RDWR);
    pid_t pid = Start(config, {}, null, out[1], null);
    pid_t qemu = atoi(ReadUntil(out[0], "\n").c_str() + 4);
    ASSERT_GT(qemu, 1);
    kill(pid, SIGKILL);
    Wait(pid);
    // Not our child: it is gone when its parent's parent has reaped it; a zombie counts as ended.
    int64_t deadline = clock_ms() + 10000;
    std::string state;
    do {
        struct buffer stat = {};
        struct error err = {};
        std::string path = "/proc/" + std::to_string(qemu) + "/stat";
        state = file_read(path.c_str(), &stat, &err) ? std::string(stat.data) : "";
        buffer_free(&stat);
        state = state.empty() ? state : state.substr(state.rfind(')') + 2, 1);
    } while (!state.empty() && state != "Z" && clock_ms() < deadline);
    EXPECT_TRUE(state.empty() || state == "Z") << state;
}

TEST_F(Runner, CtrlCAtATerminalIs130AndTheTerminalIsRestored) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(master, 0);
    ASSERT_EQ(grantpt(master), 0);
    ASSERT_EQ(unlockpt(master), 0);
    std::string config = Fake("echo ready >&3; read -r key <&3; exec sleep 1000");
    std::string slave_name = ptsname(master);
    struct termios before, during, after;
    int slave = open(slave_name.c_str(), O_RDWR | O_NOCTTY);
    ASSERT_EQ(tcgetattr(slave, &before), 0);
    pid_t pid = fork();
    if (pid == 0) { // a session whose controlling terminal is the slave
        setsid();
        int fd = open(slave_name.c_str(), O_RDWR);
        dup2(fd, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        execl(kRunner, kRunner, config.c_str(), nullptr);
        _exit(99);
    }
    ReadUntil(master, "ready");
    ASSERT_EQ(tcgetattr(slave, &during), 0);
    EXPECT_EQ(during.c_lflag & (ICANON | ECHO | ISIG), 0u);
    ASSERT_EQ(write(master, "\003", 1), 1);
    EXPECT_EQ(Wait(pid), 130);
    ASSERT_EQ(tcgetattr(slave, &after), 0);
    EXPECT_EQ(after.c_lflag, before.c_lflag);
    EXPECT_EQ(after.c_iflag, before.c_iflag);
    close(slave);
    close(master);
}

} // namespace
