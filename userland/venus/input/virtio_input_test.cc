// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/virtio_input.h"

#include "gtest/gtest.h"

#include "userland/venus/testing/fake_virtio.h"

namespace {

using venus::Bytes;
using venus::FakeVirtio;

class VirtioInput : public testing::Test {
  protected:
    void SetUp() override {
        input_.device = &fake_.device;
        input_.queue = &queue_;
        input_.events = FakeVirtio::Memory(&events_, VIRTIO_INPUT_BYTES);
        struct venus_dma rings = FakeVirtio::Memory(&rings_, VIRTIO_QUEUE_BYTES);
        ASSERT_EQ(virtio_input_open(&input_, 0, &rings), VIRTIO_OK);
    }
    bool Happen(uint16_t type, uint16_t code, uint32_t value, uint32_t written = 8) {
        uint16_t head;
        Bytes read;
        uint32_t writable;
        if (!fake_.Next(0, &head, &read, &writable)) {
            return false;
        }
        Bytes bytes(8);
        memcpy(&bytes[0], &type, 2);
        memcpy(&bytes[2], &code, 2);
        memcpy(&bytes[4], &value, 4);
        fake_.Return(0, head, {bytes, written});
        return writable == 8;
    }
    FakeVirtio fake_{VIRTIO_INPUT};
    std::vector<uint64_t> events_;
    std::vector<uint64_t> rings_;
    struct virtio_queue queue_ = {};
    struct virtio_input input_ = {};
    struct input_report event_ = {};
};

TEST_F(VirtioInput, EventsComeInTheirOrder) {
    EXPECT_EQ(virtio_input_take(&input_, &event_), VIRTIO_NONE);
    ASSERT_TRUE(Happen(INPUT_KEY, 49, 1));
    ASSERT_TRUE(Happen(INPUT_ABSOLUTE, 1, ~0u));
    ASSERT_EQ(virtio_input_take(&input_, &event_), VIRTIO_DONE);
    EXPECT_EQ(event_.type, INPUT_KEY);
    EXPECT_EQ(event_.code, 49);
    EXPECT_EQ(event_.value, 1);
    ASSERT_EQ(virtio_input_take(&input_, &event_), VIRTIO_DONE);
    EXPECT_EQ(event_.value, -1);
}

TEST_F(VirtioInput, BuffersGoBackToTheDevice) {
    for (unsigned i = 0; i < 1000; i++) {
        ASSERT_TRUE(Happen(INPUT_KEY, static_cast<uint16_t>(i), 1)) << i;
        ASSERT_EQ(virtio_input_take(&input_, &event_), VIRTIO_DONE);
        ASSERT_EQ(event_.code, i);
    }
}

TEST_F(VirtioInput, HalfAnEventIsRefused) {
    ASSERT_TRUE(Happen(INPUT_KEY, 49, 1, 4));
    EXPECT_EQ(virtio_input_take(&input_, &event_), VIRTIO_BROKEN);
    EXPECT_EQ(virtio_input_take(&input_, &event_), VIRTIO_BROKEN);
}

TEST_F(VirtioInput, ConfigurationIsReadWithinItsBounds) {
    uint8_t *config = reinterpret_cast<uint8_t *>(fake_.config);
    memcpy(config + 8, "QEMU\tTablet", 11);
    config[2] = 11;
    char name[32];
    virtio_input_name(&input_, name, sizeof(name));
    EXPECT_STREQ(name, "QEMUTablet");
    virtio_input_name(&input_, name, 3);
    EXPECT_STREQ(name, "QE");
    EXPECT_TRUE(virtio_input_has(&input_, INPUT_KEY));
    fake_.config[3] = 0x7fff;
    EXPECT_EQ(virtio_input_most(&input_, 0), 0x7fffu);
    config[2] = 7; // too short for an axis
    EXPECT_EQ(virtio_input_most(&input_, 0), 0u);
    config[2] = 255; // more than there is
    virtio_input_name(&input_, name, sizeof(name));
    EXPECT_STREQ(name, "");
    EXPECT_FALSE(virtio_input_has(&input_, INPUT_KEY));
}

} // namespace
