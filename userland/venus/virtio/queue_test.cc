// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/virtio/queue.h"

#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace {

constexpr uint16_t kSize = 8;
constexpr uint64_t kPhysical = 0x80000000;

class Queue : public testing::Test {
  protected:
    void SetUp() override {
        struct venus_dma dma = {memory_, kPhysical, sizeof(memory_)};
        ASSERT_TRUE(virtio_queue_init(&queue_, kSize, &dma));
    }
    template <typename T> T Get(uint32_t at) const {
        T value;
        memcpy(&value, reinterpret_cast<const uint8_t *>(memory_) + at, sizeof(value));
        return value;
    }
    template <typename T> void Put(uint32_t at, T value) {
        memcpy(reinterpret_cast<uint8_t *>(memory_) + at, &value, sizeof(value));
    }
    uint32_t Available() const {
        return static_cast<uint32_t>(queue_.driver_at - kPhysical);
    }
    uint32_t Used() const {
        return static_cast<uint32_t>(queue_.device_at - kPhysical);
    }
    uint16_t HeadOfLast() const {
        uint16_t index = Get<uint16_t>(Available() + 2);
        return Get<uint16_t>(Available() + 4 + 2 * ((index - 1) % kSize));
    }
    // What a device does.
    void Return(uint32_t id, uint32_t length) {
        uint16_t index = Get<uint16_t>(Used() + 2);
        Put<uint32_t>(Used() + 4 + 8 * (index % kSize), id);
        Put<uint32_t>(Used() + 8 + 8 * (index % kSize), length);
        Put<uint16_t>(Used() + 2, static_cast<uint16_t>(index + 1));
    }
    bool Add(std::vector<struct virtio_buffer> buffers, void *token) {
        return virtio_queue_add(&queue_, buffers.data(), static_cast<unsigned>(buffers.size()),
                                token);
    }
    enum virtio_result Take() {
        return virtio_queue_take(&queue_, &token_, &written_);
    }

    alignas(16) uint64_t memory_[64] = {};
    struct virtio_queue queue_ = {};
    int one_ = 0;
    int two_ = 0;
    void *token_ = nullptr;
    uint32_t written_ = 0;
};

TEST_F(Queue, RingsLieAsTheSpecificationSays) {
    EXPECT_EQ(queue_.descriptors_at, kPhysical);
    EXPECT_EQ(queue_.driver_at, kPhysical + 128);
    EXPECT_EQ(queue_.device_at, kPhysical + 128 + 24); // 22, rounded up
    EXPECT_EQ(virtio_queue_bytes(kSize), 128u + 24 + 6 + 64);
    EXPECT_LE(virtio_queue_bytes(VIRTIO_QUEUE_MAX), static_cast<uint64_t>(VIRTIO_QUEUE_BYTES));
}

TEST_F(Queue, SizesThatAreNoPowersOfTwoAndMemoryThatIsTooSmallAreRefused) {
    struct venus_dma dma = {memory_, kPhysical, sizeof(memory_)};
    for (uint16_t size : std::initializer_list<uint16_t>{0, 3, 512, 0xffff}) {
        EXPECT_FALSE(virtio_queue_init(&queue_, size, &dma)) << size;
    }
    dma.length = virtio_queue_bytes(kSize) - 1;
    EXPECT_FALSE(virtio_queue_init(&queue_, kSize, &dma));
}

TEST_F(Queue, ChainIsDescribedAndThenOffered) {
    ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}, {0x3000, 1, true}}, &one_));
    EXPECT_EQ(Get<uint16_t>(Available() + 2), 1);
    uint32_t at = HeadOfLast() * 16u;
    EXPECT_EQ(Get<uint64_t>(at), 0x1000u);
    EXPECT_EQ(Get<uint32_t>(at + 8), 16u);
    EXPECT_EQ(Get<uint16_t>(at + 12), 1);
    at = Get<uint16_t>(at + 14) * 16u;
    EXPECT_EQ(Get<uint64_t>(at), 0x2000u);
    EXPECT_EQ(Get<uint16_t>(at + 12), 3);
    at = Get<uint16_t>(at + 14) * 16u;
    EXPECT_EQ(Get<uint16_t>(at + 12), 2);
}

