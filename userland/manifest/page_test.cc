// SPDX-License-Identifier: GPL-3.0-only
//
// docs/reference/manifests.md against the parser: what the page shows is read as it says, and the
// keys that it names are those that there are.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "userland/manifest/manifest.h"

namespace {

using Strings = std::vector<std::string>;

void tell(void *context, const struct manifest_error *error) {
    char text[400];
    manifest_format_error(text, sizeof text, error);
    static_cast<Strings *>(context)->push_back(text);
}

class Page : public ::testing::Test {
  protected:
    void SetUp() override {
        std::ifstream file("docs/reference/manifests.md");
        std::stringstream text;
        text << file.rdbuf();
        page = text.str();
        ASSERT_FALSE(page.empty());
    }

    // The text between fences, block by block.
    Strings blocks() const {
        Strings found;
        size_t at = 0;
        while ((at = page.find("\n```\n", at)) != std::string::npos) {
            size_t begin = at + 5;
            size_t end = page.find("\n```\n", begin - 1);
            found.push_back(page.substr(begin, end + 1 - begin));
            at = end + 5;
        }
        return found;
    }

    // What stands behind a heading, up to the next one.
    std::string section(const std::string &heading) const {
        size_t begin = page.find("\n## " + heading);
        EXPECT_NE(begin, std::string::npos) << heading;
        return page.substr(begin, page.find("\n## ", begin + 1) - begin);
    }

    Strings errors_of(const std::string &text, bool is_driver) {
        Strings errors;
        if (is_driver) {
            manifest_read_driver("x", text.data(), text.size(), {tell, &errors}, &driver);
        } else {
            manifest_read_system("etc/system", text.data(), text.size(), {tell, &errors}, &system);
        }
        return errors;
    }

    // The keys that a wrong one is told of.
    std::set<std::string> keys(bool is_driver) {
        const std::string stanza = is_driver ? "[driver]\n" : "[a]\nfile = b\n";
        const std::string error = errors_of(stanza + "colour = red\n", is_driver).front();
        const std::regex word("[a-z]+(?=, | or )");
        const std::string list = error.substr(error.find("key: ") + 5);
        std::set<std::string> found;
        for (std::sregex_iterator i(list.begin(), list.end(), word), end; i != end; ++i) {
            found.insert(i->str());
        }
        EXPECT_FALSE(found.empty());
        return found;
    }

    std::string page;
    struct manifest_system system{};
    struct manifest_program driver{};
};

TEST_F(Page, the_driver_that_it_shows_is_one) {
    unsigned drivers = 0;
    for (const std::string &block : blocks()) {
        if (block.rfind("[driver]", 0) == 0) {
            EXPECT_EQ(errors_of(block, true), Strings{});
            EXPECT_GT(driver.match_count, 0u);
            drivers++;
        }
    }
    EXPECT_EQ(drivers, 1u);
}

TEST_F(Page, a_wrong_line_is_told_as_it_shows) {
    std::string wrong = "[a]\nfile = b\n";
    wrong += std::string(6, '\n') + "colour = red\n"; // in line 9
    const Strings errors = errors_of(wrong, false);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(page.find("\n```\n" + errors[0] + "\n```\n"), std::string::npos) << errors[0];
}

TEST_F(Page, its_table_has_the_keys_of_programs) {
    const std::string text = section("Programs");
    const std::regex row("\n\\| `([a-z]+)` \\| [^|]+ \\| [^|]+ \\|");
    std::set<std::string> found;
    const std::string table = text.substr(0, text.find("A program gets exactly that."));
    for (std::sregex_iterator i(table.begin(), table.end(), row), end; i != end; ++i) {
        found.insert((*i)[1].str());
    }
    EXPECT_EQ(found, keys(false));
}

TEST_F(Page, it_names_the_keys_of_drivers) {
    const std::string text = section("Drivers");
    for (const std::string &key : keys(true)) {
        EXPECT_NE(text.find("`" + key + "`"), std::string::npos) << key;
    }
}

TEST_F(Page, what_is_said_of_absent_keys_is_so) {
    const std::string file = "[a]\nfile = b\n";
    ASSERT_EQ(errors_of(file, false), Strings{});
    EXPECT_EQ(system.programs[0].memory, 2u << 20);
    EXPECT_NE(page.find("| `2M` |"), std::string::npos);
    EXPECT_EQ(system.programs[0].priority, 32u);
    EXPECT_NE(page.find("| 0 to 63; its ceiling too | 32 |"), std::string::npos);
    ASSERT_EQ(errors_of("[driver]\nname = a\nmatch = virtio:1\n", true), Strings{});
    EXPECT_EQ(driver.priority, 40u);
    EXPECT_NE(page.find("`priority` (40 if absent)"), std::string::npos);
    EXPECT_TRUE(driver.restart);
    EXPECT_NE(page.find("`restart` (`always` if absent)"), std::string::npos);
}

TEST_F(Page, its_matches_are_read) {
    const std::string text = section("Drivers");
    const std::regex legacy("`(legacy:[a-z0-9_-]+)`");
    unsigned count = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), legacy), end; i != end; ++i, count++) {
        const std::string match = (*i)[1].str();
        EXPECT_EQ(errors_of("[driver]\nname = a\nmatch = " + match + "\n", true), Strings{});
    }
    EXPECT_EQ(count, 5u);
    for (const char *form :
         {"pci:VVVV:DDDD", "pci-class:CC", ":CCSS", ":CCSSPP", "virtio:ID", "dt:COMPATIBLE"}) {
        EXPECT_NE(text.find(form), std::string::npos) << form;
    }
    for (const char *match : {"pci:1af4:1042", "pci-class:01", "pci-class:0108", "pci-class:010802",
                              "virtio:2", "dt:arm,pl011"}) {
        EXPECT_EQ(errors_of(std::string("[driver]\nname = a\nmatch = ") + match + "\n", true),
                  Strings{});
    }
}

} // namespace
