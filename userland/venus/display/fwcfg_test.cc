// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/display/fwcfg.h"

#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {

// The device, by registers in memory or by ports: files of 28 bytes, the last one ramfb's.
struct Device {
    bool is_ports = false;
    std::string signature = "QEMU";
    uint8_t features = 3;
    std::string name = "etc/ramfb";
    uint8_t size = 28;
    bool refuses = false;
    bool is_silent = false;
    std::vector<uint8_t> written;
    uint32_t control = 0;

    std::string Stream(uint16_t key) const {
        if (key == 0) {
            return signature;
        }
        if (key == 1) {
            return std::string(1, static_cast<char>(features));
        }
        std::string files("\0\0\0\2", 4);
        for (const std::string &file : {std::string("other"), name}) {
            files += std::string("\0\0\0", 3) + static_cast<char>(size);
            files += std::string("\0\x22\0\0", 4) + file + std::string(56 - file.size(), '\0');
        }
        return files;
    }
    void Dma(uint64_t address) {
        uint8_t *memory = reinterpret_cast<uint8_t *>(address);
        control = __builtin_bswap32(*reinterpret_cast<uint32_t *>(memory));
        uint32_t length = __builtin_bswap32(*reinterpret_cast<uint32_t *>(memory + 4));
        const uint8_t *from = reinterpret_cast<const uint8_t *>(
            __builtin_bswap64(*reinterpret_cast<uint64_t *>(memory + 8)));
        written.assign(from, from + length);
        if (!is_silent) {
            memset(memory, 0, 4);
            memory[3] = refuses ? 1 : 0;
        }
    }
    static uint32_t Read(void *context, uint64_t at, unsigned) {
        Device *device = static_cast<Device *>(context);
        EXPECT_EQ(at, device->is_ports ? 1u : 0u);
        std::string bytes = device->Stream(device->key_);
        return device->at_ < bytes.size() ? static_cast<uint8_t>(bytes[device->at_++]) : 0;
    }
    static void Write(void *context, uint64_t at, unsigned, uint32_t value) {
        Device *device = static_cast<Device *>(context);
        uint64_t dma = device->is_ports ? 4 : 16;
        if (at == dma) {
            device->high_ = __builtin_bswap32(value);
        } else if (at == dma + 4) {
            device->Dma(device->high_ << 32 | __builtin_bswap32(value));
        } else {
            uint16_t key = static_cast<uint16_t>(value);
            device->key_ = device->is_ports ? key : __builtin_bswap16(key);
            device->at_ = 0;
        }
    }

    uint16_t key_ = 0;
    size_t at_ = 0;
    uint64_t high_ = 0;
};

class FwCfg : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        device_.is_ports = GetParam();
        fwcfg_.is_ports = GetParam();
        fwcfg_.registers = {Device::Read, Device::Write, &device_, 0, 24};
        fwcfg_.dma = {memory_, reinterpret_cast<uint64_t>(memory_), sizeof(memory_)};
    }
    alignas(16) uint8_t memory_[FWCFG_DMA_BYTES] = {};
    Device device_;
    struct fwcfg fwcfg_ = {};
};

TEST_P(FwCfg, IsKnownByItsSignature) {
    EXPECT_TRUE(fwcfg_open(&fwcfg_));
    device_.signature = "BOCH";
    EXPECT_FALSE(fwcfg_open(&fwcfg_));
    device_.signature = "QEMU";
    device_.features = 1; // no DMA
    EXPECT_FALSE(fwcfg_open(&fwcfg_));
}

TEST_P(FwCfg, FindsFilesByName) {
    uint16_t selector;
    uint32_t size;
    ASSERT_TRUE(fwcfg_find(&fwcfg_, "etc/ramfb", &selector, &size));
    EXPECT_EQ(selector, 0x22);
    EXPECT_EQ(size, 28u);
    EXPECT_FALSE(fwcfg_find(&fwcfg_, "etc/ram", &selector, &size));
    device_.name = std::string(56, 'x'); // without an end
    EXPECT_FALSE(fwcfg_find(&fwcfg_, "etc/ramfb", &selector, &size));
}

TEST_P(FwCfg, PictureIsDescribedInBigEndian) {
    struct venus_dma picture = {nullptr, 0x1122334455667000, 640 * 480 * 4};
    ASSERT_TRUE(ramfb_set_mode(&fwcfg_, 640, 480, &picture));
    EXPECT_EQ(device_.control, 0x220018u);
    const std::vector<uint8_t> wanted = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x70, 0, '4', '2',
                                         'R',  'X',  0,    0,    0,    0,    0,    0, 2,   0x80,
                                         0,    0,    1,    0xe0, 0,    0,    10,   0};
    EXPECT_EQ(device_.written, wanted);
}

TEST_P(FwCfg, ModesThatDoNotFitTheMemoryAreRefused) {
    struct venus_dma picture = {nullptr, 0x1000, 640 * 480 * 4 - 1};
    EXPECT_FALSE(ramfb_set_mode(&fwcfg_, 640, 480, &picture));
    EXPECT_TRUE(device_.written.empty());
}

TEST_P(FwCfg, DeviceThatRefusesOrIsSilentIsGivenUp) {
    struct venus_dma picture = {nullptr, 0x1000, 640 * 480 * 4};
    device_.refuses = true;
    EXPECT_FALSE(ramfb_set_mode(&fwcfg_, 640, 480, &picture));
    device_.refuses = false;
    device_.is_silent = true;
    EXPECT_FALSE(ramfb_set_mode(&fwcfg_, 640, 480, &picture));
    device_.size = 27;
    EXPECT_FALSE(ramfb_set_mode(&fwcfg_, 640, 480, &picture));
}

INSTANTIATE_TEST_SUITE_P(Ways, FwCfg, testing::Bool(), [](const auto &test_info) {
    return test_info.param ? "Ports" : "Memory";
});

} // namespace
