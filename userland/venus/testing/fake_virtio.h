// SPDX-License-Identifier: GPL-3.0-only
//
// The other side of a virtio device, as a transport for tests: it takes chains apart and answers
// with what a test says. Physical addresses are those of the test itself.
#ifndef HELIOS_USERLAND_VENUS_TESTING_FAKE_VIRTIO_H
#define HELIOS_USERLAND_VENUS_TESTING_FAKE_VIRTIO_H

#include <cstring>
#include <functional>
#include <vector>

#include "userland/venus/virtio/device.h"

namespace venus {

using Bytes = std::vector<uint8_t>;

class FakeVirtio {
  public:
    // What a device answers to what it can read: bytes for the buffers that it may write, and how
    // many it says that it wrote.
    struct Answer {
        Bytes bytes;
        uint32_t written;
    };

    explicit FakeVirtio(uint32_t type) {
        Current() = this;
        device.transport = Transport();
        device.type = type;
        device.config = venus_mmio(config, sizeof(config));
    }

    // Called when the driver notifies; without it chains stay where they are.
    std::function<Answer(uint16_t queue, const Bytes &read)> answer;

    uint64_t offered = VIRTIO_F_VERSION_1;
    uint8_t status = 0;
    uint32_t config[64] = {};
    uint16_t queue_max = 64;
    struct virtio_device device = {};

    // Takes the next chain off a queue. False if there is none.
    bool Next(uint16_t index, uint16_t *head, Bytes *read, uint32_t *writable) {
        const struct virtio_queue *queue = queues_[index];
        if (queue == nullptr || taken_[index] == Get16(queue->driver_at + 2)) {
            return false;
        }
        *head = Get16(queue->driver_at + 4 + 2u * (taken_[index]++ % queue->size));
        read->clear();
        *writable = 0;
        Walk(index, *head, [&](uint8_t *at, uint32_t length, bool is_written) {
            if (is_written) {
                *writable += length;
            } else {
                read->insert(read->end(), at, at + length);
            }
        });
        return true;
    }

    // Gives a chain back.
    void Return(uint16_t index, uint16_t head, const Answer &what) {
        size_t done = 0;
        Walk(index, head, [&](uint8_t *at, uint32_t length, bool is_written) {
            for (uint32_t i = 0; is_written && i < length && done < what.bytes.size(); i++) {
                at[i] = what.bytes[done++];
            }
        });
        const struct virtio_queue *queue = queues_[index];
        uint16_t used = Get16(queue->device_at + 2);
        uint32_t entry[2] = {head, what.written};
        memcpy(Pointer(queue->device_at + 4 + 8u * (used % queue->size)), entry, 8);
        used++;
        memcpy(Pointer(queue->device_at + 2), &used, 2);
    }

    static struct venus_dma Memory(std::vector<uint64_t> *memory, size_t bytes) {
        memory->assign(bytes / 8 + 2, 0);
        uintptr_t at = (reinterpret_cast<uintptr_t>(memory->data()) + 15) & ~uintptr_t{15};
        return {reinterpret_cast<void *>(at), at, bytes};
    }

  private:
    static FakeVirtio *&Current() {
        static FakeVirtio *current;
        return current;
    }
    static uint8_t *Pointer(uint64_t physical) {
        return reinterpret_cast<uint8_t *>(physical);
    }
    static uint16_t Get16(uint64_t physical) {
        uint16_t value;
        memcpy(&value, Pointer(physical), 2);
        return value;
    }
    void Walk(uint16_t index, uint16_t head,
              const std::function<void(uint8_t *, uint32_t, bool)> &visit) {
        uint16_t at = head;
        for (;;) {
            struct {
                uint64_t address;
                uint32_t length;
                uint16_t flags;
                uint16_t next;
            } descriptor;
            memcpy(&descriptor, Pointer(queues_[index]->descriptors_at + 16u * at), 16);
            visit(Pointer(descriptor.address), descriptor.length, (descriptor.flags & 2) != 0);
            if ((descriptor.flags & 1) == 0) {
                return;
            }
            at = descriptor.next;
        }
    }
    void Serve(uint16_t index) {
        uint16_t head;
        Bytes read;
        uint32_t writable;
        while (answer && Next(index, &head, &read, &writable)) {
            Return(index, head, answer(index, read));
        }
    }
    static const struct virtio_transport *Transport() {
        static const struct virtio_transport transport = {
            [](const struct virtio_device *) { return Current()->status; },
            [](const struct virtio_device *, uint8_t value) { Current()->status = value; },
            [](const struct virtio_device *) { return Current()->offered; },
            [](const struct virtio_device *, uint64_t) {},
            [](const struct virtio_device *, uint16_t) { return Current()->queue_max; },
            [](struct virtio_device *, uint16_t index, const struct virtio_queue *queue, uint16_t) {
                Current()->queues_[index] = queue;
                Current()->taken_[index] = 0;
                return VIRTIO_OK;
            },
            [](const struct virtio_device *, uint16_t index) { Current()->Serve(index); },
            [](const struct virtio_device *) { return 0u; },
            [](const struct virtio_device *) { return uint8_t{1}; },
        };
        return &transport;
    }

    const struct virtio_queue *queues_[VIRTIO_QUEUES] = {};
    uint16_t taken_[VIRTIO_QUEUES] = {};
};

} // namespace venus

#endif // HELIOS_USERLAND_VENUS_TESTING_FAKE_VIRTIO_H
