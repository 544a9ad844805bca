// SPDX-License-Identifier: GPL-3.0-only
//
// Devices that do what they should, and others, over both transports.
#include "userland/venus/virtio/device.h"

#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint64_t kFeature = 1 << 5;

// The registers of virtio-mmio (VIRTIO 1.2, section 4.2.2), as a device sees them.
struct Mmio {
    uint32_t magic = 0x74726976;
    uint32_t version = 2;
    uint32_t id = VIRTIO_BLOCK;
    uint64_t offered = VIRTIO_F_VERSION_1 | kFeature;
    uint64_t chosen = 0;
    uint32_t status = 0;
    uint32_t queue_max = 64;
    uint32_t queue_size = 0;
    uint32_t pending = 0;
    uint32_t notified = ~0u;
    uint32_t feature_half = 0;
    uint32_t chosen_half = 0;
    uint32_t generation = 0;
    unsigned generation_steps = 0; // how often it still changes
    bool takes_features = true;
    bool resets = true;
    uint32_t words[256] = {};

    uint32_t Read(uint64_t at) {
        switch (at) {
        case 0x000:
            return magic;
        case 0x004:
            return version;
        case 0x008:
            return id;
        case 0x010:
            return static_cast<uint32_t>(offered >> 32 * feature_half);
        case 0x034:
            return queue_max;
        case 0x060:
            return pending;
        case 0x070:
            return status;
        case 0x0fc:
            if (generation_steps > 0) {
                generation_steps--;
                generation++;
            }
            return generation;
        default:
            return words[at / 4];
        }
    }
    void Write(uint64_t at, uint32_t value) {
        words[at / 4] = value;
        switch (at) {
        case 0x014:
            feature_half = value;
            break;
        case 0x020:
            chosen |= static_cast<uint64_t>(value) << 32 * chosen_half;
            break;
        case 0x024:
            chosen_half = value;
            break;
        case 0x038:
            queue_size = value;
            break;
        case 0x050:
            notified = value;
            break;
        case 0x064:
            pending &= ~value;
            break;
        case 0x070:
            if (value != 0 || resets) {
                status = takes_features ? value : value & ~8u;
            }
            break;
        default:
            break;
        }
    }
    static uint32_t ReadOf(void *context, uint64_t at, unsigned) {
        return static_cast<Mmio *>(context)->Read(at);
    }
    static void WriteOf(void *context, uint64_t at, unsigned, uint32_t value) {
        static_cast<Mmio *>(context)->Write(at, value);
    }
};

class OverMmio : public testing::Test {
  protected:
    enum virtio_error Open() {
        registers_ = {Mmio::ReadOf, Mmio::WriteOf, &mmio_, 0, 0x200};
        return virtio_open_mmio(&device_, &registers_);
    }
    Mmio mmio_;
    struct venus_registers registers_ = {};
    struct virtio_device device_ = {};
};

TEST_F(OverMmio, OnlyDevicesOfTheSecondVersionAreOpened) {
    EXPECT_EQ(Open(), VIRTIO_OK);
    EXPECT_EQ(device_.type, VIRTIO_BLOCK);
    mmio_.version = 1;
    EXPECT_EQ(Open(), VIRTIO_NO_DEVICE);
    mmio_ = Mmio();
    mmio_.magic = 0;
    EXPECT_EQ(Open(), VIRTIO_NO_DEVICE);
    mmio_ = Mmio();
    mmio_.id = 0; // a place without a device
    EXPECT_EQ(Open(), VIRTIO_NO_DEVICE);
}

TEST_F(OverMmio, FeaturesAreThoseThatBothHave) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    EXPECT_EQ(virtio_begin(&device_, 0, kFeature | 2), VIRTIO_OK);
    EXPECT_EQ(device_.features, VIRTIO_F_VERSION_1 | kFeature);
    EXPECT_EQ(mmio_.chosen, device_.features);
    EXPECT_EQ(mmio_.status, 11u);
    virtio_run(&device_);
    EXPECT_EQ(mmio_.status, 15u);
}

TEST_F(OverMmio, DeviceWithoutWhatIsRequiredFails) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    EXPECT_EQ(virtio_begin(&device_, 2, 0), VIRTIO_NO_FEATURES);
    EXPECT_EQ(mmio_.status & 128, 128u);
    mmio_.offered = kFeature;
    EXPECT_EQ(virtio_begin(&device_, 0, 0), VIRTIO_NO_VERSION_1);
}

TEST_F(OverMmio, DeviceThatRefusesFeaturesFails) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    mmio_.takes_features = false;
    EXPECT_EQ(virtio_begin(&device_, 0, 0), VIRTIO_NO_FEATURES);
}

TEST_F(OverMmio, DeviceThatDoesNotResetFails) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    mmio_.status = 15;
    mmio_.resets = false;
    EXPECT_EQ(virtio_begin(&device_, 0, 0), VIRTIO_NO_RESET);
}

