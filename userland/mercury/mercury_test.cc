// SPDX-License-Identifier: GPL-3.0-only
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "userland/mercury/journal.h"
#include "userland/mercury/registry.h"
#include "userland/mercury/waits.h"

namespace {

class Journal : public ::testing::Test {
  protected:
    void write(const char *name, const std::string &text) {
        journal_write(journal.get(), &source, name, text.data(), text.size());
    }

    std::string read(uint64_t from, size_t size = 65536) {
        std::string text(size, '\0');
        first = from;
        text.resize(journal_read(journal.get(), &first, &next, text.data(), size));
        return text;
    }

    std::unique_ptr<struct journal> journal = std::make_unique<struct journal>();
    struct journal_source source{};
    uint64_t first = 0;
    uint64_t next = 0;
};

TEST_F(Journal, pieces_become_lines) {
    write("a", "one ");
    EXPECT_EQ(read(0), "");
    write("a", "line\r\nand");
    EXPECT_EQ(read(0), "a: one line\n");
    journal_flush(journal.get(), &source, "a");
    EXPECT_EQ(read(0), "a: one line\na: and\n");
    EXPECT_EQ(read(1), "a: and\n");
    EXPECT_EQ(next, 2u);
}

TEST_F(Journal, what_cannot_be_shown_is_a_question_mark) {
    write("a", "\x1b[2J\xff\n");
    EXPECT_EQ(read(0), "a: ?[2J?\n");
}

TEST_F(Journal, who_names_itself_is_not_named_twice) {
    write("a", "a: one\n");
    EXPECT_EQ(read(0), "a: one\n");
}

TEST_F(Journal, long_lines_are_broken) {
    write("a", std::string(JOURNAL_LINE + 1, 'x') + "\n");
    EXPECT_EQ(read(0), "a: " + std::string(JOURNAL_LINE, 'x') + "\na: x\n");
}

TEST_F(Journal, only_whole_lines_are_read) {
    write("a", "1\n2\n");
    EXPECT_EQ(read(0, 7), "a: 1\n");
    EXPECT_EQ(next, 1u);
    EXPECT_EQ(read(next, 7), "a: 2\n");
}

TEST_F(Journal, the_oldest_lines_go_and_keep_their_numbers) {
    for (int i = 0; i < 20000; i++) {
        write("", std::to_string(i) + "\n");
    }
    EXPECT_EQ(journal->next, 20000u);
    std::string text = read(0);
    EXPECT_EQ(text.substr(0, text.find('\n')), std::to_string(first));
    EXPECT_EQ(next, 20000u);
    EXPECT_LE(text.size(), JOURNAL_BYTES);
    EXPECT_GT(text.size(), JOURNAL_BYTES - 2 * JOURNAL_LINE);
    EXPECT_EQ(read(19999), "19999\n");
    EXPECT_EQ(read(30000), "");
}

class Registry : public ::testing::Test {
  protected:
    enum registry_result add(uint64_t id, const char *name, uint32_t process, uint64_t endpoint,
                             uint32_t version = 1) {
        return registry_add(&registry, id, version, name, process, endpoint, &old);
    }

    uint64_t find(uint64_t id, uint32_t version, const char *name) {
        const struct registry_service *service = registry_find(&registry, id, version, name);
        return service != nullptr ? service->endpoint : 0;
    }