TEST_F(Queue, ChainComesBackWithItsTokenAndWhatWasWritten) {
    ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &one_));
    uint16_t first = HeadOfLast();
    ASSERT_TRUE(Add({{0x1000, 8, true}}, &two_));
    EXPECT_EQ(Take(), VIRTIO_NONE);
    Return(HeadOfLast(), 8);
    Return(first, 100);
    ASSERT_EQ(Take(), VIRTIO_DONE);
    EXPECT_EQ(token_, &two_);
    EXPECT_EQ(written_, 8u);
    ASSERT_EQ(Take(), VIRTIO_DONE);
    EXPECT_EQ(token_, &one_);
    EXPECT_EQ(written_, 100u);
    EXPECT_EQ(Take(), VIRTIO_NONE);
    EXPECT_EQ(queue_.free_count, kSize);
}

TEST_F(Queue, FullQueueRefusesUntilSomethingComesBack) {
    for (unsigned i = 0; i < kSize / 2; i++) {
        ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &one_));
    }
    uint16_t last = HeadOfLast();
    EXPECT_FALSE(Add({{0x1000, 16, false}}, &two_));
    Return(last, 0);
    ASSERT_EQ(Take(), VIRTIO_DONE);
    EXPECT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &two_));
}

TEST_F(Queue, BuffersInTheWrongOrderAreRefused) {
    EXPECT_FALSE(Add({{0x1000, 16, true}, {0x2000, 16, false}}, &one_));
    EXPECT_FALSE(Add({{0x1000, 0, true}}, &one_));
    EXPECT_FALSE(Add({}, &one_));
    EXPECT_FALSE(Add({{0x1000, 16, true}}, nullptr));
    EXPECT_FALSE(Add({{0x1000, ~0u, true}, {0x1000, 16, true}}, &one_)); // more than 32 bits
    EXPECT_EQ(queue_.free_count, kSize);
}

TEST_F(Queue, GoesAroundManyTimes) {
    for (unsigned i = 0; i < 200000; i++) {
        ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &one_));
        Return(HeadOfLast(), 1);
        ASSERT_EQ(Take(), VIRTIO_DONE);
    }
}

TEST_F(Queue, DeviceThatReturnsWhatItDoesNotHaveIsBroken) {
    ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &one_));
    uint16_t head = HeadOfLast();
    Return(head + 1u, 0); // the middle of a chain
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
    EXPECT_FALSE(Add({{0x1000, 16, false}}, &two_));
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
}

TEST_F(Queue, DeviceThatReturnsAnIndexOutsideIsBroken) {
    ASSERT_TRUE(Add({{0x1000, 16, false}}, &one_));
    Return(0x10000 + HeadOfLast(), 0);
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
}

TEST_F(Queue, DeviceThatReturnsAChainTwiceIsBroken) {
    ASSERT_TRUE(Add({{0x1000, 16, false}}, &one_));
    uint16_t head = HeadOfLast();
    ASSERT_TRUE(Add({{0x1000, 16, false}}, &two_));
    Return(head, 0);
    Return(head, 0);
    EXPECT_EQ(Take(), VIRTIO_DONE);
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
}

TEST_F(Queue, DeviceThatWroteMoreThanItWasGivenIsBroken) {
    ASSERT_TRUE(Add({{0x1000, 16, false}, {0x2000, 512, true}}, &one_));
    Return(HeadOfLast(), 513);
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
}

TEST_F(Queue, DeviceWhoseIndexRunsAwayIsBroken) {
    ASSERT_TRUE(Add({{0x1000, 16, false}}, &one_));
    Put<uint16_t>(Used() + 2, 2);
    EXPECT_EQ(Take(), VIRTIO_BROKEN);
}

TEST_F(Queue, DeviceMaySayThatItNeedsNoNotice) {
    EXPECT_TRUE(virtio_queue_wants_notice(&queue_));
    Put<uint16_t>(Used(), 1);
    EXPECT_FALSE(virtio_queue_wants_notice(&queue_));
}

} // namespace
