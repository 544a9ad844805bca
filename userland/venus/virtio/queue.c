// SPDX-License-Identifier: GPL-3.0-only
//
// Layout (VIRTIO 1.2, section 2.7), each part where the one before ends, aligned:
//
//     descriptors  16 bytes each: address, length, flags, next                 16-byte aligned
//     available    flags, index, a descriptor each: the driver's ring           2-byte aligned
//     used         flags, index, id and length each: the device's ring          4-byte aligned
#include "userland/venus/virtio/queue.h"

#include <stddef.h>

enum {
    DESCRIPTOR_BYTES = 16,
    DESCRIPTOR_LENGTH = 8,
    DESCRIPTOR_FLAGS = 12,
    DESCRIPTOR_NEXT = 14,
    FLAG_NEXT = 1,
    FLAG_WRITE = 2,
    RING_INDEX = 2,
    RING_ENTRIES = 4,
    AVAILABLE_ENTRY = 2,
    USED_ENTRY = 8,
    USED_NO_NOTIFY = 1,
    NONE = VIRTIO_QUEUE_MAX,
};

static void put16(const struct virtio_queue *queue, uint32_t at, uint16_t value) {
    *(volatile uint16_t *)((uintptr_t)queue->rings + at) = value;
}

static void put32(const struct virtio_queue *queue, uint32_t at, uint32_t value) {
    *(volatile uint32_t *)((uintptr_t)queue->rings + at) = value;
}

static void put64(const struct virtio_queue *queue, uint32_t at, uint64_t value) {
    *(volatile uint64_t *)((uintptr_t)queue->rings + at) = value;
}

static uint16_t get16(const struct virtio_queue *queue, uint32_t at) {
    return *(const volatile uint16_t *)((uintptr_t)queue->rings + at);
}

static uint32_t get32(const struct virtio_queue *queue, uint32_t at) {
    return *(const volatile uint32_t *)((uintptr_t)queue->rings + at);
}

static uint32_t available_offset(uint32_t size) {
    return size * DESCRIPTOR_BYTES;
}

// An entry more than the ring has: the field for event indices.
static uint32_t used_offset(uint32_t size) {
    uint32_t end = available_offset(size) + RING_ENTRIES + (size + 1) * AVAILABLE_ENTRY;
    return (end + 3) & ~3u;
}

uint64_t virtio_queue_bytes(uint16_t size) {
    return used_offset(size) + RING_ENTRIES + (uint64_t)size * USED_ENTRY + 2;
}

bool virtio_queue_init(struct virtio_queue *queue, uint16_t size, const struct venus_dma *memory) {
    if (size == 0 || size > VIRTIO_QUEUE_MAX || (size & (size - 1)) != 0 ||
        memory->length < virtio_queue_bytes(size) || memory->physical % DESCRIPTOR_BYTES != 0) {
        return false;
    }
    queue->rings = memory->address;
    queue->descriptors_at = memory->physical;
    queue->driver_at = memory->physical + available_offset(size);
    queue->device_at = memory->physical + used_offset(size);
    queue->used_offset = used_offset(size);
    queue->size = size;
    queue->free_head = 0;
    queue->free_count = size;
    queue->available = 0;
    queue->used = 0;
    queue->is_broken = false;
    for (uint16_t i = 0; i < size; i++) {
        uint16_t next = i + 1 < size ? (uint16_t)(i + 1) : (uint16_t)NONE;
        queue->chains[i] = (struct virtio_chain){.next = next};
    }
    return true;
}

static bool is_valid(const struct virtio_buffer *buffers, unsigned count, uint32_t *writable) {
    uint64_t sum = 0;
    bool has_written = false;
    for (unsigned i = 0; i < count; i++) {
        if (buffers[i].length == 0 || (has_written && !buffers[i].is_written)) {
            return false;
        }
        has_written = buffers[i].is_written;
        sum += has_written ? buffers[i].length : 0;
    }
    *writable = (uint32_t)sum;
    return sum <= UINT32_MAX;
}

