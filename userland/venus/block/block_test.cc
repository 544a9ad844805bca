// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/block/block.h"

#include "gtest/gtest.h"

#include "userland/venus/testing/fake_virtio.h"

namespace {

using venus::Bytes;
using venus::FakeVirtio;

constexpr uint32_t kSectors = 64;

class Block : public testing::Test {
  protected:
    void SetUp() override {
        for (size_t i = 0; i < disk_.size(); i++) {
            disk_[i] = static_cast<uint8_t>(i * 7 + i / 512);
        }
        fake_.offered = VIRTIO_F_VERSION_1 | 1 << 9;
        fake_.queue_max = 256;
        fake_.config[0] = kSectors;
        Open();
        fake_.answer = [this](uint16_t, const Bytes &read) { return Serve(read); };
    }
    void Open() {
        block_.device = &fake_.device;
        block_.queue = &queue_;
        block_.headers = FakeVirtio::Memory(&headers_, BLOCK_BYTES);
        struct venus_dma rings = FakeVirtio::Memory(&rings_, VIRTIO_QUEUE_BYTES);
        ASSERT_EQ(block_open(&block_, 0, &rings), VIRTIO_OK);
    }
    FakeVirtio::Answer Serve(const Bytes &read) {
        uint64_t words[2];
        memcpy(words, read.data(), 16);
        types_.push_back(static_cast<uint32_t>(words[0]));
        size_t at = words[1] * 512;
        Bytes bytes;
        if (words[0] == BLOCK_WRITE_SECTORS) {
            memcpy(&disk_[at], &read[16], read.size() - 16);
        } else if (words[0] == BLOCK_READ_SECTORS) {
            bytes.assign(disk_.begin() + static_cast<long>(at),
                         disk_.begin() + static_cast<long>(at + length_));
        }
        bytes.push_back(status_);
        return {bytes, static_cast<uint32_t>(bytes.size())};
    }
    enum block_status Submit(enum block_kind kind, uint64_t sector, uint32_t count, uint8_t *data) {
        struct block_piece pieces[2] = {
            {reinterpret_cast<uint64_t>(data), 512},
            {reinterpret_cast<uint64_t>(data) + 512, (count - 1) * 512}};
        length_ = count * 512;
        return block_submit(&block_, kind, sector, count, pieces, count > 1 ? 2 : 1, this);
    }
    enum block_status Finish() {
        void *context;
        enum block_status status = BLOCK_REFUSED;
        EXPECT_EQ(block_take(&block_, &context, &status), VIRTIO_DONE);
        EXPECT_EQ(context, this);
        return status;
    }

    std::vector<uint8_t> disk_ = std::vector<uint8_t>(kSectors * 512);
    FakeVirtio fake_{VIRTIO_BLOCK};
    std::vector<uint64_t> headers_;
    std::vector<uint64_t> rings_;
    struct virtio_queue queue_ = {};
    struct block_device block_ = {};
    std::vector<uint32_t> types_;
    size_t length_ = 0;
    uint8_t status_ = 0;
};

TEST_F(Block, ReadsWhatIsThere) {
    uint8_t data[2048];
    ASSERT_EQ(Submit(BLOCK_READ_SECTORS, 5, 4, data), BLOCK_OK);
    EXPECT_EQ(Finish(), BLOCK_OK);
    EXPECT_EQ(memcmp(data, &disk_[5 * 512], 2048), 0);
}

TEST_F(Block, WritesAndFlushes) {
    uint8_t data[1024];
    memset(data, 0xab, sizeof(data));
    ASSERT_EQ(Submit(BLOCK_WRITE_SECTORS, 62, 2, data), BLOCK_OK);
    EXPECT_EQ(Finish(), BLOCK_OK);
    EXPECT_EQ(disk_.back(), 0xab);
    ASSERT_EQ(block_submit(&block_, BLOCK_FLUSH_CACHE, 0, 0, nullptr, 0, this), BLOCK_OK);
    EXPECT_EQ(Finish(), BLOCK_OK);
    EXPECT_EQ(types_.back(), 4u);
}

TEST_F(Block, SectorsBeyondTheEndAreRefused) {
    uint8_t data[1024];
    EXPECT_EQ(Submit(BLOCK_READ_SECTORS, 63, 2, data), BLOCK_OUTSIDE);
    EXPECT_EQ(Submit(BLOCK_READ_SECTORS, 64, 1, data), BLOCK_OUTSIDE);
    EXPECT_EQ(Submit(BLOCK_READ_SECTORS, ~0ull, 2, data), BLOCK_OUTSIDE);
    struct block_piece piece = {0x1000, 512};
    EXPECT_EQ(block_submit(&block_, BLOCK_READ_SECTORS, 0, 2, &piece, 1, this), BLOCK_OUTSIDE);
    EXPECT_EQ(block_submit(&block_, BLOCK_READ_SECTORS, 0, 0, nullptr, 0, this), BLOCK_OUTSIDE);
    EXPECT_TRUE(types_.empty());
}

TEST_F(Block, ReadOnlyDiskIsNotWritten) {
    fake_.offered |= 1 << 5;
    Open();
    uint8_t data[512];
    EXPECT_EQ(Submit(BLOCK_WRITE_SECTORS, 0, 1, data), BLOCK_REFUSED);
    EXPECT_EQ(Submit(BLOCK_READ_SECTORS, 0, 1, data), BLOCK_OK);
}

TEST_F(Block, ErrorsOfTheDeviceAreTold) {
    uint8_t data[512];
    status_ = 1;
    ASSERT_EQ(Submit(BLOCK_READ_SECTORS, 0, 1, data), BLOCK_OK);
    EXPECT_EQ(Finish(), BLOCK_FAILED);
    fake_.answer = [](uint16_t, const Bytes &) { return FakeVirtio::Answer{{}, 0}; };
    ASSERT_EQ(Submit(BLOCK_READ_SECTORS, 0, 1, data), BLOCK_OK);
    EXPECT_EQ(Finish(), BLOCK_FAILED); // it wrote no status
}

TEST_F(Block, RequestsFinishInAnyOrder) {
    fake_.answer = nullptr;
    static uint8_t data[BLOCK_REQUESTS][512];
    uint16_t heads[BLOCK_REQUESTS];
    for (unsigned i = 0; i < BLOCK_REQUESTS; i++) {
        struct block_piece piece = {reinterpret_cast<uint64_t>(data[i]), 512};
        ASSERT_EQ(block_submit(&block_, BLOCK_READ_SECTORS, i, 1, &piece, 1, data[i]), BLOCK_OK);
        Bytes read;
        uint32_t writable;
        ASSERT_TRUE(fake_.Next(0, &heads[i], &read, &writable));
    }
    struct block_piece piece = {reinterpret_cast<uint64_t>(data[0]), 512};
    EXPECT_EQ(block_submit(&block_, BLOCK_READ_SECTORS, 0, 1, &piece, 1, data[0]), BLOCK_BUSY);
    for (unsigned i = BLOCK_REQUESTS; i-- > 0;) {
        fake_.Return(0, heads[i], {Bytes(513), 513});
        void *context;
        enum block_status status;
        ASSERT_EQ(block_take(&block_, &context, &status), VIRTIO_DONE);
        EXPECT_EQ(context, data[i]);
        EXPECT_EQ(status, BLOCK_OK);
    }
}

} // namespace
