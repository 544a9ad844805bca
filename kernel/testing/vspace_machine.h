// SPDX-License-Identifier: GPL-3.0-only
//
// A booted machine with an address space that nobody runs in.
#ifndef HELIOS_KERNEL_TESTING_VSPACE_MACHINE_H
#define HELIOS_KERNEL_TESTING_VSPACE_MACHINE_H

#include "kernel/device_memory.h"
#include "kernel/memory.h"
#include "kernel/memory_object.h"
#include "kernel/testing/booted_machine.h"
#include "kernel/vspace.h"
#include "testing/audit/audit.h"

inline constexpr uintptr_t kAddress = 0x123456789000;
inline constexpr uintptr_t kLarge = 0x200000;
inline constexpr uintptr_t kHuge = 0x40000000;
inline constexpr uintptr_t kLast =
    ARCH_USER_TOP - 2 * KERNEL_PAGE_SIZE; // the last page that there is
inline constexpr uint64_t kLimit =
    ARCH_USER_TOP - KERNEL_PAGE_SIZE; // nothing is mapped from here on
inline constexpr unsigned kRead = HELIOS_RIGHT_READ;
inline constexpr unsigned kWrite = HELIOS_RIGHT_WRITE;
inline constexpr unsigned kExecute = HELIOS_RIGHT_EXECUTE;

inline helios_type TableType(unsigned level) {
    return static_cast<helios_type>(HELIOS_TYPE_TABLE_0 + level);
}

// An address space that nobody runs in, and a page.
class VSpaceTest : public BootedMachine {
  protected:
    void SetUp() override {
        BootedMachine::SetUp();
        vspace_ = Allocate(HELIOS_TYPE_VSPACE);
        page_ = Allocate(HELIOS_TYPE_PAGE);
    }

    void TearDown() override {
        EXPECT_EQ(audit_machine(host_percpu), "");
    }

    message_registers Map(uint64_t what, uintptr_t address, uint64_t flags = 0) {
        return Invoke(vspace_, HELIOS_VSPACE_MAP, {address, flags}, {what});
    }

    message_registers Unmap(uintptr_t address) {
        return Invoke(vspace_, HELIOS_VSPACE_UNMAP, {address});
    }

    message_registers UnmapTable(uintptr_t address, uint64_t level) {
        return Invoke(vspace_, HELIOS_VSPACE_UNMAP_TABLE, {address, level});
    }

    message_registers Query(uintptr_t address) {
        return Invoke(vspace_, HELIOS_VSPACE_QUERY, {address});
    }

    bool IsMapped(uintptr_t address) {
        return helios_tag_label(Query(address).tag) == HELIOS_OK;
    }

    // Tables for `address` down to this level; returns the lowest.
    uint64_t MapTables(uintptr_t address, unsigned lowest = 0) {
        uint64_t table = 0;
        for (unsigned level = 3; level-- > lowest;) {
            table = Allocate(TableType(level));
            message_registers result = Map(table, address);
            if (helios_tag_label(result.tag) == HELIOS_ERROR_OCCUPIED) {
                Destroy(table);
                table = 0;
            } else {
                EXPECT_EQ(helios_tag_label(result.tag), HELIOS_OK);
            }
        }
        return table;
    }

    struct vspace *VSpace() {
        return vspace_of(SlotAt(vspace_)->object);
    }
    uint64_t Physical(uint64_t page) {
        return frame_physical(frame_of(SlotAt(page)->object));
    }

    uint64_t FreeBytes() {
        return memory_free_bytes(reinterpret_cast<memory *>(SlotAt(Memory())->object));
    }

    // A Page of a device's registers.
    uint64_t DevicePage(uint64_t physical, uint64_t level) {
        device_ = {};
        device_memory_init(&device_, physical, 0x1000ull << (9 * level));
        helios_error error = HELIOS_OK;
        slot *taken = cspace_take_slot(init_->cspace, HELIOS_CADDR_UNDEF, &error);
        cap_make(taken, &device_.object, HELIOS_RIGHT_ALL, 0);
        return InvokeForCap(cspace_address(taken), HELIOS_DEVICE_MEMORY_ALLOCATE, {physical, level},
                            {Memory()});
    }

    device_memory device_;
    uint64_t vspace_;
    uint64_t page_;
};

#endif // HELIOS_KERNEL_TESTING_VSPACE_MACHINE_H
