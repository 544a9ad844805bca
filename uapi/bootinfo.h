// SPDX-License-Identifier: MIT
//
// Made by abigen of uapi/helios.abi; `bazel run //uapi:generate` makes it anew.
//
// What the root task is told about the machine: a read-only structure whose address is the first
// argument of its entry point.
//
// Everything that it names by a slot is a capability in the root task's CSpace; what is not there,
// nobody will ever get.
#ifndef HELIOS_UAPI_BOOTINFO_H
#define HELIOS_UAPI_BOOTINFO_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_BOOTINFO_MAGIC   0x4f464e49534c4548ull // "HELSINFO", little endian
#define HELIOS_BOOTINFO_VERSION 2

// Slots of the root task's CSpace whose use is fixed. Slot 0 is left Null. Others are named by
// struct helios_bootinfo.
enum helios_init_slot {
    HELIOS_INIT_CSPACE = 1,
    HELIOS_INIT_VSPACE = 2,
    // Priority 32, ceiling 63, every CPU: the authority over all others.
    HELIOS_INIT_TASK = 3,
    // Page: its IPC buffer.
    HELIOS_INIT_BUFFER = 4,
    // Page: struct helios_console_ring.
    HELIOS_INIT_CONSOLE = 5,
    HELIOS_INIT_POWER = 6,
    HELIOS_INIT_IRQ_CONTROL = 7,
    HELIOS_INIT_ASID_CONTROL = 8,
    // On machines without ports too; there it issues none.
    HELIOS_INIT_IO_CONTROL = 9,
    // The first one without a fixed use.
    HELIOS_INIT_FIRST = 16,
};

// What `arch` says.
enum helios_bootinfo_arch {
    HELIOS_BOOTINFO_HOST = 0,
    HELIOS_BOOTINFO_X86_64 = 1,
    HELIOS_BOOTINFO_AARCH64 = 2,
    HELIOS_BOOTINFO_RISCV64 = 3,
};

// What `flags` says.
enum helios_bootinfo_flags {
    // The kernel was built with its checks on.
    HELIOS_BOOTINFO_CHECKED = 1 << 0,
    // Firmware verified the image.
    HELIOS_BOOTINFO_SECURE = 1 << 1,
    // The seed comes from timers only.
    HELIOS_BOOTINFO_SEED_WEAK = 1 << 2,
};

// How the console is driven.
enum helios_bootinfo_console_kind {
    HELIOS_BOOTINFO_CONSOLE_NONE = 0,
    // `base` is an I/O port.
    HELIOS_BOOTINFO_CONSOLE_16550_PORT = 1,
    // `base` is a physical address.
    HELIOS_BOOTINFO_CONSOLE_16550_MMIO = 2,
    // `base` is a physical address.
    HELIOS_BOOTINFO_CONSOLE_PL011 = 3,
    // Nothing to drive; output through writecons only.
    HELIOS_BOOTINFO_CONSOLE_FIRMWARE = 4,
};

// The console's device. The kernel drives it until its ports are issued (IOControl.issue) or a Page
// of its registers is made (DeviceMemory.allocate): whoever does that has claimed it. From then on
// the text of writecons and the kernel's own lines go to the ring (HELIOS_INIT_CONSOLE).
struct helios_bootinfo_console {
    uint64_t base;
    uint64_t length;    // bytes of registers; ports: their number
    uint64_t address;   // where the root task can map the registers without another page table
    uint32_t kind;      // enum helios_bootinfo_console_kind
    uint32_t reg_shift; // register n stands at base + (n << reg_shift)
    uint32_t io_width;  // bytes of one access: 1 or 4
    uint32_t clock_hz;  // of the baud rate generator; 0: leave the speed as it is
    uint32_t irq;       // line; meaningful if irq_valid
    uint32_t irq_valid;
};

// What the kernel would have printed. `head` counts the bytes ever written; the last
// HELIOS_CONSOLE_RING of them are there, byte n at n % HELIOS_CONSOLE_RING.
#define HELIOS_CONSOLE_RING 4088

struct helios_console_ring {
    uint64_t head;
    char data[HELIOS_CONSOLE_RING];
};

struct helios_bootinfo_memory {
    uint64_t slot; // Memory
    uint64_t base;
    uint64_t length;
};

// What a range of physical addresses is that is no memory to hand out.
enum helios_bootinfo_device_kind {
    // Registers that firmware names.
    HELIOS_BOOTINFO_DEVICE = 1,
    // Window of a host bridge: bus addresses from `bus_base`.
    HELIOS_BOOTINFO_PCI_MEMORY = 2,
    // ECAM; buses first_bus .. last_bus.
    HELIOS_BOOTINFO_PCI_CONFIG = 3,
    // Window to I/O space in memory.
    HELIOS_BOOTINFO_PCI_IO = 4,
    HELIOS_BOOTINFO_FRAMEBUFFER = 5,
    HELIOS_BOOTINFO_CONSOLE = 6,
    // ACPI tables, device tree: memory, to be read.
    HELIOS_BOOTINFO_TABLES = 7,
};