TEST_F(OverMmio, QueueIsAsLargeAsTheDeviceTakes) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    std::vector<uint64_t> memory(VIRTIO_QUEUE_BYTES / 8);
    struct venus_dma dma = {memory.data(), 0x112340000, VIRTIO_QUEUE_BYTES};
    struct virtio_queue queue;
    ASSERT_EQ(virtio_start_queue(&device_, 0, 128, VIRTIO_NO_INTERRUPT, &dma, &queue), VIRTIO_OK);
    EXPECT_EQ(mmio_.queue_size, 64u);
    EXPECT_EQ(mmio_.words[0x80 / 4], 0x12340000u);
    EXPECT_EQ(mmio_.words[0x84 / 4], 1u);
    EXPECT_EQ(mmio_.words[0x44 / 4], 1u);
    virtio_notify(&device_, 0, &queue);
    EXPECT_EQ(mmio_.notified, 0u);
    mmio_.queue_max = 0;
    EXPECT_EQ(virtio_start_queue(&device_, 1, 128, VIRTIO_NO_INTERRUPT, &dma, &queue),
              VIRTIO_NO_QUEUE);
    mmio_.queue_max = 64;
    EXPECT_EQ(virtio_start_queue(&device_, VIRTIO_QUEUES, 128, VIRTIO_NO_INTERRUPT, &dma, &queue),
              VIRTIO_NO_QUEUE);
}

TEST_F(OverMmio, InterruptIsAcknowledged) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    mmio_.pending = 7;
    EXPECT_EQ(virtio_interrupt(&device_), 3);
    EXPECT_EQ(mmio_.pending, 0u);
}

TEST_F(OverMmio, ConfigurationIsReadAgainWhenItChanges) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    mmio_.words[0x100 / 4] = 0x200;
    mmio_.words[0x104 / 4] = 1;
    mmio_.generation_steps = 5;
    const uint8_t widths[] = {8};
    uint64_t capacity;
    ASSERT_EQ(virtio_read_config(&device_, 0, widths, &capacity, 1), VIRTIO_OK);
    EXPECT_EQ(capacity, 0x100000200u);
    mmio_.generation_steps = ~0u;
    EXPECT_EQ(virtio_read_config(&device_, 0, widths, &capacity, 1), VIRTIO_UNSTEADY);
}

// A function of PCI with virtio's structures in one BAR.
class OverPci : public testing::Test {
  protected:
    void SetUp() override {
        Put(0x00, 0x10421af4, 4);
        Put(0x06, 0x10, 2);
        Put(0x34, 0x40, 1);
        Structure(0x40, 0x50, 1, 4, 0x0000, 0x38);
        Structure(0x50, 0x60, 3, 4, 0x1000, 4);
        Structure(0x60, 0x70, 4, 4, 0x2000, 0x40);
        Structure(0x70, 0x00, 2, 4, 0x3000, 8);
        Put(0x80, 4, 4);
        bar_ = venus_mmio(memory_, sizeof(memory_));
        config_registers_ = venus_mmio(config_, sizeof(config_));
        access_ = pci_single(&config_registers_);
    }
    void Put(uint32_t at, uint32_t value, unsigned width) {
        memcpy(reinterpret_cast<uint8_t *>(config_) + at, &value, width);
    }
    void Structure(uint32_t at, uint8_t next, uint8_t type, uint8_t bar, uint32_t offset,
                   uint32_t length) {
        Put(at,
            9u | static_cast<uint32_t>(next) << 8 | 16u << 16 | static_cast<uint32_t>(type) << 24,
            4);
        Put(at + 4, bar, 1);
        Put(at + 8, offset, 4);
        Put(at + 12, length, 4);
    }
    enum virtio_error Open() {
        return virtio_open_pci(
            &device_, &function_,
            [](void *context, uint32_t bar) {
                return bar == 4 ? static_cast<OverPci *>(context)->bar_ : venus_registers{};
            },
            this);
    }

    uint32_t config_[1024] = {};
    uint32_t memory_[0x1000] = {};
    struct venus_registers bar_ = {};
    struct venus_registers config_registers_ = {};
    struct pci_access access_ = {};
    struct pci_function function_ = {&access_, 0};
    struct virtio_device device_ = {};
};

TEST_F(OverPci, StructuresAreFoundInTheirBar) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    EXPECT_EQ(device_.type, VIRTIO_BLOCK);
    EXPECT_EQ(device_.common.base, 0u);
    EXPECT_EQ(device_.isr.base, 0x1000u);
    EXPECT_EQ(device_.config.base, 0x2000u);
    EXPECT_EQ(device_.notify.base, 0x3000u);
    EXPECT_EQ(device_.notify_multiplier, 4u);
    EXPECT_EQ(config_[1] & 0xffff, 6u); // it may answer, and reach memory
}

