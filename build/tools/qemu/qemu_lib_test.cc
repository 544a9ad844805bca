// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

#include "build/tools/qemu/command.h"
#include "build/tools/qemu/text.h"

namespace {

class Qemu : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = temp_dir_create(&err_);
        ASSERT_NE(dir_, nullptr) << err_.text;
        qemu_options_init(&options_);
    }
    void TearDown() override {
        strings_free(&argv_);
        qemu_options_free(&options_);
        qemu_config_free(&config_);
        temp_dir_remove(dir_);
        free(dir_);
    }
    std::string File(const std::string &name, const std::string &contents = "") {
        std::string path = std::string(dir_) + "/" + name;
        EXPECT_TRUE(file_write(path.c_str(), contents.data(), contents.size(), &err_)) << err_.text;
        return path;
    }
    bool Config(const std::string &text) {
        qemu_config_free(&config_);
        return qemu_config_read(File("config", text).c_str(), &config_, &err_);
    }
    bool Options(std::vector<const char *> args) {
        qemu_options_free(&options_);
        qemu_options_init(&options_);
        args.push_back(nullptr);
        for (size_t i = 0; args[i] != nullptr;) {
            if (!qemu_options_read(&options_, QEMU_OPTIONS_RUN,
                                   const_cast<char *const *>(args.data()), &i, &err_)) {
                return false;
            }
        }
        return true;
    }
    // The command line, arguments separated by blanks.
    std::string Command() {
        std::string line;
        strings_free(&argv_);
        qemu_command_build(&config_, &options_, "/T", &argv_);
        for (size_t i = 0; i < argv_.count; i++) {
            line += std::string(argv_.items[i]) + " ";
        }
        return line;
    }
    char *dir_ = nullptr;
    struct error err_ = {};
    struct qemu_config config_ = {};
    struct qemu_options options_ = {};
    struct strings argv_ = {};
};

#define EXPECT_HAS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << (text)
#define EXPECT_LACKS(text, part)                                                                   \
    EXPECT_EQ(std::string(text).find(part), std::string::npos) << (text)

TEST_F(Qemu, ConfigKnowsItsKeysAndNamesTheLine) {
    EXPECT_FALSE(Config("arch=x86_64\nqemu=/q\nnonsense=1\n"));
    EXPECT_HAS(err_.text, "config:3: unknown key \"nonsense\"");
    EXPECT_FALSE(Config("arch=vax\nqemu=/q\n"));
    EXPECT_HAS(err_.text, "unknown architecture \"vax\"");
    EXPECT_FALSE(Config("arch\n"));
    EXPECT_FALSE(Config("qemu=/q\n"));
    EXPECT_HAS(err_.text, "no arch");
    EXPECT_FALSE(Config("arch=aarch64\n"));
    EXPECT_HAS(err_.text, "no qemu");
}

TEST_F(Qemu, ConfigPathsBecomeAbsoluteAndTextsStay) {
    ASSERT_TRUE(Config("# comment\n\narch=riscv64\nqemu=bin/q\nready=a=b\n")) << err_.text;
    EXPECT_EQ(qemu_config_get(&config_, "qemu", false)[0], '/');
    EXPECT_HAS(qemu_config_get(&config_, "qemu", false), "/bin/q");
    EXPECT_STREQ(qemu_config_get(&config_, "ready", false), "a=b");
    EXPECT_EQ(qemu_config_get(&config_, "image", false), nullptr);
}

TEST_F(Qemu, CheckedValuesGoFirstWhenAskedFor) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nimage_checked=/c\n")) << err_.text;
    EXPECT_STREQ(qemu_config_get(&config_, "image", false), "/i");
    EXPECT_STREQ(qemu_config_get(&config_, "image", true), "/c");
    EXPECT_STREQ(qemu_config_get(&config_, "qemu", true), "/q");
}

TEST_F(Qemu, OptionsInBothSpellings) {
    ASSERT_TRUE(Options({"--memory", "2G", "--cpus=4", "--checked", "--qemu-arg=-d", "--qemu-arg",
                         "--int", "--timeout", "7", "--display", "--gdb"}))
        << err_.text;
    EXPECT_EQ(options_.memory_mib, 2048u);
    EXPECT_EQ(options_.cpus, 4u);
    EXPECT_TRUE(options_.checked);
    EXPECT_TRUE(options_.gdb);
    EXPECT_EQ(options_.timeout, 7u);
    EXPECT_EQ(options_.display, QEMU_DISPLAY_AUTO);
    ASSERT_EQ(options_.qemu_args.count, 2u);
    EXPECT_STREQ(options_.qemu_args.items[1], "--int");
}

