// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/pci/pci.h"

#include <cstring>
#include <map>
#include <vector>

#include "gtest/gtest.h"

#include "userland/venus/testing/fake_pci.h"

namespace {

class Pci : public testing::Test, public FakePci {
  protected:
    std::vector<uint32_t> Scan() {
        std::vector<uint32_t> seen;
        pci_scan(
            &access_,
            [](void *context, const struct pci_function *function, const struct pci_identity *) {
                static_cast<std::vector<uint32_t> *>(context)->push_back(function->address);
                return true;
            },
            &seen);
        return seen;
    }
};

TEST_F(Pci, ScanVisitsFunctionsOfDevicesThatHaveSeveral) {
    Add(PCI_ADDRESS(0, 1, 0)).bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_SEVERAL;
    Add(PCI_ADDRESS(0, 1, 5));
    Add(PCI_ADDRESS(0, 2, 0));
    Add(PCI_ADDRESS(0, 2, 1)); // a device with one function only may answer for all
    Add(PCI_ADDRESS(0, 3, 1)); // without a first function there is no device
    EXPECT_EQ(Scan(), (std::vector<uint32_t>{PCI_ADDRESS(0, 1, 0), PCI_ADDRESS(0, 1, 5),
                                             PCI_ADDRESS(0, 2, 0)}));
}

TEST_F(Pci, ScanLooksBehindBridges) {
    Bridge(PCI_ADDRESS(0, 1, 0), 1);
    Bridge(PCI_ADDRESS(1, 0, 0), 2);
    Add(PCI_ADDRESS(2, 4, 0));
    Add(PCI_ADDRESS(3, 0, 0)); // behind no bridge
    EXPECT_EQ(Scan(), (std::vector<uint32_t>{PCI_ADDRESS(0, 1, 0), PCI_ADDRESS(1, 0, 0),
                                             PCI_ADDRESS(2, 4, 0)}));
}

TEST_F(Pci, ScanEndsThoughBridgesPointBack) {
    Bridge(PCI_ADDRESS(0, 1, 0), 1);
    Bridge(PCI_ADDRESS(1, 0, 0), 0);
    Bridge(PCI_ADDRESS(1, 1, 0), 1);
    EXPECT_EQ(Scan().size(), 3u);
}

TEST_F(Pci, ScanStaysBelowTheLastBus) {
    Bridge(PCI_ADDRESS(0, 1, 0), 9);
    Add(PCI_ADDRESS(9, 0, 0));
    access_.last_bus = 8;
    EXPECT_EQ(Scan().size(), 1u);
}

TEST_F(Pci, IdentityHasWhatTheHeaderSays) {
    FakeFunction &function = Add(0, 0x10421af4);
    function.Put(PCI_HEADER_CLASS, 0x02000301, 4);
    function.Put(PCI_HEADER_SUBSYSTEM, 0x11001af4, 4);
    function.bytes[PCI_HEADER_PIN] = 2;
    struct pci_identity identity;
    struct pci_function at = At(0);
    ASSERT_TRUE(pci_identify(&at, &identity));
    EXPECT_EQ(identity.vendor, 0x1af4);
    EXPECT_EQ(identity.device, 0x1042);
    EXPECT_EQ(identity.class_code, 2);
    EXPECT_EQ(identity.interface, 3);
    EXPECT_EQ(identity.revision, 1);
    EXPECT_EQ(identity.subsystem, 0x1100);
    EXPECT_EQ(identity.pin, 2);
    at = At(PCI_ADDRESS(0, 9, 0));
    EXPECT_FALSE(pci_identify(&at, &identity));
}

TEST_F(Pci, PinIsRotatedAtEachBridge) {
    Bridge(PCI_ADDRESS(0, 3, 0), 1);
    Add(PCI_ADDRESS(1, 2, 0));
    struct pci_function function = At(PCI_ADDRESS(1, 2, 0));
    uint32_t device;
    EXPECT_EQ(pci_root_pin(&function, 1, &device), 3); // INTA, two further: INTC
    EXPECT_EQ(device, 3u);
    function = At(PCI_ADDRESS(0, 3, 0));
    EXPECT_EQ(pci_root_pin(&function, 4, &device), 4);
    function = At(PCI_ADDRESS(7, 2, 0)); // no bridge leads there
    EXPECT_EQ(pci_root_pin(&function, 1, &device), 0);
}

TEST_F(Pci, BarsAreSizedAndKept) {
    FakeFunction &function = Add(0);
    function.Put(PCI_HEADER_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    function.Bar(0, 0xfebc0000, 0xfffe0000); // 128 KiB
    function.Bar(1, 0xc001, 0xffffffe0);     // 32 ports
    function.Bar(2, 0x8000000c, 0xffffc000); // 16 KiB, 64 bits, prefetchable
    function.Bar(3, 0x00000080, 0xffffffff); // its upper half
    function.Bar(5, 0xfebd0000, 0xfff0f000); // no power of two: an error of the device
    struct pci_bar bars[PCI_BARS];
    struct pci_function at = At(0);
    pci_read_bars(&at, bars);
    EXPECT_EQ(bars[0].address, 0xfebc0000u);
    EXPECT_EQ(bars[0].length, 0x20000u);
    EXPECT_TRUE(bars[1].is_io);
    EXPECT_EQ(bars[1].address, 0xc000u);
    EXPECT_EQ(bars[1].length, 32u);
    EXPECT_EQ(bars[2].address, 0x8080000000u);
    EXPECT_EQ(bars[2].length, 0x4000u);
    EXPECT_TRUE(bars[2].is_64 && bars[2].is_prefetchable);
    EXPECT_EQ(bars[3].length, 0u);
    EXPECT_EQ(bars[4].length, 0u);
    EXPECT_EQ(bars[5].length, 0u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0xfebc0000u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 6u);
}

TEST_F(Pci, BarOfPortsMayHaveAnUpperHalfOfZeros) {
    FakeFunction &function = Add(0);
    function.Bar(0, 0x6001, 0x0000fff0);
    struct pci_bar bars[PCI_BARS];
    struct pci_function at = At(0);
    pci_read_bars(&at, bars);
    EXPECT_EQ(bars[0].length, 16u);
}

TEST_F(Pci, LastBarCannotBeTheLowerHalfOfOne) {
    FakeFunction &function = Add(0);
    function.Bar(5, 0x80000004, 0xffff0000);
    struct pci_bar bars[PCI_BARS];
    struct pci_function at = At(0);
    pci_read_bars(&at, bars);
    EXPECT_FALSE(bars[5].is_64);
    EXPECT_EQ(bars[5].length, 0x10000u);
}

TEST_F(Pci, AssignedBarsAreAlignedAndFollowEachOther) {
    FakeFunction &function = Add(0);
    function.Bar(0, 0, 0xfffff000);
    function.Bar(2, 4, 0xffff0000);
    function.Bar(3, 0, 0xffffffff);
    struct pci_function at = At(0);
    struct pci_bar bars[PCI_BARS];
    pci_read_bars(&at, bars);
    struct pci_window window = {0x40000000, 0x40020000};
    ASSERT_TRUE(pci_assign(&at, 0, &bars[0], &window));
    ASSERT_TRUE(pci_assign(&at, 2, &bars[2], &window));
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0x40000000u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 8, 4), 0x40010004u);
    EXPECT_EQ(window.next, 0x40020000u);
    EXPECT_FALSE(pci_assign(&at, 0, &bars[0], &window)); // full
    struct pci_window high = {0x8000000000, 0x8100000000};
    EXPECT_FALSE(pci_assign(&at, 0, &bars[0], &high)); // 32 bits
    EXPECT_TRUE(pci_assign(&at, 2, &bars[2], &high));
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 12, 4), 0x80u);
}

