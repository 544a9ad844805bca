// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/descriptors.h"

#include <gtest/gtest.h>

namespace {

// The values below are written out from the figures of the manual, not computed as the code does.

TEST(Descriptors, CodeAndDataSegments) {
    x86_tss tss = {};
    uint64_t gdt[X86_GDT_ENTRIES];
    x86_gdt_fill(gdt, &tss);
    EXPECT_EQ(gdt[0], 0u);
    EXPECT_EQ(gdt[1], 0x00209b0000000000u); // kernel code: present, DPL 0, execute/read, L
    EXPECT_EQ(gdt[2], 0x0000930000000000u); // kernel data: present, DPL 0, read/write
    EXPECT_EQ(gdt[3], 0u);                  // no 32-bit user code
    EXPECT_EQ(gdt[4], 0x0000f30000000000u); // user data: DPL 3
    EXPECT_EQ(gdt[5], 0x0020fb0000000000u); // user code: DPL 3, L
}

TEST(Descriptors, TssDescriptorHoldsTheWholeAddress) {
    uint64_t gdt[X86_GDT_ENTRIES];
    const auto *tss = reinterpret_cast<const x86_tss *>(0x1122334455667788);
    x86_gdt_fill(gdt, tss);
    EXPECT_EQ(gdt[6], 0x5500896677880067u); // present, type 9, limit 103
    EXPECT_EQ(gdt[7], 0x0000000011223344u);
}

TEST(Descriptors, SelectorsAreInTheOrderOfSysret) {
    EXPECT_EQ(X86_SELECTOR_KERNEL_DATA, X86_SELECTOR_KERNEL_CODE + 8);
    EXPECT_EQ(X86_SELECTOR_USER_DATA, (X86_SELECTOR_USER_BASE + 8) | 3);
    EXPECT_EQ(X86_SELECTOR_USER_CODE, (X86_SELECTOR_USER_BASE + 16) | 3);
}

TEST(Descriptors, TssHasStacksAndNoPorts) {
    x86_tss tss;
    const uint64_t ist[X86_IST_COUNT] = {0x1000, 0x2000, 0x3000, 0x4000};
    x86_tss_fill(&tss, 0xffffffff80010000, ist);
    EXPECT_EQ(uint64_t{tss.rsp[0]}, 0xffffffff80010000u);
    EXPECT_EQ(uint64_t{tss.ist[X86_IST_DOUBLE_FAULT - 1]}, 0x1000u);
    EXPECT_EQ(uint64_t{tss.ist[X86_IST_DEBUG - 1]}, 0x4000u);
    EXPECT_EQ(uint64_t{tss.ist[4]}, 0u);
    EXPECT_EQ(uint16_t{tss.iomap_base}, sizeof tss);
}

TEST(Descriptors, GateHoldsAddressStackAndPrivilege) {
    const x86_gate gate = x86_gate_encode(0xffffffff81234567, X86_IST_NMI, 0);
    EXPECT_EQ(gate.low, 0x81238e0200084567u);
    EXPECT_EQ(gate.high, 0x00000000ffffffffu);
    EXPECT_EQ(x86_gate_encode(0, X86_IST_NONE, 3).low, 0x0000ee0000080000u);
}

} // namespace