TEST_F(Qemu, BadOptionsSayWhatIsWrong) {
    const struct {
        std::vector<const char *> args;
        const char *message;
    } cases[] = {
        {{"--nope"}, "unknown option \"--nope\""},
        {{"word"}, "unknown option \"word\""},
        {{"--cpus"}, "--cpus needs a value"},
        {{"--cpus", "0"}, "--cpus"},
        {{"--cpus", "4x"}, "--cpus"},
        {{"--memory", "-1"}, "--memory"},
        {{"--memory", "15"}, "--memory"},
        {{"--memory", "M"}, "--memory"},
        {{"--memory", "99999999999G"}, "--memory"},
        {{"--firmware", "coreboot"}, "none of edk2, uboot, multiboot, bios"},
        {{"--timeout=0"}, "--timeout"},
        {{"--checked=1"}, "--checked takes no value"},
        {{"--display=tv"}, "neither window nor vnc"},
        {{"--screenshot="}, "--screenshot"},
    };
    for (const auto &c : cases) {
        EXPECT_FALSE(Options(c.args)) << c.args[0];
        EXPECT_HAS(err_.text, c.message);
    }
}

TEST_F(Qemu, TestsDoNotHaveTheRunnersOptions) {
    char *const args[] = {const_cast<char *>("--gdb"), nullptr};
    size_t i = 0;
    EXPECT_FALSE(qemu_options_read(&options_, QEMU_OPTIONS_TEST, args, &i, &err_));
}

TEST_F(Qemu, DefaultsComeFromTheConfiguration) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\ndefault=--memory=64\ndefault=--checked\n"));
    ASSERT_TRUE(qemu_options_defaults(&options_, QEMU_OPTIONS_TEST, &config_, &err_));
    EXPECT_EQ(options_.memory_mib, 64u);
    EXPECT_TRUE(options_.checked);
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\ndefault=--memory\n"));
    EXPECT_FALSE(qemu_options_defaults(&options_, QEMU_OPTIONS_TEST, &config_, &err_));
}

TEST_F(Qemu, TheFirstFirmwareConfiguredIsTheDefault) {
    ASSERT_TRUE(Config("arch=aarch64\nqemu=/q\nuboot=/u\nimage=/i\n"));
    ASSERT_TRUE(qemu_options_defaults(&options_, QEMU_OPTIONS_RUN, &config_, &err_));
    EXPECT_EQ(options_.firmware, QEMU_UBOOT);
    ASSERT_TRUE(Config("arch=aarch64\nqemu=/q\nuboot=/u\nedk2_code=/e\nimage=/i\n"));
    ASSERT_TRUE(qemu_options_defaults(&options_, QEMU_OPTIONS_RUN, &config_, &err_));
    EXPECT_EQ(options_.firmware, QEMU_EDK2);
}

TEST_F(Qemu, FirmwareThatIsNotThereIsAnError) {
    std::string image = File("image"), uboot = File("uboot");
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=" + image + "\nuboot=" + uboot + "\n"));
    EXPECT_FALSE(qemu_command_check(&config_, &options_, &err_));
    EXPECT_HAS(err_.text, "x86_64 has no firmware \"edk2\"");
    options_.firmware = QEMU_UBOOT;
    EXPECT_TRUE(qemu_command_check(&config_, &options_, &err_)) << err_.text;
    unlink(uboot.c_str());
    EXPECT_FALSE(qemu_command_check(&config_, &options_, &err_));
    EXPECT_HAS(err_.text, uboot + ": No such file");
}

TEST_F(Qemu, Edk2WithVariablesIsTwoFlashChips) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nqemu_data=/a\nqemu_data=/b\nimage=/i,1\n"
                       "edk2_code=/code\nedk2_vars=/vars\n"));
    std::string line = Command();
    EXPECT_HAS(line, "/q -nodefaults -no-user-config -L /a -L /b -machine q35 ");
    EXPECT_HAS(line, "if=pflash,unit=0,format=raw,readonly=on,file=/code ");
    EXPECT_HAS(line, "if=pflash,unit=1,format=raw,file=/T/vars.fd ");
    EXPECT_HAS(line, "snapshot=on,file=/i,,1 ");
    EXPECT_LACKS(line, "-bios");
    EXPECT_LACKS(line, "smm=on");
}

TEST_F(Qemu, SecureBootNeedsSystemManagementMode) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nedk2_code=/c\nedk2_vars=/v\n"
                       "edk2_secure=yes\n"));
    EXPECT_HAS(Command(), "-machine q35,smm=on ");
    EXPECT_HAS(Command(), "-global driver=cfi.pflash01,property=secure,value=on ");
}

TEST_F(Qemu, Aarch64GetsANewerInterruptControllerForManyCpus) {
    ASSERT_TRUE(Config("arch=aarch64\nqemu=/q\nimage=/i\nedk2_code=/c\n"));
    EXPECT_HAS(Command(), "-machine virt -cpu cortex-a72 ");
    EXPECT_HAS(Command(), "-bios /c ");
    options_.cpus = 9;
    EXPECT_HAS(Command(), "-machine virt,gic-version=3 ");
}

TEST_F(Qemu, UBootIsTheFirmwareOnOneAndTheKernelOnTheOther) {
    options_.firmware = QEMU_UBOOT;
    ASSERT_TRUE(Config("arch=aarch64\nqemu=/q\nimage=/i\nuboot=/u\n"));
    EXPECT_HAS(Command(), "-bios /u ");
    ASSERT_TRUE(Config("arch=riscv64\nqemu=/q\nimage=/i\nuboot=/u\n"));
    EXPECT_HAS(Command(), "-kernel /u ");
}

