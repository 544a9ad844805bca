// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/net/net.h"

#include "gtest/gtest.h"

#include "userland/venus/testing/fake_virtio.h"

namespace {

using venus::Bytes;
using venus::FakeVirtio;

class Net : public testing::Test {
  protected:
    void SetUp() override {
        fake_.offered = VIRTIO_F_VERSION_1 | 1 << 5 | 1 << 16;
        memcpy(fake_.config, "\x52\x54\x00\x12\x34\x56\x01\x00", 8);
        net_.device = &fake_.device;
        net_.in = &in_;
        net_.out = &out_;
        net_.incoming = FakeVirtio::Memory(&incoming_, NET_INCOMING_BYTES);
        net_.header = FakeVirtio::Memory(&header_, NET_HEADER);
        struct venus_dma rings[2] = {FakeVirtio::Memory(&rings_[0], VIRTIO_QUEUE_BYTES),
                                     FakeVirtio::Memory(&rings_[1], VIRTIO_QUEUE_BYTES)};
        ASSERT_EQ(card_open(&net_, 0, rings), VIRTIO_OK);
    }
    bool Come(const Bytes &frame, uint32_t lie = 0) {
        uint16_t head;
        Bytes read;
        uint32_t writable;
        if (!fake_.Next(0, &head, &read, &writable)) {
            return false;
        }
        Bytes bytes(NET_HEADER);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
        fake_.Return(0, head, {bytes, lie != 0 ? lie : static_cast<uint32_t>(bytes.size())});
        return true;
    }

    FakeVirtio fake_{VIRTIO_NETWORK};
    std::vector<uint64_t> incoming_;
    std::vector<uint64_t> header_;
    std::vector<uint64_t> rings_[2];
    struct virtio_queue in_ = {};
    struct virtio_queue out_ = {};
    struct card net_ = {};
    uint32_t number_ = 0;
    const uint8_t *frame_ = nullptr;
    uint32_t length_ = 0;
};

TEST_F(Net, KnowsItsAddressAndItsLink) {
    const uint8_t mac[6] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    EXPECT_EQ(memcmp(net_.mac, mac, 6), 0);
    EXPECT_TRUE(card_has_link(&net_));
    fake_.config[1] = 0;
    EXPECT_FALSE(card_has_link(&net_));
}

TEST_F(Net, FramesGoOutBehindAHeaderOfZeroes) {
    Bytes sent;
    fake_.answer = [&](uint16_t queue, const Bytes &read) {
        EXPECT_EQ(queue, 1);
        sent = read;
        return FakeVirtio::Answer{{}, 0};
    };
    std::vector<uint8_t> frame(60, 0xee);
    ASSERT_TRUE(card_send(&net_, reinterpret_cast<uint64_t>(frame.data()), 60, &sent));
    ASSERT_EQ(sent.size(), 72u);
    EXPECT_EQ(sent[11], 0);
    EXPECT_EQ(sent[12], 0xee);
    void *context;
    ASSERT_EQ(card_sent(&net_, &context), VIRTIO_DONE);
    EXPECT_EQ(context, &sent);
}

TEST_F(Net, WhatIsNoFrameIsNotSent) {
    EXPECT_FALSE(card_send(&net_, 0x1000, 13, this));
    EXPECT_FALSE(card_send(&net_, 0x1000, 1515, this));
}

TEST_F(Net, OnlySoManyFramesAreOnTheirWay) {
    unsigned count = 0;
    while (card_send(&net_, 0x1000, 60, this)) {
        count++;
    }
    EXPECT_EQ(count, static_cast<unsigned>(NET_OUTGOING));
}

TEST_F(Net, FramesComeInForever) {
    for (unsigned i = 0; i < 1000; i++) {
        Bytes frame(60 + i % 1000, static_cast<uint8_t>(i));
        ASSERT_TRUE(Come(frame));
        ASSERT_EQ(card_receive(&net_, &number_, &frame_, &length_), VIRTIO_DONE);
        ASSERT_EQ(length_, frame.size());
        ASSERT_EQ(memcmp(frame_, frame.data(), length_), 0);
        card_release(&net_, number_);
    }
}

TEST_F(Net, DeviceThatLiesAboutALengthIsBroken) {
    ASSERT_TRUE(Come(Bytes(60), NET_BUFFER + 1));
    EXPECT_EQ(card_receive(&net_, &number_, &frame_, &length_), VIRTIO_BROKEN);
}

TEST_F(Net, FrameWithoutItsHeaderIsRefused) {
    ASSERT_TRUE(Come(Bytes(60), NET_HEADER - 1));
    EXPECT_EQ(card_receive(&net_, &number_, &frame_, &length_), VIRTIO_BROKEN);
}

} // namespace
