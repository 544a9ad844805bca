// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/exceptions.h"

#include <string>

#include <gtest/gtest.h>

namespace {

fault_kind kind(uint64_t vector, uint64_t error) {
    return x86_fault(vector, error, 0, 0).kind;
}

std::string page_fault(uint64_t error) {
    const x86_page_fault_words words = x86_page_fault_decode(error);
    return std::string(words.access) + " by " + words.by + ", " + words.cause;
}

TEST(Exceptions, PageFaultsAreSortedByAccess) {
    EXPECT_EQ(kind(14, 0x04), FAULT_READ);
    EXPECT_EQ(kind(14, 0x05), FAULT_READ);
    EXPECT_EQ(kind(14, 0x06), FAULT_WRITE);
    EXPECT_EQ(kind(14, 0x07), FAULT_WRITE);
    EXPECT_EQ(kind(14, 0x14), FAULT_EXECUTE);
    EXPECT_EQ(kind(14, 0x15), FAULT_EXECUTE);
}

TEST(Exceptions, EveryVectorHasAKindAndAText) {
    for (uint64_t vector = 0; vector < 256; vector++) {
        EXPECT_GE(kind(vector, 0), FAULT_READ);
        EXPECT_LE(kind(vector, 0), FAULT_OTHER);
        EXPECT_STRNE(x86_vector_text(vector), "");
    }
    EXPECT_STREQ(x86_vector_text(9), "reserved exception");
    EXPECT_STREQ(x86_vector_text(31), "reserved exception");
    EXPECT_STREQ(x86_vector_text(32), "interrupt");
}

TEST(Exceptions, Kinds) {
    EXPECT_EQ(kind(0, 0), FAULT_FPU);
    EXPECT_EQ(kind(1, 0), FAULT_STEP);
    EXPECT_EQ(kind(3, 0), FAULT_BREAKPOINT);
    EXPECT_EQ(kind(6, 0), FAULT_ILLEGAL);
    EXPECT_EQ(kind(12, 0), FAULT_OTHER);
    EXPECT_EQ(kind(13, 0), FAULT_ILLEGAL);
    EXPECT_EQ(kind(16, 0), FAULT_FPU);
    EXPECT_EQ(kind(17, 0), FAULT_ALIGNMENT);
    EXPECT_EQ(kind(19, 0), FAULT_FPU);
}

TEST(Exceptions, CodeIsVectorAndErrorCode) {
    const fault f = x86_fault(14, 7, 0x1000, 0x2000);
    EXPECT_EQ(f.code, 0x0000000e00000007u);
    EXPECT_EQ(f.pc, 0x1000u);
    EXPECT_EQ(f.address, 0x2000u);
}

TEST(Exceptions, OnlyFaultsOnMemoryHaveAnAddress) {
    EXPECT_EQ(x86_fault(13, 0, 0, 0x2000).address, 0u);
    EXPECT_EQ(x86_fault(8, 0, 0, 0x2000).address, 0x2000u);
}

TEST(Exceptions, PageFaultErrorCodeInWords) {
    EXPECT_EQ(page_fault(0x00), "read by kernel, page not present");
    EXPECT_EQ(page_fault(0x07), "write by user, not allowed");
    EXPECT_EQ(page_fault(0x15), "fetch by user, not allowed");
    EXPECT_EQ(page_fault(0x0d), "read by user, reserved bit set");
}

TEST(Exceptions, SelectorErrorCodeNamesTheTable) {
    EXPECT_STREQ(x86_selector_table(0x80 * 8 + 2), "IDT");
    EXPECT_STREQ(x86_selector_table(0x18), "GDT");
    EXPECT_STREQ(x86_selector_table(0x0c), "LDT");
}

} // namespace
