// SPDX-License-Identifier: GPL-3.0-only
#include "userland/manifest/manifest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

void tell(void *context, const struct manifest_error *error) {
    char text[400];
    manifest_format_error(text, sizeof text, error);
    static_cast<std::vector<std::string> *>(context)->push_back(text);
}

class Manifest : public ::testing::Test {
  protected:
    void system_of(const std::string &text) {
        manifest_read_system("etc/system", text.data(), text.size(), {tell, &errors}, &system);
    }

    bool driver_of(const std::string &text) {
        return manifest_read_driver("a.manifest", text.data(), text.size(), {tell, &errors},
                                    &driver);
    }

    std::string driver_error(const std::string &line) {
        errors.clear();
        EXPECT_FALSE(driver_of("[driver]\nname = n\nmatch = virtio:2\n" + line));
        return errors.empty() ? "" : errors[0];
    }

    std::vector<std::string> errors;
    struct manifest_system system{};
    struct manifest_program driver{};
};

TEST_F(Manifest, a_program_has_what_its_stanza_says) {
    system_of("# all of it\n"
              "[shell]\n"
              "file = bin/shell # where it stands\n"
              "arguments = one two\n"
              "memory = 4M\n"
              "priority = 20\n"
              "restart = always\n"
              "capabilities = power processes\n"
              "services = *\n"
              "provides = console 2 other\n");
    EXPECT_EQ(errors, std::vector<std::string>{});
    ASSERT_EQ(system.count, 1u);
    const struct manifest_program &program = system.programs[0];
    EXPECT_STREQ(program.name, "shell");
    EXPECT_STREQ(program.file, "bin/shell");
    EXPECT_STREQ(program.arguments, "one two");
    EXPECT_EQ(program.memory, 4u << 20);
    EXPECT_EQ(program.priority, 20u);
    EXPECT_TRUE(program.restart);
    EXPECT_TRUE(manifest_allows(&program.capabilities, "power"));
    EXPECT_FALSE(manifest_allows(&program.capabilities, "irq"));
    EXPECT_TRUE(manifest_allows(&program.services, "anything"));
    ASSERT_EQ(program.provides.count, 2u);
    EXPECT_EQ(program.provides.names[0].version, 2u);
    EXPECT_EQ(program.provides.names[1].version, 0u);
}

TEST_F(Manifest, what_a_stanza_does_not_say_has_a_value_too) {
    system_of("[a]\nfile = bin/a\n");
    ASSERT_EQ(system.count, 1u);
    EXPECT_EQ(system.programs[0].memory, MANIFEST_MEMORY_NORMAL);
    EXPECT_EQ(system.programs[0].priority, MANIFEST_PRIORITY);
    EXPECT_FALSE(system.programs[0].restart);
    EXPECT_EQ(system.programs[0].services.count, 0u);
}

TEST_F(Manifest, a_wrong_line_is_named_and_the_rest_counts) {
    system_of("[a]\nfile = bin/a\n  colour = red\nmemory = 3M\npriority = 99\n[b]\nfile = bin/b\n");
    ASSERT_EQ(system.count, 2u);
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_EQ(errors[0].substr(0, 31), "etc/system:3:3: expected a key:");
    EXPECT_NE(errors[0].find("found \"colour\""), std::string::npos);
    EXPECT_EQ(errors[1], "etc/system:4:10: expected \"rest\", or a size from 128K on: a power of "
                         "two, with K, M or G, found \"3M\"");
    EXPECT_EQ(errors[2], "etc/system:5:12: expected a priority from 0 to 63, found \"99\"");
    EXPECT_EQ(system.programs[0].memory, MANIFEST_MEMORY_NORMAL);
}

TEST_F(Manifest, lines_that_are_neither_stanza_nor_entry_are_named) {
    system_of("nonsense\n[]\n[a b]\n[a\n= 3\nkey = 1\n[a]\nfile = bin/a\n");
    ASSERT_EQ(system.count, 1u);
    ASSERT_EQ(errors.size(), 6u);
    EXPECT_EQ(errors[0], "etc/system:1:9: expected '=' behind the key, found nothing");
    EXPECT_EQ(errors[1],
              "etc/system:2:2: expected a name of letters, digits, '-' and '_', found \"]\"");
    EXPECT_EQ(errors[2], "etc/system:3:4: expected ']' and the line's end, found \"b]\"");
    EXPECT_EQ(errors[3], "etc/system:4:3: expected ']' and the line's end, found nothing");
    EXPECT_EQ(errors[4], "etc/system:5:1: expected \"[STANZA]\" or \"KEY = VALUE\", found \"= 3\"");
    EXPECT_EQ(errors[5], "etc/system:6:1: expected \"[PROGRAM]\" before its keys, found \"key\"");
}

TEST_F(Manifest, a_program_without_a_file_is_left_out) {
    system_of("[a]\nmemory = 1M\n[b]\nfile = bin/b\n");
    ASSERT_EQ(system.count, 1u);
    EXPECT_STREQ(system.programs[0].name, "b");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(
        errors[0],
        "etc/system:1:2: expected \"file = PATH\" in this stanza, found \"a\"; it is left out");
}

