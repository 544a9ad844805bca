// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/display/gpu.h"

#include "gtest/gtest.h"

#include "userland/venus/testing/fake_virtio.h"

namespace {

using venus::Bytes;
using venus::FakeVirtio;

constexpr uint32_t kNothing = 0x1100;

class Gpu : public testing::Test {
  protected:
    void SetUp() override {
        gpu_.control.device = &fake_.device;
        gpu_.control.queue = &queue_;
        gpu_.control.wait = [](void *) { return false; };
        gpu_.commands = FakeVirtio::Memory(&commands_, GPU_COMMAND_BYTES);
        picture_ = FakeVirtio::Memory(&pixels_, 64 * 48 * 4);
        struct venus_dma rings = FakeVirtio::Memory(&rings_, VIRTIO_QUEUE_BYTES);
        ASSERT_EQ(gpu_open(&gpu_, 0, &rings), VIRTIO_OK);
        fake_.answer = [this](uint16_t, const Bytes &read) {
            std::vector<uint32_t> words(read.size() / 4);
            memcpy(words.data(), read.data(), read.size());
            words_.push_back(words);
            return Reply(
                {words[0] == 0x100 ? 0x1101 : type_, 0, 0, 0, 0, 0, 0, 0, width_, 48, 1, 0});
        };
    }
    static FakeVirtio::Answer Reply(const std::vector<uint32_t> &words) {
        Bytes bytes(words.size() * 4);
        memcpy(bytes.data(), words.data(), bytes.size());
        return {bytes, static_cast<uint32_t>(bytes.size())};
    }

    FakeVirtio fake_{VIRTIO_GPU};
    std::vector<uint64_t> commands_;
    std::vector<uint64_t> pixels_;
    std::vector<uint64_t> rings_;
    struct virtio_queue queue_ = {};
    struct gpu gpu_ = {};
    struct venus_dma picture_ = {};
    std::vector<std::vector<uint32_t>> words_; // of all commands
    uint32_t type_ = kNothing;
    uint32_t width_ = 64;
};

TEST_F(Gpu, PreferredSizeIsTheHosts) {
    uint32_t width;
    uint32_t height;
    ASSERT_TRUE(gpu_preferred(&gpu_, &width, &height));
    EXPECT_EQ(width, 64u);
    EXPECT_EQ(height, 48u);
    width_ = 100000;
    EXPECT_FALSE(gpu_preferred(&gpu_, &width, &height));
}

TEST_F(Gpu, ModeIsAPictureInMemoryOnTheFirstScreen) {
    ASSERT_TRUE(gpu_set_mode(&gpu_, 64, 48, &picture_));
    ASSERT_EQ(words_.size(), 3u);
    EXPECT_EQ(words_[0][0], 0x101u);
    EXPECT_EQ(words_[0][8], 64u);
    EXPECT_EQ(words_[1][0], 0x106u);
    EXPECT_EQ(words_[1][8], static_cast<uint32_t>(picture_.physical));
    EXPECT_EQ(words_[1][10], 64u * 48 * 4);
    EXPECT_EQ(words_[2][0], 0x103u);
    EXPECT_EQ(words_[2][11], words_[0][6]);
}

TEST_F(Gpu, NextModeReleasesTheOneBefore) {
    ASSERT_TRUE(gpu_set_mode(&gpu_, 64, 48, &picture_));
    ASSERT_TRUE(gpu_set_mode(&gpu_, 32, 48, &picture_));
    ASSERT_EQ(words_.size(), 8u);
    EXPECT_EQ(words_[4][0], 0x102u);
    EXPECT_EQ(words_[4][6], words_[0][6]);
    EXPECT_NE(words_[5][6], words_[0][6]);
}

TEST_F(Gpu, ModesThatDoNotFitTheMemoryAreRefused) {
    EXPECT_FALSE(gpu_set_mode(&gpu_, 65, 48, &picture_));
    EXPECT_FALSE(gpu_set_mode(&gpu_, 0, 48, &picture_));
    EXPECT_FALSE(gpu_set_mode(&gpu_, 0x10000, 0x10000, &picture_));
    EXPECT_TRUE(words_.empty());
}

TEST_F(Gpu, FlushMovesAndShowsWhatLiesOnTheScreen) {
    ASSERT_TRUE(gpu_set_mode(&gpu_, 64, 48, &picture_));
    words_.clear();
    ASSERT_TRUE(gpu_flush(&gpu_, {60, 40, 100, 100}));
    ASSERT_EQ(words_.size(), 2u);
    EXPECT_EQ(words_[0][0], 0x105u);
    EXPECT_EQ(words_[0][8], 4u);
    EXPECT_EQ(words_[0][9], 8u);
    EXPECT_EQ(words_[0][10], (40u * 64 + 60) * 4);
    EXPECT_EQ(words_[1][0], 0x104u);
    EXPECT_TRUE(gpu_flush(&gpu_, {64, 0, 1, 1}));
    EXPECT_TRUE(gpu_flush(&gpu_, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}));
    EXPECT_EQ(words_.size(), 2u);
}

TEST_F(Gpu, DeviceThatRefusesShowsNothing) {
    type_ = 0x1200;
    EXPECT_FALSE(gpu_set_mode(&gpu_, 64, 48, &picture_));
    words_.clear();
    EXPECT_TRUE(gpu_flush(&gpu_, {0, 0, 64, 48})); // nothing is there
    EXPECT_TRUE(words_.empty());
}

TEST_F(Gpu, SilentDeviceIsGivenUp) {
    fake_.answer = nullptr;
    uint32_t width;
    uint32_t height;
    EXPECT_FALSE(gpu_preferred(&gpu_, &width, &height));
    EXPECT_TRUE(queue_.is_broken);
    EXPECT_FALSE(gpu_set_mode(&gpu_, 64, 48, &picture_));
}

TEST_F(Gpu, ShortAnswersAreNotReadBeyondTheirEnd) {
    fake_.answer = [](uint16_t, const Bytes &) { return Reply({0x1101}); };
    uint32_t width;
    uint32_t height;
    EXPECT_FALSE(gpu_preferred(&gpu_, &width, &height)); // not enabled
}

} // namespace
