// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/esr.h"

#include <string>

#include <gtest/gtest.h>

namespace {

// Exception classes (Arm ARM D17.2.37).
constexpr unsigned ESR_UNKNOWN = 0x00;
constexpr unsigned ESR_WFX = 0x01;
constexpr unsigned ESR_LS64 = 0x0a;
constexpr unsigned ESR_ILLEGAL_STATE = 0x0e;
constexpr unsigned ESR_SVC64 = 0x15;
constexpr unsigned ESR_HVC64 = 0x16;
constexpr unsigned ESR_SMC64 = 0x17;
constexpr unsigned ESR_SYSREG = 0x18;
constexpr unsigned ESR_SVE = 0x19;
constexpr unsigned ESR_SME = 0x1d;
constexpr unsigned ESR_INSTRUCTION_ABORT_USER = 0x20;
constexpr unsigned ESR_INSTRUCTION_ABORT = 0x21;
constexpr unsigned ESR_DATA_ABORT_USER = 0x24;
constexpr unsigned ESR_DATA_ABORT = 0x25;
constexpr unsigned ESR_SP_ALIGNMENT = 0x26;
constexpr unsigned ESR_FP_EXCEPTION = 0x2c;
constexpr unsigned ESR_SERROR = 0x2f;
constexpr unsigned ESR_BREAKPOINT_USER = 0x30;
constexpr unsigned ESR_WATCHPOINT_USER = 0x34;
constexpr unsigned ESR_BRK = 0x3c;

constexpr uint64_t esr(unsigned exception_class, uint64_t iss) {
    return static_cast<uint64_t>(exception_class) << 26 | 1u << 25 | iss;
}

TEST(FaultKind, OfDataAbortsIsByAccess) {
    EXPECT_EQ(esr_fault_kind(0x92000006), FAULT_READ);  // read, translation, level 2
    EXPECT_EQ(esr_fault_kind(0x92000046), FAULT_WRITE); // the same for a write
    EXPECT_EQ(esr_fault_kind(0x9200004f), FAULT_WRITE); // permission, level 3
    EXPECT_EQ(esr_fault_kind(0x96000047), FAULT_WRITE); // in the kernel
}

TEST(FaultKind, OfCacheMaintenanceIsARead) {
    EXPECT_EQ(esr_fault_kind(esr(ESR_DATA_ABORT_USER, 0x147)), FAULT_READ);
}

TEST(FaultKind, OfInstructionAbortsIsExecute) {
    EXPECT_EQ(esr_fault_kind(0x8200000f), FAULT_EXECUTE);
    EXPECT_EQ(esr_fault_kind(0x86000004), FAULT_EXECUTE);
}

TEST(FaultKind, OfAnErrorOfMemoryIsNoPageFault) {
    for (uint64_t status : {0x10, 0x14, 0x17, 0x18, 0x1f, 0x30, 0x31, 0x34, 0x35}) {
        EXPECT_EQ(esr_fault_kind(esr(ESR_DATA_ABORT_USER, status)), FAULT_OTHER) << status;
        EXPECT_EQ(esr_fault_kind(esr(ESR_INSTRUCTION_ABORT_USER, status)), FAULT_OTHER) << status;
    }
}

TEST(FaultKind, OfEveryTranslationStatusIsAPageFault) {
    for (uint64_t status = 0; status <= 0x0f; status++) {
        EXPECT_EQ(esr_fault_kind(esr(ESR_DATA_ABORT_USER, status)), FAULT_READ) << status;
    }
    EXPECT_EQ(esr_fault_kind(esr(ESR_DATA_ABORT_USER, 0x2b)), FAULT_READ); // level -1
}

TEST(FaultKind, OfMisalignmentComesInThreeClasses) {
    EXPECT_EQ(esr_fault_kind(0x92000021), FAULT_ALIGNMENT);
    EXPECT_EQ(esr_fault_kind(0x8a000000), FAULT_ALIGNMENT);
    EXPECT_EQ(esr_fault_kind(esr(ESR_SP_ALIGNMENT, 0)), FAULT_ALIGNMENT);
}

TEST(FaultKind, OfWhatAUserMayNotExecuteIsIllegal) {
    for (unsigned c : {ESR_UNKNOWN, ESR_WFX, ESR_FP_ACCESS, ESR_LS64, ESR_ILLEGAL_STATE, ESR_HVC64,
                       ESR_SMC64, ESR_SYSREG, ESR_SVE, ESR_SME}) {
        EXPECT_EQ(esr_fault_kind(esr(c, 0)), FAULT_ILLEGAL) << c;
    }
}

TEST(FaultKind, OfDebugEvents) {
    EXPECT_EQ(esr_fault_kind(0xf2000007), FAULT_BREAKPOINT); // brk #7
    EXPECT_EQ(esr_fault_kind(esr(ESR_BREAKPOINT_USER, 0x22)), FAULT_BREAKPOINT);
    EXPECT_EQ(esr_fault_kind(esr(ESR_WATCHPOINT_USER, 0x22)), FAULT_WATCHPOINT);
    EXPECT_EQ(esr_fault_kind(esr(ESR_STEP_USER, 0x22)), FAULT_STEP);
}

TEST(FaultKind, OfArithmeticIsFpu) {
    EXPECT_EQ(esr_fault_kind(esr(ESR_FP_EXCEPTION, 0)), FAULT_FPU);
}

TEST(FaultKind, OfEverythingElseIsOther) {
    // AArch32's classes, BTI, PAC, SError, and numbers that mean nothing yet.
    for (unsigned c : {0x03u, 0x05u, 0x0cu, 0x11u, 0x38u, 0x0du, 0x1cu, 0x2fu, 0x3fu}) {
        EXPECT_EQ(esr_fault_kind(esr(c, 0)), FAULT_OTHER) << c;
    }
}

TEST(Address, IsThereForAbortsUnlessTheCpuSaysNo) {
    EXPECT_TRUE(esr_has_address(0x92000006));
    EXPECT_TRUE(esr_has_address(0x8200000f));
    EXPECT_FALSE(esr_has_address(esr(ESR_DATA_ABORT_USER, 0x410))); // FnV
    EXPECT_TRUE(esr_has_address(0x8a000000));
    EXPECT_TRUE(esr_has_address(esr(ESR_WATCHPOINT_USER, 0x22)));
}

TEST(Address, IsAbsentElsewhere) {
    for (unsigned c : {ESR_UNKNOWN, ESR_SYSREG, ESR_SP_ALIGNMENT, ESR_BRK, ESR_SERROR, ESR_SVC64}) {
        EXPECT_FALSE(esr_has_address(esr(c, 0))) << c;
    }
}

TEST(Text, NamesClassAndStatus) {
    EXPECT_STREQ(esr_class_text(0x96000047), "data abort");
    EXPECT_STREQ(esr_status_text(0x96000047), "translation fault");
    EXPECT_STREQ(esr_status_text(0x8600000c), "permission fault");
    EXPECT_STREQ(esr_status_text(esr(ESR_DATA_ABORT, 0x2b)), "translation fault, level -1");
    EXPECT_STREQ(esr_class_text(0xf2000001), "BRK");
}

TEST(Text, NamesTheLevelWhereThereIsOne) {
    EXPECT_STREQ(esr_level_text(0x96000047), ", level 3");
    EXPECT_STREQ(esr_level_text(0x8600000c), ", level 0");
    EXPECT_STREQ(esr_level_text(esr(ESR_DATA_ABORT, 0x16)), ", level 2");
    EXPECT_STREQ(esr_level_text(esr(ESR_DATA_ABORT, 0x1d)), ", level 1");
    for (uint64_t status : {0x10, 0x18, 0x21, 0x29, 0x2b, 0x30, 0x34}) {
        EXPECT_STREQ(esr_level_text(esr(ESR_DATA_ABORT, status)), "") << status;
    }
    EXPECT_STREQ(esr_level_text(esr(ESR_SYSREG, 7)), "");
}

TEST(Text, IsThereForEverySyndrome) {
    for (unsigned c = 0; c < 64; c++) {
        EXPECT_NE(std::string(esr_class_text(esr(c, 0))), "") << c;
        bool is_abort = c == ESR_DATA_ABORT || c == ESR_DATA_ABORT_USER ||
                        c == ESR_INSTRUCTION_ABORT || c == ESR_INSTRUCTION_ABORT_USER;
        for (unsigned status = 0; status < 64; status++) {
            ASSERT_NE(esr_status_text(esr(c, status)), nullptr);
            EXPECT_EQ(std::string(esr_status_text(esr(c, status))) != "", is_abort);
        }
    }
}

} // namespace