TEST_F(Pci, WindowAtTheEndOfAllAddressesDoesNotWrap) {
    struct pci_bar bar = {0, 0x10000, false, true, false};
    struct pci_function at = At(0);
    struct pci_window window = {~0ull - 0x100, ~0ull};
    EXPECT_FALSE(pci_assign(&at, 0, &bar, &window));
}

TEST_F(Pci, CapabilitiesAreFoundOneAfterTheOther) {
    FakeFunction &function = Add(0);
    function.Capabilities(
        {{0x40, PCI_CAPABILITY_VENDOR}, {0x60, PCI_CAPABILITY_MSI}, {0x50, PCI_CAPABILITY_VENDOR}});
    struct pci_function at = At(0);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_VENDOR, 0), 0x40u);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_VENDOR, 0x40), 0x50u);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_VENDOR, 0x50), 0u);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_MSIX, 0), 0u);
    function.Put(PCI_HEADER_STATUS, 0, 2);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_VENDOR, 0), 0u);
}

TEST_F(Pci, ListOfCapabilitiesThatGoesInCirclesEnds) {
    FakeFunction &function = Add(0);
    function.Capabilities({{0x40, 1}, {0x50, 2}});
    function.bytes[0x51] = 0x40;
    struct pci_function at = At(0);
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_MSIX, 0), 0u);
    function.bytes[0x51] = 0x10; // into the header
    EXPECT_EQ(pci_find_capability(&at, PCI_CAPABILITY_MSIX, 0), 0u);
}

