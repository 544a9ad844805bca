// SPDX-License-Identifier: GPL-3.0-only
//
// What an object that is gone was made of is overwritten as soon as it has come home, before
// another CPU goes on: who still uses it is noticed.
#include <cstring>

#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/object_types.h"
#include "kernel/slab.h"

extern "C" void __real_memory_release_object(object *object);
extern "C" void __wrap_memory_release_object(object *object);

namespace {

constexpr int kSpoiled = 0xa5;
constexpr unsigned kSpoiledOrder = 2; // larger blocks are left out, for speed

struct Range {
    void *first = nullptr;
    size_t bytes = 0;
};

Range BlockOf(void *first, unsigned order) {
    return order <= kSpoiledOrder ? Range{first, size_t{KERNEL_PAGE_SIZE} << order} : Range{};
}

// What the object is about, beside itself.
Range ContentOf(object *object) {
    if (object->type == HELIOS_TYPE_CSPACE) {
        slot *slots = cspace_of(object)->slots;
        return BlockOf(slots, memory_frame_of(object->owner, slots)->object.order);
    }
    if (object->type == HELIOS_TYPE_PAGE && frame_of(object)->content == nullptr) {
        return BlockOf(arch_direct(frame_physical(frame_of(object))), object->order);
    }
    return {};
}

// The object itself. Of a page that is its descriptor, which stays.
Range ItselfOf(object *object) {
    if (object->type == HELIOS_TYPE_PAGE) {
        return {};
    }
    unsigned slab = object_types[object->type].slab;
    if (slab != 0) {
        return {object, size_t{1} << slab_shift(static_cast<slab_class>(slab - 1))};
    }
    auto address = reinterpret_cast<uintptr_t>(object);
    uintptr_t size = uintptr_t{KERNEL_PAGE_SIZE} << object->order;
    return BlockOf(reinterpret_cast<void *>(address & ~(size - 1)), object->order);
}

void Spoil(const Range &range) {
    if (range.bytes != 0) {
        memset(range.first, kSpoiled, range.bytes);
    }
}

} // namespace

void __wrap_memory_release_object(object *object) {
    Range itself;
    if (object->owner != nullptr) {
        Spoil(ContentOf(object));
        itself = ItselfOf(object);
    }
    __real_memory_release_object(object);
    Spoil(itself);
}
