// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/object_types.h"

#include <set>
#include <string>

#include "kernel/task.h"
#include "kernel/vspace.h"
#include "gtest/gtest.h"

namespace {

TEST(ObjectTypesTest, EveryTypeHasANameOfItsOwn) {
    std::set<std::string> names;
    for (const object_type &type : object_types) {
        ASSERT_NE(type.name, nullptr);
        names.insert(type.name);
    }
    EXPECT_EQ(names.size(), static_cast<size_t>(HELIOS_TYPE_COUNT));
}

TEST(ObjectTypesTest, WhatWaitsIsCalledThroughIpcAndEverythingElseHasAHandler) {
    for (unsigned type = 1; type < HELIOS_TYPE_COUNT; type++) {
        bool is_ipc = type == HELIOS_TYPE_ENDPOINT || type == HELIOS_TYPE_NOTIFICATION ||
                      type == HELIOS_TYPE_REPLY;
        EXPECT_EQ(object_types[type].invoke == nullptr, is_ipc) << object_types[type].name;
    }
}

TEST(ObjectTypesTest, WhatMemoryMakesIsWhatTheAbiSays) {
    const std::set<unsigned> made = {
        HELIOS_TYPE_MEMORY,   HELIOS_TYPE_CSPACE,      HELIOS_TYPE_VSPACE, HELIOS_TYPE_TABLE_0,
        HELIOS_TYPE_TABLE_1,  HELIOS_TYPE_TABLE_2,     HELIOS_TYPE_PAGE,   HELIOS_TYPE_TASK,
        HELIOS_TYPE_ENDPOINT, HELIOS_TYPE_NOTIFICATION};
    for (unsigned type = 0; type < HELIOS_TYPE_COUNT; type++) {
        EXPECT_EQ(object_types[type].allocatable, made.count(type) == 1) << type;
    }
}

TEST(ObjectTypesTest, AnObjectLiesInsideItsBlock) {
    EXPECT_EQ(object_types[HELIOS_TYPE_TASK].object_offset, offsetof(task, object));
    EXPECT_LE(sizeof(task), 4096u << object_types[HELIOS_TYPE_TASK].order);
    for (unsigned type = HELIOS_TYPE_VSPACE; type <= HELIOS_TYPE_TABLE_2; type++) {
        EXPECT_EQ(4096u << object_types[type].order, sizeof(struct table_block));
        EXPECT_EQ(object_types[type].object_offset, offsetof(struct table_block, table));
    }
}

} // namespace