TEST_F(Pci, TableOfMsixHasToLieInItsBar) {
    FakeFunction &function = Add(0);
    function.Capabilities({{0x40, PCI_CAPABILITY_MSIX}});
    function.Put(0x42, 3, 2); // four entries
    function.Put(0x44, 0x801, 4);
    struct pci_bar bars[PCI_BARS] = {};
    struct pci_function at = At(0);
    struct pci_msix msix;
    EXPECT_FALSE(pci_find_msix(&at, bars, &msix));
    bars[1].length = 0x840;
    ASSERT_TRUE(pci_find_msix(&at, bars, &msix));
    EXPECT_EQ(msix.entries, 4u);
    EXPECT_EQ(msix.bar, 1u);
    EXPECT_EQ(msix.offset, 0x800u);
    bars[1].length = 0x830;
    EXPECT_FALSE(pci_find_msix(&at, bars, &msix));
    function.Put(0x44, 7, 4); // no such BAR
    EXPECT_FALSE(pci_find_msix(&at, bars, &msix));
}

TEST_F(Pci, EntryOfMsixIsUnmaskedWhenItIsWhole) {
    uint32_t memory[8] = {};
    struct venus_registers table = venus_mmio(memory, sizeof(memory));
    pci_msix_set(&table, 1, 0x1fee00000, 0x31);
    EXPECT_EQ(memory[4], 0xfee00000u);
    EXPECT_EQ(memory[5], 1u);
    EXPECT_EQ(memory[6], 0x31u);
    EXPECT_EQ(memory[7], 0u);
    pci_msix_set(&table, 2, 1, 1); // outside: nothing happens
}

TEST_F(Pci, MessagesTurnTheLineOff) {
    FakeFunction &function = Add(0);
    function.Capabilities({{0x40, PCI_CAPABILITY_MSI}});
    function.Put(0x42, 0x80, 2);
    memset(&function.mask[0x42], 0xff, 14);
    struct pci_function at = At(0);
    ASSERT_TRUE(pci_msi_enable(&at, 0x1fee00000, 0x41));
    EXPECT_EQ(function.Get(0x44, 4), 0xfee00000u);
    EXPECT_EQ(function.Get(0x48, 4), 1u);
    EXPECT_EQ(function.Get(0x4c, 2), 0x41u);
    EXPECT_EQ(function.Get(0x42, 2), 0x81u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 0x400u);
    pci_use_line(&at);
    EXPECT_EQ(function.Get(0x42, 2), 0x80u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 0u);
}

TEST_F(Pci, MessageWithALargeAddressNeedsAFunctionThatKnowsThem) {
    FakeFunction &function = Add(0);
    function.Capabilities({{0x40, PCI_CAPABILITY_MSI}});
    struct pci_function at = At(0);
    EXPECT_FALSE(pci_msi_enable(&at, 0x100000000, 1));
}

// What passes in a reset, and what was seen at its end.
uint64_t passed;
void Pass(uint64_t nanoseconds) {
    passed += nanoseconds;
}

// A function that can be reset so: it loses what it was told.
FakeFunction &Express(FakeFunction &function) {
    function.Capabilities({{0x40, PCI_CAPABILITY_VENDOR}, {0x60, PCI_CAPABILITY_EXPRESS}});
    function.Put(0x64, 0x10008000, 4);
    function.Put(0x68, 0x2810, 2);
    memset(&function.mask[0x68], 0xff, 2);
    function.mask[PCI_HEADER_LINE] = 0xff;
    function.Bar(0, 0xfebc0000, 0xfffe0000);
    function.Bar(2, 0x8000000c, 0xffffc000);
    function.Bar(3, 0x00000080, 0xffffffff);
    function.written = [](FakeFunction &self, uint32_t offset) {
        if (offset != 0x68 || (self.Get(0x68, 2) & 0x8000) == 0) {
            return;
        }
        EXPECT_EQ(self.Get(PCI_HEADER_COMMAND, 2) & 7, 0u);
        EXPECT_EQ(self.Get(0x6a, 2) & 0x20, 0u) << "an access is under way";
        self.Put(0x68, 0, 2);
        self.Put(PCI_HEADER_COMMAND, 0, 2);
        self.bytes[PCI_HEADER_LINE] = 0;
        self.Put(PCI_HEADER_BAR, 0, 4);
        self.Put(PCI_HEADER_BAR + 8, 0xc, 4);
        self.Put(PCI_HEADER_BAR + 12, 0, 4);
    };
    passed = 0;
    return function;
}

TEST_F(Pci, ResetKeepsAddressesAndTheCommand) {
    FakeFunction &function = Express(Add(0));
    function.Put(PCI_HEADER_COMMAND, PCI_COMMAND_MEMORY, 2);
    function.bytes[PCI_HEADER_LINE] = 11;
    struct pci_function at = At(0);
    ASSERT_TRUE(pci_reset(&at, Pass));
    EXPECT_EQ(passed, 100000000u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0xfebc0000u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 8, 4), 0x8000000cu);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR + 12, 4), 0x80u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), static_cast<uint32_t>(PCI_COMMAND_MEMORY));
    EXPECT_EQ(function.Get(PCI_HEADER_LINE, 1), 11u);
    EXPECT_EQ(function.Get(0x68, 2), 0x2810u);
}