static void write_descriptor(const struct virtio_queue *queue, uint16_t index,
                             const struct virtio_buffer *buffer, bool is_last) {
    uint32_t at = (uint32_t)index * DESCRIPTOR_BYTES;
    uint32_t flags = (is_last ? 0u : FLAG_NEXT) | (buffer->is_written ? FLAG_WRITE : 0u);
    put64(queue, at, buffer->physical);
    put32(queue, at + DESCRIPTOR_LENGTH, buffer->length);
    put16(queue, at + DESCRIPTOR_FLAGS, (uint16_t)flags);
    put16(queue, at + DESCRIPTOR_NEXT, is_last ? 0 : queue->chains[index].next);
}

bool virtio_queue_add(struct virtio_queue *queue, const struct virtio_buffer *buffers,
                      unsigned count, void *token) {
    uint32_t writable;
    if (queue->is_broken || token == NULL || count == 0 || count > queue->free_count ||
        !is_valid(buffers, count, &writable)) {
        return false;
    }
    uint16_t head = queue->free_head;
    uint16_t last = head;
    for (unsigned i = 0; i < count; i++) {
        last = queue->free_head;
        write_descriptor(queue, last, &buffers[i], i + 1 == count);
        queue->free_head = queue->chains[last].next;
    }
    queue->chains[last].next = NONE;
    queue->free_count = (uint16_t)(queue->free_count - count);
    queue->chains[head].token = token;
    queue->chains[head].writable = writable;
    queue->chains[head].count = (uint16_t)count;
    uint32_t slot = queue->available & (queue->size - 1u);
    put16(queue, available_offset(queue->size) + RING_ENTRIES + slot * AVAILABLE_ENTRY, head);
    // The device may look as soon as the index says so: everything else first.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    queue->available++;
    put16(queue, available_offset(queue->size) + RING_INDEX, queue->available);
    return true;
}

bool virtio_queue_wants_notice(const struct virtio_queue *queue) {
    // The index has to be visible before the flag is read, or both wait for the other.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return (get16(queue, queue->used_offset) & USED_NO_NOTIFY) == 0;
}

static enum virtio_result broken(struct virtio_queue *queue) {
    queue->is_broken = true;
    return VIRTIO_BROKEN;
}

static void free_chain(struct virtio_queue *queue, uint16_t head) {
    uint16_t last = head;
    while (queue->chains[last].next != NONE) {
        last = queue->chains[last].next;
    }
    queue->free_count = (uint16_t)(queue->free_count + queue->chains[head].count);
    queue->chains[head].token = NULL;
    queue->chains[last].next = queue->free_head;
    queue->free_head = head;
}

enum virtio_result virtio_queue_take(struct virtio_queue *queue, void **token, uint32_t *written) {
    if (queue->is_broken) {
        return VIRTIO_BROKEN;
    }
    uint16_t index = get16(queue, queue->used_offset + RING_INDEX);
    uint16_t waiting = (uint16_t)(index - queue->used);
    if (waiting == 0) {
        return VIRTIO_NONE;
    }
    if (waiting > virtio_queue_in_flight(queue)) {
        return broken(queue);
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // the entry is read after the index
    uint32_t slot = queue->used & (queue->size - 1u);
    uint32_t at = queue->used_offset + RING_ENTRIES + slot * USED_ENTRY;
    uint32_t id = get32(queue, at);
    uint32_t length = get32(queue, at + 4);
    if (id >= queue->size || queue->chains[id].token == NULL ||
        length > queue->chains[id].writable) {
        return broken(queue);
    }
    *token = queue->chains[id].token;
    *written = length;
    queue->used++;
    free_chain(queue, (uint16_t)id);
    return VIRTIO_DONE;
}

unsigned virtio_queue_in_flight(const struct virtio_queue *queue) {
    return (uint16_t)(queue->available - queue->used);
}