    struct registry registry{};
    uint64_t old = 0;
};

TEST_F(Registry, a_service_is_found_by_interface_version_and_name) {
    EXPECT_EQ(add(7, "disk", 1, 100, 2), REGISTRY_OK);
    EXPECT_EQ(find(7, 2, "disk"), 100u);
    EXPECT_EQ(find(7, 1, ""), 100u);
    EXPECT_EQ(find(7, 3, "disk"), 0u);
    EXPECT_EQ(find(7, 1, "other"), 0u);
    EXPECT_EQ(find(8, 1, "disk"), 0u);
}

TEST_F(Registry, a_name_is_taken_while_its_process_lives) {
    EXPECT_EQ(add(7, "disk", 1, 100), REGISTRY_OK);
    EXPECT_EQ(add(7, "disk", 2, 200), REGISTRY_TAKEN);
    EXPECT_EQ(add(8, "disk", 2, 200), REGISTRY_OK);
    EXPECT_EQ(add(7, "disk", 1, 101), REGISTRY_OK);
    EXPECT_EQ(old, 100u);
    EXPECT_EQ(find(7, 1, "disk"), 101u);
}

TEST_F(Registry, a_process_is_forgotten_with_all_that_it_had) {
    uint64_t capability = 0;
    add(7, "disk", 1, 100);
    add(8, "disk", 2, 200);
    registry_wait(&registry, 9, 1, "", 1, 300, false);
    EXPECT_TRUE(registry_forget(&registry, 1, &capability));
    EXPECT_EQ(capability, 100u);
    EXPECT_TRUE(registry_forget(&registry, 1, &capability));
    EXPECT_EQ(capability, 300u);
    EXPECT_FALSE(registry_forget(&registry, 1, &capability));
    EXPECT_EQ(find(7, 1, ""), 0u);
    EXPECT_EQ(find(8, 1, ""), 200u);
}

TEST_F(Registry, who_waits_is_found_longest_first) {
    struct registry_waiter waiter;
    registry_wait(&registry, 7, 1, "disk", 1, 10, false);
    registry_wait(&registry, 7, 1, "", 2, 20, false);
    registry_wait(&registry, 7, 2, "disk", 3, 30, false);
    add(7, "disk", 4, 100);
    const struct registry_service *service = registry_find(&registry, 7, 1, "disk");
    ASSERT_TRUE(registry_take_waiter(&registry, service, &waiter));
    EXPECT_EQ(waiter.reply, 10u);
    ASSERT_TRUE(registry_take_waiter(&registry, service, &waiter));
    EXPECT_EQ(waiter.reply, 20u);
    EXPECT_FALSE(registry_take_waiter(&registry, service, &waiter)); // it wants version 2
}

TEST_F(Registry, the_longest_waiter_makes_room) {
    for (uint32_t i = 0; i < REGISTRY_WAITERS; i++) {
        EXPECT_EQ(registry_wait(&registry, 7, 1, "", 1, 1000 + i, false), 0u);
    }
    EXPECT_EQ(registry_wait(&registry, 7, 1, "", 1, 9, false), 1000u);
    EXPECT_EQ(registry_wait(&registry, 7, 1, "", 1, 9, false), 1001u);
}

TEST_F(Registry, who_waits_for_most_makes_room) {
    registry_wait(&registry, 7, 1, "", 1, 100, false);
    registry_wait(&registry, 7, 1, "", 2, 200, false);
    for (uint32_t i = 2; i < REGISTRY_WAITERS; i++) {
        EXPECT_EQ(registry_wait(&registry, 7, 1, "", 3, 1000 + i, false), 0u);
    }
    EXPECT_EQ(registry_wait(&registry, 7, 1, "", 3, 9, false), 1002u);
    EXPECT_EQ(registry_wait(&registry, 7, 1, "", 1, 101, false), 1003u);
    EXPECT_EQ(registry_wait(&registry, 7, 1, "", 4, 400, false), 1004u);
}

TEST_F(Registry, a_process_has_its_share_of_services) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES_EACH; i++) {
        EXPECT_EQ(add(i, "x", 1, i + 1), REGISTRY_OK);
    }
    EXPECT_EQ(add(99, "x", 1, 99), REGISTRY_FULL);
    EXPECT_EQ(add(0, "x", 1, 99), REGISTRY_OK); // anew
    EXPECT_EQ(add(99, "x", 2, 99), REGISTRY_OK);
}

TEST_F(Registry, is_full_with_64_services) {
    for (uint32_t i = 0; i < REGISTRY_SERVICES; i++) {
        EXPECT_EQ(add(i, "x", 1 + i / REGISTRY_SERVICES_EACH, i + 1), REGISTRY_OK);
    }
    EXPECT_EQ(add(99, "x", 99, 99), REGISTRY_FULL);
    EXPECT_EQ(registry_at(&registry, 63)->id, 63u);
    EXPECT_EQ(registry_at(&registry, 64), nullptr);
}