TEST_F(Pci, ResetLetsAnswersArriveFirst) {
    FakeFunction &function = Express(Add(0));
    function.Put(0x6a, 0x20, 2);
    static FakeFunction *waiting;
    waiting = &function;
    struct pci_function at = At(0);
    ASSERT_TRUE(pci_reset(&at, [](uint64_t nanoseconds) {
        waiting->Put(0x6a, 0, 2);
        Pass(nanoseconds);
    }));
    EXPECT_EQ(passed, 200000000u);
}

TEST_F(Pci, ResetIsForWhoKnowsIt) {
    struct pci_function at = At(0);
    FakeFunction &function = Express(Add(0));
    function.Put(0x64, 0x8000, 4);
    EXPECT_FALSE(pci_reset(&at, Pass));
    function.Put(PCI_HEADER_STATUS, 0, 2);
    EXPECT_FALSE(pci_reset(&at, Pass));
    EXPECT_EQ(passed, 0u);
    EXPECT_EQ(function.Get(PCI_HEADER_BAR, 4), 0xfebc0000u);
}

TEST_F(Pci, WhatDoesNotComeBackFromAResetIsGone) {
    FakeFunction &function = Express(Add(0));
    auto reset = function.written;
    function.written = [reset](FakeFunction &self, uint32_t offset) {
        reset(self, offset);
        if (offset == 0x68) {
            self.Put(PCI_HEADER_ID, ~0u, 4);
        }
    };
    struct pci_function at = At(0);
    EXPECT_FALSE(pci_reset(&at, Pass));
}

TEST_F(Pci, QuietFunctionHasNoMessagesNoLineAndNoMemory) {
    FakeFunction &function = Add(0);
    function.Put(PCI_HEADER_COMMAND, 7, 2);
    function.Capabilities({{0x40, PCI_CAPABILITY_MSI}, {0x60, PCI_CAPABILITY_MSIX}});
    function.Put(0x42, 0x81, 2);
    function.Put(0x62, 0x8003, 2);
    memset(&function.mask[0x42], 0xff, 2);
    memset(&function.mask[0x62], 0xff, 2);
    struct pci_function at = At(0);
    pci_quiet(&at);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 0x403u);
    EXPECT_EQ(function.Get(0x42, 2), 0x80u);
    EXPECT_EQ(function.Get(0x62, 2), 3u);
}

TEST_F(Pci, EcamHasAPageForEachFunction) {
    std::vector<uint32_t> memory(2 << 18); // two buses
    struct venus_registers registers = venus_mmio(memory.data(), 2 << 20);
    struct pci_access access = pci_ecam(&registers, 4, 5);
    struct pci_function function = {&access, PCI_ADDRESS(5, 1, 2)};
    pci_write(&function, 0x104, 4, 0x1234);
    EXPECT_EQ(memory[((1 << 20) + (1 << 15) + (2 << 12) + 0x104) / 4], 0x1234u);
    function.address = PCI_ADDRESS(6, 0, 0);
    EXPECT_EQ(pci_read(&function, 0, 4), ~0u);
    function.address = PCI_ADDRESS(3, 31, 7);
    EXPECT_EQ(pci_read(&function, 0, 2), 0xffffu);
}

// The ports: an address, and data that depend on it.
struct Ports {
    uint32_t address = 0;
    std::map<uint32_t, uint32_t> words;

    static uint32_t Read(void *context, uint64_t offset, unsigned bytes) {
        Ports *self = static_cast<Ports *>(context);
        uint32_t word = self->words[self->address];
        return word >> 8 * (offset - 4) & ~0u >> (32 - 8 * bytes);
    }
    static void Write(void *context, uint64_t offset, unsigned bytes, uint32_t value) {
        Ports *self = static_cast<Ports *>(context);
        if (offset == 0 && bytes == 4) {
            self->address = value;
        } else if (bytes == 4) {
            self->words[self->address] = value;
        }
    }
};

TEST(PciPorts, FunctionAndRegisterAreSelectedFirst) {
    Ports ports;
    struct venus_registers registers = {Ports::Read, Ports::Write, &ports, 0, 8};
    struct pci_access access = pci_ports(&registers);
    struct pci_function function = {&access, PCI_ADDRESS(1, 2, 3)};
    pci_write(&function, 0x40, 4, 0x11223344);
    EXPECT_EQ(ports.address, 0x80011340u);
    EXPECT_EQ(pci_read(&function, 0x42, 2), 0x1122u);
    EXPECT_EQ(pci_read(&function, 0x100, 4), ~0u);
}

} // namespace
