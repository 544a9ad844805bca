// SPDX-License-Identifier: MIT
//
// What the root task is told about the machine: a read-only structure whose address is the first
// argument of its entry point.
#ifndef HELIOS_UAPI_BOOTINFO_H
#define HELIOS_UAPI_BOOTINFO_H

#include <stdint.h>

#include "uapi/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_BOOTINFO_MAGIC   0x4f464e49534c4548ull // "HELSINFO", little endian
#define HELIOS_BOOTINFO_VERSION 1

enum helios_bootinfo_arch {
    HELIOS_BOOTINFO_HOST = 0,
    HELIOS_BOOTINFO_X86_64 = 1,
    HELIOS_BOOTINFO_AARCH64 = 2,
    HELIOS_BOOTINFO_RISCV64 = 3,
};

enum helios_bootinfo_flags {
    HELIOS_BOOTINFO_CHECKED = 1 << 0, // the kernel was built with its checks on
    HELIOS_BOOTINFO_SECURE = 1 << 1,  // firmware verified the image
};

enum helios_bootinfo_console_kind {
    HELIOS_BOOTINFO_CONSOLE_NONE = 0,
    HELIOS_BOOTINFO_CONSOLE_16550_PORT = 1, // base: I/O port; capability: its IOPort
    HELIOS_BOOTINFO_CONSOLE_16550_MMIO = 2, // base: virtual address
    HELIOS_BOOTINFO_CONSOLE_PL011 = 3,      // base: virtual address
    HELIOS_BOOTINFO_CONSOLE_FIRMWARE = 4,   // nothing to drive; output through writecons only
};

// The console's device. For memory-mapped devices the kernel has mapped the registers; that is for
// the time being, until DeviceMemory exists and init maps them itself.
struct helios_bootinfo_console {
    uint64_t base;
    uint64_t capability; // capability address, 0 if there is none
    uint32_t kind;       // enum helios_bootinfo_console_kind
    uint32_t reg_shift;  // register n stands at base + (n << reg_shift)
    uint32_t io_width;   // bytes of one access: 1 or 4
    uint32_t reserved;
};

// A file that the loader brought along, mapped read-only (for the time being, like the console's
// registers). What follows it in its last page is zero.
struct helios_bootinfo_module {
    uint64_t address; // virtual, page aligned; 0 if there was no room to map it
    uint64_t length;
    char name[32]; // NUL-terminated: "bootfs"
};

#define HELIOS_BOOTINFO_MODULES      4
#define HELIOS_BOOTINFO_COMMAND_LINE 4096

struct helios_bootinfo {
    uint64_t magic;   // HELIOS_BOOTINFO_MAGIC
    uint32_t version; // HELIOS_BOOTINFO_VERSION
    uint32_t size;    // of this structure
    uint32_t arch;    // enum helios_bootinfo_arch
    uint32_t flags;   // enum helios_bootinfo_flags
    uint32_t cpu_count;
    uint32_t page_size;
    uint64_t memory_bytes; // in the machine, what the kernel and firmware use included
    uint64_t free_bytes;   // what nobody uses yet
    uint64_t timer_hz;     // of the counter that a program can read
    uint64_t start_ticks;  // of that counter, from the kernel's entry until this was written
    uint64_t ipc_buffer;   // virtual address of the task's struct helios_ipc_buffer
    uint64_t power;        // capability addresses
    uint64_t cspace_slots; // number of slots in the task's CSpace
    struct helios_bootinfo_console console;
    uint32_t module_count; // at most HELIOS_BOOTINFO_MODULES; init itself is not among them
    uint32_t reserved;
    struct helios_bootinfo_module modules[HELIOS_BOOTINFO_MODULES];
    char command_line[HELIOS_BOOTINFO_COMMAND_LINE]; // NUL-terminated, cut off if longer
};

HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_console) == 32);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo_module) == 48);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_bootinfo) == 320 + HELIOS_BOOTINFO_COMMAND_LINE);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_UAPI_BOOTINFO_H