TEST_F(Manifest, a_program_counts_once) {
    system_of("[a]\nfile = bin/1\n[a]\nfile = bin/2\n");
    ASSERT_EQ(system.count, 1u);
    EXPECT_STREQ(system.programs[0].file, "bin/1");
    EXPECT_EQ(errors.size(), 1u);
}

TEST_F(Manifest, a_key_counts_once) {
    system_of("[a]\nfile = bin/1\nfile = bin/2\n");
    ASSERT_EQ(system.count, 1u);
    EXPECT_STREQ(system.programs[0].file, "bin/1");
    EXPECT_EQ(errors.size(), 1u);
}

TEST_F(Manifest, there_are_at_most_32_programs) {
    std::string text;
    for (int i = 0; i < 40; i++) {
        text += "[p" + std::to_string(i) + "]\nfile = bin/p\n";
    }
    system_of(text);
    EXPECT_EQ(system.count, MANIFEST_PROGRAMS);
    EXPECT_EQ(errors.size(), 8u);
}

TEST_F(Manifest, bytes_that_cannot_be_printed_are_not) {
    system_of("[a]\nfile = bin/a\nmemory = \x1b[2J\n");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].find("found \"?[2J\""), std::string::npos);
}

TEST_F(Manifest, a_driver_has_what_it_says) {
    EXPECT_TRUE(driver_of("[driver]\nname = virtio-blk\nmatch = pci:1AF4:1042 virtio:2 dt:a,b "
                          "legacy:uart pci-class:0108\nprovides = block 1\nmemory = 1M\n"));
    EXPECT_EQ(errors, std::vector<std::string>{});
    ASSERT_EQ(driver.match_count, 5u);
    EXPECT_EQ(driver.matches[0].vendor, 0x1af4u);
    EXPECT_EQ(driver.matches[0].device, 0x1042u);
    EXPECT_EQ(driver.priority, MANIFEST_DRIVER_PRIORITY);
    EXPECT_TRUE(driver.restart);
}

TEST_F(Manifest, a_driver_without_stanza_name_or_match_is_refused) {
    EXPECT_FALSE(driver_of(""));
    EXPECT_FALSE(driver_of("[program]\nname = a\nmatch = virtio:1\n"));
    EXPECT_FALSE(driver_of("[driver]\nname = a\n"));
    EXPECT_FALSE(driver_of("[driver]\nmatch = virtio:1\n"));
    EXPECT_FALSE(driver_of("[driver]\nname = a\nmatch = virtio:1\n[driver]\n"));
    EXPECT_EQ(errors.size(), 5u);
}

TEST_F(Manifest, what_is_wrong_in_a_driver_is_said) {
    EXPECT_EQ(
        driver_error("name = other\n"),
        "a.manifest:4:1: expected each key once in a stanza, found \"name\"; the first one counts");
    EXPECT_EQ(driver_error("file = bin/a\n").substr(0, 31), "a.manifest:4:1: expected a key:");
    EXPECT_EQ(driver_error("memory = rest\n").substr(0, 33), "a.manifest:4:10: expected a size ");
    EXPECT_EQ(driver_error("restart = maybe\n"),
              "a.manifest:4:11: expected \"always\" or \"never\", found \"maybe\"");
    EXPECT_EQ(driver_error("provides = " + std::string(40, 'x') + "\n").substr(0, 57),
              "a.manifest:4:12: expected a name of at most 31 characters");
}

TEST_F(Manifest, a_match_that_is_none_is_said) {
    for (const char *match :
         {"pci:1af4", "pci:1af4:104", "pci:1af4:104g", "pci-class:1", "pci-class:0102030",
          "virtio:0", "virtio:65536", "virtio:x", "dt:", "legacy:", "usb:1234:5678"}) {
        errors.clear();
        EXPECT_FALSE(
            driver_of(std::string("[driver]\nname = a\nmatch = virtio:1 ") + match + "\n"));
        ASSERT_EQ(errors.size(), 1u) << match;
        EXPECT_EQ(errors[0].substr(0, 17), "a.manifest:3:18: ") << errors[0];
    }
}

TEST(Split, words_are_what_blanks_separate) {
    char text[] = "  one two\tthree ";
    const char *words[8];
    ASSERT_EQ(manifest_split(text, words, 8), 3u);
    EXPECT_STREQ(words[0], "one");
    EXPECT_STREQ(words[2], "three");
    char more[] = "a b c";
    EXPECT_EQ(manifest_split(more, words, 2), 2u);
    char none[] = "   ";
    EXPECT_EQ(manifest_split(none, words, 8), 0u);
}

uint32_t score(const std::string &text, const struct manifest_identity &identity) {
    struct manifest_match match;
    const char *expected;
    struct manifest_span span = {text.data(), text.size(), 1, 1};
    EXPECT_TRUE(manifest_read_match(span, &match, &expected)) << text;
    return manifest_match_score(&match, &identity);
}

