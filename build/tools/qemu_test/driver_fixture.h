// SPDX-License-Identifier: GPL-3.0-only
//
// The test driver against guests that are shell scripts: descriptor 3 is the console, 4 the control
// connection, 6 the network, as they are for QEMU.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_DRIVER_FIXTURE_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_DRIVER_FIXTURE_H

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "build/tools/qemu_test/expect.h"
#include "build/tools/qemu_test/protocol.h"

#define EXPECT_HAS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << (text)
#define EXPECT_LACKS(text, part)                                                                   \
    EXPECT_EQ(std::string(text).find(part), std::string::npos) << (text)

// Shell functions for guests; $STATE is a file that survives a restart.
inline constexpr char kPrelude[] =
    "#!/bin/sh\n"
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

#endif // HELIOS_BUILD_TOOLS_QEMU_TEST_DRIVER_FIXTURE_H
