// SPDX-License-Identifier: GPL-3.0-only
//
// A device that writes into the rings whatever it likes, whenever it likes.
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "userland/venus/virtio/queue.h"

namespace {

class Input {
  public:
    Input(const uint8_t *data, size_t size) : data_(data), size_(size) {
    }
    bool IsEmpty() const {
        return size_ == 0;
    }
    uint8_t Byte() {
        if (size_ == 0) {
            return 0;
        }
        size_--;
        return *data_++;
    }

  private:
    const uint8_t *data_;
    size_t size_;
};

void Expect(bool holds) {
    if (!holds) {
        abort();
    }
}

class World {
  public:
    explicit World(uint16_t size) {
        memory_.resize(virtio_queue_bytes(size) / 8 + 1);
        struct venus_dma dma = {memory_.data(), 0x10000, memory_.size() * 8};
        Expect(virtio_queue_init(&queue_, size, &dma));
    }

    void Add(Input &input) {
        struct virtio_buffer buffers[8];
        unsigned count = input.Byte() % 8;
        uint32_t writable = 0;
        for (unsigned i = 0; i < count; i++) {
            buffers[i] = {input.Byte() * 512ull, input.Byte(), (input.Byte() & 1) != 0};
            writable += buffers[i].is_written ? buffers[i].length : 0;
        }
        void *token = reinterpret_cast<void *>(++tokens_);
        if (virtio_queue_add(&queue_, buffers, count, token)) {
            held_.insert(token);
            writable_ = writable > writable_ ? writable : writable_;
        }
    }

    // Anywhere in the rings: the driver must not believe its own descriptors either.
    void Scribble(Input &input) {
        uint8_t *bytes = reinterpret_cast<uint8_t *>(memory_.data());
        size_t at = (input.Byte() << 8 | input.Byte()) % (memory_.size() * 8);
        bytes[at] = input.Byte();
    }

    // As a device does it that means it: the next entry and the index.
    void Return(Input &input) {
        uint8_t *used = reinterpret_cast<uint8_t *>(memory_.data()) + queue_.used_offset;
        uint16_t index;
        memcpy(&index, used + 2, 2);
        uint32_t entry[2] = {input.Byte(), input.Byte()};
        memcpy(used + 4 + 8 * (index % queue_.size), entry, 8);
        index++;
        memcpy(used + 2, &index, 2);
    }

    void Take() {
        void *token = nullptr;
        uint32_t written = 0;
        enum virtio_result result = virtio_queue_take(&queue_, &token, &written);
        if (result == VIRTIO_DONE) {
            Expect(held_.erase(token) == 1 && written <= writable_);
        }
    }

    void Check() const {
        Expect(virtio_queue_in_flight(&queue_) == held_.size());
        Expect(queue_.free_count <= queue_.size);
        std::set<uint16_t> free;
        uint16_t at = queue_.free_head;
        for (unsigned i = 0; i < queue_.free_count; i++) {
            Expect(at < queue_.size && free.insert(at).second);
            at = queue_.chains[at].next;
        }
    }

  private:
    std::vector<uint64_t> memory_;
    struct virtio_queue queue_ = {};
    std::set<void *> held_;
    uintptr_t tokens_ = 0;
    uint32_t writable_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input input(data, size);
    World world(static_cast<uint16_t>(1 << input.Byte() % 5));
    while (!input.IsEmpty()) {
        switch (input.Byte() % 5) {
        case 0:
        case 1:
            world.Add(input);
            break;
        case 2:
            world.Return(input);
            break;
        case 3:
            world.Take();
            break;
        default:
            world.Scribble(input);
            break;
        }
        world.Check();
    }
    return 0;
}