TEST(Match, a_device_beats_its_class) {
    struct manifest_identity pci{};
    pci.is_pci = true;
    pci.vendor = 0x1af4;
    pci.device = 0x1042;
    pci.class_code = 0x010802;
    EXPECT_GT(score("pci:1af4:1042", pci), score("pci-class:010802", pci));
    EXPECT_GT(score("pci-class:010802", pci), score("pci-class:0108", pci));
    EXPECT_GT(score("pci-class:0108", pci), score("pci-class:01", pci));
    EXPECT_EQ(score("pci-class:02", pci), 0u);
    EXPECT_EQ(score("pci:1af4:1041", pci), 0u);
    EXPECT_EQ(score("virtio:2", pci), 0u);
}

TEST(Match, the_first_string_of_compatible_is_the_best) {
    const char compatible[] = "arm,pl011\0arm,primecell";
    struct manifest_identity tree{};
    tree.compatible = compatible;
    tree.compatible_length = sizeof compatible;
    EXPECT_GT(score("dt:arm,pl011", tree), score("dt:arm,primecell", tree));
    EXPECT_GT(score("dt:arm,primecell", tree), 0u);
    EXPECT_EQ(score("dt:arm", tree), 0u);
    EXPECT_EQ(score("dt:primecell", tree), 0u);
}

TEST(Match, compatible_need_not_end) {
    const char compatible[] = {'a', 'b'};
    struct manifest_identity tree{};
    tree.compatible = compatible;
    tree.compatible_length = sizeof compatible;
    EXPECT_GT(score("dt:ab", tree), 0u);
    EXPECT_EQ(score("dt:abc", tree), 0u);
}

TEST(Match, virtio_and_legacy) {
    struct manifest_identity device{};
    device.is_virtio = true;
    device.device = 2;
    EXPECT_GT(score("virtio:2", device), 0u);
    EXPECT_EQ(score("legacy:uart", device), 0u);
    device = {};
    device.legacy = "uart";
    EXPECT_GT(score("legacy:uart", device), 0u);
    EXPECT_EQ(score("legacy:ps2", device), 0u);
}

// An ELF file with the sections: none, names, manifest.
std::vector<uint8_t> elf_with(const std::string &text) {
    std::vector<uint8_t> elf(64 + 3 * 64, 0);
    auto put = [&](size_t at, uint64_t value, unsigned bytes) {
        for (unsigned i = 0; i < bytes; i++) {
            elf[at + i] = static_cast<uint8_t>(value >> (8 * i));
        }
    };
    const char names[] = "\0.names\0.helios.manifest";
    elf[0] = 0x7f;
    elf[1] = 'E';
    elf[2] = 'L';
    elf[3] = 'F';
    elf[4] = 2;
    elf[5] = 1;
    put(40, 64, 8);
    put(58, 64, 2);
    put(60, 3, 2);
    put(62, 1, 2);
    put(128, 1, 4);
    put(128 + 4, 3, 4);
    put(128 + 24, elf.size(), 8);
    put(128 + 32, sizeof names, 8);
    put(192, 8, 4);
    put(192 + 4, 1, 4);
    put(192 + 24, elf.size() + sizeof names, 8);
    put(192 + 32, text.size(), 8);
    elf.insert(elf.end(), names, names + sizeof names);
    elf.insert(elf.end(), text.begin(), text.end());
    return elf;
}

TEST(Section, is_found) {
    std::vector<uint8_t> elf = elf_with("[driver]");
    const char *text;
    size_t length;
    ASSERT_TRUE(manifest_find_section(elf.data(), elf.size(), &text, &length));
    EXPECT_EQ(std::string(text, length), "[driver]");
}

TEST(Section, of_a_truncated_file_is_not) {
    std::vector<uint8_t> whole = elf_with("[driver]");
    for (size_t size = 0; size < whole.size(); size++) {
        std::vector<uint8_t> elf(whole.begin(), whole.begin() + static_cast<long>(size));
        const char *text;
        size_t length;
        EXPECT_FALSE(manifest_find_section(elf.data(), elf.size(), &text, &length)) << size;
    }
}

TEST(Section, every_byte_may_be_wrong) {
    std::vector<uint8_t> whole = elf_with("[driver]");
    for (size_t at = 0; at < whole.size(); at++) {
        for (unsigned value : {0x00u, 0x7fu, 0xffu}) {
            std::vector<uint8_t> elf = whole;
            elf[at] = static_cast<uint8_t>(value);
            const char *text = nullptr;
            size_t length = 0;
            if (manifest_find_section(elf.data(), elf.size(), &text, &length)) {
                EXPECT_LE(length, elf.size());
                EXPECT_GE(text, reinterpret_cast<const char *>(elf.data()));
                EXPECT_LE(text + length, reinterpret_cast<const char *>(elf.data() + elf.size()));
            }
        }
    }
}

} // namespace