TEST_F(OverPci, TransitionalDeviceSaysItsTypeInTheSubsystem) {
    Put(0x00, 0x10001af4, 4);
    Put(0x2c, 0x00011af4, 4);
    ASSERT_EQ(Open(), VIRTIO_OK);
    EXPECT_EQ(device_.type, VIRTIO_NETWORK);
}

TEST_F(OverPci, OtherDevicesAreNone) {
    Put(0x00, 0x10421234, 4);
    EXPECT_EQ(Open(), VIRTIO_NO_DEVICE);
    Put(0x00, 0x20001af4, 4);
    EXPECT_EQ(Open(), VIRTIO_NO_DEVICE);
}

TEST_F(OverPci, StructuresOutsideTheirBarAreRefused) {
    Structure(0x40, 0x50, 1, 4, 0x3ff0, 0x38);
    EXPECT_EQ(Open(), VIRTIO_BAD_STRUCTURES);
    Structure(0x40, 0x50, 1, 4, 0xfffffff0, 0x38);
    EXPECT_EQ(Open(), VIRTIO_BAD_STRUCTURES);
    Structure(0x40, 0x50, 1, 7, 0, 0x38);
    EXPECT_EQ(Open(), VIRTIO_BAD_STRUCTURES);
    Structure(0x40, 0x50, 1, 4, 0, 0x20); // too short
    EXPECT_EQ(Open(), VIRTIO_BAD_STRUCTURES);
}

TEST_F(OverPci, ListOfStructuresThatGoesInCirclesEnds) {
    Structure(0x70, 0x40, 2, 4, 0x3000, 8);
    EXPECT_EQ(Open(), VIRTIO_OK);
}

// It is found by who does not drive it, too, and stopped.
TEST_F(OverPci, CommonStructureHasToLieInABarOfMemory) {
    struct pci_bar bars[PCI_BARS] = {};
    bars[4].length = 0x4000;
    struct virtio_place place;
    ASSERT_TRUE(virtio_find_common(&function_, bars, &place));
    EXPECT_EQ(place.bar, 4u);
    EXPECT_EQ(place.offset, 0u);
    EXPECT_EQ(place.length, 56u);
    Structure(0x40, 0x50, 1, 4, 0x4000 - 55, 0x38);
    EXPECT_FALSE(virtio_find_common(&function_, bars, &place));
    Structure(0x40, 0x50, 1, 4, 0x4000 - 56, 0x38);
    EXPECT_TRUE(virtio_find_common(&function_, bars, &place));
    bars[4].is_io = true;
    EXPECT_FALSE(virtio_find_common(&function_, bars, &place));
    Structure(0x40, 0x50, 1, 7, 0, 0x38);
    EXPECT_FALSE(virtio_find_common(&function_, bars, &place));
    Structure(0x40, 0x40, 2, 4, 0, 0x38); // none, and in circles
    EXPECT_FALSE(virtio_find_common(&function_, bars, &place));
    Put(0x00, 0x10421234, 4);
    EXPECT_FALSE(virtio_find_common(&function_, bars, &place));
}

TEST_F(OverPci, StatusIsEnoughToStopIt) {
    memory_[20 / 4] = 15; // the status, and nothing of the generation
    struct virtio_device device;
    virtio_open_common(&device, &bar_);
    EXPECT_EQ(virtio_reset(&device), VIRTIO_OK);
    EXPECT_EQ(memory_[20 / 4], 0u);
}

TEST_F(OverPci, NotificationHasToLieInItsStructure) {
    ASSERT_EQ(Open(), VIRTIO_OK);
    memory_[16 / 4] = 1u << 16; // one queue
    memory_[24 / 4] = 8;        // of 8
    memory_[28 / 4] = 1u << 16; // at 1 * 4
    std::vector<uint64_t> memory(VIRTIO_QUEUE_BYTES / 8);
    struct venus_dma dma = {memory.data(), 0x1000, VIRTIO_QUEUE_BYTES};
    struct virtio_queue queue;
    ASSERT_EQ(virtio_start_queue(&device_, 0, 128, 0, &dma, &queue), VIRTIO_OK);
    EXPECT_EQ(queue.size, 8);
    virtio_notify(&device_, 0, &queue);
    EXPECT_EQ(memory_[0x3004 / 4], 0u); // queue 0
    EXPECT_EQ(memory_[32 / 4], 0x1000u);
    memory_[28 / 4] = 2u << 16;
    EXPECT_EQ(virtio_start_queue(&device_, 0, 128, 0, &dma, &queue), VIRTIO_BAD_STRUCTURES);
    EXPECT_EQ(virtio_start_queue(&device_, 1, 128, 0, &dma, &queue), VIRTIO_NO_QUEUE);
}

} // namespace