TEST_F(Qemu, MultibootModulesHavePlainNames) {
    std::string kernel = File("my,kernel", "K"), init = File("my init"), bootfs = File("b,f s");
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nmultiboot_loader=/l\nmultiboot_kernel=" + kernel +
                       "\nmultiboot_init=" + init + "\nmultiboot_bootfs=" + bootfs +
                       "\nmultiboot_cmdline=a=1 b\n"));
    options_.firmware = QEMU_MULTIBOOT;
    EXPECT_HAS(Command(), "-kernel /l -initrd /T/kernel,/T/init,/T/bootfs -append a=1 b ");
    EXPECT_LACKS(Command(), "virtio-blk");
    ASSERT_TRUE(qemu_command_stage(&config_, &options_, dir_, &err_)) << err_.text;
    struct buffer text = {};
    ASSERT_TRUE(file_read((std::string(dir_) + "/kernel").c_str(), &text, &err_)) << err_.text;
    EXPECT_STREQ(text.data, "K");
    buffer_free(&text);
}

TEST_F(Qemu, BiosIsBuiltInAndBootsDisksAndCds) {
    options_.firmware = QEMU_BIOS;
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nbios=yes\n"));
    EXPECT_LACKS(Command(), "-bios");
    EXPECT_HAS(Command(), "snapshot=on,file=/i -device virtio-blk-pci,drive=disk");
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nbios=yes\nmedia=cdrom\n"));
    EXPECT_HAS(Command(), "media=cdrom,readonly=on,file=/i -device ide-cd,drive=disk");
}

TEST_F(Qemu, ScreensAreFramebuffersTheGuestCanReach) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nedk2_code=/c\nwindow=gtk\n"));
    EXPECT_LACKS(Command(), "-device VGA");
    EXPECT_HAS(Command(), "-display none");
    options_.screen = true;
    EXPECT_HAS(Command(), "-device VGA -display none");
    options_.display = QEMU_DISPLAY_VNC;
    EXPECT_HAS(Command(), "-vnc 127.0.0.1:");
    options_.display = QEMU_DISPLAY_WINDOW;
    EXPECT_HAS(Command(), "-display gtk ");
    ASSERT_TRUE(Config("arch=riscv64\nqemu=/q\nimage=/i\nedk2_code=/c\n"));
    options_.display = QEMU_DISPLAY_VNC;
    EXPECT_HAS(Command(), "-device ramfb -device virtio-keyboard-pci ");
}

TEST_F(Qemu, PassedOnArgumentsComeLast) {
    ASSERT_TRUE(Config("arch=x86_64\nqemu=/q\nimage=/i\nedk2_code=/c\n"));
    ASSERT_TRUE(Options({"--qemu-arg", "-M", "--qemu-arg", "acpi=off"}));
    options_.no_reboot = true;
    EXPECT_HAS(Command(), "-no-reboot -M acpi=off ");
}

std::string Filter(const std::string &raw, size_t piece) {
    struct text_filter filter = {};
    struct buffer out = {};
    buffer_append(&out, "", 0);
    for (size_t i = 0; i < raw.size(); i += piece) {
        std::string part = raw.substr(i, piece);
        text_filter_add(&filter, part.data(), part.size(), &out);
    }
    std::string text(out.data, out.size);
    buffer_free(&out);
    return text;
}

TEST(Text, ControlSequencesGoWhereverTheyAreCut) {
    for (size_t piece : {1u, 2u, 3u, 100u}) {
        EXPECT_EQ(Filter("\033[1m\033[33mab\033[0mc\r\n\033Zd\033[m\a!", piece), "abc\nd!");
    }
}

TEST(Text, CursorMovementEndsALine) {
    EXPECT_EQ(Filter("\033[2J\033[01;01HBds\033[2J\033[01;01H@t ready\r\n", 7), "Bds\n@t ready\n");
}

TEST(Text, LinesComeWhole) {
    struct buffer text = {};
    size_t position = 0;
    EXPECT_EQ(text_next_line(&text, &position), nullptr);
    buffer_format(&text, "one\ntw");
    char *line = text_next_line(&text, &position);
    EXPECT_STREQ(line, "one");
    free(line);
    EXPECT_EQ(text_next_line(&text, &position), nullptr);
    buffer_format(&text, "o\n");
    line = text_next_line(&text, &position);
    EXPECT_STREQ(line, "two");
    free(line);
    buffer_free(&text);
}

TEST(Text, ExitStatusIsAWholeLine) {
    EXPECT_EQ(text_exit_status("helios: exit status 0"), 0);
    EXPECT_EQ(text_exit_status("helios: exit status 255"), 255);
    EXPECT_EQ(text_exit_status("helios: exit status 256"), -1);
    EXPECT_EQ(text_exit_status("helios: exit status 1 or so"), -1);
    EXPECT_EQ(text_exit_status("say helios: exit status 1"), -1);
}

} // namespace
