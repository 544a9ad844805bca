// SPDX-License-Identifier: GPL-3.0-only
#include "userland/mercury/dev.h"

#include <gtest/gtest.h>

#include "userland/venus/testing/fake_pci.h"

namespace {

uint64_t waited;
void Wait(uint64_t nanoseconds) {
    waited += nanoseconds;
}

// Registers of which only the status matters, at `at`. It becomes 0 after so many reads.
struct Status {
    uint32_t value = 15;
    unsigned reads = 0;
    uint64_t at;
    FakeFunction *function = nullptr; // whose bus mastering has to be off by then

    static uint32_t Read(void *context, uint64_t offset, unsigned) {
        Status *self = static_cast<Status *>(context);
        if (offset != self->at) {
            return 0;
        }
        if (self->value != 0 && self->reads > 0 && --self->reads == 0) {
            self->value = 0;
        }
        return self->value;
    }
    static void Write(void *context, uint64_t offset, unsigned, uint32_t value) {
        Status *self = static_cast<Status *>(context);
        EXPECT_EQ(offset, self->at);
        EXPECT_EQ(value, 0u);
        if (self->function != nullptr) {
            EXPECT_EQ(self->function->Get(PCI_HEADER_COMMAND, 2) & PCI_COMMAND_MASTER, 0u);
        }
        self->reads = self->reads == 0 ? 1 : self->reads;
    }
    struct venus_registers Registers() {
        return {Read, Write, this, 0, 0x200};
    }
};

class Dev : public testing::Test, public FakePci {
  protected:
    Dev() {
        waited = 0;
        memset(devs, 0, sizeof devs);
        dev_count = 0;
        dev_left_out = 0;
    }
};

TEST_F(Dev, what_is_too_much_is_left_out_and_counted) {
    for (uint32_t i = 0; i < DEV_COUNT; i++) {
        ASSERT_NE(dev_add(DEV_TREE, "dt:%u", i), nullptr);
    }
    EXPECT_EQ(dev_add(DEV_TREE, "one more"), nullptr);
    EXPECT_EQ(dev_left_out, 1u);
    EXPECT_STREQ(devs[63].name, "dt:63");
}

TEST_F(Dev, ranges_that_are_empty_or_wrap_are_none) {
    struct dev *dev = dev_add(DEV_TREE, "a");
    dev_add_range(dev, DEV_MEMORY, 0, 0x1000, 0);
    dev_add_range(dev, DEV_MEMORY, 0, ~0ull - 0xfff, 0x2000);
    EXPECT_EQ(dev->range_count, 0u);
    for (uint32_t i = 0; i < DEV_RANGES + 1; i++) {
        dev_add_range(dev, DEV_MEMORY, i, 0x1000, 0x1000);
        dev_add_line(dev, i, 0);
    }
    EXPECT_EQ(dev->range_count, DEV_RANGES);
    EXPECT_EQ(dev->line_count, DEV_LINES);
}

TEST_F(Dev, long_names_are_cut) {
    struct dev *dev = dev_add(DEV_TREE, "dt:%s", std::string(100, 'x').c_str());
    EXPECT_EQ(strlen(dev->name), DEV_NAME - 1);
}

TEST_F(Dev, quiet_virtio_over_pci_is_reset_without_bus_mastering) {
    struct dev *dev = dev_add(DEV_PCI, "pci");
    FakeFunction &function = Add(0);
    function.Put(PCI_HEADER_COMMAND, 7, 2);
    dev->function = At(0);
    Status status{.reads = 3, .at = 20, .function = &function};
    struct venus_registers common = status.Registers();
    virtio_open_common(&dev->virtio, &common);
    EXPECT_TRUE(dev_quiet(dev, Wait));
    EXPECT_EQ(status.value, 0u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 0x403u);
    EXPECT_EQ(waited, 0u);
}

TEST_F(Dev, quiet_virtio_over_pci_that_does_not_reset_is_reset_by_the_bus) {
    struct dev *dev = dev_add(DEV_PCI, "pci");
    FakeFunction &function = Add(0);
    function.Capabilities({{0x60, PCI_CAPABILITY_EXPRESS}});
    function.Put(0x64, 0x10000000, 4);
    dev->function = At(0);
    Status status{.reads = ~0u, .at = 20};
    struct venus_registers common = status.Registers();
    virtio_open_common(&dev->virtio, &common);
    EXPECT_TRUE(dev_quiet(dev, Wait));
    EXPECT_EQ(waited, 100000000u);
}

TEST_F(Dev, quiet_function_of_another_kind_is_reset_if_it_knows_how_to) {
    struct dev *dev = dev_add(DEV_PCI, "pci");
    FakeFunction &function = Add(0);
    function.Put(PCI_HEADER_COMMAND, 7, 2);
    dev->function = At(0);
    EXPECT_TRUE(dev_quiet(dev, Wait));
    EXPECT_EQ(waited, 0u);
    EXPECT_EQ(function.Get(PCI_HEADER_COMMAND, 2), 0x403u);
    function.Capabilities({{0x60, PCI_CAPABILITY_EXPRESS}});
    function.Put(0x64, 0x10000000, 4);
    EXPECT_TRUE(dev_quiet(dev, Wait));
    EXPECT_EQ(waited, 100000000u);
}

TEST_F(Dev, quiet_virtio_over_registers_is_reset_or_said_not_to_be) {
    struct dev *dev = dev_add(DEV_VIRTIO_MMIO, "dt");
    uint32_t words[0x80] = {0x74726976, 2, 2};
    struct venus_registers fake = venus_mmio(words, sizeof words);
    ASSERT_EQ(virtio_open_mmio(&dev->virtio, &fake), VIRTIO_OK);
    Status status{.reads = 1, .at = 0x70};
    dev->virtio.common = status.Registers();
    EXPECT_TRUE(dev_quiet(dev, Wait));
    EXPECT_EQ(status.value, 0u);
    status = {.reads = ~0u, .at = 0x70};
    EXPECT_FALSE(dev_quiet(dev, Wait));
}

TEST_F(Dev, quiet_device_that_reaches_no_memory_needs_nothing) {
    EXPECT_TRUE(dev_quiet(dev_add(DEV_LEGACY, "legacy:rtc"), Wait));
    EXPECT_EQ(waited, 0u);
}

} // namespace
