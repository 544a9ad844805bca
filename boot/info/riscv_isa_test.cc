// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/riscv_isa.h"
#include "boot/protocol/protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace {

uint64_t FromString(const std::string &text) {
    return riscv_isa_from_string(text.data(), text.size());
}

uint64_t FromList(const std::string &list) {
    return riscv_isa_from_list(list.data(), list.size());
}

constexpr uint64_t kFd = HELIOS_RISCV_ISA_FD;

TEST(RiscvIsa, SingleLetters) {
    EXPECT_EQ(FromString("rv64imafdc"), kFd);
    EXPECT_EQ(FromString("rv64gc"), kFd);
    EXPECT_EQ(FromString("RV64GCV"), kFd | HELIOS_RISCV_ISA_V);
    EXPECT_EQ(FromString("rv64imac"), 0u);
    EXPECT_EQ(FromString("rv64imafc"), 0u) << "F without D is not enough";
}

TEST(RiscvIsa, LongNames) {
    EXPECT_EQ(FromString("rv64imafdch_zicbom_zicboz_zkr_ssaia_sstc_svadu_svpbmt"),
              kFd | HELIOS_RISCV_ISA_ZICBOM | HELIOS_RISCV_ISA_ZICBOZ | HELIOS_RISCV_ISA_ZKR |
                  HELIOS_RISCV_ISA_SSAIA | HELIOS_RISCV_ISA_SSTC | HELIOS_RISCV_ISA_SVADU |
                  HELIOS_RISCV_ISA_SVPBMT);
}

TEST(RiscvIsa, NamesThatOnlyBeginAlikeDoNotCount) {
    EXPECT_EQ(FromString("rv64imac_sstcx_zicbomm_zvfh"), 0u);
    EXPECT_EQ(FromString("rv64imac_zvl128b_zve64d"), 0u);
}

TEST(RiscvIsa, Versions) {
    EXPECT_EQ(FromString("rv64i2p1_m2p0_f2p2_d2p2_zicbom1p0_sstc1p0"),
              kFd | HELIOS_RISCV_ISA_ZICBOM | HELIOS_RISCV_ISA_SSTC);
}

TEST(RiscvIsa, FirstLongNameWithoutUnderscore) {
    EXPECT_EQ(FromString("rv64imafdczicbom_sstc"),
              kFd | HELIOS_RISCV_ISA_ZICBOM | HELIOS_RISCV_ISA_SSTC);
}

TEST(RiscvIsa, WhatIsNotRv64IsNothing) {
    EXPECT_EQ(FromString("rv32gc"), 0u);
    EXPECT_EQ(FromString("gc"), 0u);
    EXPECT_EQ(FromString(""), 0u);
    EXPECT_EQ(FromString("rv6"), 0u);
    EXPECT_EQ(FromString("rv64"), 0u);
    EXPECT_EQ(FromString("rv64___"), 0u);
}

TEST(RiscvIsa, StringEndsAtItsNul) {
    EXPECT_EQ(FromString(std::string("rv64gc\0v", 8)), kFd);
}

TEST(RiscvIsa, EveryLengthIsReadSafely) {
    const std::string whole = "rv64imafdcv_zicbom1p0_sstc";
    for (size_t length = 0; length <= whole.size(); length++) {
        const std::string cut = whole.substr(0, length);
        const std::string exact(cut.begin(), cut.end());
        EXPECT_EQ(FromString(exact) & ~FromString(whole), 0u);
    }
}

TEST(RiscvIsa, Lists) {
    using namespace std::string_literals;
    EXPECT_EQ(FromList("i\0m\0f\0d\0zicbom\0v\0"s),
              kFd | HELIOS_RISCV_ISA_ZICBOM | HELIOS_RISCV_ISA_V);
    EXPECT_EQ(FromList("i\0m\0"s), 0u);
    EXPECT_EQ(FromList(""), 0u);
    EXPECT_EQ(FromList("sstc\0zicbom"s), uint64_t{HELIOS_RISCV_ISA_SSTC})
        << "a name without an end is none";
}

} // namespace