TEST_F(Registry, a_process_watches_a_name_once) {
    EXPECT_TRUE(registry_add_watch(&registry, "disk", 1, 10, &old));
    EXPECT_EQ(old, 0u);
    EXPECT_TRUE(registry_add_watch(&registry, "disk", 1, 11, &old));
    EXPECT_EQ(old, 10u);
    EXPECT_TRUE(registry_add_watch(&registry, "disk", 2, 20, &old));
    EXPECT_EQ(old, 0u);
    uint64_t capability = 0;
    EXPECT_TRUE(registry_forget(&registry, 1, &capability));
    EXPECT_EQ(capability, 11u);
    EXPECT_FALSE(registry_forget(&registry, 1, &capability));
    EXPECT_TRUE(registry_forget(&registry, 2, &capability));
    EXPECT_EQ(capability, 20u);
}

TEST_F(Registry, watches_are_limited) {
    for (uint32_t i = 1; i <= REGISTRY_WATCHES; i++) {
        EXPECT_TRUE(registry_add_watch(&registry, "disk", i, i, &old));
    }
    EXPECT_FALSE(registry_add_watch(&registry, "disk", 1000, 1, &old));
    EXPECT_TRUE(registry_add_watch(&registry, "disk", 7, 70, &old));
    EXPECT_EQ(old, 7u);
}

TEST_F(Registry, a_process_has_its_share_of_watches) {
    for (uint32_t i = 0; i < REGISTRY_WATCHES_EACH; i++) {
        EXPECT_TRUE(registry_add_watch(&registry, std::to_string(i).c_str(), 1, i + 1, &old));
    }
    EXPECT_FALSE(registry_add_watch(&registry, "x", 1, 99, &old));
    EXPECT_TRUE(registry_add_watch(&registry, "0", 1, 99, &old)); // anew
    EXPECT_EQ(old, 1u);
    EXPECT_TRUE(registry_add_watch(&registry, "x", 2, 99, &old));
}

class Waits : public ::testing::Test {
  protected:
    // The Reply that had to go for it; 0: none. UINT64_MAX: there is no room.
    uint64_t wait(uint32_t process, uint64_t reply) {
        uint64_t gone = 0;
        if (!waits_make_room(&waits, process, &gone)) {
            return UINT64_MAX;
        }
        waits_add(&waits, process, reply);
        return gone;
    }

    struct waits waits{};
};

TEST_F(Waits, all_are_told_longest_first) {
    wait(1, 10);
    wait(2, 20);
    wait(1, 11);
    EXPECT_EQ(waits_take(&waits, 0), 10u);
    EXPECT_EQ(waits_take(&waits, 0), 20u);
    EXPECT_EQ(waits_take(&waits, 0), 11u);
    EXPECT_EQ(waits_take(&waits, 0), 0u);
}

TEST_F(Waits, who_dies_leaves_room) {
    wait(1, 10);
    wait(2, 20);
    wait(1, 11);
    wait(3, 30);
    EXPECT_EQ(waits_take(&waits, 1), 10u);
    EXPECT_EQ(waits_take(&waits, 1), 11u);
    EXPECT_EQ(waits_take(&waits, 1), 0u);
    EXPECT_EQ(wait(4, 40), 0u);
    EXPECT_EQ(wait(5, 50), 0u);
    EXPECT_EQ(waits_take(&waits, 0), 20u);
    EXPECT_EQ(waits_take(&waits, 0), 30u);
}

TEST_F(Waits, who_has_given_up_makes_room_for_itself) {
    wait(1, 10);
    wait(2, 20);
    wait(2, 21);
    wait(1, 11);
    EXPECT_EQ(wait(1, 12), 10u);
    EXPECT_EQ(wait(1, 13), 11u);
    EXPECT_EQ(waits_take(&waits, 0), 20u);
}

TEST_F(Waits, who_waits_more_than_once_makes_room_for_others) {
    wait(1, 10);
    wait(2, 20);
    wait(2, 21);
    wait(3, 30);
    EXPECT_EQ(wait(4, 40), 20u);
    EXPECT_EQ(waits_take(&waits, 0), 10u);
    EXPECT_EQ(waits_take(&waits, 0), 21u);
}

TEST_F(Waits, who_waits_once_stays) {
    for (uint32_t i = 1; i <= WAITS_MOST; i++) {
        EXPECT_EQ(wait(i, 10 * i), 0u);
    }
    EXPECT_EQ(wait(WAITS_MOST + 1, 1), UINT64_MAX);
    EXPECT_EQ(wait(2, 21), 20u);
    EXPECT_EQ(waits_take(&waits, 0), 10u);
}

} // namespace
