// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/gic_format.h"

#include <gtest/gtest.h>

namespace {

TEST(Lines, EndBeforeTheSpecialNumbers) {
    EXPECT_EQ(gic_line_end(0), 32u);
    EXPECT_EQ(gic_line_end(8), 288u);
    EXPECT_EQ(gic_line_end(0x037a0008), 288u); // other fields do not matter
    EXPECT_EQ(gic_line_end(31), 1020u);
}

TEST(Intids, HaveAWidth) {
    EXPECT_EQ(gic_field(0x037f0008, GICD_TYPER_ID_BITS), 15u);
    EXPECT_EQ(gic_field(0, GICD_TYPER_ID_BITS), 0u);
}

TEST(Affinity, OfARedistributorIsThatOfMpidr) {
    EXPECT_EQ(gic_affinity(0x0403020100000010ull), 0x0400030201ull);
    EXPECT_EQ(gic_affinity(0x00000003ull << 32), 3u);
}

TEST(Route, KeepsAffinityAndNothingElse) {
    EXPECT_EQ(gic_route(0x00000004c1030201ull), 0x0400030201ull);
    EXPECT_EQ(gic_route(0x80000000ull), 0u); // MPIDR's bit 31 would mean "any CPU" in another place
}

TEST(Sgi, NamesOneCpuInItsRangeOfSixteen) {
    EXPECT_EQ(gic_sgi(0, 0), 1u);
    EXPECT_EQ(gic_sgi(0xf, 3), 3ull << 24 | 1ull << 15);
    EXPECT_EQ(gic_sgi(0x040003022full, 1),
              4ull << 48 | 2ull << 44 | 3ull << 32 | 1ull << 24 | 2ull << 16 | 1ull << 15);
}

TEST(Sgi, NeedsARangeSelectorFromTheSeventeenthCpuOfAClusterOn) {
    EXPECT_TRUE(gic_sgi_reaches(0xff00ffff0full, 0, 0));
    EXPECT_TRUE(gic_sgi_reaches(0x10, 1ull << 18, 1u << 26));
    EXPECT_FALSE(gic_sgi_reaches(0x10, 1ull << 18, 0));
    EXPECT_FALSE(gic_sgi_reaches(0x10, 0, 1u << 26));
}

TEST(Redistributor, IsTwiceAsLongWithVirtualLpis) {
    EXPECT_EQ(gic_redistributor_size(0), 0x20000u);
    EXPECT_EQ(gic_redistributor_size(2), 0x40000u);
}

TEST(Gicv2m, SaysWhichInterruptsItCanRaise) {
    EXPECT_EQ(gic_field(80u << 16 | 64, GICV2M_TYPER_FIRST), 80u);
    EXPECT_EQ(gic_field(80u << 16 | 64, GICV2M_TYPER_COUNT), 64u);
}

TEST(Baser, IsDecoded) {
    uint64_t baser = 1ull << 56 | 7ull << 48 | 1ull << 8;
    EXPECT_EQ(gic_field(baser, GITS_BASER_TYPE), GITS_TYPE_DEVICES);
    EXPECT_EQ(gic_field(baser, GITS_BASER_ENTRY_SIZE), 7u);
    EXPECT_EQ(gits_baser_page_size(baser), 0x4000u);
    EXPECT_EQ(gits_baser_page_size(0), 0x1000u);
    EXPECT_EQ(gits_baser_page_size(2ull << 8), 0x10000u);
    EXPECT_EQ(gits_baser_page_size(3ull << 8), 0x10000u);
}

TEST(Typer, IsDecoded) {
    uint64_t typer = 15ull << 13 | 14ull << 8 | 11ull << 4;
    EXPECT_EQ(gic_field(typer, GITS_TYPER_DEVICE_BITS), 15u);
    EXPECT_EQ(gic_field(typer, GITS_TYPER_EVENT_BITS), 14u);
    EXPECT_EQ(gic_field(typer, GITS_TYPER_ENTRY_SIZE), 11u);
}

TEST(Target, IsAnAddressOrANumber) {
    uint64_t gicr_typer = 5ull << 8;
    EXPECT_EQ(gits_target(1ull << 19, gicr_typer, 0x80a0000), 0x80a0000u);
    EXPECT_EQ(gits_target(0, gicr_typer, 0x80a0000), 5u << 16);
}

void expect_words(const struct its_command &command, uint64_t w0, uint64_t w1, uint64_t w2) {
    EXPECT_EQ(command.words[0], w0);
    EXPECT_EQ(command.words[1], w1);
    EXPECT_EQ(command.words[2], w2);
    EXPECT_EQ(command.words[3], 0u);
}

TEST(Commands, AreThoseOfTheManual) {
    expect_words(its_map_device(0x18, 0x48000100, 5), 0x0000001800000008, 4, 0x8000000048000100);
    expect_words(its_unmap_device(0x18), 0x0000001800000008, 0, 0);
    expect_words(its_map_collection(2, 0x30000), 0x09, 0, 0x8000000000030002);
    expect_words(its_map_event(0x18, 3, 8195, 2), 0x000000180000000a, 0x0000200300000003, 2);
    expect_words(its_on_event(ITS_DISCARD, 0x18, 3), 0x000000180000000f, 3, 0);
    expect_words(its_on_event(ITS_INV, 0x18, 3), 0x000000180000000c, 3, 0);
    expect_words(its_on_event(ITS_INT, 0x18, 3), 0x0000001800000003, 3, 0);
    expect_words(its_sync(0x30000), 0x05, 0, 0x30000);
}

} // namespace
