// SPDX-License-Identifier: GPL-3.0-only
//
// The boot information while it is being gathered: fixed-capacity arrays, filled by the readers
// (boot/info/acpi.h, boot/info/devicetree.h) and by the loader, then laid out as one block as
// boot/protocol says. No allocation: a loader has one of these in its data section (about 64 KiB;
// zero-initialised is empty).
//
// A record too many is never an error here: a machine with 65 CPUs boots with 64. It is counted
// and reported as a warning, which the loader prints.
#ifndef HELIOS_BOOT_INFO_INFO_H
#define HELIOS_BOOT_INFO_INFO_H

#include "boot/info/error.h"
#include "boot/info/memmap.h"
#include "boot/protocol/protocol.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum boot_info_capacity {
    BOOT_INFO_CPUS = 64,
    BOOT_INFO_INTCS = 192, // 64 CPUs may each have a redistributor or an IMSIC range of its own
    BOOT_INFO_CONTEXTS = 1024,
    BOOT_INFO_OVERRIDES = 16,
    BOOT_INFO_IOMMUS = 16,
    BOOT_INFO_PCIS = 16,
    BOOT_INFO_WINDOWS = 128,
    BOOT_INFO_MODULES = 2,
    BOOT_INFO_COMMAND_LINE = 4096, // bytes, with the NUL
    BOOT_INFO_WARNINGS = 16,
};

struct boot_info {
    // The scalar fields of the result. Its arrays, size, magic and version are written by
    // boot_info_write; the loader sets arch, loader, paging, direct map, kernel, seed and so on.
    struct helios_boot boot;

    // Set by the loader before any reader runs: which CPU this is (APIC id, MPIDR affinity, hart).
    uint64_t boot_hardware_id;

    struct memmap memory;
    struct helios_boot_module modules[BOOT_INFO_MODULES];
    uint32_t module_count;
    uint32_t cpu_count;
    struct helios_boot_cpu cpus[BOOT_INFO_CPUS];
    struct helios_boot_intc intcs[BOOT_INFO_INTCS];
    struct helios_boot_intc_context contexts[BOOT_INFO_CONTEXTS];
    struct helios_boot_irq_override overrides[BOOT_INFO_OVERRIDES];
    struct helios_boot_iommu iommus[BOOT_INFO_IOMMUS];
    struct helios_boot_pci pcis[BOOT_INFO_PCIS];
    struct helios_boot_window windows[BOOT_INFO_WINDOWS];
    uint32_t intc_count;
    uint32_t context_count;
    uint32_t override_count;
    uint32_t iommu_count;
    uint32_t pci_count;
    uint32_t window_count;
    uint32_t cpus_ignored; // CPUs beyond BOOT_INFO_CPUS
    char command_line[BOOT_INFO_COMMAND_LINE];

    // What was odd but not fatal, for the loader to print (boot_failure_format).
    struct boot_failure warnings[BOOT_INFO_WARNINGS];
    uint32_t warning_count;
    uint32_t warnings_lost;
};

// Append a record. false: no room; a warning is noted (once for each kind). cpu: the boot CPU
// (hardware_id == boot_hardware_id) always finds room, in place of the last record, and gets its
// flag here; a hardware_id that is already there is not added again (true).
bool boot_info_add_cpu(struct boot_info *info, const struct helios_boot_cpu *cpu);
bool boot_info_add_intc(struct boot_info *info, const struct helios_boot_intc *intc);
bool boot_info_add_context(struct boot_info *info, const struct helios_boot_intc_context *context);
bool boot_info_add_override(struct boot_info *info, const struct helios_boot_irq_override *entry);
bool boot_info_add_iommu(struct boot_info *info, const struct helios_boot_iommu *iommu);
bool boot_info_add_pci(struct boot_info *info, const struct helios_boot_pci *pci);
bool boot_info_add_window(struct boot_info *info, const struct helios_boot_window *window);

// Note addresses of a device as a window of kind HELIOS_WINDOW_DEVICE, or as part of one that they
// touch: boards have rows of small devices (32 virtio slots of 512 bytes). Length 0 is nothing.
bool boot_info_add_device(struct boot_info *info, uint64_t base, uint64_t length);

// Take out windows of one kind (0: of any) that overlap a range. Returns how many.
uint32_t boot_info_drop_windows(struct boot_info *info, uint32_t kind, uint64_t base,
                                uint64_t length);

// Append a module: physical base (page aligned) and length in bytes.
bool boot_info_add_module(struct boot_info *info, const char *name, uint64_t base, uint64_t length);

// Copy the command line (`length` bytes, no NUL needed; leading and trailing blanks are dropped)
// and check it (cmdline_check). Errors: BOOT_COMMAND_LINE_TOO_LONG, BOOT_COMMAND_LINE_SYNTAX (also
// for a NUL or control character), BOOT_COMMAND_LINE_CONFLICT.
enum boot_error boot_info_set_command_line(struct boot_info *info, const char *text, size_t length,
                                           struct boot_failure *failure);

// Note something odd. Kept only while there is room.
void boot_info_warn(struct boot_info *info, enum boot_error error, const char *what,
                    const char *field, uint64_t found, uint64_t wanted, uint64_t address);

// Last checks before the kernel is entered: exactly one boot CPU (BOOT_NO_CPU, BOOT_NO_BOOT_CPU;
// fills boot.boot_cpu), an interrupt controller (BOOT_NO_INTC), a timer frequency (BOOT_NO_TIMER),
// free memory (BOOT_MEMORY_TOO_SMALL). Windows that overlap memory are taken out with a warning:
// they would be handed out twice.
enum boot_error boot_info_check(struct boot_info *info, struct boot_failure *failure);

// Size in bytes of the block with room for `spare_ranges` more memory ranges than there are now
// (the loader carves the block itself out of the map after asking).
size_t boot_info_size(const struct boot_info *info, uint32_t spare_ranges);

// Lay out the block as the protocol says: struct helios_boot first, arrays after it at multiples
// of 8, everything else zero. Errors: BOOT_BLOCK_TOO_SMALL.
enum boot_error boot_info_write(const struct boot_info *info, void *block, size_t size,
                                struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_INFO_H
