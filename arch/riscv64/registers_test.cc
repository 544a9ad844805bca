// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/registers.h"

#include <set>

#include "uapi/registers.h"
#include <gtest/gtest.h>

namespace {

class RiscvRegisters : public ::testing::Test {
  protected:
    void SetUp() override {
        for (unsigned n = 0; n < 32; n++) {
            x_[n] = 1000 + n;
        }
        for (uint64_t &word : words_) {
            word = ~0ull;
        }
    }

    uint64_t x_[32] = {};
    uint64_t words_[HELIOS_RISCV64_REGISTERS] = {};
};

TEST_F(RiscvRegisters, EveryRegisterHasAWordOfItsOwn) {
    std::set<unsigned> seen = {HELIOS_REGISTER_PC, HELIOS_REGISTER_FLAGS};
    for (unsigned n = 1; n < 32; n++) {
        EXPECT_TRUE(seen.insert(riscv_register_word(n)).second) << n;
    }
    EXPECT_EQ(*seen.rbegin(), HELIOS_RISCV64_REGISTERS - 1u);
}

TEST_F(RiscvRegisters, WordsStandWhereTheAbiSays) {
    EXPECT_EQ(riscv_register_word(1), static_cast<unsigned>(HELIOS_RISCV64_RA));
    EXPECT_EQ(riscv_register_word(2), static_cast<unsigned>(HELIOS_REGISTER_SP));
    EXPECT_EQ(riscv_register_word(3), static_cast<unsigned>(HELIOS_RISCV64_GP));
    EXPECT_EQ(riscv_register_word(4), static_cast<unsigned>(HELIOS_RISCV64_TP));
    EXPECT_EQ(riscv_register_word(5), static_cast<unsigned>(HELIOS_RISCV64_T0));
    EXPECT_EQ(riscv_register_word(10), static_cast<unsigned>(HELIOS_RISCV64_A0));
    EXPECT_EQ(riscv_register_word(31), HELIOS_RISCV64_REGISTERS - 1u);
}

TEST_F(RiscvRegisters, AFullFrameMeansEverything) {
    EXPECT_EQ(riscv_registers_read(x_, 0x1001, ~0u, words_), RISCV_ALL_WORDS);
    EXPECT_EQ(words_[HELIOS_REGISTER_PC], 0x1001u);
    EXPECT_EQ(words_[HELIOS_REGISTER_FLAGS], 0u);
    EXPECT_EQ(words_[HELIOS_REGISTER_SP], 1002u);
    EXPECT_EQ(words_[HELIOS_RISCV64_RA], 1001u);
    EXPECT_EQ(words_[HELIOS_RISCV64_A0], 1010u);
    EXPECT_EQ(words_[HELIOS_RISCV64_REGISTERS - 1], 1031u);
}

TEST_F(RiscvRegisters, AShortFrameShowsOnlyWhatASystemCallPreserves) {
    const uint64_t mask = riscv_registers_read(x_, 0x1000, RISCV_SYSTEM_CALL_REGISTERS, words_);
    EXPECT_EQ(mask, 1ull << HELIOS_REGISTER_PC | 1ull << HELIOS_REGISTER_SP |
                        1ull << HELIOS_REGISTER_FLAGS | 1ull << HELIOS_RISCV64_GP |
                        1ull << HELIOS_RISCV64_TP | 1ull << riscv_register_word(8) |
                        1ull << riscv_register_word(9));
    for (unsigned word = 3; word < HELIOS_RISCV64_REGISTERS; word++) {
        EXPECT_EQ(words_[word] != 0, (mask >> word & 1) != 0) << word;
    }
}

TEST_F(RiscvRegisters, WritingReplacesWhatTheMaskNames) {
    EXPECT_EQ(riscv_registers_write(x_, 0x1000, ~0u, words_, 1ull << HELIOS_RISCV64_A0), 0x1000u);
    for (unsigned n = 1; n < 32; n++) {
        EXPECT_EQ(x_[n], n == 10 ? ~0ull : 1000 + n) << n;
    }
}

TEST_F(RiscvRegisters, WritingTheProgramCounterReturnsIt) {
    words_[HELIOS_REGISTER_PC] = 0x8000000000000003;
    EXPECT_EQ(riscv_registers_write(x_, 0x1000, ~0u, words_, 1ull << HELIOS_REGISTER_PC),
              0x8000000000000003u);
    EXPECT_EQ(x_[1], 1001u);
}

TEST_F(RiscvRegisters, WritingAShortFrameMakesTheRestZero) {
    riscv_registers_write(x_, 0x1000, RISCV_SYSTEM_CALL_REGISTERS, words_,
                          1ull << riscv_register_word(31));
    for (unsigned n = 1; n < 32; n++) {
        const bool is_kept = (RISCV_SYSTEM_CALL_REGISTERS >> n & 1) != 0;
        const uint64_t rest = is_kept ? 1000 + n : 0;
        EXPECT_EQ(x_[n], n == 31 ? ~0ull : rest) << n;
    }
}

TEST_F(RiscvRegisters, BitsBeyondTheLastWordAreIgnored) {
    const uint64_t mask = ~RISCV_ALL_WORDS;
    EXPECT_EQ(riscv_registers_write(x_, 0x1000, ~0u, words_, mask), 0x1000u);
    EXPECT_EQ(x_[31], 1031u);
}

TEST_F(RiscvRegisters, ThereAreNoFlagsToWrite) {
    riscv_registers_write(x_, 0x1000, ~0u, words_, 1ull << HELIOS_REGISTER_FLAGS);
    riscv_registers_read(x_, 0x1000, ~0u, words_);
    EXPECT_EQ(words_[HELIOS_REGISTER_FLAGS], 0u);
}

} // namespace