struct helios_bootinfo_device {
    uint64_t slot; // DeviceMemory
    uint64_t base;
    uint64_t length;
    uint64_t bus_base;
    uint32_t kind; // enum helios_bootinfo_device_kind
    uint32_t segment;
    uint32_t first_bus;
    uint32_t last_bus;
};

// A file that the loader brought along, mapped read-only. What follows it in its last page is zero.
struct helios_bootinfo_module {
    uint64_t address; // virtual, page aligned; 0 if there was no room to map it
    uint64_t length;
    uint64_t first_slot; // its pages, 4 KiB each, in this and the following slots
    uint64_t page_count;
    char name[32]; // NUL-terminated: "bootfs"
};

// Pixels of 32 bits unless bits_per_pixel says otherwise.
struct helios_bootinfo_framebuffer {
    uint64_t base;   // physical
    uint64_t length; // 0: there is none
    uint32_t width;
    uint32_t height;
    uint32_t pitch; // bytes per line
    uint32_t bits_per_pixel;
    uint32_t red_mask;
    uint32_t green_mask;
    uint32_t blue_mask;
    uint32_t reserved;
};

struct helios_bootinfo_range {
    uint64_t base;
    uint64_t length;
};

struct helios_bootinfo_cpu {
    uint64_t hardware_id; // APIC id, MPIDR affinity, hart id
};

// x86_64: an ISA interrupt that is not wired one to one.
struct helios_bootinfo_irq {
    uint32_t source;
    uint32_t line;
    uint32_t trigger; // enum helios_irq_trigger
    uint32_t reserved;
};

#define HELIOS_BOOTINFO_MODULES      4
#define HELIOS_BOOTINFO_MEMORIES     64
#define HELIOS_BOOTINFO_DEVICES      96
#define HELIOS_BOOTINFO_CPUS         64
#define HELIOS_BOOTINFO_IRQS         16
#define HELIOS_BOOTINFO_COMMAND_LINE 4096
#define HELIOS_BOOTINFO_SEED         64

struct helios_bootinfo {
    uint64_t magic;   // HELIOS_BOOTINFO_MAGIC
    uint32_t version; // HELIOS_BOOTINFO_VERSION
    uint32_t size;    // of this structure
    uint32_t arch;    // enum helios_bootinfo_arch
    uint32_t flags;   // enum helios_bootinfo_flags
    uint32_t cpu_count;
    uint32_t page_size;
    uint32_t paging_levels; // of page tables, the root included: 3 or 4
    uint32_t cpus_online;   // how many of cpu_count run tasks: one that did not start does not
    uint64_t memory_bytes;  // in the machine, what the kernel and firmware use included
    uint64_t free_bytes;    // in the Memory capabilities
    uint64_t timer_hz;      // of the counter that a program can read
    uint64_t start_ticks;   // of that counter, from the kernel's entry until this was written
    uint64_t ipc_buffer;    // virtual address of the task's struct helios_ipc_buffer
    uint64_t cspace_slots;  // number of slots in the task's CSpace
    uint64_t first_free;    // this slot and all after it are untouched
    uint64_t image_slot;    // its pages: the image's, then the stack's, 4 KiB each
    uint64_t image_pages;
    uint64_t table_slot; // its page tables
    uint64_t table_count;
    uint64_t user_top;  // no address from here on can be mapped
    uint64_t acpi_rsdp; // physical addresses; 0: absent
    uint64_t smbios;
    uint64_t efi_system_table;
    struct helios_bootinfo_range device_tree;
    uint8_t seed[HELIOS_BOOTINFO_SEED];
    struct helios_bootinfo_console console;
    struct helios_bootinfo_framebuffer framebuffer;
    uint32_t module_count; // init itself is not among them
    uint32_t memory_count;
    uint32_t device_count;
    uint32_t irq_count;
    struct helios_bootinfo_module modules[HELIOS_BOOTINFO_MODULES];
    struct helios_bootinfo_irq irqs[HELIOS_BOOTINFO_IRQS];
    struct helios_bootinfo_cpu cpus[HELIOS_BOOTINFO_CPUS];
    struct helios_bootinfo_memory memories[HELIOS_BOOTINFO_MEMORIES]; // largest first
    struct helios_bootinfo_device devices[HELIOS_BOOTINFO_DEVICES];
    char command_line[HELIOS_BOOTINFO_COMMAND_LINE]; // NUL-terminated, cut off if longer
};

HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_console) == 48);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_module) == 64);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_device) == 48);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_framebuffer) == 48);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_console_ring) == 4096);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo) == 11616);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_bootinfo, seed) == 176);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_bootinfo, modules) == 352);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_bootinfo, memories) == 1376);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_bootinfo, devices) == 2912);
HELIOS_ASSERT_LAYOUT(offsetof(struct helios_bootinfo, command_line) == 7520);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_BOOTINFO_H
